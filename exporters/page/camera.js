// A camera on a sphere round the face: dragged, wheeled, pinched.
import { perspective } from "./matrix.js";

const ANGLE = 0.42; // radians of view from top to bottom; narrow, as a portrait lens
const MOVES = {
  a: (camera) => camera.orbit(16, 0), d: (camera) => camera.orbit(-16, 0),
  w: (camera) => camera.orbit(0, 12), s: (camera) => camera.orbit(0, -12),
  "+": (camera) => camera.closer(1.1), "-": (camera) => camera.closer(1 / 1.1),
};
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Camera {
  constructor(size) {
    this.height = Math.max(size[1], size[0] * 1.1);
    this.depth = size[2];
    this.turn = 0;
    this.lift = 0.03;
    this.zoom = 1;
    this.goal = null;
  }

  // From the camera's view to the picture, and from the world to the camera's view.
  matrices(aspect) {
    const fit = Math.max(1, 0.86 / aspect);
    const distance = this.depth / 2 + ((this.height * 1.12 * fit) / this.zoom / 2 / Math.tan(ANGLE / 2));
    const [ct, st, cl, sl] = [Math.cos(this.turn), Math.sin(this.turn), Math.cos(this.lift), Math.sin(this.lift)];
    const view = new Float32Array([
      ct, -st * sl, st * cl, 0, 0, cl, sl, 0, -st, -ct * sl, ct * cl, 0, 0, 0, -distance, 1,
    ]);
    return { view, projection: perspective(ANGLE, aspect, distance / 20, distance * 6) };
  }

  // Towards another side, softly unless the reader wants no motion.
  look(turn, lift = 0.03) {
    this.goal = { turn, lift, zoom: 1 };
    if (still.matches) {
      Object.assign(this, this.goal);
      this.goal = null;
    }
  }

  // Whether it moved in these seconds.
  step(seconds) {
    if (!this.goal) return false;
    const share = 1 - Math.exp(-seconds * 12);
    let left = 0;
    for (const key of ["turn", "lift", "zoom"]) {
      this[key] += (this.goal[key] - this[key]) * share;
      left = Math.max(left, Math.abs(this.goal[key] - this[key]));
    }
    if (left < 1e-3) {
      Object.assign(this, this.goal);
      this.goal = null;
    }
    return true;
  }

  attach(canvas, changed) {
    const fingers = new Map();
    const apart = () => {
      const [a, b] = [...fingers.values()];
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      this.goal = null;
    });
    canvas.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const before = fingers.size === 2 ? apart() : 0;
      const moved = { x: event.clientX - last.x, y: event.clientY - last.y };
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2) this.closer(apart() / Math.max(before, 1));
      else this.orbit(moved.x, moved.y);
      changed();
    });
    for (const name of ["pointerup", "pointercancel"])
      canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.goal = null;
      this.closer(Math.exp(-event.deltaY * (event.deltaMode ? 0.03 : 0.0012)));
      changed();
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const move = MOVES[event.key.toLowerCase()];
      if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
      this.goal = null;
      move(this);
      changed();
    });
    canvas.addEventListener("dblclick", () => {
      this.look(0);
      changed();
    });
  }

  orbit(x, y) {
    this.turn -= x * 0.008;
    this.lift = Math.min(1.3, Math.max(-1.3, this.lift + y * 0.008));
  }

  closer(factor) {
    this.zoom = Math.min(5, Math.max(0.35, this.zoom * factor));
  }
}
