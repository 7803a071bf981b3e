// Mouse, touch and wheel on the map: drag to move, pinch or wheel to zoom, tap to choose.

const TAP = 6; // Pixels that a finger may slip in a tap.

function listenToGestures(stage, view, { tapped, hovered }) {
  const pointers = new Map();
  let moved = 0;
  let last = null;

  // The middle of the fingers, and how far apart they are.
  const grip = () => {
    const points = [...pointers.values()];
    const x = points.reduce((sum, p) => sum + p[0], 0) / points.length;
    const y = points.reduce((sum, p) => sum + p[1], 0) / points.length;
    const apart = points.length > 1 ? Math.hypot(points[0][0] - points[1][0], points[0][1] - points[1][1]) : 0;
    return { x, y, apart };
  };
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    if (!pointers.size) moved = 0;
    pointers.set(event.pointerId, at(event));
    last = grip();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType === "mouse") stage.classList.toggle("over", hovered(...at(event)));
      return;
    }
    pointers.set(event.pointerId, at(event));
    const now = grip();
    moved += Math.hypot(now.x - last.x, now.y - last.y) + Math.abs(now.apart - last.apart);
    if (moved > TAP) {
      stage.classList.add("dragged");
      if (now.apart && last.apart) view.zoom(now.apart / last.apart, now.x, now.y);
      view.move(now.x - last.x, now.y - last.y);
    }
    last = now;
  });
  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size) {
      last = grip();
      return;
    }
    stage.classList.remove("dragged");
    if (event.type === "pointerup" && moved <= TAP) tapped(...at(event), event);
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const step = Math.max(-240, Math.min(240, event.deltaY * lines));
      view.zoom(Math.exp(-step * (event.ctrlKey ? 0.01 : 0.0018)), ...at(event));
    },
    { passive: false },
  );
  stage.addEventListener("dblclick", (event) => view.zoom(event.shiftKey ? 0.5 : 2, ...at(event)));
}
