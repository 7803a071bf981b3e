// Names: what a thing on the map is called, and what is called so.

// What a thing on the map is called.
function nameOf(plan, { kind, index }, unit) {
  if (kind === "demand") return plan.demand.names[index];
  const place = {
    station: () => plan.stations[index],
    stop: () => plan.units[unit].stops[index][0],
    hotspot: () => plan.hotspots[index].place,
    post: () => plan.posts[index].place,
    task: () => plan.tasks[index].place,
  }[kind]();
  return plan.places[place].name;
}

// The field that finds units and places by name: the one called so, or else the first whose name begins so or holds it.
function listenToFinder({ plan, view, choose, details }) {
  const known = [];
  for (const unit of plan.units) known.push({ name: unit.callsign, chosen: { kind: "unit", index: unit.index } });
  plan.places.forEach((place, i) => {
    const chosen = details.ofPlace(i);
    if (chosen) known.push({ name: place.name, chosen, at: place });
  });
  plan.demand.names.forEach((name, index) => {
    known.push({ name, chosen: { kind: "demand", index }, at: { x: plan.demand.x[index], y: plan.demand.y[index] } });
  });
  byId("names").append(...known.map(({ name }) => el("option", { value: name })));
  byId("find").onchange = () => {
    const asked = byId("find").value.trim().toLowerCase();
    const name = (item) => item.name.toLowerCase();
    const tests = [
      (item) => name(item) === asked,
      (item) => name(item).startsWith(asked),
      (item) => name(item).includes(asked),
    ];
    const found = asked && tests.map((test) => known.find(test)).find(Boolean);
    if (!found) return;
    if (found.at) view.reveal(found.at.x, found.at.y);
    choose(found.chosen);
    byId("find").blur();
  };
}
