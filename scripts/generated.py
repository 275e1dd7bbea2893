"""Documents that are made, not written: whole files, and blocks between marks inside written ones."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path


def settle(file: Path, text: str, check: bool, script: str) -> int:
    """Writes a generated file, or with `check` only says whether it is up to date; returns the exit code."""
    if not check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        print(f"{file} written")
        return 0
    found = file.read_text(encoding="utf-8") if file.is_file() else ""
    if found == text:
        return 0
    change = difflib.unified_diff(found.splitlines(), text.splitlines(), "found", "wanted", lineterm="", n=1)
    print("\n".join([f"{file} is out of date; run: python {script}", *change]), file=sys.stderr)
    return 1


def replace_block(file: Path, name: str, content: str) -> None:
    """Puts content between `<!-- name:begin … -->` and `<!-- name:end -->`; without them, ValueError."""
    lines = file.read_text(encoding="utf-8").split("\n")
    begin = [at for at, line in enumerate(lines) if line.startswith(f"<!-- {name}:begin")]
    end = [at for at, line in enumerate(lines) if line.startswith(f"<!-- {name}:end")]
    if len(begin) != 1 or len(end) != 1 or begin[0] > end[0]:
        raise ValueError(f"{file} has no one block {name}")
    lines[begin[0] + 1 : end[0]] = content.strip("\n").split("\n")
    file.write_text("\n".join(lines), encoding="utf-8", newline="\n")
