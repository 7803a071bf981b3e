// What is so at a moment of the plan: where units are and what they do, and what is covered.

class Moments {
  constructor(plan) {
    this.plan = plan;
    const risks = plan.hotspots.flatMap((hotspot) => hotspot.risk);
    this.highestRisk = risks.reduce((most, risk) => Math.max(most, risk), 1);
    this.counted = { minute: -1 };
  }

  slot(minute) {
    const slots = this.plan.slots;
    const found = slots.findLastIndex((start) => start <= minute);
    return Math.min(Math.max(found, 0), slots.length - 2);
  }

  // Where a unit is in a second, in metres; null without a route.
  position(unit, second) {
    const track = unit.track;
    if (!track) return null;
    const { seconds, x, y } = track;
    let low = 0;
    let high = seconds.length - 1;
    if (second <= seconds[low]) return [x[low], y[low]];
    if (second >= seconds[high]) return [x[high], y[high]];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (seconds[middle] <= second) low = middle;
      else high = middle;
    }
    const share = (second - seconds[low]) / (seconds[high] - seconds[low]);
    return [x[low] + share * (x[high] - x[low]), y[low] + share * (y[high] - y[low])];
  }

  onDuty(unit, minute) {
    return unit.duty[0] <= minute && minute < unit.duty[1];
  }

  // What a unit does in a minute: kind, place, until when, and the stop that comes next.
  doing(unit, minute) {
    const stops = unit.stops;
    const next = stops.findIndex((stop) => stop[2] > minute);
    if (!this.onDuty(unit, minute)) {
      const begins = minute < unit.duty[0];
      return {
        kind: "off duty",
        place: begins ? unit.origin : unit.destination,
        until: begins ? unit.duty[0] : null,
        next: null,
      };
    }
    const following = next < 0 ? null : stops[next];
    const last = (next < 0 ? stops.length : next) - 1;
    const stop = stops[last];
    if (stop && minute < stop[3]) return { kind: stop[1], place: stop[0], until: stop[3], next: following };
    if (!following) return { kind: "standby", place: unit.destination, until: unit.end, next: null };
    if (stop && stop[0] === following[0])
      return { kind: "standby", place: stop[0], until: following[2], next: following };
    return { kind: "driving", place: following[0], until: following[2], next: stops[next + 1] ?? null };
  }

  // The place from which a unit counts as available in a minute, or -1.
  stand(unit, minute) {
    const found = unit.stands.find(([, start, end]) => start <= minute && minute < end);
    return found ? found[0] : -1;
  }

  // How many available units are within the standard and within the backup of each demand point.
  cover(minute) {
    if (this.counted.minute === minute) return this.counted;
    const { demand, units, reach } = this.plan;
    const first = new Uint16Array(demand.count);
    const second = new Uint16Array(demand.count);
    for (const unit of units) {
      const place = this.stand(unit, minute);
      if (place < 0) continue;
      const seconds = reach[unit.mode].get(place);
      for (let i = 0; i < demand.count; i++) {
        if (seconds[i] < 0) continue;
        if (seconds[i] <= demand.standard[i]) first[i]++;
        if (seconds[i] <= demand.backup[i]) second[i]++;
      }
    }
    this.counted = { minute, first, second };
    return this.counted;
  }

  // Weight of demand that is covered, has backup, and in all, counted from the units in the minute.
  demand(minute) {
    const { demand } = this.plan;
    const { first, second } = this.cover(minute);
    const slot = this.slot(minute);
    let [response, backup, total] = [0, 0, 0];
    for (let i = 0; i < demand.count; i++) {
      const weight = demand.in(i, slot);
      total += weight;
      if (first[i]) response += weight;
      backup += weight * Math.min(second[i], 2);
    }
    return { response, backup, total };
  }

  // The units that would come to a demand point, the nearest first: [unit, seconds].
  comers(point, minute) {
    const found = [];
    for (const unit of this.plan.units) {
      const place = this.stand(unit, minute);
      const seconds = place < 0 ? -1 : this.plan.reach[unit.mode].get(place)[point];
      if (seconds >= 0) found.push([unit, seconds]);
    }
    return found.sort((a, b) => a[1] - b[1]);
  }

  // "present", "lingering" or "open".
  hotspot(hotspot, minute) {
    if ([...hotspot.visits, ...hotspot.watched].some(([, start, end]) => start <= minute && minute < end))
      return "present";
    const lingers = hotspot.visits.some(([, start, end]) => start <= minute && minute < end + hotspot.linger);
    return lingers ? "lingering" : "open";
  }

  // The covered share of the risk in a minute.
  risk(minute) {
    const slot = this.slot(minute);
    let [covered, total] = [0, 0];
    for (const hotspot of this.plan.hotspots) {
      const risk = hotspot.risk[slot];
      const lingers = hotspot.visits.some(([, start, end]) => start <= minute && minute < end + hotspot.linger);
      const present = this.hotspot(hotspot, minute) === "present";
      total += 100 * risk;
      covered += risk * ((present ? 100 - hotspot.rho : 0) + (lingers ? hotspot.rho : 0));
    }
    return total ? covered / total : null;
  }

  // Units wanted on a post and standing on it.
  post(post, minute) {
    const within = ([start, end]) => start <= minute && minute < end;
    const wanted = post.staffing.filter(within).reduce((most, [, , units]) => Math.max(most, units), 0);
    const manned = post.stints.filter(([, start, end]) => within([start, end])).length;
    return { wanted, manned, missing: Math.max(0, wanted - manned) };
  }

  // "done", "under way" or "open".
  task(task, minute) {
    if (task.done.some(([, , end]) => end <= minute)) return "done";
    return task.done.some(([, start]) => start <= minute) ? "under way" : "open";
  }
}
