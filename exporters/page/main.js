// The page: what is shown when, and what keys and sliders do.
import { Clock } from "./clock.js";
import { Curves, busiest } from "./curves.js";
import { bytes, openClip, openMesh } from "./data.js";
import { Stage, find, trouble } from "./stage.js";
import { Strip } from "./strip.js";

const data = JSON.parse(find("data").textContent);
const clip = openClip(data.clip);
const mesh = openMesh(data.mesh);
const count = clip.names.length;
const duration = clip.frames / clip.fps;
const asked = clip.moods.findIndex((mood) => mood.asked);
const state = {
  strength: 1, mood: Math.max(0, asked), share: asked < 0 ? 0 : 1, frame: -1, weights: new Float32Array(count),
};

const audio = data.sound ? find("sound") : null;
if (audio) audio.src = URL.createObjectURL(new Blob([bytes(data.sound.data)], { type: data.sound.kind }));
const clock = new Clock(audio, duration, () => refresh());
const strip = new Strip(find("strip"), data.strip, duration);
const curves = new Curves(find("curves"), clip.names, busiest(clip.weights, count, clip.frames));
const stage = new Stage(mesh);

// The frame's weights: emotion mixed in, then what speaks made stronger or weaker. They are not clamped, as
// lips that are closed stay closed when jaw and lips are scaled alike.
function weightsOf(frame, into, at = 0) {
  const mood = clip.moods[state.mood];
  for (let column = 0; column < count; column++) {
    const place = frame * count + column;
    let weight = clip.weights[place];
    if (mood && state.share) weight += (mood.weights[place] - weight) * state.share;
    into[at + column] = clip.mouth[column] ? weight * state.strength : weight;
  }
}

const frameAt = (seconds) => Math.min(clip.frames - 1, Math.max(0, Math.round(seconds * clip.fps)));

function drawFrame(frame) {
  state.frame = frame;
  weightsOf(frame, state.weights);
  stage.show(clip.names, state.weights, clip.head && clip.head.subarray(frame * 3, frame * 3 + 3));
}

function showTime() {
  const share = clock.at / duration;
  find("cursor").style.transform = `translateX(${share * find("tape").clientWidth}px)`;
  curves.show(state.weights, share);
  find("clock").textContent = `${clock.at.toFixed(2)} / ${duration.toFixed(2)} s · frame ${state.frame}`;
  const scrub = find("scrub");
  scrub.value = clock.at;
  scrub.setAttribute("aria-valuetext", `${clock.at.toFixed(2)} seconds`);
}

// Now, whatever has changed.
function refresh() {
  drawFrame(frameAt(clock.at));
  showTime();
  const play = find("play");
  play.textContent = clock.running ? "❚❚" : "▶";
  play.setAttribute("aria-label", clock.running ? "Pause" : "Play");
}

function redrawCurves() {
  const shown = new Float32Array(clip.weights.length);
  for (let frame = 0; frame < clip.frames; frame++) weightsOf(frame, shown, frame * count);
  curves.draw(shown, count, clip.frames, 1, devicePixelRatio);
}

function resize() {
  stage.resize();
  strip.draw(devicePixelRatio);
  redrawCurves();
  refresh();
}

let before = performance.now();
function tick(now) {
  const seconds = Math.min(0.25, (now - before) / 1000);
  before = now;
  const moved = stage.step(seconds);
  if (clock.running) {
    clock.step(seconds);
    const frame = frameAt(clock.at);
    if (frame !== state.frame) drawFrame(frame);
    else if (moved) stage.draw();
    showTime();
  } else if (moved) stage.draw();
  requestAnimationFrame(tick);
}

function toggle() {
  if (clock.running) clock.pause();
  else clock.play().catch((error) => trouble(`The sound cannot be played: ${error.message}`));
}

const KEYS = {
  " ": toggle,
  ArrowLeft: (event) => clock.seek(event.shiftKey ? clock.at - 1 : (state.frame - 1) / clip.fps),
  ArrowRight: (event) => clock.seek(event.shiftKey ? clock.at + 1 : (state.frame + 1) / clip.fps),
  Home: () => clock.seek(0),
  End: () => clock.seek(duration),
};

document.addEventListener("keydown", (event) => {
  const at = event.target;
  const other = at.matches("select, input") && at.id !== "scrub";
  if (event.ctrlKey || event.altKey || event.metaKey || !KEYS[event.key]) return;
  if (event.key === " " ? at.matches("button, select") : other) return;
  event.preventDefault();
  KEYS[event.key](event);
});

function seekFrom(event) {
  const box = find("tape").getBoundingClientRect();
  clock.seek(((event.clientX - box.left) / box.width) * duration);
}

function wireTime() {
  find("play").addEventListener("click", toggle);
  find("scrub").max = duration;
  find("scrub").addEventListener("input", (event) => clock.seek(Number(event.target.value)));
  find("tape").addEventListener("pointerdown", (event) => {
    find("tape").setPointerCapture(event.pointerId);
    seekFrom(event);
  });
  find("tape").addEventListener("pointermove", (event) => event.buttons && seekFrom(event));
}

function slider(id, set) {
  find(id).addEventListener("input", (event) => {
    set(Number(event.target.value) / 100);
    find(`${id}-value`).textContent = `${event.target.value} %`;
    redrawCurves();
    refresh();
  });
}

function wireSliders() {
  slider("strength", (share) => (state.strength = share));
  slider("mood", (share) => (state.share = share));
  for (const id of ["mood-label", "mood-row", "mood-value"]) find(id).hidden = !clip.moods.length;
  find("mood-name").append(...clip.moods.map((mood, place) => new Option(mood.name, place)));
  find("mood-name").value = state.mood;
  find("mood").value = 100 * state.share;
  find("mood-value").textContent = `${100 * state.share} %`;
  find("mood-name").addEventListener("change", (event) => {
    state.mood = Number(event.target.value);
    redrawCurves();
    refresh();
  });
}

async function copy() {
  try {
    await navigator.clipboard.writeText(data.command);
  } catch {
    getSelection().selectAllChildren(find("command")); // refused: at least it is marked, ready for Ctrl-C
    document.execCommand("copy");
  }
  find("copy").textContent = "Copied";
  setTimeout(() => (find("copy").textContent = "Copy"), 1500);
}

function wireRest() {
  find("title").textContent = data.title;
  find("command").textContent = data.command;
  find("command-box").hidden = !data.command;
  find("copy").addEventListener("click", copy);
  find("tape").hidden = !data.strip;
  if (data.strip) find("legend").innerHTML = "waveform and spectrogram<i></i>peaks of the LPC envelope";
  if (!audio) find("legend").textContent = "no sound";
  audio?.addEventListener("error", () => trouble("This browser cannot play the sound inside this page."));
}

// How fast it draws: frames a second at this size, every picture finished before the next.
function measure(size = 512, pictures = 60) {
  [find("view").width, find("view").height] = [size, size];
  const pixel = new Uint8Array(4);
  const gl = stage.head.gl;
  const begin = performance.now();
  for (let picture = 0; picture < pictures; picture++) {
    drawFrame(picture % clip.frames);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  }
  const took = performance.now() - begin;
  resize();
  return (1000 * pictures) / took;
}

// For tests and for pages that hold this one.
window.audio2face = {
  names: clip.names,
  fps: clip.fps,
  frames: clip.frames,
  get frame() { return state.frame; },
  get time() { return clock.at; },
  get playing() { return clock.running; },
  get weights() { return Array.from(state.weights); },
  get ready() { return stage.head !== null && state.frame >= 0; },
  seek: (seconds) => clock.seek(seconds),
  play: () => clock.play(),
  pause: () => clock.pause(),
  look: (degrees) => { stage.camera.look((degrees * Math.PI) / 180); },
  picture: () => { refresh(); return find("view").toDataURL("image/png"); },
  measure,
};

wireTime();
wireSliders();
wireRest();
refresh();
window.audio2face.firstFrame = performance.now();
new ResizeObserver(resize).observe(find("stage")); // calls it once now, when the face is there already
addEventListener("resize", resize);
requestAnimationFrame(tick);
