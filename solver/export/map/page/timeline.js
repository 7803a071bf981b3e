// Under the map: the share of demand within its standard by minute, what is lacking in red, and the slider on it.

class Timeline {
  constructor(plan, words, clock, canvas, slider) {
    Object.assign(this, { plan, words, clock, canvas, slider });
    slider.max = String(60 * plan.minutes);
    const { response, demand } = plan.cover;
    this.shares = plan.demand.count ? response.map((covered, t) => (demand[t] ? covered / demand[t] : NaN)) : null;
    if (!this.shares) {
      // Without demand: the share of the units on duty that are available.
      const moments = new Moments(plan);
      this.shares = Float64Array.from({ length: plan.minutes }, (_, t) => {
        const onDuty = plan.units.filter((unit) => moments.onDuty(unit, t));
        return onDuty.length ? onDuty.filter((unit) => moments.stand(unit, t) >= 0).length / onDuty.length : NaN;
      });
    }
    const least = this.shares.reduce((low, share) => (share < low ? share : low), 1);
    this.floor = Math.max(0, Math.min(0.9, Math.floor(least * 10 - 0.5) / 10));
  }

  get caption() {
    return this.words.say(this.plan.demand.count ? "chart response" : "chart available");
  }

  draw(pixels = window.devicePixelRatio || 1, size = null) {
    const { canvas, plan } = this;
    const [width, height] = size ?? [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * pixels);
    canvas.height = Math.round(height * pixels);
    const context = canvas.getContext("2d");
    context.scale(pixels, pixels);
    const foot = height - 15;
    // The slider's line is 3 pixels wide, and so half of that from either end.
    const x = (minute) => 1.5 + ((width - 3) * minute) / plan.minutes;
    const y = (share) => 4 + ((foot - 4) * (1 - share)) / (1 - this.floor);
    context.fillStyle = "#f5f7f9";
    context.fillRect(0, 4, width, foot - 4);
    for (const [, start, end] of plan.shortfalls) {
      context.fillStyle = "rgb(194 47 29 / 0.18)";
      context.fillRect(x(start), 4, Math.max(x(end) - x(start), 1), foot - 4);
      context.fillStyle = COLOURS.lack;
      context.fillRect(x(start), foot - 3, Math.max(x(end) - x(start), 1), 3);
    }
    this.drawHours(context, x, foot, width);
    context.beginPath();
    let open = false;
    const path = new Path2D();
    const area = new Path2D();
    for (let t = 0; t < plan.minutes; t++) {
      const share = this.shares[t];
      if (Number.isNaN(share)) {
        open = false;
        continue;
      }
      if (open) path.lineTo(x(t), y(share));
      else path.moveTo(x(t), y(share));
      path.lineTo(x(t + 1), y(share));
      area.rect(x(t), y(share), x(t + 1) - x(t) + 0.3, foot - y(share));
      open = true;
    }
    context.fillStyle = "rgb(40 120 181 / 0.2)";
    context.fill(area);
    context.strokeStyle = COLOURS.covered;
    context.lineWidth = 1.5;
    context.stroke(path);
    context.font = `10px ${FONT}`;
    context.textBaseline = "middle";
    haloText(context, "100 %", 4, 11, COLOURS.quiet);
    haloText(context, `${Math.round(100 * this.floor)} %`, 4, foot - 9, COLOURS.quiet);
  }

  drawHours(context, x, foot, width) {
    const { plan, clock } = this;
    const hours = [];
    for (let t = 0; t <= plan.minutes; t++) if (clock.local(t).date.getUTCMinutes() === 0) hours.push(t);
    // In plans of days labels keep to midnight.
    const every = [1, 2, 3, 4, 6, 12, 24].find((n) => (hours.length / n) * 46 <= width) ?? 48;
    const first = (hours.find((t) => clock.local(t).date.getUTCHours() % every === 0) ?? 0) / 60;
    context.font = `10.5px ${FONT}`;
    context.textBaseline = "alphabetic";
    hours.forEach((t, i) => {
      context.fillStyle = "#dbe2e8";
      context.fillRect(x(t) - 0.5, 4, 1, foot - 4);
      if ((hours[i] / 60 - first) % every) return;
      const midnight = clock.long && clock.local(t).date.getUTCHours() === 0;
      const text = midnight ? clock.weekday(t) : clock.short(t);
      const wide = context.measureText(text).width;
      context.fillStyle = COLOURS.quiet;
      context.fillText(text, Math.min(Math.max(x(t) - wide / 2, 0), width - wide), foot + 12);
    });
  }
}
