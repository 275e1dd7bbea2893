"""What `--rig` means: a rig by name or file, and the map to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rigs.arkit import ARKIT_NAMES
from rigs.catalogue import has_rig, load_rig
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.retargeting.bundled import BUNDLED, bundled_map
from rigs.retargeting.matching import match
from rigs.retargeting.retarget import Retarget, chain
from rigs.retargeting.retarget_file import Table, is_map, parse_map, read_table
from rigs.retargeting.reverse import to_arkit
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

    sources  the channels that will come in: ARKit's, those of another rig of the catalogue, or any others

    A bundled map or the user's own says how, else names are matched.

    Raises RigError in one line.
    """
    text = str(name_or_path)
    if has_rig(text):
        rig = load_rig(text)
        return Target(text, rig, _best(sources, rig, bundled_map(text) if text in BUNDLED else None))
    path = Path(text)
    if path.suffix.lower() in (".toml", ".json") and path.is_file():
        table = read_table(path) if path.suffix.lower() == ".toml" else _table_or_none(path)
        if table is not None and (path.suffix.lower() == ".toml" or is_map(table)):
            target = _from_map(path, table)
            first = to_arkit(sources) if target.how.sources == ARKIT_NAMES else None
            return target if first is None else replace(target, how=chain(first, target.how))
    rig = load_rig(text)
    return Target(path.name, rig, _best(sources, rig))


def _best(sources: Sequence[str], rig: Rig, from_arkit: Retarget | None = None) -> Retarget:
    """By the bundled map, by names, or by way of ARKit where the sources are of another bundled rig."""
    if from_arkit is not None and set(sources) <= set(ARKIT_NAMES):
        return from_arkit
    ways = [match(sources, rig)]
    first = to_arkit(sources)
    if first is not None:
        ways.append(chain(first, from_arkit or match(ARKIT_NAMES, rig)))
    return min(ways, key=lambda way: len(way.undriven))


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
