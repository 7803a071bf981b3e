// The legend: what stands for what, layer by layer, each to be switched on and off.

class Legend {
  constructor(plan, words, shown, root, changed) {
    Object.assign(this, { plan, words, shown, root, changed });
    this.folded = window.matchMedia("(max-width: 900px)").matches;
  }

  update() {
    const { words, shown, root } = this;
    root.classList.toggle("folded", this.folded);
    const fold = el("button", { className: "fold", onclick: () => this.toggle() }, words.say("legend"));
    fold.setAttribute("aria-expanded", String(!this.folded));
    const rows = LAYERS.filter((layer) => this.has(layer)).map((layer) => {
      const box = el("input", { type: "checkbox", checked: shown.layers[layer] });
      box.dataset.layer = layer;
      box.onchange = () => {
        shown.layers[layer] = box.checked;
        this.update();
        this.changed();
      };
      const samples = this.samples(layer).map(([draw, key]) =>
        el("div", { className: "sample" }, this.sample(draw), words.say(key)),
      );
      return el(
        "div",
        { className: [shown.layers[layer] ? "" : "without", samples.length ? "" : "bare"].join(" ").trim() },
        el("label", {}, box, words.say(`layer ${layer}`)),
        ...samples,
      );
    });
    root.replaceChildren(fold, el("div", { className: "rows" }, ...rows));
  }

  toggle() {
    this.folded = !this.folded;
    this.update();
  }

  has(layer) {
    const { plan } = this;
    if (layer === "demand") return plan.demand.count > 0;
    if (layer === "streets") return plan.network !== null;
    return !["hotspots", "posts", "tasks", "stations"].includes(layer) || plan[layer].length > 0;
  }

  samples(layer) {
    const modes = ["car", "motorcycle", "bicycle", "foot"].filter((mode) =>
      this.plan.units.some((unit) => unit.mode === mode),
    );
    const plate = (mode, away) => (c) => {
      const path = new Path2D(platePath(mode, 24));
      c.translate(13, 9);
      c.scale(0.85, 0.85);
      c.fillStyle = away ? "#ffffff" : COLOURS.quiet;
      c.strokeStyle = COLOURS.quiet;
      c.lineWidth = 1.5;
      if (away) c.setLineDash([3, 2]);
      c.fill(path);
      c.stroke(path);
    };
    switch (layer) {
      case "units":
        return [...modes.map((mode) => [plate(mode, false), mode]), [plate("car", true), "not available"]];
      case "hotspots":
        return ["present", "lingering", "open"].map((state) => [
          (c) => drawHotspot(c, 13, 9, 7, state),
          `hotspot ${state}`,
        ]);
      case "posts":
        return ["manned", "lacking", "idle"].map((state) => [
          (c) => (c.scale(0.85, 0.85), drawPost(c, 15, 10, state)),
          `post ${state}`,
        ]);
      case "stations":
        return [[(c) => (c.scale(0.85, 0.85), drawStation(c, 15, 10.5)), "station"]];
      case "tasks":
        return ["open", "under way", "done"].map((state) => [(c) => drawTask(c, 13, 10, state), `task ${state}`]);
      case "demand":
        return [
          [(c) => drawDemand(c, 13, 9, 5, 1, 2), "demand backed"],
          [(c) => drawDemand(c, 13, 9, 5, 1, 1), "demand covered"],
          [(c) => drawDemand(c, 13, 9, 5, 0, 0), "demand uncovered"],
        ];
      default:
        return [];
    }
  }

  sample(draw) {
    const canvas = el("canvas");
    const pixels = 3; // Sharp on paper too.
    canvas.width = 26 * pixels;
    canvas.height = 18 * pixels;
    const context = canvas.getContext("2d");
    context.scale(pixels, pixels);
    draw(context);
    return canvas;
  }
}
