"""Rate, length and lag of a take's motion against its sound."""

from __future__ import annotations

from collections.abc import Iterator

from audio2face.dataset.checking.finding import BROKEN, WARNING, Finding
from audio2face.dataset.checking.sync import RATES, Array, Fit, best_rate, enough
from audio2face.dataset.motion import Motion

FITS_LENGTH = 0.012
"""Share by which frames and seconds may miss a rate and still be of it: 24 and 25 are 4 % apart."""
BETTER_R = 0.1
"""By how much motion must follow the sound better at another rate than at the stated one."""
SOME_BETTER_R = 0.03
"""The same where the lengths say so as well."""
MUCH_BETTER_R = 0.25
"""And where they say something else."""
LEAST_SECONDS = 3.0
"""Of sound from which a rate can be told."""
SHORT, MUCH = 0.25, 0.1
"""Seconds, and share of the sound, by which lengths may differ: nothing to say, and broken."""
LATE, FAR = 0.045, 0.08
"""Seconds of lag from which it is a warning, and from which it is broken: 45 ms is where people notice."""
ENOUGH = 5.0
"""Seconds from which not following the sound is worth a word."""


def judge_timing(
    take: str,
    motion: Motion,
    mouth: Array | None,
    heard: Array,
    seconds: float,
    lag: Fit | None,
    offset: float,
) -> Iterator[Finding]:
    """The first of these that is wrong, for the others would follow from it: rate, lag; and the length.

    mouth    [frames] the opening of the mouth at the motion's own rate
    heard    [steps] the same as a model hears it, at 100 Hz
    seconds  of the sound
    offset   what the dataset already takes back
    """
    rate = None if mouth is None else other_rate(motion, mouth, heard, seconds)
    if rate is not None:
        said = "stated" if motion.stated else "assumed"
        yield Finding(
            *(take, "rate", BROKEN),
            f"{motion.fps:g} fps {said}, but {len(motion.values)} frames on {seconds:.2f} s of sound move as "
            f"{rate:g} fps do; say fps = {rate:g} in dataset.toml, or --fps {rate:g}",
        )
        return
    yield from _length(take, motion, seconds, offset)
    if lag is None or mouth is None:
        if seconds >= ENOUGH:
            why = (
                "no channel opens the mouth"
                if mouth is None
                else "the mouth lies still, or the take is short"
            )
            yield Finding(take, "unsure", WARNING, f"cannot tell whether it is in sync: {why}")
    elif lag.sure and abs(lag.offset) >= LATE:
        way = "later than" if lag.offset > 0 else "before"
        yield Finding(
            *(take, "offset", BROKEN if abs(lag.offset) >= FAR else WARNING),
            f"the motion comes {1000 * abs(lag.offset):.0f} ms {way} its sound (r {lag.r:.2f}); "
            f"say offset = {lag.offset + offset:.3f} in dataset.toml",
        )
    elif not lag.sure and seconds >= ENOUGH:
        yield Finding(
            *(take, "unsure", WARNING),
            f"cannot tell whether it is in sync: the mouth follows the sound with r {lag.r:.2f} at best "
            f"({1000 * lag.offset:+.0f} ms), and {lag.second:.2f} elsewhere; is it the right sound?",
        )


def other_rate(motion: Motion, mouth: Array, heard: Array, seconds: float) -> float | None:
    """The rate that motion seems to have, where it is not the one it is said to have."""
    rs = best_rate(mouth, motion.fps, heard)
    if motion.fps not in rs or seconds < LEAST_SECONDS:
        return None
    best = max(rs, key=lambda rate: rs[rate])
    by_length = _rate_of_length(len(motion.values) / seconds)
    if abs(best / motion.fps - 1) < 1e-6 or rs[best] < enough(seconds):
        return None
    if by_length is None:
        needed = BETTER_R
    else:
        needed = SOME_BETTER_R if abs(best / by_length - 1) < FITS_LENGTH else MUCH_BETTER_R
    return best if rs[best] - rs[motion.fps] >= needed else None


def _rate_of_length(rate: float) -> float | None:
    near = min(RATES, key=lambda one: abs(one - rate))
    return near if abs(near / rate - 1) < FITS_LENGTH else None


def _length(take: str, motion: Motion, seconds: float, offset: float) -> Iterator[Finding]:
    lasts = len(motion.values) / motion.fps - offset
    apart = lasts - seconds
    if abs(apart) <= max(SHORT, 0.01 * seconds):
        return
    which = "longer" if apart > 0 else "shorter"
    yield Finding(
        *(take, "length", BROKEN if abs(apart) > max(MUCH * seconds, 1.0) else WARNING),
        f"motion of {lasts:.2f} s is {abs(apart):.2f} s {which} than its sound of {seconds:.2f} s",
    )
