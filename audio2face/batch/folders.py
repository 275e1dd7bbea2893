"""Folders of lines, and what their batch.toml says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from audio2face.batch.settings import Settings, check_keys, layered
from audio2face.errors import OptionError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "batch.toml"
SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf")
"""Suffixes of sounds in a folder tree, the likeliest first."""


class Defaults:
    """What the batch.toml of folders from `root` down say, the nearest winning. Each file is read once."""

    def __init__(self, root: Path, base: Settings) -> None:
        self._root, self._known = root.absolute(), {root.absolute().parent: base}

    def of(self, folder: Path) -> Settings:
        """For lines of a folder; outside of `root`, what `root` says. Raises OptionError."""
        folder = folder.absolute()
        if folder != self._root and self._root not in folder.parents:
            folder = self._root
        if folder not in self._known:
            self._known[folder] = _said(
                folder, self.of(folder.parent) if folder != self._root else self._base
            )
        return self._known[folder]

    @property
    def _base(self) -> Settings:
        return self._known[self._root.parent]


def _said(folder: Path, above: Settings) -> Settings:
    file = folder / FILE
    if not file.is_file():
        return above
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise OptionError(f"cannot read {file}: {error}") from error
    check_keys(table, str(file))
    try:
        return layered(above, table, folder)
    except OptionError as error:
        raise OptionError(f"{file}: {error}") from error


def sounds(root: Path) -> Iterator[Path]:
    """Every sound below a folder, in the order of their paths; what begins with a dot is left out."""
    found = (path for path in root.rglob("*") if path.suffix.lower() in SOUNDS)
    seen = (path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))
    yield from sorted(seen, key=lambda path: path.relative_to(root).as_posix())
