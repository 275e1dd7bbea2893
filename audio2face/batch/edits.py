"""Hand edits: what an animator corrected, kept beside the line and applied again whenever it is made anew.

    {"sound": "9f86d081884c7d65…", "edits": [
     {"channel": "mouthSmileLeft", "from": 1.2, "to": 2.0, "gain": 1.3, "offset": 0.05, "fade": 0.1},
     {"channel": "browInnerUp", "keys": [[0.5, 0.0], [0.8, 0.6], [1.5, 0.0]], "fade": 0.1},
     {"channel": "head.pitch", "keys": [[0.5, 0.0], [1.0, 4.0], [1.5, 0.0]], "mode": "add"}]}

Times are seconds of the line. `gain` multiplies and `offset` adds; `keys` are straight lines between times,
which replace the channel, or are added to it with `"mode": "add"`. Within `fade` seconds of either end of the
range an edit comes and goes. `sound` is the hash of the sound that the edits were made for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.batch.settings import check_keys
from audio2face.errors import OptionError
from rigs import AnimationClip, Channel

SUFFIX = ".edits.json"
HEAD = ("head.yaw", "head.pitch", "head.roll")
"""What the turns of the head are called, in degrees."""
ROUNDING = 1e-4
"""Seconds that a time in a sidecar may be rounded by."""
SET, ADD = "set", "add"
_KEYS = ("channel", "from", "to", "gain", "offset", "keys", "mode", "fade")

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Edit:
    """One correction of one channel.

    begin, end  seconds of the line
    gain        by which the channel is multiplied
    offset      which is added to it
    keys        (seconds, value) …, or none
    mode        whether keys SET the channel or ADD to it
    fade        seconds at either end of the range
    """

    channel: str
    begin: float
    end: float
    gain: float = 1.0
    offset: float = 0.0
    keys: tuple[tuple[float, float], ...] = ()
    mode: str = SET
    fade: float = 0.1

    def __post_init__(self) -> None:
        numbers = (
            self.begin,
            self.end,
            self.gain,
            self.offset,
            self.fade,
            *(n for key in self.keys for n in key),
        )
        if not all(map(math.isfinite, numbers)):
            raise OptionError(f"the edit of {self.channel} holds a number that is not finite")
        if not 0 <= self.begin < self.end:
            raise OptionError(f"the edit of {self.channel} goes from {self.begin:g} to {self.end:g} s")
        if self.mode not in (SET, ADD) or self.fade < 0:
            raise OptionError(
                f'the edit of {self.channel} needs a mode of "set" or "add", and a fade of 0 or more'
            )
        if any(late[0] <= early[0] for early, late in zip(self.keys, self.keys[1:], strict=False)):
            raise OptionError(f"the keys of {self.channel} do not rise in time")

    def of(self, values: Array, times: Array) -> Array:
        """[frames] the channel with the edit."""
        if self.keys:
            drawn = np.interp(times, *np.array(self.keys).T)
            wanted = drawn if self.mode == SET else values + drawn
        else:
            wanted = values * self.gain + self.offset
        return values + self._share(times) * (wanted - values)

    def _share(self, times: Array) -> Array:
        """[frames] how far the edit holds, 0…1."""
        inside = (times >= self.begin - ROUNDING) & (times <= self.end + ROUNDING)
        if not self.fade:
            return inside.astype(np.float64)
        ramp = np.minimum(times - self.begin, self.end - times) / min(self.fade, (self.end - self.begin) / 2)
        return np.where(inside, np.clip(ramp, 0.0, 1.0), 0.0)


@dataclass(frozen=True)
class Edits:
    """The edits of a line, and the hash of the sound that they were made for, or empty."""

    edits: tuple[Edit, ...]
    sound: str = ""


def parse_edits(text: str, where: str) -> Edits:
    """Reads a sidecar. Raises OptionError when it cannot be right."""
    try:
        table = json.loads(text)
        rows, sound = table["edits"], str(table.get("sound", ""))
        return Edits(tuple(_edit(row, where) for row in rows), sound)
    except OptionError as error:
        raise OptionError(f"{where}: {error}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise OptionError(f"{where} holds no edits: {error!r}; docs/batch.md has the form") from error


def edits_text(edits: Edits) -> str:
    """The text of a sidecar."""
    rows = []
    for one in edits.edits:
        row: dict[str, Any] = {"channel": one.channel, "from": one.begin, "to": one.end}
        if one.keys:
            row |= {"keys": [list(key) for key in one.keys], "mode": one.mode}
        else:
            row |= {"gain": one.gain, "offset": one.offset}
        rows.append(json.dumps({**row, "fade": one.fade}, ensure_ascii=False))
    body = ",\n ".join(rows)
    return f'{{"sound": {json.dumps(edits.sound)}, "edits": [\n {body}]}}\n'


def _edit(row: dict[str, Any], where: str) -> Edit:
    check_keys(row, where, _KEYS)
    keys = tuple((float(time), float(value)) for time, value in row.get("keys", ()))
    if keys and {"gain", "offset"} & row.keys():
        raise OptionError(f"the edit of {row['channel']} has keys and a gain or an offset; make two of it")
    begin = float(row["from"]) if "from" in row or not keys else keys[0][0]
    end = float(row["to"]) if "to" in row or not keys else keys[-1][0]
    return Edit(
        *(str(row["channel"]), begin, end, float(row.get("gain", 1.0)), float(row.get("offset", 0.0))),
        *(keys, str(row.get("mode", SET)), float(row.get("fade", 0.1))),
    )


def apply_edits(
    clip: AnimationClip, edits: Edits, channels: Sequence[Channel], sound: str
) -> tuple[AnimationClip, tuple[str, ...]]:
    """The clip with all edits that can be applied, and a line for each conflict.

    channels  whose ranges weights keep to
    sound     hash of the sound that the clip was made of
    """
    conflicts = []
    if edits.sound and edits.sound != sound:
        conflicts.append("the sound is another than when the edits were made; they are applied, look at them")
    for edit in edits.edits:
        problem, cut = _conflict(edit, clip)
        if problem:
            conflicts.append(problem)
        if cut is not None:
            clip = _applied(clip, cut, channels)
    return clip, tuple(conflicts)


def _conflict(edit: Edit, clip: AnimationClip) -> tuple[str, Edit | None]:
    """What is wrong, if anything, and the edit as far as it can be applied."""
    where = f"{edit.channel} {edit.begin:.2f}–{edit.end:.2f} s"
    there = clip.head is not None if edit.channel in HEAD else edit.channel in clip.names
    if not there:
        return f"{where}: there is no such channel any more; not applied", None
    if edit.begin >= clip.duration:
        return f"{where}: the line is only {clip.duration:.2f} s long now; not applied", None
    if edit.end > clip.duration + 1 / clip.fps:
        return f"{where}: the line is only {clip.duration:.2f} s long now; cut", edit
    return "", edit


def _applied(clip: AnimationClip, edit: Edit, channels: Sequence[Channel]) -> AnimationClip:
    if edit.channel in HEAD:
        assert clip.head is not None
        head = clip.head.astype(np.float64)
        column = HEAD.index(edit.channel)
        head[:, column] = edit.of(head[:, column], clip.times)
        return replace(clip, head=head.astype(np.float32))
    column, weights = clip.names.index(edit.channel), clip.weights.copy()
    edited = edit.of(weights[:, column].astype(np.float64), clip.times)
    for channel in channels:
        if channel.name == edit.channel:
            edited = np.clip(edited, channel.minimum, channel.maximum)
    weights[:, column] = edited.astype(np.float32)
    return replace(clip, weights=weights)
