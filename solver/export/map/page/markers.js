// The units on the map: a dot where each is, on a stem a plate with its callsign, and behind it the way of the last minutes.

const SVG = "http://www.w3.org/2000/svg";
const TRAIL = 10 * 60; // Seconds.
const TOGETHER = 13; // Pixels within which plates would hide each other.

class Markers {
  constructor(plan, moments, view, shown, root, choose) {
    Object.assign(this, { plan, moments, view, shown, root });
    this.trails = root.appendChild(document.createElementNS(SVG, "g"));
    this.units = plan.units.filter((unit) => unit.track).map((unit) => this.make(unit, choose));
  }

  make(unit, choose) {
    const colour = unitColour(unit.index);
    const svg = (tag, values, parent) => {
      const element = document.createElementNS(SVG, tag);
      for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
      return parent.appendChild(element);
    };
    const trail = svg(
      "polyline",
      {
        fill: "none",
        stroke: colour,
        "stroke-width": 4,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        opacity: 0.75,
      },
      this.trails,
    );
    const marker = svg(
      "g",
      { class: "marker", "data-callsign": unit.callsign, role: "button", tabindex: -1 },
      this.root,
    );
    const stem = svg("line", { class: "stem", stroke: colour }, marker);
    svg("circle", { class: "dot", r: 4.5, fill: colour }, marker);
    const label = svg("g", {}, marker);
    const text = [...unit.callsign].length > 9 ? `${[...unit.callsign].slice(0, 8).join("")}…` : unit.callsign;
    const wide = 12 + [...text].reduce((sum, c) => sum + (c.codePointAt(0) > 0x2e80 ? 11.5 : 7), 0);
    svg("path", { class: "plate", d: platePath(unit.mode, wide), fill: colour }, label);
    svg("text", { y: 4 }, label).textContent = text;
    svg("title", {}, marker).textContent = unit.callsign;
    marker.addEventListener("click", () => choose(unit.index));
    return {
      unit,
      marker,
      label,
      stem,
      trail,
      wide,
      colour,
      text: label.querySelector("text"),
      plate: label.querySelector("path"),
    };
  }

  place() {
    const { view, shown, moments } = this;
    const minute = Math.floor(shown.second / 60);
    this.root.style.width = `${view.width}px`;
    this.root.style.height = `${view.height}px`;
    this.root.style.display = shown.layers.units ? "" : "none";
    const seen = [];
    for (const item of this.units) {
      const { unit } = item;
      const onDuty = moments.onDuty(unit, Math.min(minute, this.plan.minutes - 1));
      item.marker.style.display = item.trail.style.display = onDuty ? "" : "none";
      if (!onDuty) continue;
      const [x, y] = moments.position(unit, shown.second);
      const [lon, lat] = this.plan.ground.lonlat(x, y);
      [item.x, item.y] = view.onScreen(x, y);
      const { dataset } = item.marker;
      [dataset.lon, dataset.lat] = [lon.toFixed(6), lat.toFixed(6)];
      item.standing = moments.doing(unit, minute).kind !== "driving";
      const away = moments.stand(unit, minute) < 0;
      item.marker.classList.toggle("away", away);
      item.marker.classList.toggle("chosen", shown.unit === unit.index);
      item.marker.classList.toggle("faint", shown.unit !== null && shown.unit !== unit.index);
      item.plate.style.stroke = away ? item.colour : "";
      item.text.style.fill = away ? item.colour : "";
      item.marker.setAttribute("transform", `translate(${item.x.toFixed(1)} ${item.y.toFixed(1)})`);
      this.drawTrail(item);
      seen.push(item);
    }
    for (const group of gathered(seen)) raisePlates(group);
  }

  drawTrail({ unit, trail }) {
    const { seconds, x, y } = unit.track;
    const { second } = this.shown;
    const since = Math.max(second - TRAIL, 60 * unit.duty[0]);
    const points = [this.moments.position(unit, since)];
    for (let i = after(seconds, since); i < seconds.length && seconds[i] < second; i++) points.push([x[i], y[i]]);
    points.push(this.moments.position(unit, second));
    trail.setAttribute(
      "points",
      points
        .map((point) =>
          this.view
            .onScreen(...point)
            .map((v) => v.toFixed(1))
            .join(","),
        )
        .join(" "),
    );
    trail.style.visibility =
      this.shown.layers.routes && (this.shown.unit === null || this.shown.unit === unit.index) ? "" : "hidden";
  }
}

// The first index of rising `seconds` that is after `second`.
function after(seconds, second) {
  let [low, high] = [0, seconds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seconds[middle] <= second) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The outline of a plate says the mode: corners for cars, half-round for motorcycles, round for bicycles, square on foot.
function platePath(mode, wide) {
  const [w, h] = [wide / 2, 9];
  const corners = { car: [4, 4, 4, 4], motorcycle: [9, 0, 9, 0], bicycle: [9, 9, 9, 9], foot: [0, 0, 0, 0] }[mode];
  const [a, b, c, d] = corners;
  const arc = (r, x, y) => (r ? `A${r} ${r} 0 0 1 ${x} ${y}` : "");
  const [top, right] = [`M${a - w} ${-h}H${w - b}${arc(b, w, b - h)}`, `V${h - c}${arc(c, w - c, h)}`];
  return `${top}${right}H${d - w}${arc(d, -w, h - d)}V${a - h}${arc(a, a - w, -h)}Z`;
}

// Units that stand at one point come together, each of the others is alone.
function gathered(items) {
  const groups = [];
  for (const item of items) {
    const near =
      item.standing && groups.find((g) => g[0].standing && Math.hypot(g[0].x - item.x, g[0].y - item.y) < TOGETHER);
    if (near) near.push(item);
    else groups.push([item]);
  }
  return groups;
}

// Plates of a group stand in rows above their point.
function raisePlates(group) {
  const columns = group.length > 4 ? 3 : group.length > 2 ? 2 : 1;
  const wide = Math.max(...group.map((item) => item.wide)) + 3;
  group.forEach((item, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, group.length - row * columns);
    const x = ((i % columns) - (inRow - 1) / 2) * wide + group[0].x - item.x;
    const y = -20 - 21 * row + group[0].y - item.y;
    item.label.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    item.stem.setAttribute("x2", i ? 0 : x.toFixed(1));
    item.stem.setAttribute("y2", i ? 0 : (y + 9).toFixed(1));
  });
}
