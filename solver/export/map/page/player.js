// Plays the shift: the moment shown goes on with the frames of the screen.

const SPEEDS = [1, 2, 5, 10, 30]; // Minutes of the shift in a second.

class Player {
  constructor(plan, shown, changed) {
    Object.assign(this, { plan, shown, changed, playing: false, speed: 5 });
  }

  get last() {
    return 60 * this.plan.minutes;
  }

  // Shows a second of the plan.
  seek(second) {
    this.shown.second = Math.max(0, Math.min(second, this.last));
    this.changed();
  }

  // One step of whole minutes, from a whole minute.
  step(minutes) {
    const now = this.shown.second / 60;
    const whole = minutes > 0 ? Math.floor(now) : Math.ceil(now);
    this.seek(60 * (whole + minutes));
  }

  toggle() {
    if (this.playing) this.stop();
    else this.start();
  }

  start() {
    if (this.shown.second >= this.last) this.shown.second = 0;
    this.playing = true;
    let before = performance.now();
    const frame = (now) => {
      if (!this.playing) return;
      // After a pause of the browser the shift goes on where it was.
      const passed = Math.min(now - before, 250) / 1000;
      before = now;
      this.seek(this.shown.second + passed * this.speed * 60);
      if (this.shown.second >= this.last) this.stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    this.changed();
  }

  stop() {
    this.playing = false;
    this.changed();
  }
}
