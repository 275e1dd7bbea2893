"""What can be wrong with the sound of a take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.dataset.checking.finding import BROKEN, NOTE, WARNING, Finding
from audio2face.sources import FileSource
from audio2face.sources.block import SAMPLE_RATE
from rigs.arrays import FloatArray

WINDOW = SAMPLE_RATE // 100
"""Samples of 10 ms."""
FULL = 0.999
"""Of full scale: three samples in a row there are clipped."""
QUIET_DB = -40.0
"""Below the loud parts (95th percentile of the level), a window is silent."""
NOTHING_DB = -60.0
"""Level of the loud parts, to full scale, below which there is no speech."""
CLIPPED_SHARE = 0.0005
SILENT_SHARE = 0.6
LONGEST = 3600
"""Seconds of a take whose level is kept for the picture."""


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound, measured.

    seconds   its length
    rate      samples a second, as in the file
    channels  as in the file
    peak      the largest sample, to full scale
    clipped   share of samples that are clipped
    silent    share of 10 ms windows that are silent
    loud      dB to full scale of the loud parts
    level     [windows] RMS of each 10 ms
    """

    seconds: float
    rate: int
    channels: int
    peak: float
    clipped: float
    silent: float
    loud: float
    level: FloatArray


def measure(audio: Path) -> Sound:
    """Reads a sound file a block at a time. Raises SoundError."""
    source = FileSource(audio)
    count, clipped, peak, rest, levels = 0, 0, 0.0, np.zeros(0, np.float32), []
    for samples in (block.samples for block in source):
        count += len(samples)
        peak = max(peak, float(np.abs(samples).max(initial=0.0)))
        clipped += _clipped(samples)
        whole = np.concatenate([rest, samples])
        full = len(whole) // WINDOW * WINDOW
        levels.append(np.sqrt(np.square(whole[:full].reshape(-1, WINDOW)).mean(axis=1)))
        rest = whole[full:]
    level = np.concatenate(levels) if levels else np.zeros(1, np.float32)
    loudness = 20 * np.log10(np.maximum(level, 1e-7))
    loud = float(np.percentile(loudness, 95)) if len(level) else -140.0
    return Sound(
        *(count / SAMPLE_RATE, source.file_rate, source.channels, peak, clipped / max(1, count)),
        *(float((loudness < loud + QUIET_DB).mean()) if len(level) else 1.0, loud, level[: LONGEST * 100]),
    )


def judge_sound(take: str, sound: Sound) -> Iterator[Finding]:
    """Clipping, silence, and what is resampled or mixed."""
    if sound.loud < NOTHING_DB:
        yield Finding(
            take, "silence", BROKEN, f"the sound is silent: its loud parts are at {sound.loud:.0f} dB"
        )
    elif sound.silent > SILENT_SHARE:
        yield Finding(
            *(take, "silence", WARNING),
            f"{sound.silent:.0%} of the sound is silence; cut it, or give it less weight with more speech",
        )
    if sound.clipped > CLIPPED_SHARE:
        yield Finding(
            *(take, "clipped", WARNING),
            f"{sound.clipped:.2%} of the samples are clipped; record with 6 dB of headroom",
        )
    if sound.rate != SAMPLE_RATE or sound.channels > 1:
        kind = (
            "mono"
            if sound.channels == 1
            else "stereo"
            if sound.channels == 2
            else f"{sound.channels} channels"
        )
        done = [f"resampled to {SAMPLE_RATE / 1000:g} kHz"] if sound.rate != SAMPLE_RATE else []
        done += ["mixed to mono"] if sound.channels > 1 else []
        yield Finding(
            *(take, "sound", NOTE), f"{sound.rate / 1000:g} kHz {kind}: fine, it is {' and '.join(done)}"
        )


def _clipped(samples: npt.NDArray[np.float32]) -> int:
    """Samples in runs of three or more at full scale."""
    full = np.abs(samples) >= FULL
    runs = full[:-2] & full[1:-1] & full[2:] if len(full) > 2 else np.zeros(0, bool)
    inside = np.zeros(len(full), bool)
    for step in range(3):
        inside[step : step + len(runs)] |= runs
    return int(inside.sum())
