"""A tracked film, and how far each of its frames can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.video.errors import VideoError
from audio2face.video.landmarker import POINTS, Face, Landmarker, landmarker
from audio2face.video.reading import Picture, facts, pictures

Array = npt.NDArray[Any]

TURNED = (25.0, 50.0)
"""Degrees of yaw or pitch between which trust falls from 1 to 0: beyond, half of the mouth is hidden."""
USABLE = 0.5
"""Trust from which a frame counts."""
LEAST_USABLE = 0.5
"""Share of frames that must count."""
LONGEST_GAP = 0.5
"""Seconds without a usable frame that are bridged without a word."""
JUMP = 0.5
"""Of the face's own width, by which it moves from one picture to the next when the film was cut."""
CHANGED = 30.0
"""Mean difference of grey, of 255, between neighbouring pictures when the film was cut."""
SMALL = 48
"""Pixels of a side of the picture that cuts are looked for in."""

Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Film:
    """What was seen of one speaker, on the film's steady clock; NaN where there was no face.

    fps     pictures a second
    size    width and height in pixels
    points  [frames, 478, 3] as MediaPipe gives them
    weights [frames, 52] by `names`
    pose    [frames, 4, 4] head to camera
    trust   [frames] 0 to 1: no face, a face turned away, a cut → 0
    faces   [frames] how many there were
    cuts    frames before which the film was cut
    begins  seconds by which the first picture comes after the first sound
    """

    name: str
    fps: float
    size: tuple[int, int]
    names: tuple[str, ...]
    points: Array
    weights: Array
    pose: Array
    trust: Array
    faces: Array
    cuts: Array
    begins: float

    @property
    def usable(self) -> Array:
        """[frames] bool."""
        return self.trust >= USABLE

    def pixels(self) -> Array:
        """[frames, 478, 3] in pixels, y up and z towards the camera."""
        width, height = self.size
        return self.points * np.array([width, -height, -width], np.float64)

    def warnings(self) -> list[str]:
        """What somebody should know before training on it, one line each."""
        said = []
        none = int((self.faces == 0).sum())
        turned = int(((self.faces > 0) & ~self.usable).sum())
        several = int((self.faces > 1).sum())
        if none:
            said.append(f"no face in {none} of {len(self.faces)} frames")
        if turned:
            said.append(f"the face is turned away, or cut, in {turned} frames")
        if several:
            said.append(
                f"several faces in {several} frames; the largest, then the nearest to it, was followed"
            )
        if len(self.cuts):
            times = ", ".join(f"{cut / self.fps:.1f}" for cut in self.cuts[:5])
            said.append(f"{len(self.cuts)} cuts, at {times} s{' …' if len(self.cuts) > 5 else ''}")
        gap = _longest_gap(self.usable) / self.fps
        if gap > LONGEST_GAP:
            said.append(
                f"nothing usable for {gap:.1f} s at a stretch; that is bridged, cut it out if you can"
            )
        return said


def track(path: Path, network: bytes, progress: Progress = iter) -> Film:
    """Follows the face of a film. Raises VideoError when too little of one is seen.

    network  of the landmarker, from `find_network`
    """
    known = facts(path)
    with landmarker(network) as find:
        rows = list(_rows(find, progress(pictures(path))))
        names = find.names
    if not rows:
        raise VideoError(f"{path} has no pictures that can be read")
    film = _film(path, known.fps, (known.width, known.height), names, known.begins, rows)
    usable = float(film.usable.mean())
    if usable < LEAST_USABLE:
        why = "; ".join(film.warnings())
        raise VideoError(
            f"{path}: a face is usable in {usable:.0%} of the frames, and half is needed ({why})"
        )
    return film


@dataclass(frozen=True, eq=False)
class _Row:
    """One picture: its time, the face followed, how many there were, and whether the film was cut before."""

    time: float
    face: Face | None
    count: int
    cut: bool


def _rows(find: Landmarker, shown: Iterable[tuple[float, Picture]]) -> Iterator[_Row]:
    last: Face | None = None
    small: Array | None = None
    time = -1.0
    for at, picture in shown:
        time = max(at, time + 0.001)  # MediaPipe wants rising milliseconds
        faces, grey = find(time, picture), _grey(picture)
        face = _same(faces, last)
        changed = small is not None and float(np.abs(grey - small).mean()) > CHANGED
        jumped = face is not None and last is not None and _distance(face, last) > JUMP
        yield _Row(at, face, len(faces), changed or jumped)
        last, small = face or last, grey


def _same(faces: list[Face], last: Face | None) -> Face | None:
    """The face that is followed: the nearest to the last one, at first the largest."""
    if not faces:
        return None
    if last is None:
        return max(faces, key=_width)
    return min(faces, key=lambda face: _distance(face, last))


def _width(face: Face) -> float:
    return float(np.ptp(face.points[:, 0]))


def _distance(one: Face, other: Face) -> float:
    """Of their centres, in widths of the other."""
    return float(np.linalg.norm((one.points - other.points)[:, :2].mean(axis=0))) / max(_width(other), 1e-6)


def _grey(picture: Picture) -> Array:
    rows = np.linspace(0, picture.shape[0] - 1, SMALL).astype(int)
    columns = np.linspace(0, picture.shape[1] - 1, SMALL).astype(int)
    return picture[np.ix_(rows, columns)].mean(axis=2)


def _film(
    path: Path, fps: float, size: tuple[int, int], names: tuple[str, ...], begins: float, rows: list[_Row]
) -> Film:
    """The rows on a steady clock: of each frame the picture that is nearest in time."""
    times = np.array([row.time for row in rows])
    frames = max(1, round(times[-1] * fps) + 1)
    nearest = (
        np.abs(np.arange(frames)[:, None] / fps - times[None]).argmin(axis=1) if frames < 20_000 else None
    )
    if nearest is None:
        nearest = np.clip(np.searchsorted(times, np.arange(frames) / fps), 0, len(rows) - 1)
    chosen = [rows[place] for place in nearest]
    cuts = np.array(
        [n for n in range(1, frames) if any(r.cut for r in rows[nearest[n - 1] + 1 : nearest[n] + 1])], int
    )
    faces = [row.face for row in chosen]
    pose = _stack([None if face is None else face.pose for face in faces], (4, 4))
    trust = _trust(pose)
    trust[cuts] *= 0.4
    return Film(
        *(path.stem, fps, size, names, _stack([None if f is None else f.points for f in faces], (POINTS, 3))),
        _stack([None if face is None else face.weights for face in faces], (max(1, len(names)),)),
        *(pose, trust, np.array([row.count for row in chosen]), cuts, begins),
    )


def _stack(values: list[Array | None], shape: tuple[int, ...]) -> Array:
    empty = np.full(shape, np.nan, np.float32)
    return np.stack([empty if value is None else value for value in values])


def _trust(pose: Array) -> Array:
    """[frames] by how far the face looks past the camera; 0 where there is none."""
    forward = pose[:, 2, 2]  # the cosine between where the face and the camera look
    angle = np.degrees(np.arccos(np.clip(np.nan_to_num(forward), -1, 1)))
    low, high = TURNED
    trust: Array = np.clip((high - angle) / (high - low), 0, 1)
    return np.where(np.isfinite(forward), trust, 0.0)


def _longest_gap(usable: Array) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ~usable, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
