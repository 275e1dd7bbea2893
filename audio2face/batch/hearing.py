"""A sound file that is listened to while it is read for the face, so that it is decoded once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from audio2face.sources import AudioBlock, FileSource
from audio2face.sources.block import SAMPLE_RATE
from rigs.arrays import FloatArray

LONGEST = 120
"""Seconds that are kept for triage; of longer files the beginning is judged."""
BINS = 1024
"""Steps of the histogram of how loud samples are, up to full scale."""


class HeardFile(FileSource):
    """After it was iterated once: `heard`, the sound at 16 kHz, and `amplitudes`, as the file has them."""

    def __iter__(self) -> Iterator[AudioBlock]:
        self._kept: list[FloatArray] = []
        self._left = LONGEST * SAMPLE_RATE
        self.amplitudes = np.zeros(BINS + 1, np.int64)
        for block in super().__iter__():
            if self._left > 0:
                self._kept.append(block.samples[: self._left])
                self._left -= len(block.samples)
            yield block

    def chunks(self) -> Iterator[FloatArray]:
        """As in FileSource; counts how loud samples are before anything smooths them."""
        for chunk in super().chunks():
            steps = np.minimum(np.abs(chunk.reshape(-1)) * BINS, BINS)
            self.amplitudes += np.bincount(np.nan_to_num(steps).astype(np.int64), minlength=BINS + 1)
            yield chunk

    @property
    def heard(self) -> FloatArray:
        """[samples] at 16 kHz, at most LONGEST seconds."""
        return np.concatenate(self._kept) if self._kept else np.zeros(1, np.float32)

    @property
    def clipped(self) -> float:
        """Share of samples, 0 to 1, within 2 % of the loudest; sound that was clipped piles up there.

        Speech is there once in some ten thousand samples, whatever its level and whoever turned it down
        later.
        """
        total = int(self.amplitudes.sum())
        top = int(np.flatnonzero(self.amplitudes)[-1]) if total else 0
        if top < BINS // 50:  # at this level the steps are too coarse to tell
            return 0.0
        return float(self.amplitudes[max(1, int(top * 0.98)) :].sum() / total)

    @property
    def peak(self) -> float:
        """The loudest sample, to full scale."""
        return float(np.flatnonzero(self.amplitudes)[-1] / BINS) if self.amplitudes.any() else 0.0
