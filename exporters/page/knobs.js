// A slider for each value that the program lets the page change.

const HELD = 400; // milliseconds for which a slider that is moved here does not follow others

export class Knobs {
  // set: called with path and value, at most once a picture for each path
  constructor(place, set) {
    this.place = place;
    this.set = set;
    this.rows = new Map();
    this.waiting = new Map();
    this.known = "";
  }

  // controls: [{path, value, low, high}]
  follow(controls) {
    const known = controls.map(({ path, low, high }) => `${path} ${low} ${high}`).join("\n");
    if (known !== this.known) this.build(controls);
    this.known = known;
    for (const { path, value } of controls) {
      const row = this.rows.get(path);
      if (performance.now() - row.moved > HELD) row.show(value);
    }
  }

  // The values again, whatever is held: what was asked for was refused.
  restore() {
    for (const row of this.rows.values()) row.moved = -Infinity;
  }

  build(controls) {
    this.place.replaceChildren();
    this.rows.clear();
    const groups = new Map();
    for (const control of controls) {
      const [group, ...rest] = control.path.split("/");
      const name = rest.length ? group : "";
      if (!groups.has(name)) groups.set(name, this.group(name));
      this.row(groups.get(name), rest.join("/") || group, control);
    }
  }

  group(name) {
    const heading = document.createElement("h2");
    heading.textContent = capital(name || "settings");
    const box = document.createElement("div");
    box.className = "sliders";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", heading.textContent);
    this.place.append(heading, box);
    return box;
  }

  row(box, name, { path, low, high }) {
    const label = document.createElement("label");
    const slider = document.createElement("input");
    const value = document.createElement("output");
    label.textContent = capital(name);
    label.htmlFor = slider.id = value.htmlFor = `knob-${path}`;
    Object.assign(slider, { type: "range", min: low, max: high, step: (high - low) / 100 });
    const show = (number) => {
      slider.value = number;
      value.textContent = Number(number).toFixed(2);
    };
    const row = { slider, show, moved: -Infinity };
    slider.addEventListener("input", () => {
      row.moved = performance.now();
      value.textContent = Number(slider.value).toFixed(2);
      if (!this.waiting.size) requestAnimationFrame(() => this.send());
      this.waiting.set(path, Number(slider.value));
    });
    box.append(label, slider, value);
    this.rows.set(path, row);
  }

  send() {
    for (const [path, value] of this.waiting) this.set(path, value);
    this.waiting.clear();
  }
}

function capital(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
