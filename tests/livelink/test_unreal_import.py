"""The snippet for Unreal's editor, against a stand-in for its `unreal` module: not inside Unreal."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exporters import write_clip
from rigs import AnimationClip

SCRIPT = Path(__file__).parents[2] / "docs" / "hosts" / "unreal_import_curves.py"


class AnimSequence:
    def __init__(self, seconds: float) -> None:
        self.seconds, self.saved = seconds, False
        self.curves: dict[str, list[tuple[float, float]]] = {"myOwn": [(0.0, 1.0)], "jawopen": [(9.0, 9.0)]}


class AnimationLibrary:
    """Names of curves are alike whatever their capitals, as in Unreal."""

    @staticmethod
    def get_sequence_length(sequence: AnimSequence) -> float:
        return sequence.seconds

    @staticmethod
    def does_curve_exist(sequence: AnimSequence, name: str, kind: str) -> bool:
        assert kind == "float"
        return name.lower() in map(str.lower, sequence.curves)

    @staticmethod
    def remove_curve(sequence: AnimSequence, name: str, from_skeleton: bool) -> None:
        assert from_skeleton is False
        del sequence.curves[next(known for known in sequence.curves if known.lower() == name.lower())]

    @staticmethod
    def add_curve(sequence: AnimSequence, name: str, kind: str, meta: bool) -> None:
        assert (kind, meta) == ("float", False)
        assert not AnimationLibrary.does_curve_exist(sequence, name, kind)
        sequence.curves[name] = []

    @staticmethod
    def add_float_curve_keys(
        sequence: AnimSequence, name: str, times: list[float], values: list[float]
    ) -> None:
        assert len(times) == len(values)
        sequence.curves[name] += list(zip(times, values, strict=True))


@pytest.fixture
def sequence() -> AnimSequence:
    return AnimSequence(2.0)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def snippet(sequence: AnimSequence, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    unreal: Any = ModuleType("unreal")
    unreal.AnimSequence, unreal.AnimationLibrary = AnimSequence, AnimationLibrary
    unreal.RawCurveTrackTypes = SimpleNamespace(RCT_FLOAT="float")
    unreal.load_asset = {"/Game/Talk": sequence, "/Game/Mesh": object()}.get
    unreal.EditorAssetLibrary = SimpleNamespace(save_loaded_asset=lambda it: setattr(it, "saved", True))
    unreal.log = unreal.log_warning = said.append
    monkeypatch.setitem(sys.modules, "unreal", unreal)
    spec = importlib.util.spec_from_file_location("unreal_import_curves", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("suffix", [".json", ".csv"])
@pytest.mark.parametrize("fps", [30, 60])
def test_what_is_exported_arrives_key_for_key(
    suffix: str,
    fps: int,
    snippet: Any,
    sequence: AnimSequence,
    tmp_path: Path,
    make_clip: Callable[..., AnimationClip],
) -> None:
    clip = make_clip(frames=40, fps=fps)
    path = write_clip(clip, tmp_path / f"talk{suffix}")
    count = snippet.import_curves(str(path), "/Game/Talk")
    assert count == (52 if suffix == ".json" else 61) and sequence.saved
    curves = {name[:1].lower() + name[1:]: keys for name, keys in sequence.curves.items()}
    for name in clip.names:
        times, values = np.array(curves[name]).T
        np.testing.assert_allclose(times, np.arange(40) / fps, atol=1e-9)
        np.testing.assert_allclose(values, clip.channel(name), atol=1e-6)
    assert curves["myOwn"] == [(0.0, 1.0)], "others stay"
    assert "jawopen" not in sequence.curves, "one of the same name is replaced"


def test_a_moment_without_a_face_is_at_rest(snippet: Any, sequence: AnimSequence, tmp_path: Path) -> None:
    rows = ("Timecode,BlendShapeCount,JawOpen", "0:0:0:31.0,61,0.5", "0:0:0:32.0,0")
    (tmp_path / "take.csv").write_text("\n".join(rows), encoding="utf-8")
    assert snippet.import_curves(str(tmp_path / "take.csv"), "/Game/Talk") == 1
    assert sequence.curves["JawOpen"] == [(0.0, 0.5), (pytest.approx(1 / 60), 0.0)]


def test_an_animation_that_is_too_short_is_told(
    snippet: Any, sequence: AnimSequence, said: list[str], tmp_path: Path, make_clip: Callable[..., Any]
) -> None:
    sequence.seconds = 0.5
    snippet.import_curves(str(write_clip(make_clip(), tmp_path / "talk.json")), "/Game/Talk")
    assert "longer than /Game/Talk" in said[0] and "52 curves of 90 keys" in said[1]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("talk.fbx", "", "expected .json or .csv"),
        ("talk.json", '{"fps": 60}', "not in the Audio2Face form"),
        (
            "talk.json",
            '{"exportFps": 60, "facsNames": ["a"], "weightMat": [[]]}',
            "not in the Audio2Face form",
        ),
        ("talk.csv", "a,b\n1,2\n", "no column Timecode"),
        ("talk.csv", "", "no column Timecode"),
    ],
)
def test_other_files_are_refused(
    name: str, content: str, expected: str, snippet: Any, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=expected):
        snippet.import_curves(str(tmp_path / name), "/Game/Talk")


@pytest.mark.parametrize("asset", ["/Game/Mesh", "/Game/None"])
def test_other_assets_are_refused(
    asset: str, snippet: Any, tmp_path: Path, make_clip: Callable[..., Any]
) -> None:
    path = write_clip(make_clip(), tmp_path / "talk.json")
    with pytest.raises(ValueError, match="is no animation sequence"):
        snippet.import_curves(str(path), asset)
