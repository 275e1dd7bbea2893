"""The script that artists run in Maya, against a small stand-in for `maya.cmds`; it was not run in Maya."""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face.dataset import read_dataset
from exporters import read_clip

SCRIPT = Path(__file__).parents[2] / "rigs" / "maya" / "export_weights.py"
NAMES = ["jawOpen", "mouthSmile_L", "große Lippe"]


class Maya:
    """As much of `maya.cmds` and `maya.mel` as the script calls; weights are functions of the frame."""

    def __init__(self, folder: Path, unit: str = "ntsc") -> None:
        self.folder, self.unit = folder, unit
        self.time, self.visited = 7.0, []
        self.nodes = {"small": {0: "a"}, "face": dict(zip((0, 2, 5), NAMES, strict=True))}
        self.range = (10.0, 19.0)
        self.sound: tuple[str, float] | None = None

    def value(self, plug: str, frame: float) -> float:
        node, _, index = plug.partition(".weight[")
        return float(np.sin(frame + int(index[:-1])) * 0.5 + (0.25 if node == "face" else 0))

    def ls(self, type: str) -> list[str]:
        return list(self.nodes) if type == "blendShape" else ["voice"] if self.sound else []

    def getAttr(self, plug: str, multiIndices: bool = False) -> Any:  # noqa: N802
        node, _, rest = plug.partition(".")
        if multiIndices:
            return list(self.nodes[node])
        if node == "voice":
            assert self.sound
            return {"filename": self.sound[0], "offset": self.sound[1]}[rest]
        return self.value(plug, self.time)

    def aliasAttr(self, plug: str, query: bool) -> str:  # noqa: N802
        node, _, index = plug.partition(".weight[")
        return self.nodes[node][int(index[:-1])]

    def currentTime(self, frame: float = 0, query: bool = False) -> float:  # noqa: N802
        if not query:
            self.time = frame
            self.visited.append(frame)
        return self.time

    def playbackOptions(self, query: bool, minTime: bool = False, maxTime: bool = False) -> float:  # noqa: N802
        return self.range[0] if minTime else self.range[1]

    def currentUnit(self, query: bool, time: bool) -> str:  # noqa: N802
        return self.unit

    def timeControl(self, slider: str, query: bool, sound: bool) -> str:  # noqa: N802
        assert slider == "timeControl1"
        return "voice" if self.sound else ""

    def file(self, query: bool, sceneName: bool) -> str:
        return str(self.folder / "hero_01.ma")

    def workspace(self, query: bool, rootDirectory: bool) -> str:
        return str(self.folder)

    def eval(self, text: str) -> str:
        assert "$gPlayBackSlider" in text
        return "timeControl1"


@pytest.fixture
def maya(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maya:
    found = Maya(tmp_path)
    package = types.ModuleType("maya")
    package.cmds = package.mel = found  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "maya", package)
    return found


@pytest.fixture
def export(maya: Maya) -> Callable[..., list[str]]:
    spec = importlib.util.spec_from_file_location("export_weights", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.export


def expected(maya: Maya, frames: range) -> Any:
    return np.array(
        [[maya.value(f"face.weight[{index}]", frame) for index in (0, 2, 5)] for frame in frames], np.float32
    )


def with_sound(maya: Maya, begins: float) -> Path:
    path = maya.folder / "voice.wav"
    soundfile.write(path, np.sin(np.arange(16000) / 9) / 2, 16000)
    maya.sound = (str(path), begins)
    return path


def test_values_names_rate_and_sound(maya: Maya, export: Any) -> None:
    with_sound(maya, 10.0)
    written = export(speaker="anna", emotion="joy")
    folder = maya.folder / "takes"
    assert sorted(Path(file).name for file in written) == [
        "dataset.toml",
        "hero_01.wav",
        "hero_01_BS_name.npy",
        "hero_01_BS_value.npy",
    ]
    values = np.load(folder / "hero_01_BS_value.npy", allow_pickle=False)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, expected(maya, range(10, 20)))
    assert np.load(folder / "hero_01_BS_name.npy", allow_pickle=False).tolist() == NAMES
    assert (maya.time, maya.visited[:2]) == (7.0, [10, 11])
    (take,) = read_dataset([folder])
    assert (take.name, take.speaker, take.emotion, take.motion.fps) == ("hero_01", "anna", "joy", 30)
    np.testing.assert_array_equal(take.motion.weights, values)
    assert take.audio == folder / "hero_01.wav"
    clip = read_clip(folder / "hero_01_BS_value.npy")
    assert clip.names == tuple(NAMES)


def test_classic_is_what_the_classic_export_does(maya: Maya, export: Any, tmp_path: Path) -> None:
    """FACEGOOD's export: for every frame of range(start, end), go there, read each alias, numpy.save."""
    rows = []
    for frame in range(10, 19):
        maya.currentTime(frame)
        rows.append([maya.getAttr(f"face.weight[{index}]") for index in (0, 2, 5)])
    np.save(tmp_path / "classic_value.npy", rows)
    np.save(tmp_path / "classic_name.npy", NAMES)
    written = export(folder=str(tmp_path / "out"), classic=True)
    assert [Path(file).name for file in written] == ["BS_name.npy", "BS_value.npy"]
    name, value = (np.load(file, allow_pickle=False) for file in written)
    np.testing.assert_array_equal(value, np.load(tmp_path / "classic_value.npy").astype(np.float32))
    assert name.tolist() == np.load(tmp_path / "classic_name.npy").tolist()
    # With the only sound of its folder it is a take.
    soundfile.write(tmp_path / "out" / "line.wav", np.zeros(4800), 16000)
    (take,) = read_dataset([tmp_path / "out"])
    assert (take.name, take.motion.frames) == ("line", 9)


def test_headers_are_those_of_numpy(maya: Maya, export: Any, tmp_path: Path) -> None:
    files = [Path(file) for file in export(folder=str(tmp_path / "out"), classic=True)]
    for file in files:
        again = tmp_path / file.name
        np.save(again, np.load(file, allow_pickle=False), allow_pickle=False)
        assert file.read_bytes() == again.read_bytes()


def test_sound_that_begins_before_the_first_frame_is_an_offset(maya: Maya, export: Any) -> None:
    """The sound begins at frame 4, the take at 10: its frame 0 is heard 0.2 s into the sound."""
    with_sound(maya, 4.0)
    export()
    (take,) = read_dataset([maya.folder / "takes"])
    # Frame 6 of the corrected take is the scene's frame 10, for frame 0 is the sound's first sample.
    np.testing.assert_allclose(take.motion.weights[6], expected(maya, range(10, 11))[0], atol=1e-6)
    assert take.motion.frames == 16


def test_a_sound_that_begins_later(maya: Maya, export: Any) -> None:
    with_sound(maya, 13.0)
    export()
    (take,) = read_dataset([maya.folder / "takes"])
    np.testing.assert_allclose(take.motion.weights, expected(maya, range(13, 20)), atol=1e-6)


def test_a_take_is_exported_again_beside_others(maya: Maya, export: Any) -> None:
    with_sound(maya, 10.0)
    export(take="one")
    export(take="two", start=12, end=14)
    export(take="one more")
    export(take="one", end=15)
    found = read_dataset([maya.folder / "takes"])
    # The sound begins at frame 10, two before the first of "two": its first frame is held meanwhile.
    assert {take.name: take.motion.frames for take in found} == {"two": 5, "one more": 10, "one": 6}


@pytest.mark.parametrize(
    ("unit", "rate"), [("film", 24), ("ntscf", 60), ("29.97fps", 29.97), ("120fps", 120)]
)
def test_rates_by_mayas_names(maya: Maya, export: Any, unit: str, rate: float) -> None:
    maya.unit = unit
    with_sound(maya, 10.0)
    export()
    (take,) = read_dataset([maya.folder / "takes"])
    assert take.motion.fps == rate


def test_several_nodes_and_names_twice(maya: Maya, export: Any) -> None:
    maya.nodes["small"] = {0: "jawOpen", 1: "tongue"}
    export(node="face, small")
    names = np.load(maya.folder / "takes" / "hero_01_BS_name.npy").tolist()
    assert names == ["face.jawOpen", "mouthSmile_L", "große Lippe", "small.jawOpen", "tongue"]


def test_the_sound_may_stay_where_it_is(maya: Maya, export: Any) -> None:
    path = with_sound(maya, 10.0)
    export(copy_sound=False)
    (take,) = read_dataset([maya.folder / "takes"])
    assert take.audio == path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nodes": {}}, "no blendShape node"),
        ({"nodes": {"face": {}}}, "no weights"),
        ({"range": (5.0, 4.0)}, "frames 5 to 4 are none"),
        ({"unit": "hour"}, "counts time in hour"),
    ],
)
def test_what_cannot_be_exported(maya: Maya, export: Any, change: dict[str, Any], said: str) -> None:
    for name, value in change.items():
        setattr(maya, name, value)
    with pytest.raises(RuntimeError, match=said):
        export()


def test_it_is_python_3_7_and_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {*sys.stdlib_module_names, "maya"}
