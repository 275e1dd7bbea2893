"""Rigs from glTF files: names, the merged mesh, expressions, and damaged files."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import heroes
import numpy as np
import pytest

from rigs import ARKIT_NAMES, MorphTarget, RigError, load_rig, load_target
from rigs.retargeting.checks import warnings

FACE_AT = slice(4, 53)


@pytest.mark.parametrize("form", ["glb", "gltf", "data"])
def test_names_of_all_meshes(tmp_path: Path, form: str) -> None:
    path = heroes.hero(tmp_path / f"hero.{'glb' if form == 'glb' else 'gltf'}", form)
    rig = load_rig(path)
    assert rig.names == ("Jaw_Open", *heroes.FACE_SHAPES)
    assert rig.origin is not None and rig.mesh is not None
    assert (rig.origin.path, rig.origin.rest) == (path, {"Fat": 0.25})
    assert rig.mesh.parts == {"Teeth": (0, 4), "Face": FACE_AT_ENDS, "HatNode": (53, 57)}
    assert len(rig.mesh.triangles) == 2 + 72 + 2


FACE_AT_ENDS = (FACE_AT.start, FACE_AT.stop)


def test_vertices_stand_where_nodes_and_skins_put_them(tmp_path: Path) -> None:
    mesh = load_rig(heroes.hero(tmp_path / "hero.glb")).mesh
    assert mesh is not None
    np.testing.assert_allclose(mesh.vertices[FACE_AT], heroes.FACE, atol=1e-6)
    head = heroes._bind_worlds()[1]
    teeth = (heroes.TEETH * 2 + [0, 0.02, 0.03]) @ head[:3, :3].T + head[:3, 3]
    np.testing.assert_allclose(mesh.vertices[:4], teeth, atol=1e-6)
    jaw = mesh.targets["Jaw_Open"]
    np.testing.assert_allclose(jaw.deltas[0], head[:3, :3] @ [0, -0.02, 0], atol=1e-6)
    assert mesh.targets["jawOpen"].indices.tolist() == (heroes.LOW + 4).tolist()


def test_names_map_and_unmatched_ones_keep_their_rest(tmp_path: Path) -> None:
    target = load_target(heroes.hero(tmp_path / "hero.glb"))
    assert target.how.undriven == ("Fat",)
    assert target.how.apply(np.zeros((1, 1)), ("jawOpen",))[0].tolist() == [0, 0, 0, 0, 0, 0, 0.25]
    assert set(ARKIT_NAMES) - set(target.how.unused) == {
        *("jawOpen", "mouthSmileLeft", "mouthSmileRight", "browInnerUp")
    }
    assert warnings(target.how, target.rig) == []


@pytest.mark.parametrize("version", [0, 1])
def test_avatars_are_driven_through_their_expressions(tmp_path: Path, version: int) -> None:
    target = load_target(heroes.avatar(tmp_path / "ann.vrm", version))
    assert target.how.undriven == ()
    names = ("jawOpen", "eyeBlinkLeft")
    found = dict(zip(target.how.names, target.how.apply([[0.6, 1.0]], names)[0].tolist(), strict=True))
    assert found["Fcl_MTH_A"] > 0.9 and found["Fcl_EYE_Close_L"] == 1 and found["Fcl_EYE_Close_R"] == 0
    mesh = target.rig.mesh
    assert mesh is not None
    turned = heroes.FACE * ([-1, 1, -1] if version == 0 else [1, 1, 1])
    np.testing.assert_allclose(mesh.vertices, turned, atol=1e-6)


def test_normalised_integers_and_sharing_of_names(tmp_path: Path) -> None:
    """Quantised positions and deltas; two meshes of one name become one channel."""
    b = heroes.Builder()
    for number in range(2):
        points = np.array([[0, 0, 0], [32767, 0, 0], [0, 32767, 0]])
        position = b.array(points, "VEC3", "<i2", normalized=True)
        target = b.array([[127, 0, 0], [0, 0, 0], [-128, 0, 64]], "VEC3", "<i1", normalized=True)
        primitive = {"attributes": {"POSITION": position}, "targets": [{"POSITION": target}]}
        b.add("meshes", {"primitives": [primitive], "extras": {"targetNames": ["open"]}})
        b.json["nodes"].append({"mesh": number, "translation": [number, 0, 0]})
    rig = load_rig(b.glb(tmp_path / "two.glb"))
    assert rig.names == ("open",) and rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.vertices[:, 0], [0, 1, 0, 1, 2, 1], atol=1e-6)
    moved = rig.mesh.targets["open"]
    assert moved.indices.tolist() == [0, 2, 3, 5]
    np.testing.assert_allclose(moved.deltas[:2], [[1, 0, 0], [-1, 0, 64 / 127]], atol=1e-6)


def test_sides_that_are_exchanged_are_told(tmp_path: Path) -> None:
    target = load_target(heroes.hero(tmp_path / "hero.glb"))
    mesh = target.rig.mesh
    assert mesh is not None
    swapped = dict(mesh.targets)
    swapped["browInnerUp_L"], swapped["browInnerUp_R"] = swapped["browInnerUp_R"], swapped["browInnerUp_L"]
    lines = warnings(target.how, _with(target.rig, mesh, swapped))
    assert lines == [
        "browInnerUp_L moves the right half of the face",
        "browInnerUp_R moves the left half of the face",
    ]
    swapped["mouthSmile_L"], swapped["mouthSmile_R"] = swapped["mouthSmile_R"], swapped["mouthSmile_L"]
    (line,) = warnings(target.how, _with(target.rig, mesh, swapped))
    assert "faces backwards or is mirrored" in line


def _with(rig: Any, mesh: Any, targets: dict[str, MorphTarget]) -> Any:
    from rigs import Mesh, Rig  # noqa: PLC0415

    return Rig(rig.channels, Mesh(mesh.vertices, mesh.triangles, mesh.colours, targets))


def damage(path: Path, change: Any) -> Path:
    """The hero with something changed in its JSON."""
    content, blob = heroes.read_glb(heroes.hero(path))
    change(content)
    return heroes.write_glb(path, content, blob)


def face(content: Any) -> Any:
    return content["meshes"][0]


def first_target(content: Any) -> Any:
    return content["accessors"][face(content)["primitives"][0]["targets"][0]["POSITION"]]


WRONG = {
    "huge count": (
        lambda c: c["accessors"][0].update(count=4_294_967_295),
        "says 4294967295 rows and reaches",
    ),
    "huge sparse": (
        lambda c: first_target(c)["sparse"].update(count=4_294_967_295),
        "says 4294967295 rows and reaches",
    ),
    "count of a target": (lambda c: first_target(c).update(count=4_000_000_000), "has not the 49 vertices"),
    "negative count": (lambda c: c["accessors"][0].update(count=-1), "count '-1'; expected a whole number"),
    "huge offset": (
        lambda c: c["bufferViews"][c["accessors"][0]["bufferView"]].update(byteOffset=2**39),
        "and reaches byte",
    ),
    "huge buffer": (lambda c: c["buffers"][0].update(byteLength=2**33), "buffer 0 has byteLength 8589934592"),
    "long buffer": (lambda c: c["buffers"][0].update(byteLength=2**31), "the file is cut off"),
    "no such view": (lambda c: c["accessors"][0].update(bufferView=99), "bufferViews 99 of"),
    "text for a number": (lambda c: c["accessors"][0].update(bufferView="x"), "bufferViews x of"),
    "unknown type": (lambda c: c["accessors"][0].update(componentType=5124), "which glTF does not know"),
    "nodes in a circle": (lambda c: c["nodes"][2].update(children=[1]), "two parents|above itself"),
    "a node over itself": (lambda c: c["nodes"][1].update(children=[1]), "above itself|two parents"),
    "NaN in a node": (lambda c: c["nodes"][1].update(translation=[0, "x", 0]), "are no numbers"),
    "twice the same name": (
        lambda c: face(c)["extras"]["targetNames"].__setitem__(1, "jawOpen"),
        "mesh 'Face' has two morph targets named 'jawOpen'; rename one",
    ),
    "an empty name": (lambda c: face(c)["extras"]["targetNames"].__setitem__(1, ""), "empty name"),
    "meshes are no list": (lambda c: c.update(meshes={"a": 1}), "meshes are no list of objects"),
    "version 1": (lambda c: c["asset"].update(version="1.0"), "no glTF 2"),
}


@pytest.mark.parametrize("what", WRONG)
def test_damaged_json_is_told_in_one_line(tmp_path: Path, what: str) -> None:
    change, said = WRONG[what]
    path = damage(tmp_path / "hero.glb", change)
    with pytest.raises(RigError, match=said) as error:
        load_rig(path)
    assert str(error.value).startswith(f"cannot read {path}: ") and "\n" not in str(error.value)


def test_every_cut_of_a_glb_is_refused(tmp_path: Path) -> None:
    path = heroes.hero(tmp_path / "hero.glb")
    data = path.read_bytes()
    for length in [0, 3, 4, 11, 19, 27, *range(40, len(data) - 1, 997)]:
        path.write_bytes(data[:length])
        with pytest.raises(RigError):
            load_rig(path)


def test_a_chunk_longer_than_its_file(tmp_path: Path) -> None:
    path = heroes.hero(tmp_path / "hero.glb")
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 12, 0xFFFFFFFF)
    path.write_bytes(data)
    with pytest.raises(RigError, match="a chunk of 4294967295 bytes reaches beyond"):
        load_rig(path)


def test_no_shapes_and_no_names(tmp_path: Path) -> None:
    def shapeless(content: Any) -> None:
        for mesh in content["meshes"]:
            for primitive in mesh["primitives"]:
                primitive.pop("targets", None)

    def nameless(content: Any) -> None:
        face(content).pop("extras")
        for accessor in content["accessors"]:
            accessor.pop("name", None)

    with pytest.raises(RigError, match="it has no shapes: no mesh has morph targets"):
        load_rig(damage(tmp_path / "a.glb", shapeless))
    with pytest.raises(RigError, match="its morph targets have no names"):
        load_rig(damage(tmp_path / "b.glb", nameless))


def test_files_outside_its_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"x" * 100_000)
    folder = tmp_path / "rig"
    folder.mkdir()
    path = heroes.hero(folder / "hero.gltf", "gltf")
    content = json.loads(path.read_text("utf-8"))
    for uri, said in (
        ("../secret.bin", "only files beside it are read"),
        ("file:///etc/hosts", "only files beside it are read"),
        ("gone.bin", "no such file beside it"),
        ("data:text/plain,x", "not base64"),
        ("data:;base64,###", "not base64"),
    ):
        content["buffers"][0]["uri"] = uri
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(RigError, match=said):
            load_rig(path)


def test_random_damage_is_never_a_traceback(tmp_path: Path) -> None:
    """Bytes changed at random: the rig loads or a RigError tells why, nothing else."""
    data = heroes.hero(tmp_path / "hero.glb").read_bytes()
    random = np.random.default_rng(11)
    (end,) = struct.unpack_from("<I", data, 12)
    for _ in range(300):
        broken = bytearray(data)
        for place in random.integers(20, 20 + end, 3):
            broken[place] = random.choice(list(b'0123456789"[]{},:-x'))
        (tmp_path / "broken.glb").write_bytes(broken)
        try:
            load_target(tmp_path / "broken.glb")
        except RigError as error:
            assert "\n" not in str(error)
