"""FBX against four other readers: Autodesk's SDK (in FBX2glTF), three's FBXLoader, Blender and ufbx.

Each variant of a file goes to each reader; docs/fbx.md has the table of them, which a test compares.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from exporters.fbx import write_fbx, write_fbx_animation
from exporters.fbx.times import TICKS, ticks
from exporters.keys import Keys, dense_keys
from exporters.rotations import quaternions
from rigs import ARKIT_NAMES, AnimationClip, Channel, Mesh, MorphTarget, Rig
from rigs.head import default_head

Array = np.ndarray[Any, Any]
NodeRunner = Callable[..., Any]
BlenderRunner = Callable[..., Any]

UNICODE = ("kieferÖffnen", "口を開ける", "рот закрыт", "😀 smile", "é")
SPELLED = ("blendShape1.jawOpen", "Mouth Smile_L", "jaw[open]", "mouth:close", "Ä-50%", "a" * 60)
RATES = (24, 25, 29.97, 30, 60, 23.976, 50, 59.94, 120, 17.5)


@dataclass(frozen=True)
class Variant:
    """What is written: frames and rate of a clip, and how."""

    frames: int = 20
    fps: float = 30
    names: tuple[str, ...] = ARKIT_NAMES
    mesh: str = "tiny"
    head: bool = False
    sparse: bool = False


VARIANTS = {
    "with the head's mesh": Variant(mesh="default"),
    "with a user's mesh": Variant(mesh="user", names=("jawOpen", "wink", "still")),
    "animation alone": Variant(mesh="none"),
    "head rotation": Variant(head=True),
    "head rotation, animation alone": Variant(head=True, mesh="none"),
    "sparse keys": Variant(60, sparse=True, mesh="user", names=("jawOpen", "wink", "still")),
    "one frame": Variant(1, head=True),
    "Unicode names": Variant(names=UNICODE, mesh="user"),
    "names as others spell them": Variant(names=SPELLED, mesh="user"),
    "ten minutes at 60": Variant(36_000, 60, names=("jawOpen", "wink"), mesh="user"),
    **{f"{fps} frames a second": Variant(40, fps, names=("jawOpen", "wink"), mesh="user") for fps in RATES},
}


READERS = ("FBX2glTF 0.9.7 (Autodesk's SDK)", "three 0.187", "Blender 4.2, 5.0", "ufbx 0.0.5")


def baked_at(fps: float) -> float:
    """The rate at which FBX2glTF shows an animation: it knows three."""
    return fps if fps in (24, 30, 60) else 60


def stretched(fps: float) -> float:
    """How much longer an animation lasts in Blender, whose importer counts time in the rounded rate."""
    return round(fps) / fps


def readers_table() -> str:
    """What the tests below hold for each variant and reader."""
    rows = [("variant", *READERS), ("---",) * 5]
    for name, variant in VARIANTS.items():
        baked, stretch = baked_at(variant.fps), stretched(variant.fps)
        rows.append(
            (
                name,
                "yes" if baked == variant.fps else f"yes, baked at {baked}",
                "yes",
                "yes" if stretch == 1 else f"{100 * (stretch - 1):.1f} % slow",
                "yes",
            )
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def test_the_table_in_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "fbx.md").read_text(encoding="utf-8")
    assert readers_table() in text, f"docs/fbx.md needs this table:\n{readers_table()}"


@dataclass(frozen=True)
class Case:
    """A file, and what it was made from."""

    file: Path
    clip: AnimationClip
    keys: tuple[Keys, ...]
    mesh: Mesh
    probes: tuple[str, ...]
    frames: tuple[int, ...]


def user_mesh(names: tuple[str, ...]) -> Mesh:
    """A small mesh of another character: an uneven strip, every channel but the last with a shape."""
    random = np.random.default_rng(3)
    vertices = random.normal(0, 0.3, (30, 3))
    triangles = np.stack([np.arange(28), np.arange(28) + 1, np.arange(28) + 2], axis=1)
    moved = {name: np.sort(random.choice(30, 7, replace=False)) for name in names[:-1]}
    targets = {name: MorphTarget(rows, random.normal(0, 0.01, (7, 3))) for name, rows in moved.items()}
    return Mesh(
        vertices, triangles, random.uniform(0, 1, (30, 3)), targets, parts={"a\0/b": (0, 9), "c": (9, 20)}
    )


@pytest.fixture
def make_case(tmp_path: Path, make_clip: Callable[..., AnimationClip], tiny_rig: Rig) -> Callable[..., Case]:
    """Writes a variant."""

    def make(variant: Variant) -> Case:
        clip = make_clip(variant.frames, variant.fps, variant.names, head=variant.head, audio="Söund.wav")
        meshes = {"tiny": tiny_rig.mesh, "default": default_head().mesh, "user": user_mesh(variant.names)}
        mesh = meshes.get(variant.mesh)
        keys = thinned(clip) if variant.sparse else dense_keys(clip)
        given, file = keys if variant.sparse else None, tmp_path / "clip.fbx"
        if mesh is None:
            write_fbx_animation(clip, file, keys=given)
            mesh = Mesh(np.array([[0, 0, 0], [1e-5, 0, 0], [0, 1e-5, 0]]), [[0, 1, 2]], np.ones((3, 3)), {})
        else:
            rig = Rig(tuple(Channel(name) for name in variant.names), mesh)
            write_fbx(clip, file, rig, keys=given)
        probes = tuple(
            name for name in ("jawOpen", *variant.names[:2], variant.names[-1]) if name in clip.names
        )
        frames = tuple(sorted({0, clip.frames // 2, clip.frames - 1}))
        return Case(file, clip, keys, mesh, probes, frames)

    return make


def thinned(clip: AnimationClip) -> tuple[Keys, ...]:
    """Fewer keys, other ones for each channel; the first has its ends, the last one key only."""
    rows = [np.arange(place, clip.frames, 3 + place) for place in range(len(clip.names))]
    rows[0] = np.append(rows[0][:-1], clip.frames - 1)
    rows[-1] = np.array([clip.frames // 2])
    return tuple(Keys(frames, clip.weights[frames, place]) for place, frames in enumerate(rows))


def check_names_and_keys(
    case: Case, seen: dict[str, Any], late: float, exact: float, stretch: float = 1
) -> None:
    """Every channel, in order, with every key within `late` seconds and `exact` of 100."""
    assert seen["names"] == list(case.clip.names)
    moments = ticks(case.clip.frames, case.clip.fps) / TICKS * stretch
    for name, keys in zip(case.clip.names, case.keys, strict=True):
        found = seen["keys"][name]
        np.testing.assert_allclose(found["times"], moments[keys.frames], rtol=0, atol=late)
        np.testing.assert_allclose(found["values"], keys.values * 100, rtol=0, atol=exact)


def check_mesh(case: Case, rest: Array, moved: dict[str, Array], split: bool) -> None:
    """Every vertex and every delta to 2 µm; where a reader splits vertices, as a set."""
    for name, deltas in moved.items():
        wanted = case.mesh.pose({name: 1.0}) - case.mesh.vertices
        if split:
            have, want = (np.hstack(pair) for pair in ((rest, deltas), (case.mesh.vertices, wanted)))
            used = np.unique(case.mesh.triangles)
            assert nearest(have, want[used]).max() < 2e-6
            assert nearest(want[used], have).max() < 2e-6
        else:
            np.testing.assert_allclose(rest, case.mesh.vertices, atol=2e-6)
            np.testing.assert_allclose(deltas, wanted, atol=2e-6)


def nearest(here: Array, there: Array) -> Array:
    """[here] the distance from each row to the nearest of the others."""
    return KDTree(there).query(here)[0]


def check_turns(case: Case, found: Any, frames: tuple[int, ...]) -> None:
    """The head's quaternions at some frames to 0.001°, up to sign."""
    turns = case.clip.head if case.clip.head is not None else np.zeros((case.clip.frames, 3))
    wanted = quaternions(turns)[list(frames)]
    dots = np.abs((np.asarray(found) * wanted).sum(axis=1))
    np.testing.assert_allclose(dots, 1, atol=1e-6)


def check_posed(case: Case, posed: Any, frames: tuple[int, ...]) -> None:
    """The vertices as the reader plays them, to 10 µm, against the rig's own and the head's angles."""
    for frame, vertices in zip(frames, posed, strict=True):
        weights = [keys.sample(case.clip.frames)[frame] for keys in case.keys]
        wanted = case.mesh.pose(dict(zip(case.clip.names, map(float, weights), strict=True)))
        turn = case.clip.head[frame] if case.clip.head is not None else (0, 0, 0)
        wanted = Rotation.from_euler("YXZ", turn, degrees=True).apply(wanted)
        assert np.abs(np.array(vertices) - wanted).max() < 1e-5


@pytest.mark.parametrize("variant", VARIANTS)
def test_ufbx(make_case: Callable[..., Case], variant: str) -> None:
    case = make_case(VARIANTS[variant])
    seen = run_ufbx(case)
    half_a_tick = 0.5 / TICKS
    check_names_and_keys(case, seen, late=half_a_tick, exact=1e-4)
    assert all(curve["linear"] for curve in seen["keys"].values())
    assert (seen["warnings"], seen["meshes"], seen["metres"]) == (0, 1, 0.01)
    assert seen["fps"] == pytest.approx(case.clip.fps, rel=2e-6)  # 29.97 is 30000/1001 there
    assert not any("\0" in name or "/" in name for name in seen["materials"])
    assert len(seen["rest"]) == len(case.mesh.vertices)
    assert seen["triangles"] == len(case.mesh.triangles)
    assert seen["colours"]
    check_mesh(case, np.array(seen["rest"]) / 100, scaled(seen["moved"], 0.01), split=False)
    check_turns(case, seen["turns"], case.frames)
    end = ticks(case.clip.frames, case.clip.fps)[-1] / TICKS
    assert (seen["stacks"], seen["stack"]) == (1, ["Speech", 0.0, pytest.approx(end, abs=half_a_tick)])
    assert seen["audio"] == "Söund.wav"


def run_ufbx(case: Case) -> Any:
    """What ufbx sees, in a process of its own."""
    script = Path(__file__).with_name("read_ufbx.py")
    frames = ",".join(map(str, case.frames))
    command = [sys.executable, "-X", "utf8", str(script), str(case.file), str(case.clip.fps), frames]
    done = subprocess.run(
        [*command, *case.probes], capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scaled(moved: dict[str, Any], unit: float) -> dict[str, Array]:
    """Deltas in metres."""
    return {name: np.array(deltas) * unit for name, deltas in moved.items()}


@pytest.mark.parametrize("variant", VARIANTS)
def test_three(make_case: Callable[..., Case], run_node: NodeRunner, variant: str) -> None:
    case = make_case(VARIANTS[variant])
    seen = run_node("three-fbx.mjs", case.file, *case.probes)
    check_names_and_keys(case, seen, late=case.clip.duration * 1e-7, exact=1e-4)  # its times are float32
    check_mesh(case, np.array(seen["rest"]) / 100, scaled(seen["moved"], 0.01), split=True)
    assert (seen["meshes"], seen["colours"], seen["normals"]) == (1, *[3 * len(case.mesh.triangles)] * 2)
    if case.clip.head is not None:
        check_turns(case, np.array(seen["turns"]["quaternions"])[list(case.frames)], case.frames)


@pytest.mark.parametrize("variant", VARIANTS)
def test_blender(make_case: Callable[..., Case], run_blender: BlenderRunner, variant: str) -> None:
    """Frame n arrives as n + 1. Blender counts time in the rounded rate, so 29.97 plays 0.1 % slow there."""
    case = make_case(VARIANTS[variant])
    stretch = stretched(case.clip.fps)
    frames = case.frames if stretch == 1 else (0,)
    seen = run_blender("read_fbx.py", case.file, ",".join(map(str, frames)), *case.probes)
    late = case.clip.duration * 1e-6 + 1e-4 / case.clip.fps  # frame numbers in float32
    check_names_and_keys(case, seen, late=late, exact=1e-4, stretch=stretch)
    check_mesh(case, np.array(seen["rest"]), scaled(seen["moved"], 1), split=False)
    check_turns(case, seen["turns"], frames)
    check_posed(case, seen["posed"], frames)
    once = np.unique(np.sort(case.mesh.triangles, axis=1), axis=0)  # it drops the back sides of lashes
    assert (seen["meshes"], seen["triangles"], seen["colours"]) == (1, len(once), 3 * len(once))
    assert seen["fps"] == pytest.approx(case.clip.fps, rel=2e-6)
    assert seen["audio"] == "Söund.wav"


def test_blender_poses_a_closure_and_an_open_vowel(tmp_path: Path, run_blender: BlenderRunner) -> None:
    """The default head, turned, with lips that meet and lips wide apart."""
    rig = default_head()
    assert rig.mesh is not None
    faces: list[dict[str, float]] = [
        {"jawOpen": 0.4, "mouthClose": 0.4},
        {"jawOpen": 0.65, "mouthLowerDownLeft": 0.3, "mouthLowerDownRight": 0.3, "mouthUpperUpLeft": 0.15},
    ]
    weights = np.array([[face.get(name, 0.0) for name in rig.names] for face in faces])
    clip = AnimationClip(rig.names, weights, 30, head=np.array([[10, 5, -3], [-20, 8, 4]]))
    write_fbx(clip, tmp_path / "clip.fbx", rig)
    seen = run_blender("read_fbx.py", tmp_path / "clip.fbx", "0,1")
    marks, apart = rig.mesh.landmarks, []
    for face, angles, posed in zip(faces, clip.head, np.array(seen["posed"]), strict=True):
        turn = Rotation.from_euler("YXZ", angles, degrees=True)
        off = np.abs(posed - turn.apply(rig.mesh.pose(face))).max()
        assert off < 1e-6
        apart.append(np.linalg.norm(posed[marks["lip_upper"]] - posed[marks["lip_lower"]]))
    assert apart[0] < 0.003  # metres
    assert apart[1] > 0.02


@pytest.mark.parametrize("variant", VARIANTS)
def test_fbx2gltf(make_case: Callable[..., Case], run_node: NodeRunner, variant: str) -> None:
    """Autodesk's SDK. FBX2glTF bakes at 24, 30 or 60, so its values are held against our curves there."""
    case = make_case(VARIANTS[variant])
    glb = case.file.with_suffix(".glb")
    rate = baked_at(case.clip.fps)
    said = run_node("fbx2gltf.mjs", case.file, glb, f"bake{rate}")
    assert said["code"] == 0, said["said"]
    seen = Glb(glb)
    assert seen.names == list(case.clip.names)
    moments = ticks(case.clip.frames, case.clip.fps) / TICKS
    for place, keys in enumerate(case.keys):
        wanted = np.interp(np.round(seen.times * rate) / rate, moments[keys.frames], keys.values)
        np.testing.assert_allclose(seen.weights[:, place] * 100, wanted * 100, rtol=0, atol=0.05)
    if rate == case.clip.fps:
        np.testing.assert_allclose(seen.times, moments, atol=case.clip.duration * 1e-7)
    assert abs(seen.times[-1] - moments[-1]) <= 1 / rate + 1e-6
    for name in case.probes:
        place = case.clip.names.index(name)
        check_mesh(case, seen.rest, {name: seen.moved(place)}, split=True)
    if case.clip.head is not None:
        check_turns(case, seen.turns[list(case.frames)], case.frames)
    assert seen.audio == "Söund.wav"


class Glb:
    """What FBX2glTF has written, read by hand. It names targets in their accessors."""

    def __init__(self, file: Path) -> None:
        data = file.read_bytes()
        end = 20 + struct.unpack_from("<I", data, 12)[0]
        self.json, self.blob = json.loads(data[20:end]), data[end + 8 :]
        self.parts = self.json["meshes"][0]["primitives"]
        self.names = [self.json["accessors"][t["POSITION"]]["name"] for t in self.parts[0]["targets"]]
        self.rest = np.vstack([self.array(part["attributes"]["POSITION"]) for part in self.parts])
        (animation,) = self.json["animations"]
        tracks = {
            track["target"]["path"]: animation["samplers"][track["sampler"]]
            for track in animation["channels"]
        }
        self.times = self.array(tracks["weights"]["input"])[:, 0]
        self.weights = self.array(tracks["weights"]["output"]).reshape(len(self.times), len(self.names))
        self.turns = self.array(tracks["rotation"]["output"]) if "rotation" in tracks else np.zeros((0, 4))
        (node,) = [node for node in self.json["nodes"] if node["name"] == "Head"]
        self.audio = node["extras"]["fromFBX"]["userProperties"]["audio"]["value"]

    def array(self, accessor: int) -> Array:
        """[count, width] the floats of an accessor."""
        entry = self.json["accessors"][accessor]
        width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[entry["type"]]
        start = self.json["bufferViews"][entry["bufferView"]].get("byteOffset", 0) + entry.get(
            "byteOffset", 0
        )
        return np.frombuffer(self.blob, "<f4", entry["count"] * width, start).reshape(-1, width)

    def moved(self, target: int) -> Array:
        """[vertices, 3] the deltas of a target."""
        return np.vstack([self.array(part["targets"][target]["POSITION"]) for part in self.parts])
