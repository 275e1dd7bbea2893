"""`dataset check` names every fault that is planted in a dataset, and nothing where there is none."""

from __future__ import annotations

import json
import os
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from takes import MOODS, mirrored, performance, sound, write_dataset, write_take

from audio2face.dataset.checking import Report, check_dataset
from audio2face.models import load_model


def checked(folder: Path, fps: float | None = None) -> Report:
    return check_dataset([folder], load_model("studio"), fps)


def found(report: Report) -> list[tuple[str, str, str]]:
    """(take, kind, state) of every finding."""
    return [(one.take, one.kind, one.state) for one in report.findings]


def detail(report: Report, take: str, kind: str) -> str:
    return next(one.detail for one in report.findings if (one.take, one.kind) == (take, kind))


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "takes")


def test_nothing_is_found_in_clean_takes(takes: Path) -> None:
    report = checked(takes)
    assert found(report) == []
    assert not report.broken
    for take in report.takes:
        assert take.fit is not None and take.fit.sure
        assert abs(take.fit.offset) < 0.02


def test_sound_shifted_by_120_ms(takes: Path) -> None:
    names, values = performance("joy")
    late = np.concatenate([np.zeros(1920, np.float32), sound()])[: len(sound())]
    write_take(takes, "joy", late, values, names)
    report = checked(takes)
    assert found(report) == [("joy", "offset", "broken")]
    fit = next(take.fit for take in report.takes if take.listed.name == "joy")
    assert fit is not None and fit.offset == pytest.approx(-0.120, abs=0.012)
    assert "before its sound" in detail(report, "joy", "offset")
    # What it says to write mends it.
    said = detail(report, "joy", "offset").split("offset = ")[1].split(" ")[0]
    (takes / "dataset.toml").write_text(
        "".join(
            f'[[take]]\naudio = "{mood}.wav"\nmotion = "{mood}_BS_value.npy"\n'
            + (f"offset = {said}\n" if mood == "joy" else "")
            for mood in MOODS
        )
    )
    assert found(checked(takes)) == []


def test_motion_that_is_late(takes: Path) -> None:
    names, values = performance("joy")
    write_take(takes, "joy", sound(), np.concatenate([values[:1]] * 6 + [values])[: len(values)], names)
    report = checked(takes)
    assert found(report) == [("joy", "offset", "broken")]
    assert re.search(r"comes (19[5-9]|20[0-5]) ms later than its sound", detail(report, "joy", "offset"))


def test_sides_exchanged_in_one_take(takes: Path) -> None:
    names, values = performance("sadness")
    other = [mirrored(name) for name in names]
    write_take(takes, "sadness", sound(), values[:, [names.index(name) for name in other]], names)
    report = checked(takes)
    assert found(report) == [("sadness", "sides", "broken")]
    assert "left and right are exchanged" in detail(report, "sadness", "sides")


def test_two_takes_of_opposite_sides_are_left_undecided(tmp_path: Path) -> None:
    for mood in ("neutral", "joy"):
        names, values = performance(mood)
        order = [names.index(mirrored(name)) if mood == "joy" else names.index(name) for name in names]
        write_take(tmp_path / "two", mood, sound(), values[:, order], names)
    report = checked(tmp_path / "two")
    assert found(report) == [("", "sides", "warning")]
    assert "neutral" in report.findings[0].detail and "joy" in report.findings[0].detail


def test_a_symmetric_rig_has_no_sides_to_exchange(tmp_path: Path) -> None:
    for mood in MOODS:
        names, values = performance(mood)
        even = values / [1.3 if "Left" in name else 1.0 for name in names]
        write_take(tmp_path / "even", mood, sound(), even.astype(np.float32), names)
    assert found(checked(tmp_path / "even")) == []


def test_missing_sound(takes: Path) -> None:
    (takes / "anger.wav").unlink()
    report = checked(takes)
    assert found(report) == [("anger", "missing", "broken")]
    assert "expected anger.wav" in detail(report, "anger", "missing")


def test_missing_motion(takes: Path) -> None:
    (takes / "anger_BS_value.npy").unlink()
    report = checked(takes)
    assert found(report) == [("anger", "missing", "broken")]
    assert "no motion" in detail(report, "anger", "missing")


def test_a_frame_of_nan(takes: Path) -> None:
    names, values = performance("anger")
    values = values.copy()
    values[77, 3] = np.nan
    write_take(takes, "anger", sound(), values, names)
    report = checked(takes)
    assert found(report) == [("anger", "nan", "broken")]
    assert f"frame 77 ({names[3]})" in detail(report, "anger", "nan")


@pytest.mark.parametrize("rate", [24, 25, 60])
def test_another_frame_rate(takes: Path, rate: int) -> None:
    names, values = performance("joy", rate)
    write_take(takes, "joy", sound(), values, names)
    report = checked(takes)
    assert found(report) == [("joy", "rate", "broken")]
    assert f"say fps = {rate} " in detail(report, "joy", "rate")


def test_the_frame_rate_may_be_said(tmp_path: Path) -> None:
    names, values = performance("joy", 25)
    write_take(tmp_path / "slow", "joy", sound(), values, names)
    assert found(checked(tmp_path / "slow", fps=25)) == []


class Runs:
    """Would make a folder when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.place),))


@pytest.mark.parametrize("form", ["objects in an array", "bare pickle", "old pickle", "names"])
def test_hostile_pickles_are_refused_and_named(takes: Path, tmp_path: Path, form: str) -> None:
    trap = Runs(tmp_path / "was here")
    file = takes / ("BS_name.npy" if form == "names" else "anger_BS_value.npy")
    if form in ("objects in an array", "names"):
        np.save(file, np.array([trap], dtype=object), allow_pickle=True)
    else:
        file.write_bytes(pickle.dumps(trap, protocol=0 if form == "old pickle" else 4))
    report = checked(takes)
    hit = list(MOODS) if form == "names" else ["anger"]
    assert found(report) == [(take, "unsafe", "broken") for take in sorted(hit)]
    assert f"{file.name} is a pickle, which can run code" in detail(report, "anger", "unsafe")
    assert not trap.place.exists()


def test_a_pickle_inside_an_npz(takes: Path, tmp_path: Path) -> None:
    trap = Runs(tmp_path / "was here")
    (takes / "anger_BS_value.npy").unlink()
    np.savez(takes / "anger.npz", names=np.array([trap], dtype=object), allow_pickle=True)
    report = checked(takes)
    assert found(report) == [("anger", "unsafe", "broken")]
    assert not trap.place.exists()


def test_44_khz_stereo_is_fine_and_said(takes: Path) -> None:
    names, values = performance("joy")
    times = np.arange(round(len(sound()) * 44100 / 16000)) / 44100
    wide = np.interp(times, np.arange(len(sound())) / 16000, sound())
    write_take(takes, "joy", np.stack([wide, wide], axis=1), values, names, rate=44100)
    report = checked(takes)
    assert found(report) == [("joy", "sound", "note")]
    assert "44.1 kHz stereo: fine" in detail(report, "joy", "sound")
    assert not report.broken


def test_lengths_that_differ(takes: Path) -> None:
    names, values = performance("joy")
    write_take(takes, "joy", sound(), values[:120], names)
    report = checked(takes)
    assert found(report) == [("joy", "length", "broken")]
    assert "4.00 s is" in detail(report, "joy", "length")


def test_clipped_and_silent_sound(takes: Path) -> None:
    names, values = performance("joy")
    write_take(takes, "joy", np.clip(sound() * 20, -1, 1), values, names)
    quiet = np.concatenate([sound(), np.zeros(12 * 16000, np.float32)])
    held = np.concatenate([performance("anger")[1], np.tile(performance("anger")[1][-1:], (360, 1))])
    write_take(takes, "anger", quiet, held, names)
    kinds = found(checked(takes))
    assert ("joy", "clipped", "warning") in kinds
    assert ("anger", "silence", "warning") in kinds


def test_sound_without_speech(takes: Path) -> None:
    names, values = performance("joy")
    write_take(takes, "joy", np.zeros_like(sound()), values, names)
    assert ("joy", "silence", "broken") in found(checked(takes))


def test_a_channel_that_died_in_one_take_and_one_that_stands(takes: Path) -> None:
    names, values = performance("joy")
    values = values.copy()
    values[:, names.index("mouthPucker")] = 0
    jaw = names.index("jawOpen")
    values[:, jaw] = np.minimum(values[:, jaw] * 5, 0.9)
    write_take(takes, "joy", sound(), values, names)
    kinds = found(checked(takes))
    assert ("joy", "dead", "warning") in kinds and ("joy", "clipped", "warning") in kinds


def test_per_cent_and_sliders_that_overshoot(takes: Path) -> None:
    names, values = performance("joy")
    write_take(takes, "joy", sound(), values * 100, names)
    names, values = performance("anger")
    write_take(takes, "anger", sound(), values * 4, names)
    kinds = found(checked(takes))
    assert ("joy", "range", "broken") in kinds and ("anger", "range", "warning") in kinds


def test_frames_from_a_lower_rate(takes: Path) -> None:
    names, values = performance("joy", 15)
    write_take(takes, "joy", sound(), np.repeat(values, 2, axis=0), names)
    report = checked(takes)
    assert ("joy", "repeated", "warning") in found(report)
    assert "were they 15 fps" in detail(report, "joy", "repeated")


def test_a_face_that_freezes(takes: Path) -> None:
    names, values = performance("joy")
    values = values.copy()
    values[60:110] = values[60]
    write_take(takes, "joy", sound(), values, names)
    assert "nothing moves from 2.0 to 3.7 s while" in detail(checked(takes), "joy", "repeated")


def test_two_motions_of_a_take(takes: Path) -> None:
    (takes / "joy.csv").write_text("Timecode,BlendShapeCount\n")
    assert found(checked(takes)) == [("joy", "several", "warning")]


def test_another_rig(takes: Path) -> None:
    names, values = performance("joy")
    np.save(takes / "joy_BS_name.npy", np.array([f"x{name}" for name in names]))
    write_take(takes, "joy", sound(), values, names)
    assert ("joy", "channels", "broken") in found(checked(takes))


def test_damaged_files_are_one_line_each(takes: Path) -> None:
    (takes / "joy_BS_value.npy").write_bytes(b"\x93NUMPY\x01\x00rubbish")
    (takes / "anger.wav").write_bytes(b"RIFFrubbish")
    (takes / "sadness_BS_value.npy").write_bytes((takes / "neutral_BS_value.npy").read_bytes()[:5000])
    report = checked(takes)
    assert set(found(report)) == {(take, "unreadable", "broken") for take in ("joy", "anger", "sadness")}
    assert all("\n" not in one.detail for one in report.findings)


def test_the_command_draws_and_its_exit_code_says_whether_anything_is_broken(
    run: Any, takes: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "report.png"
    done = run("dataset", "check", takes, "-o", picture)
    assert done.code == 0, done
    assert "nothing found" in done.out
    assert picture.read_bytes()[:4] == b"\x89PNG"
    (takes / "anger.wav").unlink()
    done = run("dataset", "check", takes, "--json")
    assert done.code == 1
    data = json.loads(done.out)
    assert data["findings"][0]["take"] == "anger"
    assert [take["frames"] for take in data["takes"]] == [156] * 4
    assert done.err.endswith("audio2face: 1 broken: anger\n")


def test_wrong_use_is_one_line(refused: Any, tmp_path: Path) -> None:
    assert "expected a folder of takes" in refused("dataset", "check", tmp_path / "nowhere")
    assert "holds no takes" in refused("dataset", "check", tmp_path)
    assert "--fps is 0" in refused("dataset", "check", tmp_path, "--fps", "0")
