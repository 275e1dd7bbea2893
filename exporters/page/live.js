// The live page: draws the newest frame, tells how things are, and asks for changes.
import { openMesh } from "./data.js";
import { drawEnvelope } from "./envelope.js";
import { Knobs } from "./knobs.js";
import { Link } from "./link.js";
import { Stage, find, trouble } from "./stage.js";
import { Trail } from "./trail.js";

const FLOOR = -60; // decibels at which the meter is empty
const TOLD = 6000; // milliseconds for which a refusal is shown
const CURVES = 60; // milliseconds between drawings of the curves
const WORDS = { waiting: "trying again", opening: "opening", open: "open", refused: "refused", closed: "closed" };

const data = JSON.parse(find("data").textContent);
const stage = new Stage(openMesh(data.mesh));
const state = { connected: false, names: [], head: [], newest: null, drawn: null, status: null, frames: 0 };
let trail = new Trail(find("curves"), [], 60);
let told = 0;

const knobs = new Knobs(find("controls"), (path, value) => link.say({ set: path, value }));

function greet(hello) {
  if (hello.page !== document.documentElement.dataset.page) {
    location.reload(); // the program was started again and shows something else
    return;
  }
  const same = String(hello.names) === String(state.names);
  Object.assign(state, { connected: true, names: hello.names, fps: hello.fps });
  state.head = ["headYaw", "headPitch", "headRoll"].map((name) => hello.names.indexOf(name));
  if (!same) trail = new Trail(find("curves"), hello.names, hello.fps);
  if (!same) state.newest = state.drawn = null;
  showState("live", true);
  trouble("");
  knobs.follow(hello.controls);
  offer(hello.microphones);
}

function showState(text, open) {
  find("state").className = open ? "open" : "";
  find("state").lastElementChild.textContent = text;
}

function lost() {
  if (state.connected) showState("the program has ended; waiting for it to start again", false);
  else if (!state.names.length) showState("waiting for the program", false);
  state.connected = false;
  meter(null);
  drawEnvelope(find("envelope"), [], devicePixelRatio);
}

// Until the channels are known a frame means nothing.
function take(number, time, weights) {
  if (weights.length !== state.names.length) return;
  state.newest = { number, time, weights };
  state.frames++;
  trail.add(weights);
}

function drawNewest() {
  const { weights } = state.newest;
  state.drawn = state.newest;
  const turn = state.head.every((column) => column >= 0);
  const angles = turn ? state.head.map((column) => (weights[column] * 180) / Math.PI) : null;
  stage.show(state.names, weights, angles);
}

function meter(level) {
  const share = level === null ? 0 : Math.min(1, Math.max(0, 1 - level / FLOOR));
  find("level").firstElementChild.style.clipPath = `inset(0 ${100 - 100 * share}% 0 0)`;
  find("level").setAttribute("aria-valuenow", Math.round(level ?? FLOOR));
  find("decibels").textContent = level === null ? "no sound" : `${level.toFixed(0)} dB`;
}

function showStatus(status) {
  state.status = status;
  meter(status.level_db);
  const here = status.latency_ms + status.round_trip_ms / 2;
  find("latency").textContent = `${here.toFixed(0)} ms behind the sound`;
  drawEnvelope(find("envelope"), status.envelope, devicePixelRatio);
  find("source").textContent = status.source;
  if ([...find("microphone").options].some((option) => option.value === status.source))
    find("microphone").value = status.source;
  const silent = status.silent ? "only zeros arrive: is the microphone muted?" : "";
  warn(status.trouble || silent || status.control);
  showDestinations(status.destinations);
}

function warn(text) {
  if (find("warning").textContent !== text) find("warning").textContent = text;
  find("warning").hidden = !text;
}

function showDestinations(places) {
  find("destination-box").hidden = !places.length;
  const list = find("destinations");
  while (list.children.length > places.length) list.lastElementChild.remove();
  while (list.children.length < places.length) {
    const row = list.appendChild(document.createElement("li"));
    for (const kind of ["i", "span", "b", "small"]) row.append(document.createElement(kind));
  }
  places.forEach((place, at) => {
    const row = list.children[at];
    row.className = place.note ? "waiting" : place.state;
    const [, name, words, trouble] = row.children;
    name.textContent = place.name;
    words.textContent = place.note ? "" : WORDS[place.state];
    trouble.textContent = place.note || (place.state === "open" ? "" : (place.error ?? ""));
  });
}

function offer(names) {
  find("microphone-row").hidden = !names.length;
  find("source").hidden = names.length > 0;
  find("microphone").replaceChildren(...names.map((name) => new Option(name, name)));
  if (state.status) find("microphone").value = state.status.source;
}

function refuse(why) {
  told = performance.now() + TOLD;
  trouble(why);
  knobs.restore();
}

const link = new Link({
  hello: greet,
  frame: take,
  status: showStatus,
  controls: (table) => knobs.follow(table),
  microphones: offer,
  refused: refuse,
  lost,
});

let before = performance.now();
let due = 0;
function tick(now) {
  const moved = stage.step(Math.min(0.25, (now - before) / 1000));
  before = now;
  if (state.newest && state.newest !== state.drawn) drawNewest();
  else if (moved) stage.draw();
  if (state.drawn && now >= due) {
    due = now + CURVES;
    trail.draw(now, state.drawn.weights);
  }
  if (told && now > told) {
    told = 0;
    trouble("");
  }
  requestAnimationFrame(tick);
}

find("title").textContent = data.title;
find("microphone").addEventListener("change", (event) => link.say({ microphone: event.target.value }));

// For tests and for programs that drive the page.
window.audio2face = {
  get connected() { return state.connected; },
  get names() { return state.names; },
  get fps() { return state.fps; },
  get frames() { return state.frames; }, // that came; those drawn may be fewer
  get drawn() { return state.drawn && { ...state.drawn, weights: Array.from(state.drawn.weights) }; },
  get status() { return state.status; },
  look: (degrees) => { stage.camera.look((degrees * Math.PI) / 180); },
  picture: () => { if (state.drawn) drawNewest(); else stage.draw(); return find("view").toDataURL("image/png"); },
};

stage.show([], [], null);
window.audio2face.firstFrame = performance.now();
new ResizeObserver(() => { stage.resize(); stage.draw(); }).observe(find("stage"));
requestAnimationFrame(tick);
