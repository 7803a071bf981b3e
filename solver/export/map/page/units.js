// The list of units: colour and callsign, what each does now, and what comes next.

class Roster {
  constructor(plan, moments, words, clock, root, choose) {
    Object.assign(this, { plan, moments, words, clock, root });
    this.rows = plan.units.map((unit) => {
      const doing = el("span", { className: "doing" });
      const next = el("span", { className: "next" });
      const row = el(
        "button",
        { className: "unit", onclick: () => choose(unit.index) },
        sign(unit),
        el("span", {}, doing, next),
      );
      row.dataset.callsign = unit.callsign;
      return { unit, row, doing, next };
    });
    root.append(...this.rows.map(({ row }) => row));
    root.classList.toggle("many", plan.units.length > 14);
  }

  update(minute, chosen) {
    for (const { unit, row, doing, next } of this.rows) {
      const now = this.moments.doing(unit, minute);
      const off = now.kind === "off duty";
      row.classList.toggle("off", off);
      row.setAttribute("aria-pressed", String(unit.index === chosen));
      set(doing, off ? this.offDuty(now) : this.now(unit, now));
      set(next, off ? "" : this.after(unit, now));
    }
  }

  after(unit, { until, next }) {
    const then = next ? this.next(unit, next) : this.words.say("ends");
    return `${this.words.say("until", { time: this.clock.at(until) })} · ${then}`;
  }

  now({ onCall }, { kind, place }) {
    const what = onCall && kind === "standby" ? "on call" : kind;
    return this.words.say(`now ${what}`, { place: this.name(place) });
  }

  offDuty({ until }) {
    return until === null ? this.words.say("duty over") : this.words.say("duty from", { time: this.clock.at(until) });
  }

  next(unit, stop) {
    const kind = stopKind(unit, unit.stops.indexOf(stop));
    return this.words.say("next", { what: this.words.say(`then ${kind}`, { place: this.name(stop[0]) }) });
  }

  name(place) {
    return this.plan.places[place].name;
  }
}

// What a stop is: its kind, but for those of no length, where a unit sets out, passes, or ends its shift.
function stopKind(unit, number) {
  const [, kind, arrive, leave] = unit.stops[number];
  if (arrive < leave) return kind;
  return number === 0 ? "start" : number === unit.stops.length - 1 ? "end" : "pass";
}

// A callsign on its colour; the outline says the mode.
function sign(unit) {
  const made = el("span", { className: `sign ${unit.mode}`, title: unit.callsign }, unit.callsign);
  made.style.backgroundColor = unitColour(unit.index);
  return made;
}

// Text is only set when it changes, so that the browser has nothing to do when it does not.
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
