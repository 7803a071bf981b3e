// Names with a halo, where they hide no other: those that matter most come first.

const FONT = getComputedStyle(document.body).fontFamily; // That of the style sheet.

// Boxes that are taken, in a grid of cells so that a thousand names are placed at once.
class Taken {
  constructor() {
    this.cells = new Map();
  }

  *keys([left, top, right, bottom]) {
    for (let i = Math.floor(left / 64); i <= Math.floor(right / 64); i++)
      for (let j = Math.floor(top / 64); j <= Math.floor(bottom / 64); j++) yield i * 100003 + j;
  }

  isFree(box) {
    for (const key of this.keys(box))
      for (const other of this.cells.get(key) ?? []) if (touches(other, box)) return false;
    return true;
  }

  take(box) {
    for (const key of this.keys(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.push(box);
      else this.cells.set(key, [box]);
    }
  }
}

function haloText(context, text, x, y, colour) {
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = "rgb(255 255 255 / 0.92)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

// The name as a map shows it: what stands in brackets at its end is told when it is clicked.
function shortName(name) {
  const plain = name.replace(/\s*[（(][^（()）]*[)）]$/, "") || name;
  const characters = [...plain];
  return characters.length > 24 ? `${characters.slice(0, 23).join("")}…` : plain;
}

// Draws the names of places beside their symbols: to the right, or else to the left, below or above.
function drawPlaceNames(context, names, taken) {
  context.textBaseline = "middle";
  for (const { text, x, y, radius, colour, bold, must } of names) {
    context.font = `${bold ? 650 : 500} 11.5px ${FONT}`;
    const width = context.measureText(text).width;
    const gap = radius + 4;
    const places = [
      [x + gap, y],
      [x - gap - width, y],
      [x - width / 2, y + gap + 6],
      [x - width / 2, y - gap - 6],
    ];
    const boxes = places.map(([left, middle]) => [left - 2, middle - 7, left + width + 2, middle + 7]);
    const free = boxes.findIndex((box) => taken.isFree(box));
    if (free < 0 && !must) continue;
    const chosen = Math.max(free, 0);
    taken.take(boxes[chosen]);
    haloText(context, text, ...places[chosen], colour);
  }
}

// Names along streets, for those whose line is long enough where it is seen.
class StreetNames {
  constructor(network) {
    this.lines = network ? namedLines(network) : [];
  }

  draw(context, view, width, height, taken) {
    context.textBaseline = "middle";
    context.textAlign = "center";
    const shown = new Map();
    for (const line of this.lines) {
      if (line.rank === 3 && view.scale < 0.5) continue;
      if (line.rank === 2 && view.scale < 0.1) continue;
      const length = line.metres * view.scale;
      if (length < 40) break; // They come by length.
      const x = (line.x - view.x) * view.scale + width / 2;
      const y = (line.y - view.y) * view.scale + height / 2;
      if (x < 0 || y < 0 || x > width || y > height) continue;
      context.font = `${line.rank === 0 ? 600 : 450} ${line.rank < 2 ? 11 : 10.5}px ${FONT}`;
      const wide = context.measureText(line.name).width;
      if (wide > length * 0.9) continue;
      const near = shown.get(line.name) ?? [];
      if (near.some(([a, b]) => Math.hypot(a - x, b - y) < 420)) continue;
      const box = tiltedBox(x, y, wide + 6, 13, line.angle);
      if (!taken.isFree(box)) continue;
      taken.take(box);
      shown.set(line.name, [...near, [x, y]]);
      context.save();
      context.translate(x, y);
      context.rotate(line.angle);
      haloText(context, line.name, 0, 0, "#5d6975");
      context.restore();
    }
    context.textAlign = "start";
  }
}

function tiltedBox(x, y, width, height, angle) {
  const wide = (Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * height) / 2;
  const high = (Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * height) / 2;
  return [x - wide, y - high, x + wide, y + high];
}

// The middle half of each named line, when it is nearly straight: its middle, length and direction.
function namedLines({ x, y, starts, rank, name, names }) {
  const found = [];
  for (let line = 0; line < rank.length; line++) {
    if (!name[line]) continue;
    const [first, last] = [starts[line], starts[line + 1] - 1];
    let length = 0;
    for (let i = first; i < last; i++) length += Math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
    const at = (share) => {
      let rest = share * length;
      for (let i = first; i < last; i++) {
        const step = Math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
        if (rest <= step && step > 0)
          return [x[i] + (rest / step) * (x[i + 1] - x[i]), y[i] + (rest / step) * (y[i + 1] - y[i])];
        rest -= step;
      }
      return [x[last], y[last]];
    };
    const [a, middle, b] = [at(0.2), at(0.5), at(0.8)];
    const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (chord < 0.57 * length) continue; // Too winding for a straight name.
    let angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle <= -Math.PI / 2) angle += Math.PI;
    found.push({ name: names[name[line]], rank: rank[line], x: middle[0], y: middle[1], metres: length, angle });
  }
  return found.sort((a, b) => b.metres - a.metres);
}
