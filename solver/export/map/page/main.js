// Puts the page together: what is shown is one small record, and whoever changes it says so to all who draw.

const byId = (id) => document.getElementById(id);

function main() {
  const plan = readContent(byId("content").textContent);
  const words = new Words(JSON.parse(byId("words").textContent), wanted().get("lang") ?? plan.language);
  const clock = new Clock(plan, words);
  const moments = new Moments(plan);
  const shown = {
    second: 0,
    unit: null, // Index of the unit chosen.
    chosen: null, // { kind, index } of what the card tells of.
    layers: Object.fromEntries(LAYERS.map((layer) => [layer, true])),
    get minute() {
      return Math.min(Math.floor(this.second / 60), plan.minutes - 1);
    },
  };
  const view = new View(byId("stage"));
  const picture = new Picture(plan, moments, view, shown, { still: byId("ground"), changing: byId("things") });
  const timeline = new Timeline(plan, words, clock, byId("chart"), byId("slider"));
  const figures = new Figures(plan, moments, words, byId("figures"));
  const player = new Player(plan, shown, () => moved());
  const actions = {
    close: () => choose(null),
    choose: (chosen) => choose(chosen),
    unit: (index) => choose({ kind: "unit", index }),
    seek: (minute) => player.seek(60 * minute),
    go: (minute, chosen) => {
      player.seek(60 * minute);
      choose(chosen, true);
    },
  };
  const details = new Details(plan, moments, words, clock, byId("details"), actions);
  const roster = new Roster(plan, moments, words, clock, byId("units"), (index) =>
    choose(shown.unit === index ? null : { kind: "unit", index }),
  );
  const markers = new Markers(plan, moments, view, shown, byId("markers"), actions.unit);
  const legend = new Legend(plan, words, shown, byId("legend"), () => {
    picture.redraw();
    markers.place();
  });

  // The moment has changed: units move with every frame, all else by the minute.
  let minute = null;
  function moved() {
    markers.place();
    byId("slider").value = String(Math.round(shown.second));
    document.body.classList.toggle("playing", player.playing);
    if (minute === shown.minute) return;
    minute = shown.minute;
    set(byId("time"), clock.short(shown.second >= player.last ? plan.minutes : minute));
    set(byId("day"), clock.day(minute));
    set(byId("moment"), `· ${clock.day(minute)} ${byId("time").textContent}`);
    byId("slider").setAttribute("aria-valuetext", clock.at(minute));
    figures.update(minute);
    roster.update(minute, shown.unit);
    details.update(shown.chosen, minute);
    picture.changing.redraw();
  }

  function choose(chosen, reveal = false) {
    shown.chosen = chosen;
    shown.unit = !chosen ? null : chosen.kind === "unit" ? chosen.index : (chosen.unit ?? null);
    if (reveal && chosen) {
      const place = plan.places[plan.units[chosen.unit].stops[chosen.index][0]];
      view.reveal(place.x, place.y);
    }
    all();
  }

  function all() {
    minute = null;
    picture.redraw();
    moved();
  }

  function speak(language) {
    words.language = language;
    words.fill(document);
    set(byId("name"), plan.name);
    set(
      byId("when"),
      `${clock.day(0)} ${clock.short(0)} – ${clock.day(plan.minutes)} ${clock.short(plan.minutes)} · ${plan.zone}`,
    );
    set(byId("credit"), plan.attribution ? words.say("map data", { by: plan.attribution }) : "");
    set(byId("caption"), timeline.caption);
    byId("languages").replaceChildren(
      ...words.languages.map((name) => {
        const button = el("button", { onclick: () => speak(name), lang: name }, words.catalogues[name]["language"]);
        button.setAttribute("aria-pressed", String(name === words.language));
        return button;
      }),
    );
    const speed = byId("speed");
    speed.replaceChildren(
      ...SPEEDS.map((n) =>
        el("option", { value: n, selected: n === player.speed }, words.say("n min a second", { n })),
      ),
    );
    byId("play").setAttribute("aria-label", words.say("play"));
    byId("play").title = words.say("play");
    listShortfalls(plan, words, clock, byId("lacking"), (place, start) => {
      const index = plan.places.findIndex((p) => p.name === place);
      player.seek(60 * start);
      if (index >= 0) view.reveal(plan.places[index].x, plan.places[index].y);
      choose(index >= 0 ? details.ofPlace(index) : null);
    });
    legend.update();
    timeline.draw();
    all();
  }

  function showScale() {
    const wanted = 90 * view.metresPerPixel;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const metres = power * [5, 2, 1].find((n) => n * power <= wanted);
    byId("bar").style.width = `${(metres * view.scale).toFixed(1)}px`;
    set(byId("distance"), metres < 1000 ? words.say("n m", { n: metres }) : words.say("n km", { n: metres / 1000 }));
  }

  function legendWidth() {
    return legend.folded ? 0 : byId("legend").offsetWidth + 24;
  }

  function whole() {
    // Stations from which nobody sets out may be far away.
    const idle = new Set(plan.stations);
    for (const unit of plan.units) for (const place of [unit.origin, unit.destination]) idle.delete(place);
    const used = plan.places.filter((_, i) => !idle.has(i));
    const places = [...used, ...Array.from(plan.demand.x, (x, i) => ({ x, y: plan.demand.y[i] }))];
    const tracks = plan.units.flatMap((unit) => (unit.track ? [boxOf(unit.track.x, unit.track.y)] : []));
    const xs = [...places.map((p) => p.x), ...tracks.flatMap((box) => [box[0], box[2]])];
    const ys = [...places.map((p) => p.y), ...tracks.flatMap((box) => [box[1], box[3]])];
    if (xs.length) view.fit(boxOf(xs, ys), legendWidth());
  }

  // What the address asks for after its #, such as map.html#minute=195&unit=C1&lang=zh.
  function obey() {
    const asked = wanted();
    const language = asked.get("lang");
    if (language && language !== words.language && words.languages.includes(language)) speak(language);
    if (asked.has("zoom")) view.zoom(Number(asked.get("zoom")) || 1);
    if (asked.has("minute")) player.seek(60 * (Number(asked.get("minute")) || 0));
    const index = plan.units.findIndex((unit) => unit.callsign === asked.get("unit"));
    if (index >= 0) choose({ kind: "unit", index });
  }

  let waits = false;
  view.changed.push(() => {
    if (view.printed || waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      picture.follow();
      markers.place();
      showScale();
    });
  });
  listenToGestures(byId("stage"), view, {
    tapped: (x, y) => {
      const found = picture.under(x, y);
      choose(
        found && {
          kind: found.kind,
          index: found.index,
          ...(shown.unit === null || found.kind !== "stop" ? {} : { unit: shown.unit }),
        },
      );
    },
    hovered: (x, y) => {
      const found = picture.under(x, y);
      const name = found ? nameOf(plan, found, shown.unit) : "";
      if (byId("stage").title !== name) byId("stage").title = name;
      return found !== null;
    },
  });
  listenToPrinter({
    view,
    hidden: legendWidth,
    before: () => {
      all();
      timeline.draw(FINE, paperPixels("chart"));
      showScale();
    },
    after: () => {
      all();
      timeline.draw();
      showScale();
    },
  });
  listenToControls({ player, view, whole, choose });
  listenToFinder({ plan, view, choose, details });
  new ResizeObserver(() => {
    if (view.printed || !view.measure()) return;
    all();
    timeline.draw();
    showScale();
  }).observe(byId("stage"));
  new ResizeObserver(() => view.printed || timeline.draw()).observe(byId("chart"));
  window.addEventListener("hashchange", obey);

  view.measure();
  speak(words.language);
  whole();
  obey();
  showScale();
}

function wanted() {
  return new URLSearchParams(location.hash.slice(1));
}

main();
