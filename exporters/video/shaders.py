"""The shaders of the page, for OpenGL on the desktop, and one for what is behind the head."""

from __future__ import annotations

from exporters.shading import shader

_HEAD = "#version 330\n"

BEHIND_VERTEX = f"""{_HEAD}
out float share;
void main() {{
  vec2 at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  share = 0.5 - at.y * 0.5;
  gl_Position = vec4(at, 1.0, 1.0);
}}"""

BEHIND_FRAGMENT = f"""{_HEAD}
in float share;
uniform vec3 top;
uniform vec3 bottom;
uniform float gamma;
out vec4 shown;
void main() {{
  shown = vec4(pow(mix(top, bottom, share), vec3(1.0 / gamma)), 1.0);
}}"""


def page_shaders(pixels: bool) -> dict[str, str]:
    """`vertex_shader` and `fragment_shader` of the page's head, which WebGL 2 and OpenGL 3.3 take alike.

    pixels  whether light is reckoned at every pixel
    """
    return {"vertex_shader": shader("VERTEX", pixels), "fragment_shader": shader("FRAGMENT", pixels)}
