"""Opens a sound file, or says in one line why it cannot be opened."""

from __future__ import annotations

import stat
from pathlib import Path

import soundfile

from audio2face.errors import SoundError
from audio2face.sources.mp3 import UnsizedFile, states_length
from audio2face.sources.ogg import has_end

READABLE = "wav, flac, ogg, opus, mp3, aiff, au and caf"
MALFORMED = 3
"""libsndfile's SF_ERR_MALFORMED_FILE: a known kind of file, damaged."""


class SoundReader(soundfile.SoundFile):  # soundfile has no types
    """A SoundFile that is only read forwards.

    soundfile seeks after every read of a seekable file, which at the end of a FLAC file of unstated
    length fails and loses the last samples.
    """

    def __init__(self, file: Path | UnsizedFile) -> None:
        self._unsized = file if isinstance(file, UnsizedFile) else None
        super().__init__(file)

    def seekable(self) -> bool:
        """False."""
        return False

    def close(self) -> None:
        """Closes the file, also one that was handed in open."""
        super().close()
        if self._unsized is not None:
            self._unsized.close()

    @property
    def stated_frames(self) -> int | None:
        """Samples per channel, or None where the file does not say."""
        # libsndfile gives a count near 2**63 for an open length.
        open_ended = self._unsized is not None or self.frames >= 2**62
        return None if open_ended else int(self.frames)


def check_path(path: Path) -> None:
    """Raises SoundError for what needs no look inside: missing, a folder, a pipe, no permission, empty."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise SoundError(f"Cannot read {path}: it is a folder; give one sound file ({READABLE})")
        if not stat.S_ISREG(kind):
            raise SoundError(f"Cannot read {path}: it is a pipe or a device; save the sound to a file first")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as cause:
        raise SoundError(f"Cannot read {path}: there is no such file; check the name") from cause
    except PermissionError as cause:
        raise SoundError(
            f"Cannot read {path}: no permission to read it; give yourself read access"
        ) from cause
    except (OSError, ValueError) as cause:  # ValueError: a null character in the name
        raise SoundError(f"Cannot read {path}: {cause}") from cause
    if empty:
        raise SoundError(f"Cannot read {path}: the file is empty (0 bytes); copy or export it again")


def open_sound(path: Path) -> SoundReader:
    """Opens a file that `check_path` let through.

    Raises SoundError for a file of an unknown kind and for an Ogg file without its end.
    """
    try:
        sound = SoundReader(path)
        if sound.format == "MP3" and not states_length(path):
            sound.close()
            sound = SoundReader(UnsizedFile(path))
    except soundfile.LibsndfileError as cause:
        raise _refusal(path, cause) from cause
    except TypeError as cause:  # soundfile asks for a rate and a type for .raw, which has no header
        raise SoundError(f"Cannot read {path}: it has no header; {READABLE} files work") from cause
    if sound.format == "OGG" and not has_end(path):
        sound.close()
        raise SoundError(f"{path} is damaged or cut off: the end of its Ogg stream is missing; copy it again")
    return sound


def _refusal(path: Path, cause: soundfile.LibsndfileError) -> SoundError:
    """What to tell about a file that libsndfile would not open."""
    if cause.code == MALFORMED:
        return SoundError(f"{path} is damaged or cut off: its header makes no sense; copy or export it again")
    return SoundError(
        f"Cannot read {path}: it is no sound file of a known kind, or damaged; {READABLE} files work, "
        f'and this converts others: ffmpeg -i "{path.name}" "{path.stem}-converted.wav"'
    )
