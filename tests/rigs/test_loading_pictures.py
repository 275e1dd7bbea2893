"""Colours of a glTF's pictures at its vertices."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import heroes
import numpy as np
import pytest
from PIL import Image

from rigs import RigError, load_rig
from rigs.loading import with_pictures

LEFT, RIGHT = (200, 40, 10), (20, 90, 220)


def linear(colour: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """sRGB in 0..255 → linear; IEC 61966-2-1."""
    shown = np.array(colour) / 255
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def quad(path: Path, data: bytes | None = None, places: Any = None, **texture: Any) -> Path:
    """Two triangles with a shape, and a picture whose left half is LEFT and whose right half is RIGHT."""
    if data is None:
        picture = Image.new("RGB", (256, 256), LEFT)
        picture.paste(RIGHT, (128, 0, 256, 256))
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        data = buffer.getvalue()
    b = heroes.Builder()
    b.add("images", {"bufferView": b.view(data), "mimeType": "image/png"})
    b.add("textures", {"source": 0})
    colour = {"baseColorTexture": {"index": 0, **texture}, "baseColorFactor": [1, 0.5, 1, 1]}
    b.add("materials", {"pbrMetallicRoughness": colour})
    places = [[0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]] if places is None else places
    points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]
    primitive = {
        "attributes": {
            "POSITION": b.array(points, "VEC3", bounds=True),
            "TEXCOORD_0": b.array(places, "VEC2"),
        },
        "indices": b.array([0, 1, 2, 1, 3, 2], "SCALAR", "<u2"),
        "material": 0,
        "targets": [{"POSITION": b.array(np.eye(4, 3), "VEC3", bounds=True)}],
    }
    b.add("meshes", {"primitives": [primitive], "extras": {"targetNames": ["jawOpen"]}})
    b.json["nodes"] = [{"mesh": 0}]
    b.json["scenes"][0]["nodes"] = [0]
    return b.glb(path)


def colours(path: Path) -> np.ndarray[Any, Any]:
    """[vertices, 3] with pictures."""
    mesh = with_pictures(load_rig(path)).mesh
    assert mesh is not None
    return mesh.colours


def test_each_vertex_has_the_colour_at_its_place(tmp_path: Path) -> None:
    path = quad(tmp_path / "quad.glb")
    plain = load_rig(path).mesh
    assert plain is not None and np.allclose(plain.colours, [1, 0.5, 1])
    factor = np.array([1, 0.5, 1])
    wanted = np.stack([linear(c) * factor for c in (LEFT, RIGHT, LEFT, RIGHT)])
    assert np.allclose(colours(path), wanted, atol=1e-5)


def test_pictures_go_on_beyond_their_borders_and_can_be_moved(tmp_path: Path) -> None:
    beyond = quad(tmp_path / "a.glb", places=[[1.2, -0.8], [-0.2, 5.2], [0.2, 0.8], [0.8, 0.8]])
    assert np.allclose(colours(beyond), colours(quad(tmp_path / "b.glb")), atol=1e-5)
    moved = quad(tmp_path / "c.glb", extensions={"KHR_texture_transform": {"offset": [0.5, 0]}})
    assert np.allclose(colours(moved)[[1, 0, 3, 2]], colours(tmp_path / "b.glb"), atol=1e-5)
    turned = quad(tmp_path / "d.glb", extensions={"KHR_texture_transform": {"rotation": np.pi / 2}})
    assert np.allclose(colours(turned)[[0, 2]], colours(tmp_path / "b.glb")[[0, 1]], atol=1e-5)


def test_a_hero_s_picture_inside_or_beside(tmp_path: Path) -> None:
    for form, name in (("glb", "a.glb"), ("gltf", "b.gltf")):
        shown = colours(heroes.hero(tmp_path / name, form))
        assert np.allclose(shown[4:53], linear((200, 150, 130)), atol=1e-5)


@pytest.mark.parametrize("data", [b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_leaves_the_material(tmp_path: Path, data: bytes) -> None:
    assert np.allclose(colours(quad(tmp_path / "a.glb", data)), [1, 0.5, 1])


def test_what_points_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="textures 0 of 0"):
        path = quad(tmp_path / "a.glb")
        content, blob = heroes.read_glb(path)
        del content["textures"]
        colours(heroes.write_glb(path, content, blob))
    with pytest.raises(RigError, match=r"cannot read .*1 places|accessor .* not what belongs"):
        colours(quad(tmp_path / "b.glb", places=[[0.5, 0.5]]))
