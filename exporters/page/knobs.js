// A slider for each value that the program lets the page change.

const HELD = 400; // milliseconds for which a slider that is moved here does not follow others
const OPEN = 2; // groups that are unfolded at first

export class Knobs {
  // set: called with path and value, at most once a picture for each path
  constructor(place, set) {
    this.place = place;
    this.set = set;
    this.rows = new Map();
    this.waiting = new Map();
    this.known = "";
  }

  // controls: [{path, value, low, high, start}]
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
    const box = document.createElement("details");
    box.open = this.place.children.length < OPEN;
    const heading = box.appendChild(document.createElement("summary"));
    heading.textContent = capital(name || "settings");
    const reset = box.appendChild(document.createElement("button"));
    Object.assign(reset, { type: "button", className: "reset", textContent: "Reset" });
    reset.setAttribute("aria-label", `Reset ${heading.textContent}`);
    const sliders = box.appendChild(document.createElement("div"));
    sliders.className = "sliders";
    reset.addEventListener("click", () => {
      for (const [path, row] of this.rows) {
        if (row.box !== sliders) continue;
        row.show(row.start);
        this.ask(path, row.start);
      }
    });
    this.place.append(box);
    return sliders;
  }

  row(box, name, { path, low, high, start }) {
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
    const row = { box, start, show, moved: -Infinity };
    slider.addEventListener("input", () => {
      row.moved = performance.now();
      value.textContent = Number(slider.value).toFixed(2);
      this.ask(path, Number(slider.value));
    });
    box.append(label, slider, value);
    this.rows.set(path, row);
  }

  ask(path, value) {
    if (!this.waiting.size) requestAnimationFrame(() => this.send());
    this.waiting.set(path, value);
  }

  send() {
    for (const [path, value] of this.waiting) this.set(path, value);
    this.waiting.clear();
  }
}

function capital(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
