"""Pictures of a face, drawn on the processor: no screen, no graphics card, only numpy and Pillow."""

from exporters.picture.camera import VIEWS, Camera
from exporters.picture.render import Renderer
from exporters.picture.sheet import draw_frame, write_image, write_sheet, write_strip

__all__ = ["VIEWS", "Camera", "Renderer", "draw_frame", "write_image", "write_sheet", "write_strip"]
