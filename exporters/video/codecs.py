"""How pictures and sound go into each kind of film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exporters.errors import FormatError

# Encoders of FFmpeg take red, green, blue for BT.601 unless told otherwise; players take HD for BT.709.
_BT709 = "scale=out_color_matrix=bt709:out_range=tv"
_TOLD = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_H264 = ("-c:v", "libx264", "-crf", "17", "-preset", "fast", "-movflags", "+faststart")
_VP9 = (
    "-c:v",
    "libvpx-vp9",
    "-crf",
    "24",
    "-b:v",
    "0",
    "-deadline",
    "good",
    "-cpu-used",
    "5",
    "-row-mt",
    "1",
)
_AAC = ("-c:a", "aac", "-b:a", "192k")


@dataclass(frozen=True)
class Codec:
    """A kind of film.

    description  one line for people
    picture      FFmpeg's options for pictures
    clear        the same with transparency; empty when it has none
    sound        options for sound; empty when it has none
    even         whether width and height must be even
    fastest      most frames a second
    held         whether FFmpeg holds all pictures in memory until the last one is there
    """

    description: str
    picture: tuple[str, ...]
    clear: tuple[str, ...] = ()
    sound: tuple[str, ...] = ()
    even: bool = False
    fastest: float = 120.0
    held: bool = False


CODECS = {
    ".mp4": Codec(
        "H.264 and AAC, which everything plays",
        ("-vf", f"{_BT709},format=yuv420p", *_TOLD, *_H264),
        sound=_AAC,
        even=True,
    ),
    ".mov": Codec(
        "ProRes 422 HQ or, with a transparent background, 4444, for editing",
        ("-vf", f"{_BT709},format=yuv422p10le", "-c:v", "prores_ks", "-profile:v", "hq", *_TOLD),
        ("-vf", f"{_BT709},format=yuva444p10le", "-c:v", "prores_ks", "-profile:v", "4444", *_TOLD),
        ("-c:a", "pcm_s16le"),
        even=True,
    ),
    ".webm": Codec(
        "VP9 and Opus, for web pages; transparent where asked",
        ("-vf", f"{_BT709},format=yuv420p", *_TOLD, *_VP9),
        ("-vf", f"{_BT709},format=yuva420p", *_TOLD, *_VP9, "-auto-alt-ref", "0"),
        ("-c:a", "libopus", "-b:a", "128k"),
        even=True,
    ),
    ".gif": Codec(
        "a GIF without sound",
        ("-vf", "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=4"),
        fastest=50.0,
        held=True,
    ),
}
"""Kinds of films by suffix."""
MEMORY = 2_000_000_000
"""Bytes of pictures that may be held."""


def codec_of(path: Path, width: int, height: int, fps: float, clear: bool) -> Codec:
    """The kind of a film. Raises FormatError, in one line, when it cannot be, or not of that size or rate."""
    codec = CODECS.get(path.suffix.lower())
    if codec is None:
        raise FormatError(f"{path.name} is no film; end its name with one of {', '.join(CODECS)}")
    if clear and not codec.clear:
        able = " or ".join(suffix for suffix, other in CODECS.items() if other.clear)
        raise FormatError(f"{path.suffix} films cannot be transparent; write {able}")
    if codec.even and (width % 2 or height % 2):
        raise FormatError(f"{path.suffix} films have even sides; {width}x{height} is odd")
    if fps > codec.fastest:
        raise FormatError(f"{path.suffix} films show {codec.fastest:g} frames a second at most, not {fps:g}")
    return codec


def check_memory(path: Path, width: int, height: int, frames: int) -> None:
    """Raises FormatError when FFmpeg would have to hold more pictures than is good."""
    need = 4 * width * height * frames
    if CODECS[path.suffix.lower()].held and need > MEMORY:
        raise FormatError(
            f"{frames} frames of {width}x{height} as {path.suffix} would take {need / 1e9:.1f} GB of memory; "
            "make it smaller with --size, or write .mp4"
        )
