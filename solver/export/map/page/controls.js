// Buttons, slider and keys.
function listenToControls({ player, view, whole, choose }) {
  byId("play").onclick = () => player.toggle();
  byId("speed").onchange = (event) => {
    player.speed = Number(event.target.value);
    event.target.blur();
  };
  // A button that was clicked gives the keys back to the map; who uses the keyboard alone stays where he is.
  document.addEventListener("click", (event) => event.detail && event.target.closest?.("button")?.blur());
  byId("slider").oninput = (event) => {
    const minute = Math.round(event.target.value / 60);
    player.stop();
    player.seek(60 * minute);
  };
  byId("closer").onclick = () => view.zoom(1.6);
  byId("farther").onclick = () => view.zoom(1 / 1.6);
  byId("whole").onclick = whole;
  const keys = {
    " ": () => player.toggle(),
    ArrowRight: (event) => player.step(event.shiftKey ? 15 : 1),
    ArrowLeft: (event) => player.step(event.shiftKey ? -15 : -1),
    Home: () => player.seek(0),
    End: () => player.seek(player.last),
    "+": () => view.zoom(1.6),
    "=": () => view.zoom(1.6),
    "-": () => view.zoom(1 / 1.6),
    0: whole,
    Escape: () => choose(null),
  };
  document.addEventListener(
    "keydown",
    (event) => {
      const typed =
        event.target.closest?.("select, input[type=search]") || event.ctrlKey || event.altKey || event.metaKey;
      // A button that has the focus is pressed by the space bar, as everywhere.
      const pressed = event.key === " " && event.target.closest?.("button, input[type=checkbox]");
      if (typed || pressed || !(event.key in keys)) return;
      event.preventDefault();
      keys[event.key](event);
    },
    { capture: true },
  );
}
