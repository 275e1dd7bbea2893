// The last seconds of every channel, as curves of those that move most.
import { Curves, busiest } from "./curves.js";

const SECONDS = 6;
const EVERY = 2000; // milliseconds between looks at which channels are the busiest

export class Trail {
  constructor(place, names, fps) {
    Object.assign(this, { place, names, fps });
    this.count = names.length;
    this.most = Math.max(2, Math.round(SECONDS * fps));
    this.rows = new Float32Array(2 * this.most * this.count); // written twice, so that the last are in one piece
    this.end = this.frames = 0;
    this.curves = null;
    this.chosen = "";
    this.due = 0;
  }

  add(weights) {
    const at = this.end * this.count;
    this.rows.set(weights, at);
    this.rows.set(weights, at + this.most * this.count);
    this.end = (this.end + 1) % this.most;
    this.frames = Math.min(this.most, this.frames + 1);
  }

  // [frames, count] the frames that are kept, the oldest first.
  last() {
    const end = (this.end + this.most) * this.count;
    return this.rows.subarray(end - this.frames * this.count, end);
  }

  draw(now, weights) {
    const kept = this.last();
    if (now >= this.due && this.frames > this.fps / 2) {
      this.due = now + EVERY;
      this.choose(busiest(kept, this.count, this.frames));
    }
    this.curves?.draw(kept, this.count, this.frames, this.frames / this.most, devicePixelRatio);
    this.curves?.show(weights, 0);
  }

  // The same curves stay where they are; others take the places of those that came to rest.
  choose(columns) {
    const stay = (this.curves?.columns ?? []).map((column) => (columns.includes(column) ? column : null));
    const fresh = columns.filter((column) => !stay.includes(column));
    const placed = [...stay.map((column) => column ?? fresh.shift()).filter((c) => c !== undefined), ...fresh];
    if (!placed.length || String(placed) === this.chosen) return;
    this.chosen = String(placed);
    this.place.replaceChildren();
    this.curves = new Curves(this.place, this.names, placed);
  }
}
