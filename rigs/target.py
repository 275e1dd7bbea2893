"""What `--rig` means: a rig by name or file, and the map to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rigs.arkit import ARKIT_NAMES
from rigs.bundled import BUNDLED, bundled_map
from rigs.catalogue import has_rig, load_rig
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.matching import match
from rigs.retarget import Retarget
from rigs.retarget_file import Table, is_map, parse_map, read_table
from rigs.rig import Rig


@dataclass(frozen=True, eq=False)
class Target:
    """A rig to animate.

    name  what messages call it
    rig   its channels, mesh and file
    how   the map to its channels
    """

    name: str
    rig: Rig
    how: Retarget


def load_target(name_or_path: str | Path, sources: Sequence[str] = ARKIT_NAMES) -> Target:
    """A rig of the catalogue, a file that holds one, or a map that says how to drive it.

    sources  the channels that will come in; matched by name unless a bundled map or the user's own says how

    Raises RigError in one line.
    """
    text = str(name_or_path)
    if has_rig(text):
        return Target(text, load_rig(text), _named_map(text, sources))
    path = Path(text)
    if path.suffix.lower() in (".toml", ".json") and path.is_file():
        table = read_table(path) if path.suffix.lower() == ".toml" else _table_or_none(path)
        if table is not None and (path.suffix.lower() == ".toml" or is_map(table)):
            return _from_map(path, table)
    rig = load_rig(text)
    return Target(path.name, rig, match(sources, rig))


def _named_map(name: str, sources: Sequence[str]) -> Retarget:
    if name in BUNDLED and set(sources) <= set(ARKIT_NAMES):
        return bundled_map(name)
    return match(sources, load_rig(name))


def _table_or_none(path: Path) -> Table | None:
    """The table in a .json; None for what `load_rig` reads or refuses."""
    try:
        return read_table(path)
    except RigError:
        return None


def _from_map(path: Path, table: Table) -> Target:
    """The rig that a map names, beside it or by name; without one, a rig of the map's own targets."""
    named = table.get("rig")
    if named is None:
        how = parse_map(table, path)
        return Target(path.name, Rig(how.targets), how)
    if not isinstance(named, str) or not named:
        raise RigError(f"{path}: 'rig' is {str(named)[:40]!r}; expected a file beside it or a rig's name")
    rig = load_rig(named if has_rig(named) else str(path.parent / named))
    how = parse_map(table, path, rig.channels)
    channels: tuple[Channel, ...] = how.targets
    return Target(named, Rig(channels, rig.mesh, rig.origin), how)
