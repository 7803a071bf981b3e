// Colours, told apart also by those who see few of them; nothing is told by colour alone.

const COLOURS = {
  ground: "#eef1f4",
  ink: "#1c2733",
  quiet: "#5a6876",
  lack: "#c22f1d",
  covered: "#2878b5",
  uncovered: "#e07b00",
  hotspot: "#a2195b",
  manned: "#00796b",
  station: "#1f3a5f",
  task: "#6b5b00",
  accent: "#0b5cad",
};

// Of dark units with white letters; after the last the first comes again.
const UNIT_COLOURS = [
  "#0b62a8",
  "#117733",
  "#8a2f86",
  "#8c510a",
  "#332288",
  "#00736b",
  "#7a1f3d",
  "#55606b",
  "#b5541c",
  "#4d6b00",
  "#5a4fcf",
  "#006d9c",
];

function unitColour(index) {
  return UNIT_COLOURS[index % UNIT_COLOURS.length];
}
