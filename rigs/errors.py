"""Errors that a person can act on: what was tried, the value seen, what would work.

FaceError
├── RigError          a channel, mesh or rig that cannot be right
├── ClipError         an animation whose names, weights or rate cannot be right
├── FormatError       (exporters) a file that cannot be written or read in that format
├── LinkError         (livelink) a destination that cannot be reached; its own tree is in livelink/errors.py
├── SoundError        (audio2face) sound that cannot be read or used
├── ModelError        (audio2face) a model bundle that is missing, damaged or unsuitable
├── TrainingError     (audio2face) data or settings that cannot be trained on
│   └── UnsafeFileError   a file that could run code when it is read
├── OptionError       (audio2face) a value given by the user that means nothing here
│   └── SettingsError     settings of a face, with a line for each fault
└── MissingExtraError (audio2face) an optional part that is not installed
"""

from __future__ import annotations


class FaceError(Exception):
    """Base of every error this project raises on purpose. Its text is one line for the user."""


class RigError(FaceError):
    """A channel, mesh or rig that cannot be right."""


class ClipError(FaceError):
    """An animation whose names, weights or frame rate cannot be right."""
