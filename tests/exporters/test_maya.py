"""Maya's files: the script against a small stand-in for `maya.cmds`, the curves by the published rules."""

from __future__ import annotations

import re
import sys
import types
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from exporters.rotations import quaternions
from rigs import AnimationClip

ClipMaker = Callable[..., AnimationClip]
NAMES = ("jawOpen", "mouthClose", "tongueOut")


class Maya:
    """What the script asks of Maya: blendShape nodes and their also, keys, a sound, the scene's rate."""

    def __init__(self, nodes: dict[str, list[str]], fps: float) -> None:
        self.nodes, self.fps = nodes, fps
        self.keys: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.set: dict[str, int] = {}
        self.sounds: list[dict[str, Any]] = []
        self.range: dict[str, float] = {}

    def ls(self, type: str) -> list[str]:
        assert type == "blendShape"
        return list(self.nodes)

    def listAttr(self, plug: str, multi: bool) -> list[str] | None:  # noqa: N802
        node, _, attribute = plug.partition(".")
        assert (attribute, multi) == ("weight", True)
        return self.nodes[node] or None

    def cutKey(self, plug: str, clear: bool) -> None:  # noqa: N802
        assert clear
        self.keys[plug].clear()

    def setKeyframe(  # noqa: N802
        self, plug: str, *, time: float, value: float, inTangentType: str, outTangentType: str
    ) -> None:
        node, _, attribute = plug.partition(".")
        assert attribute in self.nodes.get(node, []) or attribute.startswith("rotate")
        assert inTangentType == outTangentType == "linear"
        self.keys[plug].append((time, value))

    def setAttr(self, plug: str, value: int) -> None:  # noqa: N802
        self.set[plug] = value

    def sound(self, **words: Any) -> None:
        self.sounds.append(words)

    def playbackOptions(self, **words: float) -> None:  # noqa: N802
        self.range = words

    def eval(self, text: str) -> float:
        assert text == "currentTimeUnitToFPS()"
        return self.fps


@pytest.fixture
def run_in_maya(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Maya]:
    def run(file: Path, nodes: dict[str, list[str]], fps: float = 30, **settings: str) -> Maya:
        maya = Maya(nodes, fps)
        package = types.ModuleType("maya")
        package.cmds, package.mel = maya, maya  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "maya", package)
        text = file.read_text(encoding="utf-8")
        for name, value in settings.items():
            text, count = re.subn(rf"^{name} = [^#\n]*", f"{name} = {value} ", text, flags=re.MULTILINE)
            assert count == 1
        exec(compile(text, file.name, "exec"), {"__name__": "__main__"})
        return maya

    return run


def test_the_script_keys_the_node_with_most_channels(
    tmp_path: Path, make_clip: ClipMaker, run_in_maya: Callable[..., Maya], capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(40, 30, NAMES, audio="gone.wav")
    file = write_clip(clip, tmp_path / "line.py")
    nodes = {"body": ["fat"], "face": ["jawOpen", "MouthClose", "blink"], "teeth": ["jawOpen"], "empty": []}
    maya = run_in_maya(file, nodes)
    assert sorted(maya.keys) == ["face.MouthClose", "face.jawOpen"]
    times, values = np.array(maya.keys["face.jawOpen"]).T
    np.testing.assert_array_equal(times, np.arange(40))
    np.testing.assert_allclose(values, clip.channel("jawOpen"), atol=1e-6)
    assert maya.range == {"minTime": 0, "maxTime": 39}
    said = capsys.readouterr().out
    assert "the sound is not there: gone.wav" in said
    assert "face: 2 channels keyed, 40 frames at 30 a second" in said
    assert "no place for: tongueOut" in said


def test_the_script_keeps_time_in_a_scene_of_another_rate(
    tmp_path: Path, make_clip: ClipMaker, run_in_maya: Callable[..., Maya], capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_clip(make_clip(61, 60, NAMES), tmp_path / "line.py", reduce=0.02)
    maya = run_in_maya(file, {"face": list(NAMES)}, fps=24, START_FRAME="101")
    times = np.array(maya.keys["face.jawOpen"])[:, 0]
    assert (times[0], times[-1]) == (101, 101 + 24)
    assert len(times) < 61
    assert "this scene runs at 24 frames a second" in capsys.readouterr().out


def test_the_script_turns_the_head_and_loads_the_sound(
    tmp_path: Path, make_clip: ClipMaker, run_in_maya: Callable[..., Maya]
) -> None:
    sound = tmp_path / "it's \\ loud.wav"
    sound.touch()
    clip = make_clip(8, 30, NAMES, head=True, audio=str(sound))
    file = write_clip(clip, tmp_path / "line.py")
    maya = run_in_maya(file, {"face": list(NAMES)}, HEAD="'head_jnt'", TARGET="'face'")
    assert maya.set == {"head_jnt.rotateOrder": 2}
    assert maya.sounds == [{"file": str(sound), "offset": 0}]
    assert clip.head is not None
    for axis, column in zip("YXZ", clip.head.T, strict=True):
        np.testing.assert_allclose(np.array(maya.keys[f"head_jnt.rotate{axis}"])[:, 1], column, atol=1e-4)
    assert not run_in_maya(file, {"face": list(NAMES)}).set


def test_maya_order_zxy_is_the_order_of_the_clip() -> None:
    """Maya's names say which turn comes first: z, then x, then y, so the matrix is Y·X·Z."""
    yaw, pitch, roll = np.radians([20.0, 10.0, 5.0])
    turn_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    x, y, z, w = quaternions(np.array([[20.0, 10.0, 5.0]]))[0].astype(float)
    matrix = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    np.testing.assert_allclose(turn_y @ turn_x @ turn_z, matrix, atol=1e-6)


def test_no_node_fits(tmp_path: Path, make_clip: ClipMaker, run_in_maya: Callable[..., Maya]) -> None:
    file = write_clip(make_clip(4, 30, NAMES), tmp_path / "line.py")
    with pytest.raises(RuntimeError, match="no blendShape node has one of the 3 channels; set TARGET above"):
        run_in_maya(file, {"body": ["fat"]})


def test_a_curve_twice(tmp_path: Path) -> None:
    file = tmp_path / "maya.anim"
    file.write_text(FOREIGN + FOREIGN[FOREIGN.index("anim jaw") :], encoding="utf-8")
    with pytest.raises(FormatError, match="two curves have the same name; export one blendShape node"):
        read_clip(file)


def test_reading_a_script_runs_nothing(tmp_path: Path, make_clip: ClipMaker) -> None:
    file = write_clip(make_clip(4, 30, NAMES), tmp_path / "line.py")
    trap = tmp_path / "trap"
    text = f"open({str(trap)!r}, 'w')\n" + file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    assert read_clip(file).names == NAMES
    assert not trap.exists()


HEADER = ["animVersion", "mayaVersion", "timeUnit", "linearUnit", "angularUnit", "startTime", "endTime"]


@pytest.mark.parametrize(
    ("fps", "unit", "last"),
    [
        (24, "film", 3),
        (30, "ntsc", 3),
        (60, "ntscf", 3),
        (25, "pal", 3),
        (29.97, "29.97fps", 3),
        (45.5, "sec", 3 / 45.5),
    ],
)
def test_anim_by_the_published_rules(
    tmp_path: Path, make_clip: ClipMaker, fps: float, unit: str, last: float
) -> None:
    clip = make_clip(4, fps, NAMES, head=True)
    lines = write_clip(clip, tmp_path / "line.anim", "maya-anim").read_text(encoding="utf-8").splitlines()
    lines = [line.strip() for line in lines if not line.startswith("//")]
    assert all(line.endswith(";") for line in lines if "{" not in line and "}" not in line)
    header = dict(line.rstrip(";").split(" ", 1) for line in lines[:7])
    assert list(header) == HEADER
    assert header["timeUnit"] == unit
    assert float(header["endTime"]) == pytest.approx(last)
    starts = [line.split()[1:] for line in lines if line.startswith("anim ")]
    assert starts[0] == ["jawOpen", "jawOpen", "blendShape1", "0", "0", "0;"]
    assert [row[0] for row in starts] == [*NAMES, "rotateY", "rotateX", "rotateZ"]
    assert [line for line in lines if line.startswith("output")] == ["output unitless;"] * 3 + [
        "output angular;"
    ] * 3
    keys = [line.rstrip(";").split() for line in lines if "linear linear" in line]
    assert all(key[2:] == ["linear", "linear", "1", "1", "0"] for key in keys)
    np.testing.assert_allclose([float(key[1]) for key in keys[:4]], clip.channel("jawOpen"), atol=1e-6)


FOREIGN = """animVersion 1.1;
mayaVersion 2024;
timeUnit film;
linearUnit cm;
angularUnit deg;
startTime 1;
endTime 5;
anim jawOpen jawOpen face_bs 0 0 0;
animData {
  input time;
  output unitless;
  weighted 0;
  preInfinity constant;
  postInfinity constant;
  keys {
    1 0 fixed linear 1 1 0 0 1;
    3 1 linear linear 1 1 0;
    5 0.5 linear auto 1 1 0;
  }
}
"""


def test_a_file_of_maya_itself(tmp_path: Path) -> None:
    file = tmp_path / "maya.anim"
    file.write_text(FOREIGN, encoding="utf-8", newline="\r\n")
    clip = read_clip(file)
    assert (clip.names, clip.fps, clip.head) == (("jawOpen",), 24, None)
    np.testing.assert_allclose(clip.weights[:, 0], [0, 0.5, 1, 0.75, 0.5])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("3 1 linear linear", "3 1 linear spline"), "jawOpen is not straight between its keys; bake it"),
        (("timeUnit film", "timeUnit parsec"), "timeUnit is 'parsec'; known are game, film"),
        (("output unitless", "output linear"), "it animates jawOpen; export the curves of a blendShape node"),
        (("endTime 5", "endTime 5e12"), "it says 5e[+]12 frames of 1 channels"),
        (("3 1 linear", "3 nan linear"), "keys of jawOpen: NaN or infinite"),
        (("3 1 linear", "3 one linear"), "keys of jawOpen: could not convert"),
        (("    3 1", "    0 1"), "the times of curve jawOpen do not rise"),
        (("keys {", "keys"), "it has no curves"),
        (("animVersion 1.1;", ""), "it does not start with animVersion"),
        (("anim jawOpen jawOpen face_bs 0 0 0", "anim jawOpen"), "expected attribute, leaf and node"),
    ],
)
def test_anim_that_cannot_be_right(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    file = tmp_path / "maya.anim"
    file.write_text(FOREIGN.replace(*change), encoding="utf-8")
    with pytest.raises(FormatError, match=message) as caught:
        read_clip(file, "maya-anim")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("FRAMES = 4", "FRAMES = 10**12"), "it sets no FRAMES"),
        (("FRAMES = 4", "FRAMES = 4000000000000"), "it says 4e[+]12 frames"),
        (("FPS = 30", "FPS = 'fast'"), "FPS is 'fast'"),
        (("CURVES = [", "CURVES = [1,"), "CURVES is no list of"),
        (("CURVES = [", "CURVES = ["), ""),
        (("def main", "def def"), "it is no Python script"),
    ],
)
def test_scripts_that_cannot_be_right(
    tmp_path: Path, make_clip: ClipMaker, change: tuple[str, str], message: str
) -> None:
    file = write_clip(make_clip(4, 30, NAMES), tmp_path / "line.py")
    text = file.read_text(encoding="utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change, 1), encoding="utf-8")
    if not message:
        assert read_clip(file).frames == 4
        return
    with pytest.raises(FormatError, match=message):
        read_clip(file)
