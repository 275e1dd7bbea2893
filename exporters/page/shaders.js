// Light: a warm key, a cool fill, a rim from behind, sky and ground; wet things have highlights.
// exporters/shading.py reads the texts and the constants from here for what is drawn without a browser.

// Directions are unit vectors in the camera's space: right, up, towards the camera.
export const LIGHT = `
const vec3 KEY = vec3(-0.4540, 0.4738, 0.7546);
const vec3 KEY_COLOUR = vec3(1.16, 1.06, 0.95);
const vec3 FILL = vec3(0.8165, 0.1361, 0.5611);
const vec3 FILL_COLOUR = vec3(0.20, 0.23, 0.29);
const vec3 BACK = vec3(0.5866, 0.5377, -0.6061);
const vec3 BACK_COLOUR = vec3(0.44, 0.45, 0.49);
const vec3 SKY = vec3(0.29, 0.31, 0.35);
const vec3 GROUND = vec3(0.145, 0.115, 0.105);
const vec3 WRAP = vec3(0.34, 0.16, 0.11);  // light creeps round the edge of skin, more of the red
const vec3 EDGE = vec3(0.10, 0.11, 0.125);
const vec3 GLINT = vec3(-0.1400, 0.0900, 0.9860);  // low enough to lie under the lid
const vec3 GLINT_LOW = vec3(0.1800, -0.1700, 0.9689);
const vec3 LID = vec3(0.30, -0.06, 0.42);  // where the lid's shadow on the eye begins and ends, and its darkness
const vec3 TONE = vec3(0.16, 0.42, 0.0);
vec3 lamp(vec3 way, vec3 colour, vec3 n, vec3 wrap) {
  return colour * max((dot(n, way) + wrap) / (1.0 + wrap), 0.0);
}
// n, eye: unit vectors, the way the surface faces and the way to the camera.
// surface: strength and sharpness of highlights, and how much it is like skin.
vec3 lightOn(vec3 n, vec3 eye, vec3 tint, vec3 surface) {
  float upward = n.y * 0.5 + 0.5;
  vec3 wrap = WRAP * surface.z;
  vec3 light = mix(GROUND, SKY, upward) + lamp(KEY, KEY_COLOUR, n, wrap) + lamp(FILL, FILL_COLOUR, n, wrap)
    + lamp(BACK, BACK_COLOUR, n, wrap);
  float side = 1.0 - max(dot(n, eye), 0.0);
  float mirrored = max(dot(n, normalize(KEY + eye)), 0.0);
  float shine = pow(mirrored, surface.y) + 0.45 * pow(mirrored, 0.22 * surface.y);
  float open = min(1.6 * tint.r, 1.0);  // crevices are dark already, and mirror little
  vec3 lit = light * tint + open * (surface.x * shine + side * side * side * EDGE * (0.4 + upward));
  return lit * (1.0 + lit * TONE.x) / (1.0 + lit * TONE.y);  // bright skin keeps its colour
}
// Eyes lie in the shadow of the upper lid; facing is the head's own direction there.
float lidded(vec3 facing, vec3 surface) {
  return surface.y < 200.0 ? 1.0 : 1.0 - LID.z * smoothstep(LID.y, LID.x, facing.y);
}
// The windows that wet eyes mirror.
float glints(vec3 n) {
  return pow(max(dot(n, GLINT), 0.0), 700.0) + 0.22 * pow(max(dot(n, GLINT_LOW), 0.0), 500.0);
}
`;

export const VERTEX = `
layout(location = 0) in vec3 place;
layout(location = 1) in vec3 facing;
layout(location = 2) in vec3 colour;
layout(location = 3) in vec3 surface;
layout(location = 4) in float share;  // of the head's turn; the neck bends, and its end stays
uniform mat4 view;
uniform mat4 turned;  // the view of the head
uniform mat4 projection;
#ifdef PIXELS
out vec3 seen;
out vec3 normal;
out vec3 tint;
out vec3 gloss;
#else
out vec3 shade;
#endif
void main() {
  vec4 at = mix(view * vec4(place, 1.0), turned * vec4(place, 1.0), share);
  vec3 n = mix(mat3(view) * facing, mat3(turned) * facing, share);
  gl_Position = projection * at;
  vec3 own = colour * lidded(facing, surface);
#ifdef PIXELS
  seen = at.xyz;
  normal = n;
  tint = own;
  gloss = surface;
#else
  shade = lightOn(n, normalize(-at.xyz), own, surface);
#endif
}`;

export const FRAGMENT = `
#ifdef PIXELS
in vec3 seen;
in vec3 normal;
in vec3 tint;
in vec3 gloss;
#else
in vec3 shade;
#endif
out vec4 shown;
void main() {
#ifdef PIXELS
  vec3 n = normalize(normal) * (gl_FrontFacing ? 1.0 : -1.0);
  vec3 shade = lightOn(n, normalize(-seen), tint, gloss);
  if (gloss.y > 200.0) shade += glints(n);
#endif
  shown = vec4(sqrt(shade), 1.0);  // near enough to sRGB's curve
}`;

// pixels: whether light is reckoned at every pixel, or only at vertices and spread between them.
export function shader(text, pixels) {
  return `#version 300 es\nprecision highp float;\n${pixels ? "#define PIXELS\n" : ""}${LIGHT}${text}`;
}
