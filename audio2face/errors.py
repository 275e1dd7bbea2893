"""Errors of the sound-to-weights side; the whole tree is drawn in `rigs.errors`."""

from __future__ import annotations

from collections.abc import Sequence

from rigs.errors import FaceError


class SoundError(FaceError):
    """Sound that cannot be read or used."""


class ModelError(FaceError):
    """A model bundle that is missing, damaged or unsuitable."""


class TrainingError(FaceError):
    """Data or settings that cannot be trained on."""


class UnsafeFileError(TrainingError):
    """A file that could run code when it is read."""


class OptionError(FaceError):
    """A value given by the user that means nothing here."""


class SettingsError(OptionError):
    """Settings of a face with faults in them, all of them told.

    faults  one line for each
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class MissingExtraError(FaceError):
    """An optional part that is not installed; the text holds the install line."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(
            f"{purpose} needs an optional part; install it with: pip install 'audio2face[{extra}]'"
        )
