"""The error of this package; the tree it belongs to is drawn in rigs/errors.py."""

from __future__ import annotations

from rigs.errors import FaceError


class FormatError(FaceError):
    """A file that cannot be written or read in that format."""
