"""Writing beside and renaming: a file is there whole, or it is not there."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exporters.errors import FormatError


def check_place(path: Path) -> None:
    """Raises FormatError, as `beside` would, when no file can be there, before anything is computed."""
    _target(path)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Gives the path of a temporary file in the folder of `path`; renames it to `path` on success.

    The temporary path has the suffix of `path` and does not exist yet. When the body raises, nothing of it
    stays behind and a file that was at `path` before is untouched. A link is written through. Raises
    FormatError when the folder is missing or locked, `path` is a folder or a device, or the disk is full.
    """
    with _temporary(path) as (temporary, target):
        yield temporary
        temporary.replace(target)


@contextmanager
def beside_both(path: Path, companion: Path) -> Iterator[tuple[Path, Path]]:
    """`beside` for two files that belong together: both are renamed, or neither is."""
    with _temporary(path) as (temporary, target), _temporary(companion) as (second, companion_target):
        yield temporary, second
        before = companion_target.read_bytes() if companion_target.is_file() else None
        second.replace(companion_target)
        try:
            temporary.replace(target)
        except OSError:
            if before is None:
                companion_target.unlink()
            else:
                companion_target.write_bytes(before)
            raise


@contextmanager
def _temporary(path: Path) -> Iterator[tuple[Path, Path]]:
    """The path of a temporary file, gone in the end, and its final one; OSError becomes FormatError."""
    temporary = None
    try:
        target = _target(path)
        # The name does not grow with the target's, so that a name of the longest allowed length still works.
        temporary = target.with_name(f".audio2face-{os.getpid()}-{secrets.token_hex(4)}{target.suffix}")
        yield temporary, target
    except OSError as error:
        raise FormatError(f"cannot write {path}: {_advice(error, path)}") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _target(path: Path) -> Path:
    """Where the bytes go at last. Raises FormatError when no ordinary file can be there."""
    target = path.resolve() if path.is_symlink() else path
    if target.is_dir():
        raise FormatError(f"cannot write {path}: it is a folder; give the name of a file in it")
    if target.exists() and not target.is_file():
        raise FormatError(f"cannot write {path}: it is a device or pipe; give the name of an ordinary file")
    if not target.parent.is_dir():
        what = "is no folder" if target.parent.exists() else "does not exist"
        raise FormatError(f"cannot write {path}: the folder {target.parent} {what}; create it first")
    return target


def _advice(error: OSError, path: Path) -> str:
    """The reason in words, and what would work."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {path.parent} is full; free some space or write to another disk"
    if isinstance(error, PermissionError):
        return f"no permission in {path.parent}, or another program holds the file; try another folder"
    if error.errno == errno.EROFS:
        return f"the disk of {path.parent} is read-only; try another folder"
    if error.errno == errno.ENAMETOOLONG:
        return "the file name is too long; choose a shorter one"
    return f"{error.strerror or error}; check the folder {path.parent} and the disk"
