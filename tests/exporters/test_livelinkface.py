"""The Live Link Face CSV: by Unreal's rules, written out here, and on real recordings."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import FormatError, read_clip, read_take, write_clip, write_take
from rigs import ARKIT_NAMES, ROTATION_NAMES, AnimationClip

ClipMaker = Callable[..., AnimationClip]

EXCERPT = Path(__file__).parent / "data" / "livelinkface" / "excerpt.csv"
RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "livelinkface"
NAMES = ["S07-001", "S88-001", "alex_rom_3", "alex_rom_4", "apfel", "facial"]

HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,"
    "EyeSquintLeft,EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,"
    "EyeSquintRight,EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,"
    "MouthRight,MouthLeft,MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,"
    "MouthDimpleRight,MouthStretchLeft,MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,"
    "MouthShrugUpper,MouthPressLeft,MouthPressRight,MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,"
    "MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,"
    "CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,TongueOut,HeadYaw,HeadPitch,HeadRoll,"
    "LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)


def unreal(file: Path) -> tuple[int, list[float], list[dict[str, float]]]:
    """Frame rate, seconds and values of the rows, read as Unreal's importer reads them."""
    raw = file.read_bytes()
    assert raw.isascii()
    header, *rows = csv.reader(raw.decode("ascii").splitlines())
    assert ",".join(header).startswith("Timecode,BlendShapeCount,")
    assert all(len(row) == len(header) == 63 and all(row) for row in rows)
    assert {row[1] for row in rows} == {"61"}
    split = [[float(part) for part in row[0].split(":")] for row in rows]
    rate = 60 if any(part[3] > 30 for part in split) else 30
    seconds = [(part[0] * 60 + part[1]) * 60 + part[2] + part[3] / rate for part in split]
    return rate, seconds, [dict(zip(header[2:], map(float, row[2:]), strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (1, 30),
        (24, 30),
        (25, 30),
        (29.97, 30),
        (30, 30),
        (31, 60),
        (48, 60),
        (50, 60),
        (59.94, 60),
        (60, 60),
        (120, 60),
    ],
)
@pytest.mark.parametrize("frames", [1, 2, 10, 31, 32, 40, 700])
def test_unreal_sees_the_right_rate_times_and_values(
    tmp_path: Path, make_clip: ClipMaker, fps: float, rate: int, frames: int
) -> None:
    clip = make_clip(frames, fps)
    seen, seconds, rows = unreal(write_clip(clip, tmp_path / "clip.csv"))
    assert seen == rate
    np.testing.assert_allclose(np.subtract(seconds, seconds[0]), clip.times, atol=1.1e-3 / rate)
    for name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight", "tongueOut", "eyeBlinkLeft"):
        column = [row[name[0].upper() + name[1:]] for row in rows]
        np.testing.assert_allclose(column, clip.channel(name), atol=1e-10)


def test_the_start_moves_only_where_unreal_would_misread_the_rate(
    tmp_path: Path, make_clip: ClipMaker
) -> None:
    def start(frames: int, fps: float) -> str:
        text = write_clip(make_clip(frames, fps), tmp_path / "clip.csv").read_text(encoding="ascii")
        return text.splitlines()[1].split(",")[0]

    assert start(31, 60) == "00:00:00:31.000"
    assert start(32, 60) == "00:00:00:00.000"
    assert start(5, 30) == "00:00:00:00.000"
    assert start(5, 29.97) == "00:00:00:00.000"


def test_header_and_rows(tmp_path: Path) -> None:
    clip = AnimationClip(("jawOpen", "MouthLeft"), np.array([[0.5, 0.25], [-0.0, 1]]), 29.97)
    lines = write_clip(clip, tmp_path / "clip.csv").read_bytes().decode("ascii").split("\n")
    assert lines[0] == HEADER
    cells = dict(zip(HEADER.split(","), lines[1].split(","), strict=True))
    assert (cells["Timecode"], cells["BlendShapeCount"]) == ("00:00:00:00.000", "61")
    assert (cells["JawOpen"], cells["MouthLeft"]) == ("0.5000000000", "0.2500000000")
    assert cells["MouthRight"] == "0.0000000000"
    assert lines[2].startswith("00:00:00:01.001,61,0.0000000000,")
    assert "-0.0" not in lines[2]
    assert lines[3:] == [""]


def test_the_head_turns_in_radians(tmp_path: Path) -> None:
    clip = AnimationClip(("jawOpen",), np.zeros((2, 1)), 30, head=np.array([[0, 0, 0], [180, -90, 45]]))
    file = write_clip(clip, tmp_path / "clip.csv")
    _, _, rows = unreal(file)
    angles = [rows[1][name] for name in ("HeadYaw", "HeadPitch", "HeadRoll")]
    np.testing.assert_allclose(angles, [np.pi, -np.pi / 2, np.pi / 4], atol=1e-9)
    head = read_clip(file).head
    assert head is not None
    np.testing.assert_allclose(head[1], [180, -90, 45], atol=1e-4)


def test_reading_back(tmp_path: Path, make_clip: ClipMaker) -> None:
    for fps in (24, 25, 29.97, 30, 50, 59.94, 60, 120):
        clip = make_clip(100, fps, head=True)
        back = read_clip(write_clip(clip, tmp_path / "clip.csv"))
        assert (back.names, back.fps, type(back.fps)) == (ARKIT_NAMES, fps, type(fps))
        np.testing.assert_allclose(back.weights, clip.weights, atol=1e-10)
    eyes = AnimationClip(("leftEyeYaw", "jawOpen"), np.array([[0.1, 0.2], [0.3, 0.4]]), 30)
    back = read_clip(write_clip(eyes, tmp_path / "clip.csv"))
    assert back.names == ARKIT_NAMES + ROTATION_NAMES[3:]
    np.testing.assert_array_equal(back.channel("leftEyeYaw"), eyes.channel("leftEyeYaw"))


def test_channels_that_the_form_lacks_are_refused(tmp_path: Path) -> None:
    def refused(message: str, names: tuple[str, ...], head: bool = False) -> None:
        clip = AnimationClip(names, np.zeros((1, len(names))), 30, head=np.zeros((1, 3)) if head else None)
        with pytest.raises(FormatError, match=message):
            write_clip(clip, tmp_path / "clip.csv")
        assert list(tmp_path.iterdir()) == []

    refused(
        r"2 channels that Live Link Face does not know \(viseme_AA, JAWOPEN\)",
        ("jawOpen", "viseme_AA", "JAWOPEN"),
    )
    refused("twice", ("jawOpen", "JawOpen"))
    refused("twice", ("headYaw",), head=True)


def check_recording(file: Path, copy: Path) -> AnimationClip:
    """Writes it anew, byte by byte the same, and compares its clip with the rows."""
    take = read_take(file)
    write_take(take, copy)
    assert copy.read_bytes() == file.read_bytes()
    clip = read_clip(file)
    assert (take.rate, clip.fps) == (60, 30)
    assert len(take.moments) <= clip.frames <= len(take.moments) + 5  # a few rows were left out by the app
    again = read_clip(write_clip(clip, copy))
    assert (again.names, again.fps, again.frames) == (clip.names, clip.fps, clip.frames)
    np.testing.assert_allclose(again.weights, clip.weights, atol=1e-10)
    return clip


def test_an_excerpt_of_a_recording(tmp_path: Path) -> None:
    clip = check_recording(EXCERPT, tmp_path / "copy.csv")
    take = read_take(EXCERPT)
    assert (len(take.seen), take.seen.sum(), clip.frames) == (30, 23, 30)
    rows = [row for row in csv.DictReader(EXCERPT.open(encoding="ascii", newline="")) if row["JawOpen"]]
    for name in clip.names:
        column = [float(row[name[0].upper() + name[1:]]) for row in rows]
        np.testing.assert_allclose(clip.channel(name)[take.seen], column, atol=1e-7)
    first = int(np.argmin(take.seen))
    ends = clip.weights[[first - 1, first + 3]]
    np.testing.assert_allclose(clip.weights[first + 1], ends.mean(axis=0), atol=1e-6)


@pytest.mark.local_data
@pytest.mark.parametrize("name", NAMES)
def test_recordings(tmp_path: Path, name: str) -> None:
    file = RECORDINGS / f"{name}.csv"
    if not file.exists():
        pytest.skip(f"no recordings in {RECORDINGS}")
    clip = check_recording(file, tmp_path / "copy.csv")
    assert clip.names == ARKIT_NAMES + ROTATION_NAMES[3:]
    assert clip.duration > 60


def test_a_row_left_out_is_filled_in(tmp_path: Path) -> None:
    file = tmp_path / "clip.csv"
    clip = AnimationClip(("jawOpen",), np.linspace(0, 0.9, 10)[:, None], 30)
    write_clip(clip, file)
    lines = file.read_text(encoding="ascii").splitlines(keepends=True)
    file.write_text("".join(lines[:5] + lines[6:]), encoding="ascii")
    np.testing.assert_allclose(read_clip(file).channel("jawOpen"), clip.channel("jawOpen"), atol=1e-7)


def test_midnight_passes(tmp_path: Path) -> None:
    file = tmp_path / "clip.csv"
    write_clip(AnimationClip(("jawOpen",), np.array([[0.1], [0.2], [0.3]]), 30), file)
    text = file.read_text(encoding="ascii")
    for frame, moment in enumerate(("23:59:59:28.000", "23:59:59:29.000", "00:00:00:00.000")):
        text = text.replace(f"\n00:00:00:0{frame}.000", f"\n{moment}")
    file.write_text(text, encoding="ascii")
    clip = read_clip(file)
    assert (clip.frames, clip.fps) == (3, 30)
