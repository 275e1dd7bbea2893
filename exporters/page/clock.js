// What time it is in the clip. Where there is sound, the sound says so and the picture follows.

const FAR = 0.08; // seconds beyond which the picture jumps instead of drawing near

export class Clock {
  constructor(audio, duration, changed) {
    this.audio = audio;
    this.duration = duration;
    this.changed = changed;
    this.at = 0;
    this.running = false;
    if (audio) {
      audio.addEventListener("playing", () => this.set(true));
      // Sound that ends before the motion does leaves the rest of it to the page's own time.
      audio.addEventListener("pause", () => audio.ended || this.set(false));
    }
  }

  set(running) {
    this.running = running;
    this.changed();
  }

  async play() {
    if (this.at >= this.duration - 1e-3) this.seek(0);
    if (!this.audio || this.at >= this.audio.duration) return this.set(true);
    this.audio.currentTime = this.at;
    await this.audio.play();
  }

  pause() {
    if (this.audio) this.audio.pause();
    this.set(false);
  }

  seek(seconds) {
    this.at = Math.min(this.duration, Math.max(0, seconds));
    if (this.audio) this.audio.currentTime = this.at;
    this.changed();
  }

  // Goes on by the seconds since the last picture; sound steps in its own time, so the gap is closed softly.
  step(seconds) {
    if (!this.running) return;
    const last = this.at;
    this.at += seconds;
    if (this.audio && !this.audio.paused && !this.audio.ended) {
      const gap = this.audio.currentTime - this.at;
      this.at = Math.abs(gap) > FAR ? this.audio.currentTime : Math.max(last, this.at + gap * 0.15);
    }
    if (this.at >= this.duration) {
      this.at = this.duration;
      this.pause();
    }
  }
}
