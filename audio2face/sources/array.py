"""Sound that is already in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.resample import Resampler
from audio2face.sources.stream import block_length, mono_blocks
from rigs.arrays import FloatArray


class ArraySource:
    """An array as a source.

    `samples`: [samples] or [samples, channels]; floats with full scale at -1 and 1, or int16, int32
    or uint8 as they stand in a wav file. `sample_rate`: of that array, in samples per second.
    `block_seconds`: how much is handed out at a time. Raises SoundError for another type or shape,
    for no samples, and on iteration for NaN or infinite values.
    """

    def __init__(self, samples: npt.ArrayLike, sample_rate: int, block_seconds: float = 1.0) -> None:
        array = np.asarray(samples)
        if array.ndim not in (1, 2) or array.size == 0:
            raise SoundError(
                f"Sound has shape {array.shape}; expected (samples,) or (samples, channels), not empty"
            )
        Resampler(sample_rate)  # a wrong rate fails here rather than at the first block
        self.sample_rate = SAMPLE_RATE
        self.duration = len(array) / sample_rate
        self._samples, self._rate = as_float(array), sample_rate
        self._step = block_length(block_seconds, sample_rate)

    def __iter__(self) -> Iterator[AudioBlock]:
        starts = range(0, len(self._samples), self._step)
        chunks = (self._samples[start : start + self._step] for start in starts)
        return mono_blocks(chunks, self._rate, "The array")


def as_float(samples: npt.NDArray[Any]) -> FloatArray:
    """Samples of any supported type → the same shape in float32, full scale at -1 and 1."""
    kind = samples.dtype
    if kind.kind == "f":
        return samples.astype(np.float32)
    if kind in (np.dtype(np.int16), np.dtype(np.int32)):
        return (samples / -float(np.iinfo(kind).min)).astype(np.float32)
    if kind == np.uint8:
        return ((samples.astype(np.float32) - 128) / 128).astype(np.float32)
    raise SoundError(f"Sound has type {kind}; expected floats, int16, int32 or uint8")
