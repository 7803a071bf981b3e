// What is known of one thing on the map: a unit, a stop, a hotspot, a post, a station, a task, a demand point.

class Details {
  constructor(plan, moments, words, clock, root, actions) {
    Object.assign(this, { plan, moments, words, clock, root, actions });
  }

  // Shows what was chosen at a minute; nothing where nothing was.
  update(chosen, minute) {
    this.root.hidden = !chosen;
    if (!chosen) return;
    const told = this[chosen.kind](chosen.index, minute, chosen.unit);
    const close = el(
      "button",
      { className: "close", title: this.words.say("close"), onclick: () => this.actions.close() },
      "×",
    );
    const scrolled = this.root.querySelector(".body")?.scrollTop ?? 0;
    const same = this.shown === JSON.stringify(chosen);
    this.shown = JSON.stringify(chosen);
    this.root.dataset.kind = chosen.kind;
    this.root.replaceChildren(
      el("div", { className: "title" }, el("h3", {}, ...told.title), close),
      el("div", { className: "body" }, ...told.body),
    );
    const body = this.root.querySelector(".body");
    if (same) body.scrollTop = scrolled;
    else {
      const current = body.querySelector(".row.current");
      if (current && chosen.kind === "unit") body.scrollTop = current.offsetTop - body.offsetTop - 90;
    }
  }

  unit(index, minute) {
    const { plan, words, clock } = this;
    const unit = plan.units[index];
    const spent = Object.entries(unit.spent).filter(([, minutes]) => minutes > 0);
    const facts = [
      ["mode", words.say(unit.mode)],
      ["shift", clock.span(unit.start, unit.end)],
      ...(unit.duty[0] !== unit.start || unit.duty[1] !== unit.end ? [["duty", clock.span(...unit.duty)]] : []),
      ["station", plan.places[unit.origin].name],
      ...(unit.crew ? [["crew", unit.crew]] : []),
      ...(unit.onCall ? [["on call", words.say("yes")]] : []),
      ...(unit.skills.length ? [["skills", unit.skills.join(", ")]] : []),
      ...(unit.districts.length ? [["districts", unit.districts.join(", ")]] : []),
      ["visits", String(unit.visits)],
      ...spent.map(([kind, minutes]) => [`spent ${kind}`, words.say("n min", { n: minutes })]),
      ...(unit.metres ? [["driven", words.say("n km", { n: (unit.metres / 1000).toFixed(1) })]] : []),
    ];
    const stops = unit.stops.map((stop, number) => this.stopRow(unit, stop, number, minute));
    const straight = unit.straight ? [el("p", { className: "note" }, words.say("straight", { n: unit.straight }))] : [];
    return {
      title: [sign(unit), ` ${words.say(unit.mode)}`],
      body: [list(words, facts), ...straight, el("h4", {}, words.say("stops")), ...stops],
    };
  }

  stopRow(unit, [place, , arrive, leave], number, minute) {
    const row = el(
      "button",
      { className: "row", onclick: () => this.actions.go(arrive, { kind: "stop", index: number, unit: unit.index }) },
      el("span", {}, arrive === leave ? this.clock.at(arrive) : this.clock.span(arrive, leave)),
      el("span", {}, this.words.say(`then ${stopKind(unit, number)}`, { place: this.plan.places[place].name })),
    );
    row.classList.toggle("current", arrive <= minute && minute < leave);
    row.classList.toggle("done", leave <= minute);
    return row;
  }

  stop(number, minute, unitIndex) {
    const { plan, words, clock } = this;
    const unit = plan.units[unitIndex];
    const [place, , arrive, leave] = unit.stops[number];
    const before = unit.stops[number - 1];
    const facts = [
      ["stop", words.say("n of all", { n: number + 1, all: unit.stops.length })],
      ["what", words.say(`kind ${stopKind(unit, number)}`)],
      ["arrives", clock.at(arrive)],
      ["leaves", clock.at(leave)],
      ["stays", words.say("n min", { n: leave - arrive })],
      ...(before && before[0] !== place
        ? [
            ["from", plan.places[before[0]].name],
            ["on the way", words.say("n min", { n: arrive - before[3] })],
          ]
        : []),
    ];
    const other = this.ofPlace(place);
    const about = other ? [this.link(words.say("about the place"), other)] : [];
    return { title: [sign(unit), ` ${plan.places[place].name}`], body: [list(words, facts), ...about] };
  }

  // What a place is: a hotspot, a post, a task or a station.
  ofPlace(place) {
    for (const [kind, list] of [
      ["hotspot", this.plan.hotspots],
      ["post", this.plan.posts],
      ["task", this.plan.tasks],
    ]) {
      const index = list.findIndex((item) => item.place === place);
      if (index >= 0) return { kind, index };
    }
    const station = this.plan.stations.indexOf(place);
    return station >= 0 ? { kind: "station", index: station } : null;
  }

  link(text, chosen) {
    return el(
      "button",
      { className: "row", onclick: () => this.actions.choose(chosen) },
      el("span", {}, text),
      el("span", {}, "→"),
    );
  }

  hotspot(index, minute) {
    const { plan, words, moments } = this;
    const hotspot = plan.hotspots[index];
    const slot = moments.slot(minute);
    const facts = [
      ["now", words.say(`hotspot ${moments.hotspot(hotspot, minute)}`)],
      ["risk now", this.ofHighest(hotspot.risk[slot])],
      ["covered in all", words.percent(hotspot.covered)],
      ["visits", String(hotspot.visits.length)],
      ["minutes visited", words.say("n min", { n: hotspot.minutes })],
      ["visit of", words.say("n min", { n: hotspot.dwell })],
      ["lingers", words.say("n min", { n: hotspot.linger })],
      ...(hotspot.every ? [["every", words.say("n min", { n: hotspot.every })]] : []),
      ...(hotspot.windows.length ? [["open", hotspot.windows.map((w) => this.clock.span(...w)).join(", ")]] : []),
      ...this.district(hotspot.place),
    ];
    const bars = this.bars(hotspot.risk, moments.highestRisk, slot, COLOURS.hotspot);
    const watched = hotspot.watched.length
      ? [el("h4", {}, words.say("watched from a post")), ...this.spells(hotspot.watched, minute)]
      : [];
    return {
      title: [plan.places[hotspot.place].name],
      body: [
        list(words, facts),
        el("h4", {}, words.say("risk by hour")),
        bars,
        el("h4", {}, words.say("visits")),
        ...this.spells(hotspot.visits, minute),
        ...watched,
      ],
    };
  }

  ofHighest(risk) {
    return this.words.say("n of highest", { n: this.words.percent(risk / this.moments.highestRisk) });
  }

  post(index, minute) {
    const { plan, words, clock, moments } = this;
    const post = plan.posts[index];
    const { wanted, manned, missing } = moments.post(post, minute);
    const facts = [
      ["now", wanted ? words.say("n of all units", { n: manned, all: wanted }) : words.say("post idle")],
      ...(missing ? [["missing now", String(missing)]] : []),
      ...post.staffing.map(([start, end, units]) => [
        "staffed",
        `${clock.span(start, end)} · ${words.say("n units", { n: units })}`,
      ]),
      ["wanted", words.say("n unit-minutes", { n: post.wanted })],
      ["missing", words.say("n unit-minutes", { n: post.missing })],
      ...this.district(post.place),
    ];
    const lacking = plan.shortfalls
      .filter(([place, , , , rule]) => rule === "post" && place === plan.places[post.place].name)
      .map(([, start, end, n, , reason, cure]) =>
        el(
          "p",
          { className: "note", title: cure },
          `${clock.span(start, end)} ${words.say("lacks n", { n })}: ${words.list("reasons")[reason] ?? reason}`,
        ),
      );
    return {
      title: [plan.places[post.place].name],
      body: [list(words, facts), ...lacking, el("h4", {}, words.say("manned by")), ...this.spells(post.stints, minute)],
    };
  }

  task(index, minute) {
    const { plan, words, clock, moments } = this;
    const task = plan.tasks[index];
    const facts = [
      ["now", words.say(`task ${moments.task(task, minute)}`)],
      ["takes", words.say("n min", { n: task.minutes })],
      ["profit", String(task.profit)],
      ["required", words.say(task.required ? "yes" : "no")],
      ...(task.windows.length ? [["to be begun", task.windows.map((w) => clock.span(...w)).join(", ")]] : []),
      ...this.district(task.place),
    ];
    return {
      title: [plan.places[task.place].name],
      body: [list(words, facts), el("h4", {}, words.say("done by")), ...this.spells(task.done, minute)],
    };
  }

  station(index, minute) {
    const { plan, words, clock, moments } = this;
    const place = plan.stations[index];
    const based = plan.units.filter((unit) => unit.origin === place);
    const rows = based.map((unit) =>
      el(
        "button",
        { className: "row", onclick: () => this.actions.unit(unit.index) },
        el("span", {}, sign(unit)),
        el("span", {}, clock.span(unit.start, unit.end)),
      ),
    );
    const here = plan.units.filter(
      (unit) =>
        moments.onDuty(unit, minute) &&
        moments.doing(unit, minute).kind !== "driving" &&
        moments.doing(unit, minute).place === place,
    );
    const facts = [
      ["units based", String(based.length)],
      ["here now", here.map((unit) => unit.callsign).join(", ") || "–"],
      ...this.district(place),
    ];
    return { title: [plan.places[place].name], body: [list(words, facts), el("h4", {}, words.say("units")), ...rows] };
  }

  demand(index, minute) {
    const { plan, words, moments } = this;
    const { demand, cover } = plan;
    const slot = moments.slot(minute);
    const { first, second } = moments.cover(minute);
    const slots = plan.slots.length - 1;
    const weights = Array.from({ length: slots }, (_, s) => demand.in(index, s));
    const facts = [
      ["now", words.say(first[index] ? "demand covered" : "demand uncovered")],
      ["zone", demand.zones[demand.zone[index]]],
      ["standard", words.seconds(demand.standard[index])],
      ["backup within", words.seconds(demand.backup[index])],
      ["units in standard", String(first[index])],
      ["units in backup", String(second[index])],
      ["share of demand", words.percent(cover.demand[minute] ? demand.in(index, slot) / cover.demand[minute] : null)],
    ];
    const comers = moments.comers(index, minute).map(([unit, seconds]) => {
      const row = el(
        "button",
        { className: "row", onclick: () => this.actions.unit(unit.index) },
        el("span", {}, sign(unit)),
        el("span", {}, words.seconds(seconds)),
      );
      row.classList.toggle("current", seconds <= demand.standard[index]);
      return row;
    });
    const bars = this.bars(weights, demand.heaviest, slot, COLOURS.covered);
    return {
      title: [demand.names[index]],
      body: [
        list(words, facts),
        el("h4", {}, words.say("demand by hour")),
        bars,
        el("h4", {}, words.say("first on the scene")),
        ...(comers.length ? comers : [el("p", { className: "quiet" }, words.say("nobody in time"))]),
      ],
    };
  }

  district(place) {
    const { district } = this.plan.places[place];
    return district ? [["district", district]] : [];
  }

  // Who is there from when to when; a click leads to the moment.
  spells(spells, minute) {
    if (!spells.length) return [el("p", { className: "quiet" }, this.words.say("nobody"))];
    return spells.map(([unit, start, end]) => {
      const time = `${this.clock.span(start, end)} · ${this.words.say("n min", { n: end - start })}`;
      const row = el(
        "button",
        { className: "row", onclick: () => this.actions.seek(start) },
        el("span", {}, sign(this.plan.units[unit])),
        el("span", {}, time),
      );
      row.classList.toggle("current", start <= minute && minute < end);
      row.classList.toggle("done", end <= minute);
      return row;
    });
  }

  // Bars by slot, as wide as the slots are long; that of the minute shown is dark.
  bars(values, most, slot, colour) {
    const canvas = el("canvas", { className: "bars" });
    const { slots, minutes } = this.plan;
    const [width, height, pixels] = [284, 64, window.devicePixelRatio || 1];
    canvas.width = width * pixels;
    canvas.height = height * pixels;
    const context = canvas.getContext("2d");
    context.scale(pixels, pixels);
    const x = (minute) => (width * minute) / minutes;
    context.font = `10px ${FONT}`;
    let free = 0;
    values.forEach((value, i) => {
      const high = Math.max((44 * value) / most, value ? 1 : 0);
      context.fillStyle = colour;
      context.globalAlpha = i === slot ? 0.95 : 0.35;
      context.fillRect(x(slots[i]) + 0.5, 48 - high, x(slots[i + 1]) - x(slots[i]) - 1, high);
      context.globalAlpha = 1;
      const text = this.clock.short(slots[i]);
      if (x(slots[i]) < free) return;
      context.fillStyle = COLOURS.quiet;
      context.fillText(text, x(slots[i]), 61);
      free = x(slots[i]) + context.measureText(text).width + 5;
    });
    context.fillStyle = "#c5ced6";
    context.fillRect(0, 48, width, 1);
    return canvas;
  }
}

function list(words, facts) {
  const rows = facts.flatMap(([key, value]) => {
    const said = el("dd", {}, value);
    said.dataset.fact = key;
    return [el("dt", {}, words.say(key)), said];
  });
  return el("dl", {}, ...rows);
}
