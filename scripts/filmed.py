"""GRID's filmed speaker, ready to be compared: phones, loudness, pitch, and lips and jaw in millimetres."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import align_grid
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from audio2face.features import SAMPLE_RATE, FrontEnd
from audio2face.measures.recordings import read_samples
from audio2face.measures.tracking import EYES, OPENING, PIXELS, UNIT, VIDEO_RATE, WIDTH
from audio2face.teacher import Segment, segments

Array = npt.NDArray[np.float64]

MILLIMETRES = 72.0
"""mm for the distance of the eyes' outer corners: at rest his mouth is then as wide as the head's."""
CLOSED = 0.3
"""mm that tracking reads between lips that touch."""
JAW = (1, 152)
"""MediaPipe's points on the nose's tip and the chin."""
LOWEST, HIGHEST = 60.0, 300.0
"""Hz of a voice."""
OCTAVE = 0.05
"""Autocorrelation that a period twice as long must gain."""
VOICED = 0.5
"""Autocorrelation from which a frame has a pitch."""


@dataclass(frozen=True, eq=False)
class Filmed:
    """One clip; opening, width and jaw [frames] in mm, pitch in semitones (NaN unvoiced), all at 25 fps.

    sound [samples] at 16 kHz;  loudness [120 Hz frames] dB against the speech level
    """

    name: str
    phones: tuple[Segment, ...]
    sound: npt.NDArray[np.float32]
    loudness: Array
    pitch: Array
    opening: Array
    width: Array
    jaw: Array

    @property
    def times(self) -> Array:
        """[frames] seconds."""
        return np.arange(len(self.opening)) / VIDEO_RATE


def read_filmed(grid: Path, cache: Path) -> list[Filmed]:
    """All clips that can be aligned, by name; the alignment (a minute) is kept in `cache`."""
    phones = _aligned(grid, cache)
    with np.load(next(iter(sorted(grid.glob("*.npz")))), allow_pickle=False) as film:
        place = {int(point): at for at, point in enumerate(film["landmark_index"])}
        return [
            _filmed(name, segments(phones[name]), grid, _distances(film[f"{name}/landmarks"], place))
            for name in sorted(phones)
        ]


def _aligned(grid: Path, cache: Path) -> dict[str, list[Sequence[object]]]:
    if not cache.is_file():
        cache.parent.mkdir(parents=True, exist_ok=True)
        found = align_grid.align_clips(grid, align_grid.read_words(grid))
        cache.write_text(json.dumps(found), encoding="utf-8")
    phones: dict[str, list[Sequence[object]]] = json.loads(cache.read_text(encoding="utf-8"))
    return phones


def _distances(landmarks: npt.NDArray[np.int16], place: dict[int, int]) -> list[Array]:
    """Opening, width and jaw [frames] in mm."""
    points = landmarks / UNIT * PIXELS

    def apart(pair: tuple[int, int]) -> Array:
        return np.asarray(np.linalg.norm(points[:, place[pair[0]]] - points[:, place[pair[1]]], axis=1))

    return [apart(pair) / apart(EYES) * MILLIMETRES for pair in (OPENING, WIDTH, JAW)]


def _filmed(name: str, phones: tuple[Segment, ...], grid: Path, seen: list[Array]) -> Filmed:
    sound = read_samples(align_grid.audio_file(grid, name))
    loudness = FrontEnd("mel").push(sound)[:, -1].astype(np.float64)
    pitch = pitches(sound, len(seen[0]))
    return Filmed(name, phones, sound, loudness, pitch, seen[0] - CLOSED, seen[1], seen[2])


def pitches(sound: npt.NDArray[np.float32], frames: int) -> Array:
    """[frames] semitones over 100 Hz at 25 fps, by normalised autocorrelation; NaN where unvoiced."""
    width = round(0.05 * SAMPLE_RATE)
    padded = np.pad(sound.astype(np.float64), width)
    middles = (np.arange(frames) * SAMPLE_RATE / VIDEO_RATE).astype(int) + width // 2
    views = sliding_window_view(padded, width)
    windows = views[np.minimum(middles, len(views) - 1)] * np.hanning(width)
    windows = windows - windows.mean(axis=1, keepdims=True)
    lags = np.fft.irfft(np.abs(np.fft.rfft(windows, 2 * width)) ** 2)[:, :width]
    taper = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(width), 2 * width)) ** 2)[:width]
    alike = lags / np.maximum(lags[:, :1], 1e-12) * (taper[0] / np.maximum(taper, 1e-3 * taper[0]))
    first, last = int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST)
    # What repeats after one period repeats after two: the shorter wins unless it is clearly worse.
    near = alike[:, first - 1 : last + 1]
    peak = (near[:, 1:-1] >= near[:, :-2]) & (near[:, 1:-1] >= near[:, 2:])
    cost = OCTAVE * np.log2(np.arange(first, last))
    best = np.where(peak, near[:, 1:-1] - cost, -np.inf).argmax(axis=1) + first
    semitones = 12 * np.log2(SAMPLE_RATE / best / 100.0)
    voiced = peak.any(axis=1) & (alike[np.arange(frames), best] > VOICED)
    return np.where(voiced, semitones, np.nan)
