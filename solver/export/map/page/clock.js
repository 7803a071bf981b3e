// Minutes of the plan as local times of the planner's zone; the pieces in which its clocks run evenly come with the plan.

class Clock {
  constructor(plan, words) {
    this.pieces = plan.clock;
    this.words = words;
    this.long = plan.minutes > 24 * 60;
    this.changes = new Set(plan.clock.map((piece) => piece[2])).size > 1;
  }

  local(minute) {
    const piece = this.pieces.findLast((p) => p[0] <= minute) ?? this.pieces[0];
    return { date: new Date(1000 * (piece[1] + 60 * (minute - piece[0]))), offset: piece[2] };
  }

  // "21:05"; with the day of the week in plans of more than a day, with the offset where the clocks change.
  at(minute) {
    const { date, offset } = this.local(minute);
    const day = this.long ? `${this.weekday(minute)} ` : "";
    return day + hoursAndMinutes(date) + (this.changes ? ` ${offsetText(offset)}` : "");
  }

  short(minute) {
    return hoursAndMinutes(this.local(minute).date);
  }

  weekday(minute) {
    return this.words.list("weekdays")[this.local(minute).date.getUTCDay()];
  }

  span(start, end) {
    return `${this.at(start)}–${this.at(end)}`;
  }

  day(minute) {
    const { date, offset } = this.local(minute);
    const text = `${this.weekday(minute)} ${date.toISOString().slice(0, 10)}`;
    return this.changes ? `${text} ${offsetText(offset)}` : text;
  }
}

function hoursAndMinutes(date) {
  return date.toISOString().slice(11, 16);
}

function offsetText(seconds) {
  const minutes = Math.abs(Math.round(seconds / 60));
  const two = (n) => String(n).padStart(2, "0");
  return `${seconds < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
