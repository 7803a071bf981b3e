// What stands for what on the map, drawn alike on the map and in the legend.

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function shape(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

function rounded(context, x, y, half, corner) {
  context.beginPath();
  context.roundRect(x - half, y - half, 2 * half, 2 * half, corner);
}

// Circles of hotspots grow with the risk: `share` of the highest of the shift.
function hotspotRadius(share) {
  return 4 + 11 * Math.sqrt(share);
}

function drawHotspot(context, x, y, radius, state) {
  disc(context, x, y, radius);
  context.fillStyle = COLOURS.hotspot;
  context.globalAlpha = { present: 0.85, lingering: 0.38, open: 0.06 }[state];
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = Math.min(1.5, 0.3 * radius);
  context.strokeStyle = COLOURS.hotspot;
  context.stroke();
}

function drawStretch(context, points, wide, state) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = COLOURS.hotspot;
  context.globalAlpha = { present: 0.85, lingering: 0.45, open: 0.18 }[state];
  context.lineWidth = wide;
  context.stroke();
  context.globalAlpha = 1;
}

// Squares of demand: full where two units count for backup, pale where one does, a dark-edged diamond where none is in time.
function drawDemand(context, x, y, half, first, second) {
  if (!first) {
    const wide = half + 1.5;
    shape(context, [
      [x, y - wide],
      [x + wide, y],
      [x, y + wide],
      [x - wide, y],
    ]);
    context.fillStyle = COLOURS.uncovered;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = "#5c3200";
    context.stroke();
    return;
  }
  rounded(context, x, y, half, 1);
  context.fillStyle = COLOURS.covered;
  context.globalAlpha = second > 1 ? 0.62 : 0.16;
  context.fill();
  context.globalAlpha = 1;
  if (second > 1) return;
  context.lineWidth = 1;
  context.strokeStyle = COLOURS.covered;
  context.stroke();
}

function drawPost(context, x, y, state) {
  const half = 8;
  shape(context, [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + 2],
    [x, y + half + 3],
    [x - half, y + 2],
  ]);
  context.fillStyle = { manned: COLOURS.manned, lacking: COLOURS.lack, idle: "#ffffff" }[state];
  context.fill();
  context.lineWidth = state === "idle" ? 1.5 : 1.8;
  context.strokeStyle = state === "idle" ? COLOURS.manned : "#ffffff";
  context.stroke();
  if (state === "idle") return;
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.lineCap = "round";
  context.beginPath();
  if (state === "manned") {
    context.moveTo(x - 3.5, y - 1);
    context.lineTo(x - 0.8, y + 2);
    context.lineTo(x + 4, y - 4);
  } else {
    context.moveTo(x, y - 5);
    context.lineTo(x, y);
    context.moveTo(x, y + 4);
    context.lineTo(x, y + 4.2);
  }
  context.stroke();
}

function drawStation(context, x, y, size = 1) {
  rounded(context, x, y, 9 * size, 3 * size);
  context.fillStyle = COLOURS.station;
  context.fill();
  context.lineWidth = 1.8;
  context.strokeStyle = "#ffffff";
  context.stroke();
  const star = [];
  for (let i = 0; i < 10; i++) {
    const radius = size * (i % 2 ? 2.6 : 6.2);
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    star.push([x + radius * Math.cos(angle), y + 0.4 + radius * Math.sin(angle)]);
  }
  shape(context, star);
  context.fillStyle = "#ffffff";
  context.fill();
}

function drawTask(context, x, y, state) {
  shape(context, [
    [x, y - 8],
    [x + 8, y + 6],
    [x - 8, y + 6],
  ]);
  context.fillStyle = { done: COLOURS.task, "under way": "#e8c400", open: "#ffffff" }[state];
  context.fill();
  context.lineWidth = 1.6;
  context.strokeStyle = COLOURS.task;
  context.stroke();
}

function drawRoute(context, points, colour, { wide = 2, alpha = 1, dash = [] } = {}) {
  if (points.length < 2) return;
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.globalAlpha = alpha;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.setLineDash(dash);
  context.lineWidth = wide;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

// Small arrows along a way, the first a little after its begin, so that it can be followed.
function drawArrows(context, points, colour, every = 90) {
  let rest = every / 2;
  context.fillStyle = colour;
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.2;
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const length = Math.hypot(bx - ax, by - ay);
    for (; rest < length; rest += every) {
      context.save();
      context.translate(ax + (rest / length) * (bx - ax), ay + (rest / length) * (by - ay));
      context.rotate(Math.atan2(by - ay, bx - ax));
      shape(context, [
        [6, 0],
        [-5, 5.5],
        [-2.5, 0],
        [-5, -5.5],
      ]);
      context.fill();
      context.stroke();
      context.restore();
    }
    rest -= length;
  }
}

function drawStopNumber(context, x, y, number, colour, current) {
  disc(context, x, y, 8);
  context.fillStyle = current ? colour : "#ffffff";
  context.fill();
  context.lineWidth = 1.8;
  context.strokeStyle = colour;
  context.stroke();
  context.font = `650 9.5px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = current ? "#ffffff" : colour;
  context.fillText(String(number), x, y + 0.5);
  context.textAlign = "start";
}
