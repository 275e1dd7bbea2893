// The face on its canvas: mesh, camera, and the buttons for views.
import { Camera } from "./camera.js";
import { Head } from "./head.js";
import { turned } from "./matrix.js";

export const find = (id) => document.getElementById(id);

export function trouble(text) {
  find("trouble").textContent = text;
  find("trouble").hidden = !text;
}

export class Stage {
  constructor(mesh) {
    this.mesh = mesh;
    this.camera = new Camera(mesh.size);
    this.angles = null;
    this.head = null;
    this.resize(); // before anything is drawn, as a canvas that changes its size is made anew
    try {
      this.head = new Head(find("view"), mesh);
    } catch (error) {
      trouble(`The face cannot be drawn: ${error.message}.`);
    }
    for (const button of find("views").children)
      button.addEventListener("click", () => this.camera.look((Number(button.dataset.turn) * Math.PI) / 180));
    this.camera.attach(find("view"), () => this.draw());
  }

  resize() {
    const view = find("view");
    const ratio = Math.min(devicePixelRatio, 2);
    const size = [view.clientWidth, view.clientHeight].map((side) => Math.max(1, Math.round(side * ratio)));
    if (view.width !== size[0] || view.height !== size[1]) [view.width, view.height] = size;
  }

  // angles: yaw, pitch and roll of the head in degrees, or null. Only the default head is turned.
  show(names, weights, angles) {
    this.angles = angles && !this.mesh.join ? angles : null;
    this.head?.pose(names, weights);
    this.draw();
  }

  draw() {
    this.head?.draw(this.camera, this.angles && turned(...this.angles, this.mesh.middle.map((value) => -value)));
  }

  // Whether the camera moved in these seconds.
  step(seconds) {
    return this.camera.step(seconds);
  }
}
