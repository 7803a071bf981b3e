// Figures for the minute shown, and what the plan lacks.

// Makes an element: `el("p", { className: "quiet" }, "text", other)`.
function el(tag, values = {}, ...children) {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

class Figures {
  constructor(plan, moments, words, root) {
    Object.assign(this, { plan, moments, words, root });
  }

  update(minute) {
    const { plan, moments, words } = this;
    const tiles = [];
    const tile = (key, value, { of = "", layer = null, short = false } = {}) =>
      tiles.push({ key, value, of, layer, short });
    if (plan.demand.count) {
      const { response, backup, total } = moments.demand(minute);
      tile("within standard", words.percent(total ? response / total : null), { layer: "response" });
      tile("backup", words.percent(total ? backup / (2 * total) : null), { layer: "backup" });
    }
    if (plan.hotspots.length) tile("risk covered", words.percent(moments.risk(minute)), { layer: "presence" });
    const onDuty = plan.units.filter((unit) => moments.onDuty(unit, minute));
    const ready = onDuty.filter((unit) => moments.stand(unit, minute) >= 0);
    tile("units available", `${ready.length}`, { of: words.say("of n on duty", { n: onDuty.length }) });
    if (plan.posts.length) {
      const posts = plan.posts.map((post) => moments.post(post, minute)).filter((post) => post.wanted);
      const manned = posts.filter((post) => !post.missing).length;
      const of = posts.length ? words.say("of n", { n: posts.length }) : words.say("none wanted");
      tile("posts manned", posts.length ? `${manned}` : "–", { of, short: manned < posts.length });
    }
    if (plan.hotspots.length) {
      const visited = plan.hotspots.filter((h) => h.visits.some(([, start]) => start <= minute)).length;
      tile("hotspots visited", `${visited}`, { of: words.say("of n", { n: plan.hotspots.length }) });
    }
    if (plan.tasks.length) {
      const done = plan.tasks.filter((task) => moments.task(task, minute) === "done").length;
      tile("tasks done", `${done}`, { of: words.say("of n", { n: plan.tasks.length }) });
    }
    this.root.replaceChildren(
      ...tiles.map(({ key, value, of, layer, short }) => {
        const whole = layer && el("span", { className: "whole" }, this.whole(layer));
        const number = el("b", {}, value, " ", el("small", {}, of));
        const figure = el(
          "div",
          { className: short ? "figure short" : "figure" },
          number,
          el("span", {}, words.say(key)),
          whole,
        );
        figure.dataset.figure = key;
        return figure;
      }),
    );
  }

  // What the whole plan covers of a layer.
  whole(layer) {
    const share = this.plan.shares[layer];
    return share === undefined ? "" : this.words.say("plan n", { n: this.words.percent(share) });
  }
}

// A list of what hard rules lack; a click leads there and then.
function listShortfalls(plan, words, clock, root, go) {
  root.hidden = !plan.shortfalls.length;
  root.replaceChildren(
    el("h2", {}, words.say("shortfalls")),
    ...plan.shortfalls.map(([place, start, end, missing, rule, reason, cure]) => {
      const what = words.say(`lacks ${rule}`, { place, n: missing });
      const why = words.list("reasons")[reason] ?? reason;
      return el(
        "button",
        { title: cure, onclick: () => go(place, start) },
        `${clock.span(start, end)} ${what}: ${why}`,
      );
    }),
  );
}
