// The street network: lines in batches, each with the box around it, so that only what is seen is drawn.

const BATCH = 200; // One path of ten thousands of lines takes a canvas seconds.

// Widths in pixels by rank at a given scale; `casing` is the darker edge, `from` pixels a metre at which a rank is drawn.
const STREETS = [
  { fill: "#ffffff", casing: "#aeb9c4", from: 0, thin: 1.2, metres: 16, least: 2.2, most: 16 },
  { fill: "#ffffff", casing: "#b9c3cd", from: 0, thin: 1, metres: 12, least: 1.6, most: 13 },
  { fill: "#ffffff", casing: "#c6cfd8", from: 0.02, thin: 0.7, metres: 8, least: 0.9, most: 10 },
  { fill: "#cdd5dc", casing: null, from: 0.09, thin: 0.6, metres: 3, least: 0.6, most: 3 },
];
const CASED = 1.4; // Pixels of width from which a street has an edge.

class Network {
  constructor(network) {
    this.batches = network ? makeBatches(network) : [];
    this.network = network;
  }

  // Draws streets around the middle of a canvas of `width` by `height` pixels.
  draw(context, view, width, height) {
    const scale = view.scale;
    const box = [
      view.x - width / 2 / scale,
      view.y - height / 2 / scale,
      view.x + width / 2 / scale,
      view.y + height / 2 / scale,
    ];
    const seen = this.batches.filter((batch) => touches(batch.box, box));
    context.save();
    context.translate(width / 2, height / 2);
    context.scale(scale, scale);
    context.translate(-view.x, -view.y);
    context.lineCap = "round";
    context.lineJoin = "round";
    const width_ = (style) => Math.min(Math.max(style.metres * scale, style.least), style.most);
    for (let rank = STREETS.length - 1; rank >= 0; rank--) {
      const style = STREETS[rank];
      if (scale < style.from) continue;
      const wide = width_(style);
      const cased = style.casing && wide >= CASED;
      this.stroke(context, seen, rank, style.casing ?? style.fill, (cased ? wide + 1.6 : wide) / scale);
    }
    for (let rank = STREETS.length - 2; rank >= 0; rank--) {
      const style = STREETS[rank];
      const wide = width_(style);
      if (scale >= style.from && wide >= CASED) this.stroke(context, seen, rank, style.fill, wide / scale);
    }
    context.restore();
  }

  stroke(context, batches, rank, colour, width) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    for (const batch of batches) if (batch.rank === rank) context.stroke(batch.path);
  }
}

function makeBatches({ x, y, starts, rank }) {
  const batches = [];
  const open = new Map();
  for (let line = 0; line < rank.length; line++) {
    let batch = open.get(rank[line]);
    if (!batch || batch.lines >= BATCH) {
      batch = { rank: rank[line], path: new Path2D(), box: [Infinity, Infinity, -Infinity, -Infinity], lines: 0 };
      open.set(rank[line], batch);
      batches.push(batch);
    }
    batch.lines++;
    const box = batch.box;
    for (let i = starts[line]; i < starts[line + 1]; i++) {
      if (i === starts[line]) batch.path.moveTo(x[i], y[i]);
      else batch.path.lineTo(x[i], y[i]);
      box[0] = Math.min(box[0], x[i]);
      box[1] = Math.min(box[1], y[i]);
      box[2] = Math.max(box[2], x[i]);
      box[3] = Math.max(box[3], y[i]);
    }
  }
  return batches;
}

function touches(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}
