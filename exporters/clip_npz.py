"""A clip as a NumPy archive: exact values, quick to load for research.

Arrays: `names` [channels] text, `weights` [frames, channels] float32, `fps`; when the clip has them, `head`
[frames, 3] float32 degrees and `audio`, a path. Loads with `numpy.load(file)`, without pickles.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from exporters.bs_npy import DAMAGE
from exporters.errors import FormatError
from exporters.rates import whole
from rigs import AnimationClip

LARGEST = 1 << 30
"""Bytes of one array that the reader accepts: about 60 hours of 52 channels at 24 fps."""

Arrays = dict[str, np.ndarray[Any, Any]]


def write_npz(clip: AnimationClip, file: Path) -> None:
    """Writes the clip uncompressed, so that the bytes do not depend on a compressor's version."""
    arrays: Arrays = {
        "names": np.array(clip.names, dtype=np.str_),
        "weights": clip.weights,
        "fps": np.array(clip.fps, dtype=np.float64),
    }
    if clip.head is not None:
        arrays["head"] = clip.head
    if clip.audio is not None:
        arrays["audio"] = np.array(clip.audio, dtype=np.str_)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            # A fixed date and system: the same clip gives the same bytes on every machine.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            with archive.open(entry, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def read_npz(file: Path) -> AnimationClip:
    """Reads a clip. Raises FormatError when it is no such archive, holds pickles, or an array is wrong."""
    arrays = _load(file)
    names, weights, fps = arrays["names"], arrays["weights"], arrays["fps"]
    if names.ndim != 1 or names.dtype.kind != "U":
        raise FormatError(f"names is {names.dtype} of shape {names.shape}; expected a row of texts")
    for name in ("weights", "head"):
        if name in arrays and arrays[name].dtype.kind not in "iuf":
            raise FormatError(f"{name} is {arrays[name].dtype}; expected numbers")
    if fps.size != 1 or fps.dtype.kind not in "iuf" or not np.isfinite(fps).all():
        raise FormatError(f"fps is {fps.dtype} of shape {fps.shape}; expected one finite number")
    audio = arrays.get("audio")
    with np.errstate(over="ignore"):
        return AnimationClip(
            tuple(names.tolist()),
            weights,
            whole(fps.item()),
            head=arrays.get("head"),
            audio=str(audio) if audio is not None and audio.dtype.kind == "U" else None,
        )


def _load(file: Path) -> Arrays:
    """The arrays of the archive by name."""
    damage = (*DAMAGE, RuntimeError, zipfile.BadZipFile, zlib.error)
    try:
        _check_sizes(file)
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except damage as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FormatError(f"it is no whole npz archive of plain arrays: {reason[:120]}") from error
    missing = [name for name in ("names", "weights", "fps") if name not in arrays]
    if missing:
        raise FormatError(
            f"it has no {', '.join(missing)}; it has {', '.join(sorted(arrays)[:8]) or 'nothing'}"
        )
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise FormatError(f"{name} is no array")
    return arrays


def _check_sizes(file: Path) -> None:
    """A small archive can unpack to a huge one: look before loading."""
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.file_size > LARGEST:
                raise ValueError(f"{entry.filename} unpacks to {entry.file_size} bytes")
