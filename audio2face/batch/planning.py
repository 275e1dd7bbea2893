"""Which lines have to be done, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audio2face.batch.edits import SUFFIX, parse_edits
from audio2face.batch.identity import changed, parts_of, sound_hash
from audio2face.batch.ledger import DONE, FAILED, TEXT, Entry
from audio2face.batch.line import Line
from audio2face.batch.making import kit_of
from audio2face.batch.settings import Settings
from audio2face.batch.storing import Store
from audio2face.batch.work import Work
from audio2face.errors import OptionError
from rigs import FaceError

KEPT = "as it was"


@dataclass(frozen=True)
class Plan:
    """What a run is going to do.

    works    lines to do
    entries  what is known without doing anything: lines as they were, failed before they begin, or text alone
    why      {place of a line to do: why, such as "new" or "sound"}
    """

    works: tuple[Work, ...]
    entries: tuple[Entry, ...]
    why: Mapping[str, str]

    def counts(self) -> dict[str, int]:
        """{why, or what else becomes of lines: how many}."""
        others = Counter(KEPT if entry.state == DONE else entry.state for entry in self.entries)
        return {**Counter(self.why.values()), **others}


def make_plan(
    lines: Sequence[Line],
    known: Mapping[str, Entry],
    store: Store,
    edits: Path | None,
    force: bool = False,
    only_failed: bool = False,
) -> Plan:
    """Compares lines with what the ledger knows of them.

    edits  folder of sidecars, laid out as the results are, or None
    """
    works, entries, why = [], [], {}
    checked: dict[Settings, str] = {}
    for line in lines:
        before = known.get(line.place)
        if only_failed and (before is None or before.state != FAILED):
            entries += [before] if before else []
            continue
        if line.trouble:
            entries.append(Entry(line.place, FAILED, error=line.trouble))
        elif line.sound is None:
            entries.append(Entry(line.place, TEXT))
        else:
            found = _looked_at(line, line.sound, before, edits, checked)
            if isinstance(found, Entry):
                entries.append(found)
                continue
            work, reason = found
            if before and not reason and not force and store.whole(dict(before.outputs)):
                entries.append(before)
            else:
                works.append(work)
                why[line.place] = reason or ("forced" if force else "result missing")
    return Plan(tuple(works), tuple(entries), why)


def _looked_at(
    line: Line, sound: Path, before: Entry | None, edits: Path | None, checked: dict[Settings, str]
) -> Entry | tuple[Work, str]:
    """The line as work and why it has to be done, or why it cannot be."""
    try:
        text = _sidecar(edits, line.place)
        work = Work(line.place, str(sound.absolute()), line.track, line.settings, line.text, text)
        parts = parts_of(sound_hash(sound), work)
        _check(line.settings, checked)
    except FaceError as error:
        return Entry(line.place, FAILED, error=" ".join(str(error).split()))
    if before is None:
        return work, "new"
    if before.state != DONE:
        return work, "failed before" if before.state == FAILED else "new"
    return work, " and ".join(changed(dict(before.parts), parts))


def _sidecar(edits: Path | None, place: str) -> str:
    """The text of a line's hand edits, or empty. Raises OptionError when they cannot be read."""
    file = None if edits is None else edits / f"{place}{SUFFIX}"
    if file is None or not file.is_file():
        return ""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"cannot read {file}: {error}") from error
    parse_edits(text, str(file))
    return text


def _check(settings: Settings, checked: dict[Settings, str]) -> None:
    """Raises OptionError where settings name what is not there; each kind of settings is opened once."""
    plain = replace(settings, seed=0)
    if plain not in checked:
        try:
            kit_of(plain)
            checked[plain] = ""
        except FaceError as error:
            checked[plain] = str(error)
    if checked[plain]:
        raise OptionError(checked[plain])
