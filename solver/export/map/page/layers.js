// The map itself: two canvases, of what lies still (streets, routes) and of what changes by the minute; and what lies
// under a tap.

const LAYERS = ["units", "routes", "hotspots", "posts", "stations", "tasks", "demand", "names", "streets"];
const MARGIN = 120; // Pixels drawn beyond each edge, so that a map that is dragged has no bare edges.
const SLOW = 55; // Milliseconds until two frames later; what takes longer is moved as a picture until the gesture ends.

// A canvas that shows part of the ground; between two drawings its picture follows the view.
class Sheet {
  constructor(canvas, view, draw) {
    this.canvas = canvas;
    this.view = view;
    this.draw = draw;
  }

  redraw() {
    const { view, canvas } = this;
    const margin = view.printed ? 0 : MARGIN;
    const width = view.width + 2 * margin;
    const height = view.height + 2 * margin;
    const [wide, high] = [Math.round(width * view.pixels), Math.round(height * view.pixels)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.style.left = canvas.style.top = `${-margin}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(view.pixels, 0, 0, view.pixels, 0, 0);
    context.clearRect(0, 0, width, height);
    this.draw(context, width, height);
    canvas.style.transform = "";
    this.drawn = { x: view.x, y: view.y, scale: view.scale, width: view.width, height: view.height };
  }

  follow() {
    const { view, drawn } = this;
    const factor = view.scale / drawn.scale;
    const [x, y] = [(drawn.x - view.x) * view.scale, (drawn.y - view.y) * view.scale];
    const left = x + view.width / 2 - (factor * drawn.width) / 2 + MARGIN - factor * MARGIN;
    const top = y + view.height / 2 - (factor * drawn.height) / 2 + MARGIN - factor * MARGIN;
    this.canvas.style.transform = `translate(${left}px, ${top}px) scale(${factor})`;
  }
}

class Picture {
  constructor(plan, moments, view, shown, canvases) {
    Object.assign(this, { plan, moments, view, shown });
    this.network = new Network(plan.network);
    this.streetNames = new StreetNames(plan.network);
    this.still = new Sheet(canvases.still, view, (...where) => this.drawStill(...where));
    this.changing = new Sheet(canvases.changing, view, (...where) => this.drawChanging(...where));
    this.routes = plan.units.map((unit) => (unit.track ? pathOf(unit.track) : null));
    this.targets = [];
    this.waiting = null;
    this.lag = 0;
  }

  redraw() {
    this.changing.redraw();
    this.still.redraw();
    // Lines are only noted down when they are drawn; how long they take is seen when the next frames are late.
    const begun = performance.now();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.lag = performance.now() - begun;
      }),
    );
  }

  // After a gesture: draws at once what is quick, and moves what is slow until the hand rests.
  follow() {
    clearTimeout(this.waiting);
    if (this.lag < SLOW) {
      this.redraw();
      return;
    }
    this.changing.follow();
    this.still.follow();
    this.waiting = setTimeout(() => this.redraw(), 140);
  }

  drawStill(context, width, height) {
    const { view, shown } = this;
    context.fillStyle = COLOURS.ground;
    context.fillRect(0, 0, width, height);
    if (shown.layers.streets) this.network.draw(context, view, width, height);
    if (shown.layers.routes) this.drawRoutes(context, width, height);
    if (shown.layers.streets && shown.layers.names) {
      const taken = new Taken();
      const [dx, dy] = [(width - view.width) / 2, (height - view.height) / 2];
      for (const box of this.named ?? []) taken.take([box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy]);
      this.streetNames.draw(context, view, width, height, taken);
    }
    // On paper a canvas is white where nothing is drawn, and would hide what lies under it; so there is only this one.
    if (view.printed) this.drawChanging(context, width, height);
  }

  // All routes, faint where one unit is chosen.
  drawRoutes(context, width, height) {
    const { view, shown } = this;
    context.save();
    context.translate(width / 2, height / 2);
    context.scale(view.scale, view.scale);
    context.translate(-view.x, -view.y);
    context.lineJoin = "round";
    context.lineWidth = 1.8 / view.scale;
    context.globalAlpha = shown.unit === null ? 0.42 : 0.1;
    this.routes.forEach((path, i) => {
      if (!path || i === shown.unit) return;
      context.strokeStyle = unitColour(i);
      context.stroke(path);
    });
    context.restore();
  }

  drawChanging(context, width, height) {
    const { plan, view, shown, moments } = this;
    const minute = shown.minute;
    const slot = moments.slot(minute);
    const [dx, dy] = [(width - view.width) / 2, (height - view.height) / 2];
    const names = [];
    this.targets = [];
    context.save();
    context.translate(dx, dy);
    this.room = roomFor(plan, view.scale);
    const place = (kind, index, x, y, radius) => this.targets.push({ kind, index, x, y, radius });
    if (shown.layers.demand) this.drawDemandPoints(context, slot, place);
    if (shown.unit !== null) this.drawChosenRoute(context);
    if (shown.layers.hotspots) this.drawHotspots(context, slot, place, names);
    if (shown.layers.tasks) {
      plan.tasks.forEach((task, i) => {
        const { name, x, y } = this.at(task.place);
        drawTask(context, x, y, moments.task(task, minute));
        place("task", i, x, y, 9);
        names.push({ text: shortName(name), x, y, radius: 8, colour: COLOURS.task, weight: 3 });
      });
    }
    if (shown.layers.posts) {
      plan.posts.forEach((post, i) => {
        const { name, x, y } = this.at(post.place);
        const { wanted, missing } = moments.post(post, minute);
        const state = missing ? "lacking" : wanted ? "manned" : "idle";
        drawPost(context, x, y, state);
        place("post", i, x, y, 11);
        const colour = missing ? COLOURS.lack : COLOURS.manned;
        names.push({ text: shortName(name), x, y, radius: 10, colour, bold: true, weight: 5 });
      });
    }
    if (shown.layers.stations) {
      plan.stations.forEach((index, i) => {
        const { name, x, y } = this.at(index);
        drawStation(context, x, y, this.room.stations);
        place("station", i, x, y, 11 * this.room.stations);
        names.push({
          text: shortName(name),
          x,
          y,
          radius: 10 * this.room.stations,
          colour: COLOURS.station,
          bold: true,
          weight: 6,
        });
      });
    }
    if (shown.unit !== null) this.drawStops(context, place);
    this.drawChosen(context);
    if (shown.layers.names) {
      const taken = new Taken();
      for (const { kind, x, y, radius } of this.targets) {
        if (kind !== "demand") taken.take([x - 0.6 * radius, y - 0.6 * radius, x + 0.6 * radius, y + 0.6 * radius]);
      }
      names.sort((a, b) => b.weight - a.weight);
      drawPlaceNames(context, names, taken);
    }
    this.named = names
      .filter((n) => n.weight > 1)
      .map(({ x, y, text, radius }) => [x - radius, y - 9, x + radius + 7 * text.length, y + 9]);
    context.restore();
  }

  at(index) {
    const { name, x, y } = this.plan.places[index];
    const [left, top] = this.view.onScreen(x, y);
    return { name, x: left, y: top };
  }

  drawDemandPoints(context, slot, place) {
    const { demand } = this.plan;
    const { first, second } = this.moments.cover(this.shown.minute);
    const most = Math.min(Math.max(90 * this.view.scale, 2.5), 9);
    for (let i = 0; i < demand.count; i++) {
      const [x, y] = this.view.onScreen(demand.x[i], demand.y[i]);
      const share = demand.in(i, slot) / demand.heaviest;
      const half = 1.5 + (most - 1.5) * Math.sqrt(share);
      drawDemand(context, x, y, half, first[i], second[i]);
      place("demand", i, x, y, half);
    }
  }

  drawHotspots(context, slot, place, names) {
    const { plan, moments, view } = this;
    const order = plan.hotspots
      .map((_, i) => i)
      .sort((a, b) => plan.hotspots[b].risk[slot] - plan.hotspots[a].risk[slot]);
    for (const i of order) {
      const hotspot = plan.hotspots[i];
      const share = hotspot.risk[slot] / moments.highestRisk;
      const state = moments.hotspot(hotspot, this.shown.minute);
      const radius = hotspotRadius(share) * this.room.hotspots;
      let { name, x, y } = this.at(hotspot.place);
      if (hotspot.line) {
        const points = Array.from(hotspot.line.x, (px, k) => view.onScreen(px, hotspot.line.y[k]));
        drawStretch(context, points, Math.max(5, 1.1 * radius), state);
        points.forEach(([px, py]) => place("hotspot", i, px, py, 5));
        [x, y] = points[points.length >> 1];
      }
      drawHotspot(context, x, y, hotspot.line ? 0.7 * radius : radius, state);
      place("hotspot", i, x, y, radius);
      if (this.room.hotspots > 0.45)
        names.push({ text: shortName(name), x, y, radius, colour: "#7c1245", weight: share });
    }
  }

  // The route of the chosen unit: what is driven is pale, what is to come is strong.
  drawChosenRoute(context) {
    const unit = this.plan.units[this.shown.unit];
    if (!unit.track) return;
    const { seconds, x, y } = unit.track;
    const now = 60 * this.shown.minute;
    const here = this.moments.position(unit, now);
    const [past, ahead] = [[], [here]];
    for (let i = 0; i < seconds.length; i++) (seconds[i] <= now ? past : ahead).push([x[i], y[i]]);
    past.push(here);
    const onScreen = (points) => points.map((point) => this.view.onScreen(...point));
    const colour = unitColour(unit.index);
    const [driven, left] = [onScreen(past), onScreen(ahead)];
    drawRoute(context, [...driven, ...left], "#ffffff", { wide: 7, alpha: 0.9 });
    drawRoute(context, driven, colour, { wide: 3, alpha: 0.4 });
    drawRoute(context, left, colour, { wide: 3.5 });
    drawArrows(context, left, colour);
  }

  // The stops of the chosen unit, by number; at a place with several the next one, or the last.
  drawStops(context, place) {
    const unit = this.plan.units[this.shown.unit];
    const at = new Map();
    unit.stops.forEach((stop, number) => {
      if (stop[2] === stop[3] && number && number < unit.stops.length - 1) return;
      const before = at.get(stop[0]);
      if (before === undefined || unit.stops[before][3] <= this.shown.minute) at.set(stop[0], number);
    });
    const stations = new Set(this.plan.stations);
    for (const [index, number] of at) {
      let { x, y } = this.at(index);
      if (stations.has(index)) [x, y] = [x + 11, y - 11];
      const stop = unit.stops[number];
      const current = stop[2] <= this.shown.minute && this.shown.minute < stop[3];
      drawStopNumber(context, x, y, number + 1, unitColour(unit.index), current);
      place("stop", number, x, y, 9);
    }
  }

  // A ring around what is told of.
  drawChosen(context) {
    const chosen = this.shown.chosen;
    const found = chosen && this.targets.findLast((t) => t.kind === chosen.kind && t.index === chosen.index);
    if (!found) return;
    disc(context, found.x, found.y, found.radius + 5);
    context.lineWidth = 2.5;
    context.strokeStyle = COLOURS.ink;
    context.stroke();
  }

  // What lies under a point of the stage: that whose middle is nearest, what was drawn last before others.
  under(x, y) {
    const order = { stop: 6, station: 5, post: 5, task: 4, hotspot: 3, demand: 1 };
    let best = null;
    for (const target of this.targets) {
      const distance = Math.hypot(target.x - x, target.y - y);
      if (distance > target.radius + 4) continue;
      const rank = order[target.kind] - distance / 100;
      if (!best || rank > best.rank) best = { ...target, rank };
    }
    return best;
  }
}

// How large symbols may be so that they leave room for each other: 1 where there is plenty.
function roomFor(plan, scale) {
  const room = (places) => {
    if (places.length < 2) return 1;
    const [west, north, east, south] = boxOf(
      places.map((p) => p.x),
      places.map((p) => p.y),
    );
    const apart = scale * Math.sqrt(((east - west) * (south - north)) / places.length);
    return Math.min(1, Math.max(apart / 50, 0.3));
  };
  return {
    hotspots: room(plan.hotspots.map((hotspot) => plan.places[hotspot.place])),
    stations: Math.max(0.6, room(plan.stations.map((place) => plan.places[place]))),
  };
}

function pathOf({ x, y }) {
  const path = new Path2D();
  for (let i = 0; i < x.length; i++) {
    if (i) path.lineTo(x[i], y[i]);
    else path.moveTo(x[i], y[i]);
  }
  return path;
}
