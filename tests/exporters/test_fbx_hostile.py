"""FBX that is damaged, wrong or made to hurt; written here by other code than the exporter's."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import AnimationClip

Refusal = Callable[..., None]
ClipMaker = Callable[..., AnimationClip]

TICKS = 46_186_158_000
FRAME = TICKS // 30


def packed(kind: str, dtype: str, values: Any, count: int | None = None, zipped: bool = False) -> bytes:
    """An array property; `count` is what it claims to hold."""
    data = np.asarray(values, dtype).tobytes()
    data = zlib.compress(data) if zipped else data
    claimed = np.size(values) if count is None else count
    return kind.encode() + struct.pack("<III", claimed, zipped, len(data)) + data


def prop(value: Any) -> bytes:
    """A property of a Python value; bytes are taken as they are."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return b"S" + struct.pack("<I", len(value.encode())) + value.encode()
    if isinstance(value, float):
        return b"D" + struct.pack("<d", value)
    return b"L" + struct.pack("<q", value)


Tree = tuple[str, list[Any], list[Any]]


def record(tree: Tree, at: int, wide: bool) -> bytes:
    """A record at a byte of the file, in the narrow or the wide form."""
    name, values, children = tree
    head, body = struct.Struct("<QQQB" if wide else "<IIIB"), b"".join(map(prop, values))
    size, inside = len(body), b""
    start = at + head.size + len(name) + size
    for child in children:
        inside += record(child, start + len(inside), wide)
    inside += bytes(head.size) if children else b""
    return head.pack(start + len(inside), len(values), size, len(name)) + name.encode() + body + inside


def fbx(*trees: Tree, version: int = 7400, end: bool = True) -> bytes:
    """The bytes of a file."""
    data, wide = b"Kaydara FBX Binary  \0\x1a\0" + struct.pack("<I", version), version >= 7500
    for tree in trees:
        data += record(tree, len(data), wide)
    return data + bytes((25 if wide else 13) if end else 0)


def row(name: str, *values: Any) -> Tree:
    """A row of a property table."""
    return ("P", [name, "", "", "", *values], [])


def link(child: int, parent: int, property: str = "") -> Tree:
    """A connection."""
    return ("C", ["OP", child, parent, property] if property else ["OO", child, parent], [])


def curve(**changes: bytes | None) -> Tree:
    """A curve of three keys; None leaves an array out."""
    arrays: dict[str, bytes | None] = {
        "KeyTime": packed("l", "<i8", [0, FRAME, 2 * FRAME]),
        "KeyValueFloat": packed("f", "<f4", [0, 50, 100]),
        "KeyAttrFlags": packed("i", "<i4", [0x104]),
        "KeyAttrRefCount": packed("i", "<i4", [3]),
    }
    children = [(name, [value], []) for name, value in (arrays | changes).items() if value is not None]
    return ("AnimationCurve", [5, "\0\1AnimCurve", ""], children)


SETTINGS: Tree = ("GlobalSettings", [], [("Properties70", [], [row("TimeMode", 6)])])
CHANNEL: Tree = ("Deformer", [1, "jawOpen\0\1SubDeformer", "BlendShapeChannel"], [])
STACK: Tree = ("AnimationStack", [2, "Talk\0\1AnimStack", ""], [])
LAYER: Tree = ("AnimationLayer", [3, "\0\1AnimLayer", ""], [])
NODE: Tree = ("AnimationCurveNode", [4, "\0\1AnimCurveNode", ""], [])
LINKS = [link(3, 2), link(4, 3), link(4, 1, "DeformPercent"), link(5, 4, "d|DeformPercent")]


def moving(
    *objects: Tree,
    settings: Tree = SETTINGS,
    links: list[Tree] = LINKS,
    version: int = 7400,
    without: tuple[str, ...] = (),
    **changes: bytes | None,
) -> bytes:
    """A file of one channel over three frames, with changes."""
    parts = [part for part in (CHANNEL, STACK, LAYER, NODE, curve(**changes)) if part[0] not in without]
    return fbx(settings, ("Objects", [], [*parts, *objects]), ("Connections", [], links), version=version)


def stack(**spans: int) -> Tree:
    """Another first animation, with a span."""
    return (
        "AnimationStack",
        [2, "Talk\0\1AnimStack", ""],
        [("Properties70", [], [row(*at) for at in spans.items()])],
    )


def timed(mode: int, *more: Tree) -> Tree:
    """Settings with a time mode."""
    return ("GlobalSettings", [], [("Properties70", [], [row("TimeMode", mode), *more])])


@pytest.mark.parametrize("version", [7100, 7400, 7500, 7700])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_small_fbx_by_hand_is_read(tmp_path: Path, version: int, zipped: bool) -> None:
    values = packed("f", "<f4", [0, 50, 100], zipped=zipped)
    (tmp_path / "clip.fbx").write_bytes(moving(version=version, KeyValueFloat=values))
    clip = read_clip(tmp_path / "clip.fbx")
    assert (clip.names, clip.fps, clip.weights[:, 0].tolist(), clip.head, clip.audio) == (
        ("jawOpen",),
        30,
        [0, 0.5, 1],
        None,
        None,
    )


@pytest.mark.parametrize(
    ("flags", "weights"),
    [(0x104, [0, 0.25, 0.5, 0.75, 1]), (0x2, [0, 0, 0.5, 0.5, 1]), (0x102, [0, 0.5, 0.5, 1, 1])],
    ids=["linear", "constant", "constant-next"],
)
def test_what_lies_between_keys(tmp_path: Path, flags: int, weights: list[float]) -> None:
    (tmp_path / "clip.fbx").write_bytes(moving(settings=timed(3), KeyAttrFlags=packed("i", "<i4", [flags])))
    np.testing.assert_allclose(read_clip(tmp_path / "clip.fbx").weights[:, 0], weights)


def test_cubic_keys_on_every_frame_are_read_and_others_refused(tmp_path: Path, refused: Refusal) -> None:
    cubic = packed("i", "<i4", [0x108])
    (tmp_path / "clip.fbx").write_bytes(moving(KeyAttrFlags=cubic))
    np.testing.assert_allclose(read_clip(tmp_path / "clip.fbx").weights[:, 0], [0, 0.5, 1])
    content = moving(settings=timed(3), KeyAttrFlags=cubic)
    refused(tmp_path / "clip.fbx", content, "curves are cubic between frames; bake the animation")


def test_channels_of_the_same_name_are_one(tmp_path: Path) -> None:
    twin: Tree = ("Deformer", [9, "jawOpen\0\1SubDeformer", "BlendShapeChannel"], [])
    rest: Tree = ("Properties70", [], [row("DeformPercent", 40.0)])
    still: Tree = ("Deformer", [8, "still\0\1SubDeformer", "BlendShapeChannel"], [rest])
    (tmp_path / "clip.fbx").write_bytes(moving(twin, still))
    clip = read_clip(tmp_path / "clip.fbx")
    assert clip.names == ("jawOpen", "still")
    np.testing.assert_allclose(clip.weights, [[0, 0.4], [0.5, 0.4], [1, 0.4]])


def test_connections_in_circles_do_no_harm(tmp_path: Path) -> None:
    circles = [link(one, other) for one in range(1, 6) for other in range(1, 6)]
    (tmp_path / "clip.fbx").write_bytes(moving(links=[*circles, *LINKS, link(77, 88), link(2, 2)]))
    assert read_clip(tmp_path / "clip.fbx").frames == 3


def deep(levels: int) -> Tree:
    """Records inside each other."""
    tree: Tree = ("A", [], [])
    for _ in range(levels):
        tree = ("A", [], [tree])
    return tree


FOUR_GB = (1 << 32) - 1
WRONG: list[tuple[bytes, str]] = [
    (b"", "it is no binary fbx$"),
    (b"; FBX 7.4.0 project file\n", "no binary fbx; save it as binary FBX"),
    (fbx()[:25], "it is an fbx that is cut off"),
    (fbx(version=6100), "it is fbx version 6100; known are 7000 to 7999"),
    (fbx(version=1 << 31), "it is fbx version"),
    (fbx(), "no blend shape channels"),
    (fbx(end=False), "the file is cut off"),
    (fbx(SETTINGS, end=False), "the file is cut off"),
    (fbx(deep(100)), "its records lie more than 64 deep"),
    (moving(without=("Deformer",)), "no blend shape channels"),
    (moving(without=("AnimationStack",)), "no animation of blend shape channels"),
    (moving(links=[]), "no animation of blend shape channels"),
    (moving(links=[("C", ["OO"], [])]), "structure is broken"),
    (moving(("Model", [], [])), "structure is broken"),
    (moving(("Model", ["x"], [])), "structure is broken"),
    (moving(settings=timed(0)), r"frame rate is unknown \(time mode 0, None\)"),
    (moving(settings=timed(99)), "frame rate is unknown"),
    (moving(settings=timed(14, row("CustomFrameRate", float("nan")))), "frame rate is unknown"),
    (moving(settings=timed(14, row("CustomFrameRate", 1e9))), "frame rate is unknown"),
    (moving(KeyTime=None), "has no array KeyTime"),
    (moving(KeyTime=prop(5)), "has no array KeyTime"),
    (moving(KeyTime=packed("l", "<i8", [0, 0, 5])), "times of a curve do not rise"),
    (moving(KeyTime=packed("l", "<i8", [0, 5])), "2 times for 3 values"),
    (moving(KeyTime=packed("d", "<f8", [0, 1, 2])), "times or attributes of a curve are no whole"),
    (moving(KeyTime=packed("l", "<i8", [])), "0 times for 3 values"),
    (moving(KeyTime=packed("l", "<i8", [-(1 << 63), 0, (1 << 63) - 1])), "claims .* frames"),
    (moving(KeyTime=packed("l", "<i8", [0, 1], count=FOUR_GB)), "claims 34359738360 bytes"),
    (moving(KeyTime=packed("l", "<i8", [0] * 9, count=FOUR_GB, zipped=True)), "more than 134217728 keys"),
    (moving(KeyTime=packed("l", "<i8", [0] * 9, count=1 << 26, zipped=True)), "has not the bytes"),
    (moving(KeyTime=packed("l", "<i8", [0] * 1_000_000, count=3, zipped=True)), "has not the bytes"),
    (moving(KeyTime=b"l" + struct.pack("<III", 3, 1, 4) + b"nope"), "a packed array is damaged"),
    (moving(KeyTime=b"l" + struct.pack("<III", 3, 1, FOUR_GB)), "claims 4294967295 bytes of"),
    (moving(KeyTime=b"S" + struct.pack("<I", FOUR_GB)), "claims 4294967295 bytes of"),
    (moving(KeyTime=b"??"), r"of the unknown kind '\?'"),
    (moving(KeyValueFloat=packed("f", "<f4", [0, np.nan, 1])), "NaN"),
    (moving(KeyValueFloat=packed("f", "<f4", [0, np.inf, 1])), "NaN|infinite"),
    (moving(KeyAttrRefCount=packed("i", "<i4", [2])), "attributes for 2 of its 3 keys"),
    (moving(KeyAttrRefCount=packed("i", "<i4", [-1])), "do not fit their counts"),
    (moving(KeyAttrRefCount=packed("i", "<i4", [(1 << 31) - 1])), "do not fit their counts"),
    (moving(KeyAttrFlags=packed("f", "<f4", [np.nan])), "times or attributes of a curve are no whole"),
    (moving(stack(LocalStart=0, LocalStop=1 << 62)), "claims 2995498794 frames of 1 channels"),
]


@pytest.mark.parametrize(("content", "message"), WRONG, ids=range(len(WRONG)))
def test_fbx_that_cannot_be_right(tmp_path: Path, content: bytes, message: str, refused: Refusal) -> None:
    started = time.perf_counter()
    refused(tmp_path / "clip.fbx", content, message)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("field", [0, 1, 2])
def test_a_record_with_a_count_of_billions(tmp_path: Path, wide: bool, field: int, refused: Refusal) -> None:
    content = bytearray(moving(version=7500 if wide else 7400))
    size = 8 if wide else 4
    content[27 + size * field : 27 + size * (field + 1)] = b"\xff" * size
    refused(tmp_path / "clip.fbx", bytes(content), "reaches byte|properties in")


def test_more_records_than_any_scene_has(
    tmp_path: Path, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporters.fbx.parse._RECORDS", 100)
    refused(tmp_path / "clip.fbx", fbx(*[("A", [], [])] * 101), "it has more than 100 records")


def test_a_file_cut_off_anywhere(tmp_path: Path, make_clip: ClipMaker, refused: Refusal) -> None:
    content = write_clip(make_clip(3), tmp_path / "whole.fbx", "fbx-animation").read_bytes()
    body = content.index(b"Takes")
    for end in np.linspace(0, body, 200).astype(int):
        refused(tmp_path / "clip.fbx", content[:end])


def test_bytes_changed_at_random(tmp_path: Path, make_clip: ClipMaker) -> None:
    """Whatever happens to the bytes, there is a clip or one line."""
    names = ("jawOpen", "mouthClose", "ö")
    content = write_clip(
        make_clip(9, names=names, head=True), tmp_path / "whole.fbx", "fbx-animation"
    ).read_bytes()
    random, file, refusals = np.random.default_rng(11), tmp_path / "clip.fbx", 0
    for _ in range(600):
        changed = np.frombuffer(content, np.uint8).copy()
        places = random.integers(27, len(changed), random.integers(1, 5))
        changed[places] = random.choice([0, 1, 127, 255, random.integers(256)], len(places))
        file.write_bytes(changed.tobytes())
        try:
            assert read_clip(file).frames >= 1
        except FormatError as error:
            assert "\n" not in str(error)
            assert len(str(error)) < len(str(file)) + 400
            refusals += 1
    assert refusals > 50
