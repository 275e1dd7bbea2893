"""From raw chunks of any rate and channel count to mono blocks at `SAMPLE_RATE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.resample import Resampler
from rigs.arrays import FloatArray

LONGEST_BLOCK = 600


def mono_blocks(chunks: Iterable[FloatArray], rate: int, name: str) -> Iterator[AudioBlock]:
    """Yields the blocks of a stream of `chunks`, each [samples] or [samples, channels] at `rate`.

    `name` says in errors what is being read. Raises SoundError with the time of the first sample
    that is NaN or infinite, and when there was no sample at all.
    """
    resampler = Resampler(rate)
    taken = given = 0
    for chunk in chunks:
        mono = to_mono(chunk)
        _check_finite(mono, taken, rate, name)
        taken += len(mono)
        ready = resampler.push(mono)
        if len(ready):
            yield AudioBlock(given / SAMPLE_RATE, ready)
        given += len(ready)
    if not taken:
        raise SoundError(f"{name} holds no sound: 0 samples could be read")
    tail = resampler.finish()
    if len(tail):
        yield AudioBlock(given / SAMPLE_RATE, tail)


def block_length(seconds: float, rate: int) -> int:
    """Samples in a block of that many seconds, at least one. Raises SoundError unless seconds > 0."""
    if not 0 < seconds <= LONGEST_BLOCK:
        raise SoundError(f"Cannot read blocks of {seconds} s; from just above 0 to {LONGEST_BLOCK} s works")
    return max(1, round(seconds * rate))


def to_mono(chunk: FloatArray) -> FloatArray:
    """[samples] or [samples, channels] → [samples]: the average of the channels.

    The average cannot exceed full scale, as a sum would, and needs no knowledge of which channel
    holds the voice. A voice in one of eight channels comes out 18 dB quieter, which the features
    do not see: they are normalised by level.
    """
    if chunk.ndim == 1:
        return chunk
    # Summing whole channels is ten times faster than summing many short rows.
    mono: FloatArray = np.ascontiguousarray(chunk.T).mean(axis=0, dtype=np.float32)
    return mono


def _check_finite(mono: FloatArray, start: int, rate: int, name: str) -> None:
    bad = np.flatnonzero(~np.isfinite(mono))
    if len(bad):
        sample = start + int(bad[0])
        raise SoundError(
            f"{name} holds a sample that is {mono[bad[0]]} at {sample / rate:.3f} s (sample {sample}); "
            "export it again without NaN or infinite values"
        )
