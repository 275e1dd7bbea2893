"""Every check over every take of a dataset."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.dataset.checking.channels import judge_channels, judge_rigs
from audio2face.dataset.checking.finding import BROKEN, NOTE, WARNING, Finding
from audio2face.dataset.checking.opening import heard_opening, opening, opening_channel
from audio2face.dataset.checking.sides import judge_sides
from audio2face.dataset.checking.sound import Sound, judge_sound, measure
from audio2face.dataset.checking.sync import Array, Fit, at_rate, fit
from audio2face.dataset.checking.timing import judge_timing
from audio2face.dataset.folder import rivals
from audio2face.dataset.listing import Listed
from audio2face.dataset.motion import Motion
from audio2face.dataset.reading import list_takes, read_motions
from audio2face.errors import UnsafeFileError
from audio2face.models import Model
from rigs import FaceError

Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class TakeReport:
    """What was measured of one take; None for what could not be.

    mouth  [steps] at 100 Hz, how far the mouth is open in the motion, in the rig's own units
    heard  [steps] at 100 Hz, mm as a model hears it in the sound
    fit    how the two lie on each other
    """

    listed: Listed
    sound: Sound | None = None
    motion: Motion | None = None
    mouth: Array | None = None
    heard: Array | None = None
    fit: Fit | None = None


@dataclass(frozen=True, eq=False)
class Report:
    """A dataset, checked.

    channel  what the opening of the mouth was read from: "lips", a channel, or "" where nothing was found
    """

    takes: tuple[TakeReport, ...]
    findings: tuple[Finding, ...]
    channel: str

    @property
    def broken(self) -> bool:
        """Whether anything has to be mended before training."""
        return any(finding.state == BROKEN for finding in self.findings)


def check_dataset(
    paths: Sequence[Path], model: Model, fps: float | None = None, progress: Progress = iter
) -> Report:
    """Reads and checks all takes; what cannot be read is a finding, not an error.

    model     what hears the sound: `studio`, which was never told of the takes
    progress  wraps the takes, to show how far it is

    Raises TrainingError when there is no dataset at all.
    """
    with tempfile.TemporaryDirectory(prefix="audio2face-") as work:
        return _checked(paths, model, fps, progress, Path(work))


def _checked(
    paths: Sequence[Path], model: Model, fps: float | None, progress: Progress, work: Path
) -> Report:
    listed = list_takes(paths, fps, work)
    findings = [*_missing(listed), *_several(paths)]
    motions, troubles, _, _ = read_motions(listed)
    findings += [_unreadable(take, error) for take, error in troubles.items()]
    takes = []
    for take in progress(listed):
        report, found = _listen(take, motions.get(take.name), model)
        takes.append(report)
        findings += found
    channel = opening_channel(motions, {t.listed.name: t.heard for t in takes if t.heard is not None})
    takes = [_fitted(take, channel) for take in takes]
    for report in takes:
        findings += _judged(report, channel)
    findings += judge_rigs(motions)
    if motions:
        findings += judge_sides(motions, {take.name: take.speaker for take in listed})
    findings = _together(findings, sum(take.sound is not None for take in takes))
    order = {take.name: place for place, take in enumerate(listed)}
    states = {BROKEN: 0, WARNING: 1}
    findings.sort(key=lambda one: (states.get(one.state, 2), order.get(one.take, -1)))
    return Report(tuple(takes), tuple(findings), channel)


def _missing(takes: Sequence[Listed]) -> Iterator[Finding]:
    for take in takes:
        if take.is_video:
            detail = (
                f"{take.motion} is a film; audio2face dataset track makes takes of it that can be checked"
            )
            yield Finding(take.name, "film", NOTE, detail)
        if take.motion is None or not take.motion.is_file():
            named = "" if take.motion is None else f" ({take.motion} is not there)"
            yield Finding(
                take.name, "missing", BROKEN, f"no motion{named}; expected {take.name}_BS_value.npy or a clip"
            )
        if take.audio is None or not take.audio.is_file():
            named = "" if take.audio is None else f" ({take.audio} is not there)"
            yield Finding(take.name, "missing", BROKEN, f"no sound{named}; expected {take.name}.wav")


def _several(paths: Sequence[Path]) -> Iterator[Finding]:
    for path in paths:
        for name, files in (rivals(path) if path.is_dir() else {}).items():
            listed = ", ".join(file.name for file in files)
            yield Finding(
                name, "several", WARNING, f"{listed}: only the first of a kind is used; name it in a table"
            )


def _unreadable(take: str, error: FaceError) -> Finding:
    kind = "unsafe" if isinstance(error, UnsafeFileError) else "unreadable"
    return Finding(take, kind, BROKEN, str(error))


def _listen(take: Listed, motion: Motion | None, model: Model) -> tuple[TakeReport, list[Finding]]:
    report = TakeReport(take, motion=motion)
    if take.audio is None or not take.audio.is_file() or take.is_video:
        return report, []
    try:
        sound = measure(take.audio)
        return replace(report, sound=sound, heard=heard_opening(take.audio, model)), []
    except FaceError as error:
        return report, [_unreadable(take.name, error)]


def _fitted(take: TakeReport, channel: str) -> TakeReport:
    if take.motion is None:
        return take
    found = opening(take.motion, channel)
    if found is None:
        return take
    mouth = at_rate(found, take.motion.fps)
    if take.listed.offset:
        mouth = _earlier(mouth, round(take.listed.offset * 100))
    return replace(take, mouth=mouth, fit=None if take.heard is None else fit(mouth, take.heard))


def _earlier(values: Array, steps: int) -> Array:
    places = np.clip(np.arange(max(1, len(values) - steps)) + steps, 0, len(values) - 1)
    return values[places]


def _judged(take: TakeReport, channel: str) -> Iterator[Finding]:
    name = take.listed.name
    if take.sound is not None:
        yield from judge_sound(name, take.sound)
    if take.motion is None:
        return
    yield from judge_channels(name, take.motion, take.heard)
    if take.sound is not None and take.heard is not None:
        values = opening(take.motion, channel)
        yield from judge_timing(
            name, take.motion, values, take.heard, take.sound.seconds, take.fit, take.listed.offset
        )


def _together(findings: Sequence[Finding], takes: int) -> list[Finding]:
    """What is noted of every sound alike is said once."""
    alike = Counter((one.kind, one.detail) for one in findings if one.kind == "sound")
    common = {key for key, count in alike.items() if count == takes > 1}
    rest = [one for one in findings if (one.kind, one.detail) not in common]
    return rest + [Finding("", kind, NOTE, detail) for kind, detail in sorted(common)]
