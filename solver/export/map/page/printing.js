// On paper: the map is drawn anew for the size of the sheet, finer than on the screen.

const FINE = 3; // Dots to a pixel of paper, about 290 an inch.
const MILLIMETRE = 96 / 25.4;
const PAPER = { map: [205, 124], chart: [279, 14] }; // Millimetres, as the style sheet has them.

function paperPixels(what) {
  return PAPER[what].map((length) => Math.round(length * MILLIMETRE));
}

// `hidden` tells how many pixels at the right of the screen the legend hides; on paper it stands elsewhere.
function listenToPrinter({ view, hidden, before, after }) {
  let kept = null;
  const begin = () => {
    if (kept) return;
    kept = { x: view.x, y: view.y, scale: view.scale, width: view.width, height: view.height };
    [view.width, view.height] = paperPixels("map");
    view.printed = FINE;
    const seen = kept.width - hidden();
    const scale = kept.scale * Math.min(view.width / seen, view.height / kept.height);
    view.set(kept.x - hidden() / 2 / kept.scale, kept.y, scale);
    before();
  };
  const end = () => {
    if (!kept) return;
    delete view.printed;
    view.measure();
    view.set(kept.x, kept.y, kept.scale);
    kept = null;
    after();
  };
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
}
