// Light: a warm key, a cool fill, a rim from behind, sky and ground; wet things have highlights.

export const VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec3 facing;
layout(location = 2) in vec3 colour;
layout(location = 3) in vec3 surface;  // strength and sharpness of highlights, and how much light gets in
uniform mat4 view;
uniform mat4 projection;
out vec3 seen;
out vec3 normal;
out vec3 tint;
out vec3 gloss;
void main() {
  vec4 at = view * vec4(place, 1.0);
  seen = at.xyz;
  normal = mat3(view) * facing;
  tint = colour;
  gloss = surface;
  gl_Position = projection * at;
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in vec3 seen;
in vec3 normal;
in vec3 tint;
in vec3 gloss;
out vec4 shown;
const vec3 WRAP = vec3(0.30, 0.16, 0.12);  // light creeps round the edge of skin, more of the red
vec3 lamp(vec3 way, vec3 colour, vec3 n) {
  return colour * max((dot(n, normalize(way)) + WRAP) / (1.0 + WRAP), 0.0);
}
float mirrored(vec3 way, vec3 n, vec3 eye) {
  return pow(max(dot(n, normalize(normalize(way) + eye)), 0.0), gloss.y);
}
const vec3 KEY = vec3(-0.45, 0.50, 0.80);
const vec3 FILL = vec3(0.85, 0.10, 0.60);
const vec3 GLINT = vec3(-0.08, 0.05, 1.0);  // low enough to lie under the lid
const vec3 BACK = vec3(0.60, 0.55, -0.62);
void main() {
  vec3 n = normalize(normal) * (gl_FrontFacing ? 1.0 : -1.0);
  vec3 eye = normalize(-seen);
  float upward = n.y * 0.5 + 0.5;
  vec3 light = mix(vec3(0.15, 0.125, 0.12), vec3(0.30, 0.325, 0.37), upward);
  light += lamp(KEY, vec3(1.06, 0.99, 0.90), n);
  light += lamp(FILL, vec3(0.22, 0.26, 0.33), n);
  light += lamp(BACK, vec3(0.42, 0.48, 0.60), n);
  float side = 1.0 - max(dot(n, eye), 0.0);
  float edge = side * side * side;
  vec3 lit = light * tint * gloss.z + edge * vec3(0.09, 0.11, 0.15) * (0.4 + upward) * gloss.z;
  lit += gloss.x * gloss.z * mirrored(KEY, n, eye);
  if (gloss.y > 200.0) lit += pow(max(dot(n, normalize(GLINT)), 0.0), 500.0);
  lit = lit * (1.0 + lit * 0.16) / (1.0 + lit * 0.42);  // bright skin keeps its colour
  shown = vec4(sqrt(lit), 1.0);  // near enough to sRGB's curve
}`;
