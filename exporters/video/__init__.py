"""A clip → a film with its sound, drawn by OpenGL where there is one; needs the extra `render`."""

from exporters.video.codecs import CODECS, codec_of
from exporters.video.context import NoGraphicsError, open_context
from exporters.video.encode import find_ffmpeg
from exporters.video.film import check_size, write_film
from exporters.video.renderer import RENDERERS, opened

__all__ = [
    "CODECS",
    "RENDERERS",
    "NoGraphicsError",
    "check_size",
    "codec_of",
    "find_ffmpeg",
    "open_context",
    "opened",
    "write_film",
]
