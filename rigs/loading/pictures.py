"""The colours of a glTF's pictures, taken at the vertices of its meshes.

A mesh here has one colour for each vertex, so that of a picture only what is coarser than the mesh is left:
skin, lips and hair, but not the iris of an eye that is painted on a plane. glTF 2.0, "3.8 Texture Data".
"""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np

from rigs.arrays import FloatArray
from rigs.errors import RigError
from rigs.loading.accessors import floats
from rigs.loading.document import Document, Json, linked

Array = np.ndarray[Any, Any]

LARGEST = 8192
"""Pixels of a side of pictures that are read."""
_FINEST, _COARSEST = 1024, 64
_PER_VERTEX = 4
"""Pixels along a side that are kept for each of the root of the vertices: coarser ones would run into each
other at seams, finer ones would show single pixels for what lies around a vertex."""


class Pictures:
    """The pictures of one file, each opened once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._opened: dict[tuple[int, int], Array | None] = {}

    def colours(self, material: Json, attributes: Json, count: int) -> FloatArray | None:
        """[count, 3] linear RGB of the material's picture at each vertex; None where there is none to read.

        Raises RigError when the file says what cannot be.
        """
        told = (material.get("pbrMetallicRoughness") or {}).get("baseColorTexture")
        if not isinstance(told, dict):
            return None
        moved = _object(_object(told.get("extensions")).get("KHR_texture_transform"))
        places = f"TEXCOORD_{moved.get('texCoord', told.get('texCoord', 0))}"
        image = self._image(told.get("index"))
        if places not in attributes or image is None:
            return None
        spots = floats(self._document, attributes[places], 2)
        if len(spots) != count:
            raise RigError(f"a mesh has {len(spots)} places on its picture for {count} vertices")
        side = min(max(round(_PER_VERTEX * math.sqrt(count)), _COARSEST), _FINEST)
        picture = self._picture(image, side)
        return None if picture is None else _sampled(picture, _transformed(spots, moved))

    def _image(self, index: Any) -> int | None:
        """The number of a texture's image; None where it is of a kind that is not read."""
        texture = self._document.item("textures", index)
        webp = _object(_object(texture.get("extensions")).get("EXT_texture_webp"))
        image = webp.get("source", texture.get("source"))
        return image if isinstance(image, int) else None

    def _picture(self, image: int, side: int) -> Array | None:
        if (image, side) not in self._opened:
            self._opened[image, side] = _opened(self._bytes(image), side)
        return self._opened[image, side]

    def _bytes(self, image: int) -> bytes:
        entry = self._document.item("images", image)
        if "bufferView" not in entry:
            return linked(self._document.path, entry.get("uri"), f"picture {image}")
        view = self._document.item("bufferViews", entry["bufferView"])
        self._document.item("buffers", view.get("buffer"))
        data = self._document.buffers[view["buffer"]] or b""
        start, length = view.get("byteOffset", 0), view.get("byteLength")
        if not isinstance(start, int) or not isinstance(length, int) or not 0 <= start <= start + length:
            raise RigError(f"picture {image} is at {str(start)[:20]}, {str(length)[:20]} bytes long")
        return data[start : start + length]


def _opened(data: bytes, side: int) -> Array | None:
    """[rows, columns, 3] linear, no larger than `side`; None for what Pillow does not read, or too large."""
    from PIL import Image  # noqa: PLC0415  only who shows a mesh needs it

    try:
        with Image.open(io.BytesIO(data)) as image:
            if max(image.size) > LARGEST:
                return None
            image.draft("RGB", (side, side))
            small = image.convert("RGB")
            small.thumbnail((side, side), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    shown = np.asarray(small, np.float32) / 255
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def _transformed(spots: Array, moved: Json) -> Array:
    """[n, 2] by KHR_texture_transform: scaled, turned, shifted."""
    try:
        scale = np.array(moved.get("scale", [1, 1]), np.float64).reshape(2)
        shift = np.array(moved.get("offset", [0, 0]), np.float64).reshape(2)
        angle = float(moved.get("rotation", 0))
    except (TypeError, ValueError) as error:
        raise RigError("its KHR_texture_transform is none") from error
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray((spots * scale) @ np.array([[c, -s], [s, c]]) + shift)


def _sampled(picture: Array, spots: Array) -> FloatArray:
    """[n, 3] between the four pixels around each place; the picture goes on beyond its borders."""
    high, wide, _ = picture.shape
    x, y = spots[:, 0] % 1 * wide - 0.5, spots[:, 1] % 1 * high - 0.5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    dx, dy = (x - left)[:, None], (y - top)[:, None]
    corners = [picture[(top + row) % high, (left + column) % wide] for row in (0, 1) for column in (0, 1)]
    upper, lower = corners[0] * (1 - dx) + corners[1] * dx, corners[2] * (1 - dx) + corners[3] * dx
    return (upper * (1 - dy) + lower * dy).astype(np.float32)


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
