// Which part of the ground is seen: the middle in metres, and pixels a metre.

class View {
  constructor(stage) {
    this.stage = stage;
    this.x = 0;
    this.y = 0;
    this.scale = 0.1;
    this.changed = [];
    this.bounds = null;
    this.measure();
  }

  // Takes the size of the stage, and says whether it has changed.
  measure() {
    const { clientWidth, clientHeight } = this.stage;
    const same = this.width === clientWidth && this.height === clientHeight;
    this.width = clientWidth;
    this.height = clientHeight;
    return !same;
  }

  get pixels() {
    return this.printed ?? Math.min(window.devicePixelRatio || 1, 3);
  }

  onScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  onGround(x, y) {
    return [(x - this.width / 2) / this.scale + this.x, (y - this.height / 2) / this.scale + this.y];
  }

  get metresPerPixel() {
    return 1 / this.scale;
  }

  // Shows a box of [west, north, east, south] metres, with room around it; `right` pixels are hidden by the legend.
  fit([west, north, east, south], right = 0, room = 44) {
    const wide = Math.max(east - west, 200);
    const high = Math.max(south - north, 200);
    const scale = Math.max(Math.min((this.width - right - 2 * room) / wide, (this.height - 2 * room) / high), 1e-5);
    this.set((west + east + right / scale) / 2, (north + south) / 2, scale);
  }

  set(x, y, scale) {
    this.x = x;
    this.y = y;
    this.scale = Math.max(1e-5, Math.min(scale, 4));
    for (const tell of this.changed) tell();
  }

  move(dx, dy) {
    this.set(this.x - dx / this.scale, this.y - dy / this.scale, this.scale);
  }

  // Zooms so that what is at a point of the stage stays there.
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [groundX, groundY] = this.onGround(x, y);
    const scale = Math.max(1e-5, Math.min(this.scale * factor, 4));
    this.set(groundX - (x - this.width / 2) / scale, groundY - (y - this.height / 2) / scale, scale);
  }

  // Moves so that a point of the ground is seen, when it is not.
  reveal(x, y, room = 60) {
    const [left, top] = this.onScreen(x, y);
    const inside = left > room && left < this.width - room && top > room && top < this.height - room;
    if (!inside) this.set(x, y, this.scale);
  }
}

function boxOf(xs, ys) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xs.length; i++) {
    west = Math.min(west, xs[i]);
    east = Math.max(east, xs[i]);
    north = Math.min(north, ys[i]);
    south = Math.max(south, ys[i]);
  }
  return [west, north, east, south];
}
