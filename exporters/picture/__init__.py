"""Pictures of a face, drawn on the processor: no screen, no graphics card, only numpy and Pillow."""

from exporters.picture.background import Background, named_background
from exporters.picture.camera import VIEWS, Camera
from exporters.picture.drawing import Drawing, draw_frame
from exporters.picture.moments import shape_poses, telling_times
from exporters.picture.render import Renderer
from exporters.picture.sheet import PICTURES, write_image, write_sheet, write_strip

__all__ = [
    "PICTURES",
    "VIEWS",
    "Background",
    "Camera",
    "Drawing",
    "Renderer",
    "draw_frame",
    "named_background",
    "shape_poses",
    "telling_times",
    "write_image",
    "write_sheet",
    "write_strip",
]
