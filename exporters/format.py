"""What the table knows of a file format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rigs import AnimationClip


@dataclass(frozen=True)
class Format:
    """A file format.

    name         what `--format` takes
    suffix       of its files, with the dot
    description  one line for people
    write        (clip, file) → a new file; (clip, file, rig) for formats that carry a mesh
    read         (file) → clip, or None when the format cannot be read back
    needs_mesh   whether `write` takes a rig, as `rig=`
    sparse       whether `write` takes curves with fewer keys than frames, as `keys=`
    named_only   whether it must be asked for by name, as the suffix belongs to another format first
    also         other suffixes of its files
    precision    the largest error of a weight between -1 and 1 that is written and read back
    placed       whether `write` is told where the file will be at last, as `place=`
    companion    (path) → where a second file goes, whose temporary path `write` takes as `companion=`
    is_it        (file) → whether a file of a suffix that several formats have is of this one
    has_rate     whether its files hold the frame rate
    """

    name: str
    suffix: str
    description: str
    write: Callable[..., None]
    read: Callable[[Path], AnimationClip] | None = None
    needs_mesh: bool = False
    sparse: bool = False
    named_only: bool = False
    also: tuple[str, ...] = ()
    precision: float = 0.0
    placed: bool = False
    companion: Callable[[Path], Path] | None = None
    is_it: Callable[[Path], bool] | None = None
    has_rate: bool = True

    @property
    def readable(self) -> bool:
        """Whether clips can be read back."""
        return self.read is not None

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Every suffix of its files, the usual one first."""
        return (self.suffix, *self.also)


def ending(kind: Format, kinds: Sequence[Format]) -> str:
    """The suffix of a format's files; behind the format's name where it is another's of `kinds` first."""
    shared = sum(other.suffix == kind.suffix for other in kinds) > 1
    return f".{kind.name}{kind.suffix}" if shared and kind.named_only else kind.suffix
