"""Which names FBX can carry."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.errors import FormatError

_HOSTILE = ("::", "/", "|")
"""What separates class, path and node in Autodesk's names: programs cut or rename at these."""


def check_names(names: Sequence[str]) -> None:
    """Raises FormatError, in one line, at the first name that readers would lose, cut or change."""
    for name in names:
        if not name.strip():
            raise FormatError(f"a channel is named {name!r}; every channel needs a name in fbx")
        bad = [sign for sign in _HOSTILE if sign in name] + [sign for sign in name if not sign.isprintable()]
        if bad:
            raise FormatError(
                f"fbx cannot carry {bad[0]!r} in the channel name {name[:60]!r}; rename the channel"
            )
