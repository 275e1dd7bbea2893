"""Rigs from folders of meshes and from lists of names."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from rigs import Mesh, RigError, load_rig, load_target
from rigs.head import default_head


def write_obj(path: Path, points: np.ndarray, faces: str = "f 1/1 2/2 3/3 4/1\n") -> None:
    """A quad with texture places, as modellers export it."""
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in points] + ["vt 0 0", "vt 1 0", "vt 1 1"]
    path.write_text("# made\n" + "\n".join(lines) + "\n" + faces, encoding="utf-8")


QUAD = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)


def meshes(folder: Path, neutral: str = "Neutral") -> Path:
    folder.mkdir()
    write_obj(folder / f"{neutral}.obj", QUAD)
    write_obj(folder / "jawOpen.obj", QUAD - [[0, 0.5, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0.25]])
    write_obj(folder / "mouthSmile_L.obj", QUAD - [[0, 0, 0], [-0.1, 0, 0], [0, 0, 0], [0, 0, 0]])
    return folder


@pytest.mark.parametrize("neutral", ["Neutral", "rest", "BASE", "hero"])
def test_a_folder_of_obj(tmp_path: Path, neutral: str) -> None:
    target = load_target(meshes(tmp_path / "hero", neutral))
    rig = target.rig
    assert rig.names == ("jawOpen", "mouthSmile_L") and rig.mesh is not None
    posed = rig.mesh.pose({"jawOpen": 0.5, "mouthSmile_L": 1.0})
    found = {tuple(np.round(point, 4)) for point in posed.tolist()}
    assert found == {(0, -0.25, 0), (1.1, 0, 0), (1, 1, 0), (0, 1, -0.125)}
    assert target.how.undriven == ()


def test_the_default_head_as_a_set_of_ply(tmp_path: Path) -> None:
    """Written by trimesh, read back: the same shapes."""
    trimesh = pytest.importorskip("trimesh", reason="needs the mesh extra: pip install 'audio2face[mesh]'")
    mesh = default_head().mesh
    assert mesh is not None
    names = ("jawOpen", "mouthSmileLeft")
    for name in ("neutral", *names):
        posed = mesh.pose({name: 1.0})
        trimesh.Trimesh(posed, mesh.triangles, process=False).export(tmp_path / f"{name}.ply")
    rig = load_rig(tmp_path)
    assert rig.names == names and isinstance(rig.mesh, Mesh)
    weights = {"jawOpen": 0.7, "mouthSmileLeft": 0.4}
    assert len(rig.mesh.vertices) == len(mesh.vertices)
    np.testing.assert_allclose(rig.mesh.pose(weights), mesh.pose(weights), atol=1e-6)


def test_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    folder = meshes(tmp_path / "hero")
    write_obj(folder / "odd.obj", np.vstack([QUAD, [[2, 2, 2]]]), "f 1 2 3 4\nf 1 2 5\n")
    with pytest.raises(RigError, match=r"odd\.obj has 5 vertices and 3 triangles, Neutral\.obj has 4 and 2"):
        load_rig(folder)
    (folder / "odd.obj").write_text("v 1 2\nf 9 9 9\n", encoding="utf-8")
    with pytest.raises(RigError, match=r"cannot read .*odd\.obj"):
        load_rig(folder)
    (folder / "odd.obj").unlink()
    (folder / "Neutral.obj").rename(folder / "straight.obj")
    with pytest.raises(RigError, match="has no mesh at rest; name it one of neutral, rest, base"):
        load_rig(folder)
    for name in ("jawOpen.obj", "mouthSmile_L.obj", "straight.obj"):
        (folder / name).unlink()
    with pytest.raises(RigError, match=r"holds no \.obj or \.ply meshes"):
        load_rig(folder)
    write_obj(folder / "neutral.obj", QUAD)
    with pytest.raises(RigError, match="expected one more mesh for each channel"):
        load_rig(folder)
    with pytest.raises(RigError, match="is one mesh; name its folder"):
        load_rig(folder / "neutral.obj")


def test_without_the_reader_of_meshes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trimesh", None)
    with pytest.raises(RigError, match=r"install it with: pip install 'audio2face\[mesh\]'"):
        load_rig(meshes(tmp_path / "hero"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("names.txt", "# my rig\njawOpen\n\n  Smile L \r\nあ\n"),
        ("names.json", json.dumps(["jawOpen", "Smile L", "あ"])),
        ("named.json", json.dumps({"channels": ["jawOpen", "Smile L", "あ"]})),
    ],
)
def test_lists_of_names(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    rig = load_rig(str(path))
    assert rig.names == ("jawOpen", "Smile L", "あ") and rig.mesh is None
    assert load_target(path).how.undriven == ("あ",)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"\n# none\n", "it has no names"),
        ("a.txt", b"jaw\njaw\n", "two channels of a rig have the same name, 'jaw'"),
        ("a.txt", b"\xff\xfe\x00", "no UTF-8"),
        ("a.json", b"[]", "it has no names"),
        ("a.json", b"{", "it is no JSON"),
        ("a.json", b'{"names": ["a"]}', "it is no list of names"),
        ("a.json", b'["a", 1]', "it is no list of names"),
        ("a.json", b'["a", ""]', "empty name"),
        ("a.fbx", b"x", r"is no rig; known are \.glb, \.gltf, \.vrm, \.txt, \.json, maps in \.toml"),
        ("a.glb", b"x", "it is no glb"),
    ],
)
def test_lists_that_are_none(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RigError, match=said) as error:
        load_rig(path)
    assert "\n" not in str(error.value)
    with pytest.raises(RigError):
        load_rig(tmp_path / "gone.glb")
