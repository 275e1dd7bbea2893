"""A clip → a file, and back where the format allows."""

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.format import Format
from exporters.livelinkface_take import Take, read_take, write_take
from exporters.reduce import reduce_keys
from exporters.table import check_reduce, find_format, formats, read_clip, write_clip

__all__ = [
    "Format",
    "FormatError",
    "Take",
    "beside",
    "check_reduce",
    "find_format",
    "formats",
    "read_clip",
    "read_take",
    "reduce_keys",
    "write_clip",
    "write_take",
]
