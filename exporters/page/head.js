// A mesh with shapes, bent on the processor and drawn by WebGL 2.
import { multiply } from "./matrix.js";
import { FRAGMENT, VERTEX, shader } from "./shaders.js";

// A canvas with WebGL 2, and whether that is done without a graphics card: smooth outlines would take half the time
// there. To ask costs a context, which is dear only there, so a card gets a second one on a canvas of its own.
function opened(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false });
  if (!gl) throw new Error("this browser has no WebGL 2");
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  const name = about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : "";
  if (/swiftshader|llvmpipe|softpipe|basic render/i.test(name)) return { canvas, gl, slow: true };
  const smooth = canvas.cloneNode();
  const better = smooth.getContext("webgl2");
  if (!better) return { canvas, gl, slow: false };
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  canvas.replaceWith(smooth);
  return { canvas: smooth, gl: better, slow: false };
}

export class Head {
  constructor(given, mesh) {
    const { canvas, gl, slow } = opened(given);
    this.canvas = canvas;
    this.gl = gl;
    this.mesh = mesh;
    this.posed = mesh.vertices.slice();
    this.normals = new Float32Array(mesh.vertices.length);
    face(mesh.vertices, mesh.triangles, this.normals, null);
    this.joined = mesh.join ? joined(mesh.vertices, this.normals) : null;
    // Seen from within, a user's mesh may show something, so that each pixel has to say which side it is on.
    this.passes = slow && !mesh.join ? byVertices(mesh) : [{ pixels: true, first: 0, end: mesh.triangles.length }];
    this.build();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.build());
  }

  build() {
    const gl = this.gl;
    for (const pass of this.passes) {
      pass.program = linked(gl, pass.pixels);
      for (const name of ["view", "turned", "projection"]) pass[name] = gl.getUniformLocation(pass.program, name);
    }
    gl.bindVertexArray(gl.createVertexArray());
    const arrays = [this.posed, this.normals, this.mesh.colours, surfaces(this.mesh), this.mesh.turning];
    this.buffers = arrays.map((values, place) => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, values, place < 2 ? gl.DYNAMIC_DRAW : gl.STATIC_DRAW);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, place < 4 ? 3 : 1, gl.FLOAT, false, 0, 0);
      return buffer;
    });
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.mesh.triangles, gl.STATIC_DRAW);
    gl.enable(gl.DEPTH_TEST);
    if (!this.mesh.join) gl.enable(gl.CULL_FACE); // the default head has nothing to show from within
    this.upload();
  }

  // weights: one for each of names; those without a shape move nothing.
  pose(names, weights) {
    const { vertices, targets, indices, deltas } = this.mesh;
    const posed = this.posed;
    posed.set(vertices);
    names.forEach((name, column) => {
      const target = targets.get(name);
      const weight = weights[column];
      if (!target || !weight) return;
      for (let row = target.first; row < target.end; row++) {
        const at = indices[row] * 3;
        posed[at] += weight * deltas[row * 3];
        posed[at + 1] += weight * deltas[row * 3 + 1];
        posed[at + 2] += weight * deltas[row * 3 + 2];
      }
    });
    this.upload();
  }

  upload() {
    const gl = this.gl;
    face(this.posed, this.mesh.triangles, this.normals, this.joined);
    [this.posed, this.normals].forEach((values, place) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[place]);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, values);
    });
  }

  // turn: a matrix that turns the head, or null.
  draw(camera, turn) {
    const gl = this.gl;
    const { width, height } = this.canvas;
    const { view, projection } = camera.matrices(width / height);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const turned = turn ? multiply(view, turn) : view;
    const kind = this.mesh.triangles.BYTES_PER_ELEMENT === 2 ? gl.UNSIGNED_SHORT : gl.UNSIGNED_INT;
    for (const pass of this.passes) {
      gl.useProgram(pass.program);
      gl.uniformMatrix4fv(pass.view, false, view);
      gl.uniformMatrix4fv(pass.turned, false, turned);
      gl.uniformMatrix4fv(pass.projection, false, projection);
      gl.drawElements(gl.TRIANGLES, pass.end - pass.first, kind, pass.first * this.mesh.triangles.BYTES_PER_ELEMENT);
    }
  }
}

// Light at the vertices is quicker in software; only the small highlights of the eyes need every pixel.
function byVertices(mesh) {
  const [first, end] = mesh.parts.eyes ?? [0, 0];
  const wet = (corner) => mesh.triangles[corner] >= first && mesh.triangles[corner] < end;
  const passes = [];
  for (let corner = 0; corner < mesh.triangles.length; corner += 3) {
    const last = passes[passes.length - 1];
    if (last && last.pixels === wet(corner)) last.end = corner + 3;
    else passes.push({ pixels: wet(corner), first: corner, end: corner + 3 });
  }
  return passes;
}

function linked(gl, pixels) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const made = gl.createShader(kind);
    gl.shaderSource(made, shader(text, pixels));
    gl.compileShader(made);
    gl.attachShader(program, made);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`the graphics driver refuses the shaders: ${gl.getProgramInfoLog(program)}`);
  return program;
}

// What each vertex is made of, [vertices, 3].
function surfaces(mesh) {
  const values = new Float32Array(mesh.vertices.length);
  for (let at = 0; at < values.length; at += 3) values.set(mesh.surfaces.skin, at);
  for (const [name, [first, end]] of Object.entries(mesh.parts))
    for (let row = first; row < end; row++) values.set(mesh.surfaces[name] ?? mesh.surfaces.skin, row * 3);
  return values;
}

// Area-weighted means of the triangles around each vertex, of unit length.
function face(places, triangles, normals, same) {
  normals.fill(0);
  for (let corner = 0; corner < triangles.length; corner += 3) {
    const a = triangles[corner] * 3;
    const b = triangles[corner + 1] * 3;
    const c = triangles[corner + 2] * 3;
    const ux = places[b] - places[a], uy = places[b + 1] - places[a + 1], uz = places[b + 2] - places[a + 2];
    const vx = places[c] - places[a], vy = places[c + 1] - places[a + 1], vz = places[c + 2] - places[a + 2];
    const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
    normals[a] += x; normals[a + 1] += y; normals[a + 2] += z;
    normals[b] += x; normals[b + 1] += y; normals[b + 2] += z;
    normals[c] += x; normals[c + 1] += y; normals[c + 2] += z;
  }
  if (same) join(normals, same);
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at], normals[at + 1], normals[at + 2]) || 1;
    normals[at] /= length; normals[at + 1] /= length; normals[at + 2] /= length;
  }
}

// Vertices that lie at the same place get the sum of all their normals.
function join(normals, same) {
  for (let row = 0; row < same.length; row++) {
    if (same[row] === row) continue;
    for (let axis = 0; axis < 3; axis++) normals[same[row] * 3 + axis] += normals[row * 3 + axis];
  }
  for (let row = 0; row < same.length; row++) {
    if (same[row] === row) continue;
    for (let axis = 0; axis < 3; axis++) normals[row * 3 + axis] = normals[same[row] * 3 + axis];
  }
}

// For each vertex the first one at its place that faces about the same way: edges that are sharp stay sharp.
function joined(places, normals) {
  const there = new Map();
  return Uint32Array.from({ length: places.length / 3 }, (_, row) => {
    const key = `${places[row * 3]},${places[row * 3 + 1]},${places[row * 3 + 2]}`;
    const known = there.get(key) ?? [];
    const first = known.find((other) => alike(normals, row, other)) ?? row;
    if (first === row) there.set(key, [...known, row]);
    return first;
  });
}

function alike(normals, one, other) {
  let sum = 0;
  for (let axis = 0; axis < 3; axis++) sum += normals[one * 3 + axis] * normals[other * 3 + axis];
  return sum > 0.5; // 60 degrees
}
