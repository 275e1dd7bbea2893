"""Which names FBX can carry."""

from __future__ import annotations

from collections.abc import Sequence

from exporters.errors import FormatError

_SEPARATORS = ("::", "/", "|")
"""Of class, path and node in programs that read FBX; Maya renames what has them."""


def plain(name: str) -> str:
    """A name that does not matter, with what FBX cannot carry as underscores."""
    return "".join(sign if sign.isprintable() and sign not in "/|:" else "_" for sign in name)


def check_names(names: Sequence[str]) -> None:
    """Raises FormatError, in one line, at the first name that would be lost, cut or renamed."""
    for name in names:
        if not name.strip():
            raise FormatError(f"a channel is named {name!r}; every channel of an fbx needs a name")
        for sign in _SEPARATORS:
            if sign in name:
                raise FormatError(
                    f"the channel name {name[:60]!r} has {sign!r}, which separates paths or classes "
                    "in programs that read fbx; rename the channel"
                )
        hidden = next((sign for sign in name if not sign.isprintable()), None)
        if hidden is not None:
            raise FormatError(
                f"the channel name {name[:60]!r} has the sign {hidden!r}, which fbx cannot carry; "
                "rename the channel"
            )
