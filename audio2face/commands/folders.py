"""Folders that results go to."""

from __future__ import annotations

from pathlib import Path

from audio2face.errors import OptionError


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it. Raises OptionError when that cannot be."""
    if folder.exists() and not folder.is_dir():
        raise OptionError(f"cannot make the folder {folder}: a file of that name is there; choose another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"cannot make the folder {folder}: {error.strerror or error}") from error
