"""Sound as it comes out of a telephone or a badly compressed file, by real encoders."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from audio2face.features import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

TELEPHONE = 8000
"""Hz."""


def coded(samples: Samples, random: np.random.Generator) -> Samples:
    """Samples [samples] at 16 kHz through MP3, Vorbis or GSM at a low bit rate, of the same length."""
    kind = random.integers(3)
    if kind == 0:
        return _through(samples, SAMPLE_RATE, "MP3", "MPEG_LAYER_III", float(random.uniform(0.4, 0.9)))
    if kind == 1:
        return _through(samples, SAMPLE_RATE, "OGG", "VORBIS", float(random.uniform(0.8, 1.0)))
    small = soxr.resample(samples, SAMPLE_RATE, TELEPHONE, quality="MQ")
    phoned = _through(small.astype(np.float32), TELEPHONE, "WAV", "GSM610", None)
    return _fitted(soxr.resample(phoned, TELEPHONE, SAMPLE_RATE, quality="MQ"), len(samples))


def _through(samples: Samples, rate: int, form: str, codec: str, level: float | None) -> Samples:
    """Encoded and decoded in memory; encoders leave out their own delay."""
    file = io.BytesIO()
    options = {} if level is None else {"compression_level": level}
    soundfile.write(file, samples.clip(-1.0, 1.0), rate, format=form, subtype=codec, **options)
    file.seek(0)
    heard, _ = soundfile.read(file, dtype="float32")
    return _fitted(heard, len(samples))


def _fitted(samples: Samples, length: int) -> Samples:
    fitted: Samples = np.pad(samples[:length], (0, max(0, length - len(samples)))).astype(np.float32)
    return fitted
