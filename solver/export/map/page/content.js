// What the page shows, made of the JSON that solver/export/map/content.py writes: degrees become metres on the ground.

const PER_DEGREE = 1e6;
const NETWORK_PER_DEGREE = 1e5;
const EARTH = 6371009;

// Spherical Mercator around a point: metres east and south of it, true at its latitude.
class Ground {
  constructor(lon, lat) {
    this.lon = lon;
    this.shrink = Math.cos((lat * Math.PI) / 180);
    this.south = this.north(lat);
  }

  north(lat) {
    const bounded = Math.max(-89, Math.min(89, lat));
    return EARTH * Math.asinh(Math.tan((bounded * Math.PI) / 180)) * this.shrink;
  }

  x(lon) {
    // The shorter way round: a town may lie across the 180th meridian.
    const east = ((((lon - this.lon + 180) % 360) + 360) % 360) - 180;
    return ((east * Math.PI) / 180) * EARTH * this.shrink;
  }

  y(lat) {
    return this.south - this.north(lat);
  }

  lonlat(x, y) {
    const lon = this.lon + ((x / EARTH / this.shrink) * 180) / Math.PI;
    const lat = (Math.atan(Math.sinh((this.south - y) / EARTH / this.shrink)) * 180) / Math.PI;
    return [((((lon + 180) % 360) + 360) % 360) - 180, lat];
  }

  line(packed, perDegree) {
    const lon = unpackSums(packed.lon, perDegree);
    const lat = unpackSums(packed.lat, perDegree);
    return { x: lon.map((v) => this.x(v)), y: lat.map((v) => this.y(v)) };
  }
}

function readContent(text) {
  const plan = JSON.parse(text);
  const middle = plan.places[Math.floor(plan.places.length / 2)] ?? ["", 0, 0, ""];
  const ground = new Ground(middle[1] / PER_DEGREE, middle[2] / PER_DEGREE);
  plan.ground = ground;
  plan.places = plan.places.map(([name, lon, lat, district]) => ({
    name,
    district,
    x: ground.x(lon / PER_DEGREE),
    y: ground.y(lat / PER_DEGREE),
  }));
  plan.network = plan.network && readNetwork(plan.network, ground);
  plan.units.forEach((unit, index) => {
    unit.index = index;
    if (!unit.track) return;
    const { x, y } = ground.line(unit.track, PER_DEGREE);
    unit.track = { seconds: unpackSums(unit.track.seconds), x, y };
  });
  plan.hotspots.forEach((hotspot) => {
    hotspot.line = hotspot.line && ground.line(hotspot.line, PER_DEGREE);
  });
  plan.demand = readDemand(plan.demand, ground, plan.slots.length - 1);
  plan.reach = readReach(plan.reach, plan.demand.count);
  for (const series of Object.keys(plan.cover)) plan.cover[series] = unpack(plan.cover[series]);
  return plan;
}

function readNetwork(packed, ground) {
  const { x, y } = ground.line(packed, NETWORK_PER_DEGREE);
  const sizes = unpack(packed.size);
  const starts = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, i) => {
    starts[i + 1] = starts[i] + Math.floor(size / 4);
  });
  return { x, y, starts, rank: sizes.map((size) => size % 4), name: unpack(packed.name), names: packed.names };
}

function readDemand(packed, ground, slots) {
  const { x, y } = ground.line(packed, PER_DEGREE);
  const weight = unpack(packed.weight);
  return {
    count: packed.names.length,
    names: packed.names,
    x,
    y,
    zones: packed.zones,
    zone: unpack(packed.zone),
    standard: unpack(packed.standard),
    backup: unpack(packed.backup),
    weight,
    heaviest: weight.reduce((most, w) => Math.max(most, w), 1),
    in: (point, slot) => weight[point * slots + slot],
  };
}

// By mode and place: seconds to each demand point, -1 where that is beyond every standard.
function readReach(tables, count) {
  const reach = {};
  for (const [mode, table] of Object.entries(tables)) {
    const seconds = unpack(table.seconds);
    reach[mode] = new Map(table.places.map((place, row) => [place, seconds.subarray(row * count, (row + 1) * count)]));
  }
  return reach;
}
