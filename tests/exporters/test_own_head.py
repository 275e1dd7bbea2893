"""A user's own file given back: nothing lost; validator, three and Blender; and done again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import heroes
import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from exporters.rotations import quaternions
from rigs import AnimationClip, FaceError, load_rig, load_target, retarget

NodeRunner = Callable[..., Any]
BlenderRunner = Callable[..., Any]

NAMES = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "browInnerUp", "mouthPucker")
HEAD = np.stack([np.linspace(0, 30, 31), np.linspace(0, 20, 31), np.linspace(0, -10, 31)], axis=1)


def speech(head: bool = True, fps: float = 30) -> AnimationClip:
    weights = np.random.default_rng(1).random((31, 5), np.float32)
    return AnimationClip(NAMES, weights, fps, head=HEAD if head else None, audio="line.wav")


def given_back(file: Path, output: Path, clip: AnimationClip) -> Path:
    target = load_target(file)
    return write_clip(retarget(clip, target.how), output, rig=target.rig)


def severe(report: dict[str, Any]) -> list[str]:
    """Codes of errors and warnings."""
    return [m["code"] for m in report["issues"]["messages"] if m["severity"] < 2]


def played(seen: Any, moment: int, mesh: str) -> Any:
    return next(entry for entry in seen["played"][moment] if entry["name"] == mesh)


def test_nothing_of_the_file_is_lost(tmp_path: Path) -> None:
    """Extensions that nobody knows, fields that no specification has, chunks beyond the two."""
    path = heroes.hero(tmp_path / "hero.glb")
    content, blob = heroes.read_glb(path)
    content["extensions"] = {"JO_odd": {"deep": [1, 2.5e-7, {"ü": None}]}}
    content["extensionsUsed"] = ["JO_odd"]
    content["odd"] = {"a": [True]}
    content["materials"][0]["odd"] = 3
    content["nodes"][1]["extensions"] = {"JO_odd": 1}
    extra = b"\4\0\0\0JOJOabcd"
    heroes.write_glb(path, content, blob, extra)
    written = given_back(path, tmp_path / "line.glb", speech())
    now, bytes_ = heroes.read_glb(written)
    assert bytes_.startswith(blob)
    assert written.read_bytes().endswith(extra)
    animation = now["animations"].pop()
    assert (animation["name"], animation["extras"]) == (
        "Speech",
        {"fps": 30, "by": "audio2face", "audio": "line.wav"},
    )
    for key in ("accessors", "bufferViews"):
        now[key] = now[key][: len(content[key])]
    now["buffers"] = content["buffers"]
    assert now == content and list(now) == list(content)


def test_done_again_it_is_the_same_and_no_longer(tmp_path: Path) -> None:
    first = given_back(heroes.hero(tmp_path / "hero.glb"), tmp_path / "a.glb", speech())
    second = given_back(first, tmp_path / "b.glb", speech())
    assert second.read_bytes() == first.read_bytes()
    shorter = given_back(first, tmp_path / "c.glb", speech(head=False))
    assert len(shorter.read_bytes()) < len(first.read_bytes())
    names = [entry["name"] for entry in heroes.read_glb(shorter)[0]["animations"]]
    assert names == ["Idle", "Speech"]


def test_an_animation_of_that_name_that_is_not_ours_is_kept(tmp_path: Path) -> None:
    path = heroes.hero(tmp_path / "hero.glb")
    content, blob = heroes.read_glb(path)
    content["animations"][0]["name"] = "Speech"
    heroes.write_glb(path, content, blob)
    now, _ = heroes.read_glb(given_back(path, tmp_path / "a.glb", speech()))
    assert now["animations"][0] == content["animations"][0] and len(now["animations"]) == 2


@pytest.mark.parametrize("form", ["glb", "gltf", "data"])
def test_the_validator_finds_nothing_new(tmp_path: Path, run_node: NodeRunner, form: str) -> None:
    path = heroes.hero(tmp_path / f"hero.{'glb' if form == 'glb' else 'gltf'}", form)
    if form == "glb":
        assert severe(run_node("validate.mjs", path)) == []
    (tmp_path / "out").mkdir()
    report = run_node("validate.mjs", given_back(path, tmp_path / "out" / "line.glb", speech()))
    assert severe(report) == []
    assert report["info"]["animationCount"] == 2
    assert not [link for link in report["info"].get("resources", []) if link["storage"] == "external"]


@pytest.mark.parametrize("version", [0, 1])
def test_avatars_come_back_as_avatars(tmp_path: Path, run_node: NodeRunner, version: int) -> None:
    path = heroes.avatar(tmp_path / "ann.vrm", version)
    was = run_node("validate.mjs", path)
    for name in ("line.vrm", "line.glb"):
        written = given_back(path, tmp_path / name, speech())
        assert severe(run_node("validate.mjs", written)) == severe(was)
        now, _ = heroes.read_glb(written)
        before, _ = heroes.read_glb(path)
        assert now["extensions"] == before["extensions"]
        assert [c["target"]["path"] for c in now["animations"][0]["channels"]] == ["weights", "rotation"]
    assert load_rig(tmp_path / "line.vrm").names == heroes.VRM_SHAPES


@pytest.mark.parametrize("form", ["glb", "gltf"])
def test_three_moves_every_mesh_as_the_rig_does(tmp_path: Path, run_node: NodeRunner, form: str) -> None:
    """Face, teeth below a turned and scaled joint, a strip of triangles without shapes."""
    path = heroes.hero(tmp_path / f"hero.{form}", form)
    clip = speech(head=False)
    target = load_target(path)
    written = given_back(path, tmp_path / "line.glb", clip)
    seen = run_node("three-hero.mjs", written, "Speech", 0, 0.5, 1.0)
    assert seen["animations"] == ["Idle", "Speech"]
    mesh = target.rig.mesh
    assert mesh is not None
    on_rig = retarget(clip, target.how)
    for moment, frame in enumerate((0, 15, 30)):
        posed = mesh.pose(dict(zip(on_rig.names, map(float, on_rig.weights[frame]), strict=True)))
        for name, (first, end) in mesh.parts.items():
            np.testing.assert_allclose(
                played(seen, moment, name)["vertices"], posed[first:end], atol=2e-6, err_msg=name
            )
        weights = played(seen, moment, "Face")["weights"]
        expected = clip.weights[frame][[0, 1, 2, 3, 3]].tolist()
        np.testing.assert_allclose(weights, [*expected, 0.25], atol=1e-6)
        np.testing.assert_allclose(
            played(seen, moment, "Teeth")["weights"], clip.weights[frame][:1], atol=1e-6
        )


def test_three_turns_the_head_about_the_worlds_axes(tmp_path: Path, run_node: NodeRunner) -> None:
    """The head joint's own axes lie askew; the hat must go where yaw, pitch and roll send it."""
    path = heroes.hero(tmp_path / "hero.glb")
    still = AnimationClip(("jawOpen",), np.zeros((31, 1)), 30, head=HEAD)
    seen = run_node("three-hero.mjs", given_back(path, tmp_path / "line.glb", still), "Speech", 0, 1.0)
    before = np.array(played(seen, 0, "HatNode")["vertices"])
    after = np.array(played(seen, 1, "HatNode")["vertices"])
    pivot = heroes._bind_worlds()[1][:3, 3]
    turn = rotation(quaternions(HEAD[-1:])[0])
    np.testing.assert_allclose(after, (before - pivot) @ turn.T + pivot, atol=1e-5)
    assert np.abs(after - before).max() > 0.02


def rotation(q: Any) -> Any:
    """[3, 3] of x, y, z, w."""
    x, y, z, w = map(float, q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_an_avatar_that_looks_back_turns_to_its_own_left(tmp_path: Path, run_node: NodeRunner) -> None:
    """VRM 0 looks along -z: its own left is at -x."""
    yaw = AnimationClip(("jawOpen",), np.zeros((2, 1)), 1, head=np.array([[0, 0, 0], [90, 0, 0]]))
    nod = AnimationClip(("jawOpen",), np.zeros((2, 1)), 1, head=np.array([[0, 0, 0], [0, 90, 0]]))
    path = heroes.avatar(tmp_path / "ann.vrm", 0)
    for clip, goes in ((yaw, (0, 0, -1)), (nod, (-1, 0, 0))):
        seen = run_node("three-hero.mjs", given_back(path, tmp_path / "line.glb", clip), "Speech", 1.0)
        vertices = np.array(played(seen, 0, "Face")["vertices"])
        right = vertices[6] - vertices[0]  # in the file this points along +x, the avatar's own right
        up = vertices[42] - vertices[0]
        if clip is yaw:  # turned left, its right is where its front was: -z
            np.testing.assert_allclose(right / np.linalg.norm(right), goes, atol=1e-5)
        else:  # head lowered, its crown is where its front was: -z
            np.testing.assert_allclose(up / np.linalg.norm(up), (0, 0, -1), atol=1e-5)


@pytest.mark.parametrize("source", ["ours", "blender's own"])
def test_blender_plays_it(
    tmp_path: Path, run_blender: BlenderRunner, run_node: NodeRunner, source: str
) -> None:
    """Shape keys of all meshes and the head bone, on a hero of ours and on one that Blender exported."""
    path = tmp_path / "hero.glb"
    if source == "ours":
        heroes.hero(path)
    else:
        run_blender("hero_make.py", path)
    clip = speech()
    written = given_back(path, tmp_path / "line.glb", clip)
    assert severe(run_node("validate.mjs", written)) == severe(run_node("validate.mjs", path))
    seen = run_blender("hero_read.py", written, 30, 0, 0.5, 1.0)
    assert "Speech" in seen["tracks"]
    for moment, frame in zip(seen["played"], (0, 15, 30), strict=True):
        row = dict(zip(NAMES, clip.weights[frame].tolist(), strict=True))
        face = moment["keys"]["Face"]
        assert face["jawOpen"] == pytest.approx(row["jawOpen"], abs=1e-5)
        assert face["mouthSmile_L"] == pytest.approx(row["mouthSmileLeft"], abs=1e-5)
        assert face["Fat"] == pytest.approx(0.25 if source == "ours" else 0.5, abs=1e-5)
        if source == "ours":
            assert moment["keys"]["Teeth"]["Jaw_Open"] == pytest.approx(row["jawOpen"], abs=1e-5)
            assert face["browInnerUp_R"] == pytest.approx(row["browInnerUp"], abs=1e-5)
        else:
            assert moment["keys"]["Brows"]["browInnerUp"] == pytest.approx(row["browInnerUp"], abs=1e-5)
        x, y, z, w = map(float, quaternions(clip.head[frame : frame + 1])[0])
        bone = np.array(moment["bones"]["Head"])  # Blender has z up and looks along -y
        np.testing.assert_allclose(bone * np.sign(bone[3]), np.array([x, -z, y, w]) * np.sign(w), atol=1e-3)


def test_it_is_read_back(tmp_path: Path) -> None:
    clip = speech(head=False, fps=29.97)
    written = given_back(heroes.hero(tmp_path / "hero.glb"), tmp_path / "line.glb", clip)
    content, blob = heroes.read_glb(written)
    # Our reader takes names from extras: the teeth, first among the nodes, have none.
    content["meshes"][1]["extras"] = {"targetNames": ["Jaw_Open"]}
    same = read_clip(heroes.write_glb(written, content, blob))
    assert (same.fps, same.audio, same.frames) == (29.97, "line.wav", 31)
    np.testing.assert_allclose(same.channel("Jaw_Open"), clip.channel("jawOpen"), atol=1e-6)


def test_other_formats_have_the_rigs_names(tmp_path: Path) -> None:
    target = load_target(heroes.hero(tmp_path / "hero.glb"))
    clip = retarget(speech(), target.how)
    for suffix in (".json", ".npz"):
        same = read_clip(write_clip(clip, tmp_path / f"line{suffix}", rig=target.rig))
        assert same.names == target.rig.names
        assert np.all(same.channel("Fat") == np.float32(0.25))
    with pytest.raises(FormatError, match="that Live Link Face does not know"):
        write_clip(clip, tmp_path / "line.csv", rig=target.rig)


def test_what_cannot_be_given_back(tmp_path: Path) -> None:
    path = heroes.hero(tmp_path / "hero.gltf", "gltf")
    target = load_target(path)
    clip = retarget(speech(), target.how)
    with pytest.raises(FormatError, match="none of the clip's channels"):
        write_clip(AnimationClip(("x",), np.zeros((2, 1)), 30), tmp_path / "a.glb", rig=target.rig)
    with pytest.raises(FormatError, match=r"a \.vrm is a user's own avatar"):
        write_clip(clip, tmp_path / "a.vrm", rig=target.rig)
    with pytest.raises(FormatError, match=r"a \.vrm is a user's own avatar"):
        write_clip(speech(), tmp_path / "a.vrm")
    (tmp_path / "skin.png").unlink()
    with pytest.raises(FormatError, match=r"picture 0 is 'skin\.png', and there is no such file"):
        write_clip(clip, tmp_path / "a.glb", rig=target.rig)
    path.unlink()
    with pytest.raises(FormatError):
        write_clip(clip, tmp_path / "a.glb", rig=target.rig)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["hero data.bin"]


def test_buffers_without_bytes_keep_their_place(tmp_path: Path) -> None:
    """Compressed files have a fallback buffer; names are read, the mesh is not, and the file comes back."""
    path = heroes.hero(tmp_path / "hero.glb")
    content, blob = heroes.read_glb(path)
    content["extensionsUsed"] = ["EXT_meshopt_compression"]
    content["buffers"].append(
        {"byteLength": 64, "extensions": {"EXT_meshopt_compression": {"fallback": True}}}
    )
    packed = {
        "buffer": 0,
        "byteOffset": 8,
        "byteLength": 16,
        "byteStride": 4,
        "count": 16,
        "mode": "ATTRIBUTES",
    }
    content["bufferViews"].append(
        {"buffer": 1, "byteLength": 64, "extensions": {"EXT_meshopt_compression": packed}}
    )
    heroes.write_glb(path, content, blob)
    rig = load_rig(path)
    assert rig.mesh is None and len(rig.names) == 7
    now, _ = heroes.read_glb(given_back(path, tmp_path / "line.glb", speech()))
    assert now["buffers"][1] == content["buffers"][1]
    place = len(content["bufferViews"]) - 1
    assert json.dumps(now["bufferViews"][place]) == json.dumps(content["bufferViews"][place])


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in JSON."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [spot for key, part in inside for spot in [(*path, key), *spots(part, (*path, key))]]


def test_wrong_values_anywhere_are_never_a_traceback(tmp_path: Path) -> None:
    """Something else in one place of the JSON: the file is animated, or an error tells why in one line."""
    odd: list[Any] = [None, True, -1, 0, 2.5, 1e308, 2**32, 10**30, "", "x", [], {}, [[1]], {"a": 1}]
    random = np.random.default_rng(21)
    given_back(heroes.hero(tmp_path / "hero.glb"), tmp_path / "again.glb", speech())
    sources = [heroes.read_glb(tmp_path / "again.glb")]
    sources += [heroes.read_glb(heroes.avatar(tmp_path / "ann.vrm", version)) for version in (0, 1)]
    refused = 0
    for number in range(240):
        content, blob = sources[number % 3]
        content = json.loads(json.dumps(content))
        options = spots(content)
        spot = options[random.integers(len(options))]
        parent = content
        for key in spot[:-1]:
            parent = parent[key]
        parent[spot[-1]] = odd[random.integers(len(odd))]
        path = heroes.write_glb(tmp_path / "odd.glb", content, blob)
        try:
            given_back(path, tmp_path / "out.glb", speech())
        except FaceError as error:
            refused += 1
            assert "\n" not in str(error)
    assert 20 < refused < 220
