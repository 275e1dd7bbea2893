"""The sound of a page: found, and in a form that browsers play."""

from __future__ import annotations

import io
from pathlib import Path

import soundfile

from audio2face.errors import SoundError
from audio2face.sources.opening import check_path, open_sound
from exporters.page import PageSound

LARGEST_AS_IT_IS = 1_500_000
"""Bytes of a wav or flac file above which it is encoded anew, as Vorbis."""
_PLAYED = {
    ("WAV", "PCM_U8"): "audio/wav",
    ("WAV", "PCM_16"): "audio/wav",
    ("WAV", "PCM_24"): "audio/wav",
    ("WAV", "FLOAT"): "audio/wav",
    ("FLAC", "PCM_16"): "audio/flac",
    ("FLAC", "PCM_24"): "audio/flac",
    ("OGG", "VORBIS"): "audio/ogg",
    ("OGG", "OPUS"): "audio/ogg",
    ("MP3", "MPEG_LAYER_III"): "audio/mpeg",
}
_SMALL = ("audio/ogg", "audio/mpeg")


def find_sound(audio: str | None, animation: Path) -> Path | None:
    """The sound that an animation names, where it is now: as named, or beside the animation; else None."""
    if not audio:
        return None
    named = Path(audio.replace("\\", "/"))
    places = (named, animation.parent / named, animation.parent / named.name)
    return next((place for place in places if place.is_file()), None)


def page_sound(path: Path) -> PageSound:
    """The file as it is where browsers play it and it is not large, else as Vorbis in Ogg.

    Raises SoundError when it cannot be read.
    """
    check_path(path)
    with open_sound(path) as sound:
        kind = _PLAYED.get((sound.format, sound.subtype))
    if kind and (kind in _SMALL or path.stat().st_size <= LARGEST_AS_IT_IS):
        return PageSound(kind, path.read_bytes())
    return PageSound("audio/ogg", _vorbis(path))


def _vorbis(path: Path) -> bytes:
    """The sound encoded anew, a second at a time: libsndfile's encoder fails on long pieces."""
    buffer = io.BytesIO()
    try:
        with (
            open_sound(path) as sound,
            soundfile.SoundFile(
                buffer, "w", sound.samplerate, min(2, sound.channels), format="OGG", subtype="VORBIS"
            ) as out,
        ):
            while len(chunk := sound.read(sound.samplerate, dtype="float32", always_2d=True)):
                out.write(chunk[:, : out.channels])
    except soundfile.SoundFileError as cause:
        raise SoundError(f"cannot encode {path} for the page: {cause}; save it as wav at 48 kHz") from cause
    return buffer.getvalue()
