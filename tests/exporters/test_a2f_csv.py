"""NVIDIA's table: its columns written and read, whatever stands beside them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import ARKIT_NAMES, AnimationClip

ClipMaker = Callable[..., AnimationClip]


def test_columns_and_times(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(40, 29.97, (*ARKIT_NAMES, "tongue, up"))
    file = write_clip(clip, tmp_path / "line.csv", "a2f-csv")
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header[:3] == ["timeCode", "blendShapes.EyeBlinkLeft", "blendShapes.EyeLookDownLeft"]
    assert header[-1] == "blendShapes.tongue, up"
    table = np.array(rows, dtype=float)
    np.testing.assert_allclose(table[:, 0], clip.times, atol=1e-6)
    np.testing.assert_allclose(table[:, 1:], clip.weights, atol=1e-6)


NVIDIA = """,frame,timeCode,blendShapes.TongueOut,blendShapes.JawOpen
0,0,0.0,0.0,0.25
1,1,0.03333333333333333,0.1,0.5
2,2,0.06666666666666667,0.2,0.75
"""


def test_a_table_of_the_service(tmp_path: Path) -> None:
    file = tmp_path / "animation_frames.csv"
    file.write_text(NVIDIA, encoding="utf-8")
    clip = read_clip(file)
    assert (clip.names, clip.fps, clip.frames) == (("tongueOut", "jawOpen"), 30, 3)
    np.testing.assert_allclose(clip.channel("jawOpen"), [0.25, 0.5, 0.75])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("timeCode", "time"), "its header starts ',frame'; expected timeCode"),
        (("0.06666666666666667", "0.5"), "timeCode is not evenly spaced"),
        (("0.06666666666666667", "0.0"), "timeCode is not evenly spaced"),
        (("0.75", "nan"), "a cell: NaN or infinite"),
        (("0.75", "wide"), "a cell: could not convert"),
        ((",0.75", ""), "row 4: 4 columns; expected 5"),
        (("TongueOut", "JawOpen"), "channel names appear twice: jawOpen"),
        (("0.75", "1e99"), "NaN or infinite"),
    ],
)
def test_tables_that_cannot_be_right(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    file = tmp_path / "line.csv"
    file.write_text(NVIDIA.replace(*change), encoding="utf-8")
    with pytest.raises(FormatError, match=message) as caught:
        read_clip(file, "a2f-csv")
    assert "\n" not in str(caught.value)


def test_a_channel_in_two_spellings(tmp_path: Path, make_clip: ClipMaker) -> None:
    with pytest.raises(FormatError, match="channel jawOpen in two spellings"):
        write_clip(make_clip(3, 30, ("jawOpen", "JawOpen")), tmp_path / "line.csv", "a2f-csv")
