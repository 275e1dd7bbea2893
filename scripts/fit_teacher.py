"""Fits the teacher to a filmed mouth: python scripts/fit_teacher.py GRID_FOLDER -o OUT

GRID_FOLDER is what scripts/align_grid.py needs (audio/<id>.ogg, words.json) and one .npz of tracked landmarks
at 25 frames a second. Every sixth clip is held back, the same that align_grid.py keeps out of training.
OUT gets phones.json (the alignment, made once), table.txt (a new table for audio2face/teacher/phones.py) and
report.json; --document writes the figures into docs/teacher.md, --picture draws
docs/pictures/teacher_grid.png.

Needs: pip install 'audio2face[align,plot,test]' (PocketSphinx, Matplotlib, SciPy).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import align_grid
import fit_report as report
from filmed import Filmed, read_filmed
from fit_table import Teaching, by_rule, fit_table, shipped, written
from generated import replace_block

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "teacher.md"
PICTURE = ROOT / "docs" / "pictures" / "teacher_grid.png"
KEEP_EVERY = 6
DRAWN = (78, 84)
"""Which of the held-back clips are drawn."""


def main() -> None:
    """Fits, scores, writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("grid", metavar="GRID_FOLDER", type=Path)
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, required=True)
    parser.add_argument("--document", action="store_true", help="write the figures into docs/teacher.md")
    parser.add_argument("--picture", action="store_true", help="only draw docs/pictures/teacher_grid.png")
    arguments = parser.parse_args()
    try:
        clips = read_filmed(arguments.grid.resolve(), arguments.output / "phones.json")
    except (align_grid.AlignError, OSError, KeyError) as error:
        sys.exit(f"fit_teacher: cannot read the film and sound of {arguments.grid}: {error}")
    learned, held = split(clips)
    if arguments.picture:
        picture(held)
        return
    found = study(learned, held, arguments.output)
    (arguments.output / "report.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    blocks = {"fit": fit_block(found), "film": film_block(found)}
    for name, text in blocks.items():
        print(text + "\n")
        if arguments.document:
            replace_block(DOCUMENT, name, text)


def split(clips: Sequence[Filmed]) -> tuple[list[Filmed], list[Filmed]]:
    """Clips to fit, and clips held back."""
    used = set(align_grid.training_clips([clip.name for clip in clips], KEEP_EVERY))
    return [clip for clip in clips if clip.name in used], [clip for clip in clips if clip.name not in used]


def study(learned: Sequence[Filmed], held: Sequence[Filmed], output: Path) -> dict[str, Any]:
    """Everything that is found; writes the table on its way."""
    curves = report.pure_fit(learned)
    table = fit_table(learned)
    (output / "table.txt").write_text(written(table.table) + "\n", encoding="utf-8", newline="\n")
    teachers: dict[str, Teaching] = {
        "teacher by rule": by_rule(),
        "teacher, as shipped": shipped(),
        "teacher, this run's table": table,
    }
    shown = {"loudness": report.by_loudness(held)}
    shown |= {name: report.by_teacher(held, teaching) for name, teaching in teachers.items()}
    shown["free curves"] = report.by_curves(held, curves)
    return {
        "clips": [len(learned), len(held)],
        "scores": {name: report.scores(held, one) for name, one in shown.items()},
        "leads": {what: curve.lead * 1000 for what, curve in curves.items()},
        "exponents": {"table": dict(table.exponents), "free": {n: c.exponent for n, c in curves.items()}},
        "contacts": report.contact_times([*learned, *held]),
        "rounding": report.rounding_reach(curves["width"]),
        "prosody": report.prosody(learned, curves["opening"]),
    }


def fit_block(found: Mapping[str, Any]) -> str:
    """The table of fit."""
    lines = [
        "| teacher | opening r | no lag | RMSE, mm | offset, ms | width r | RMSE, mm | offset, ms | jaw r |",
        "|---|" + "---:|" * 8,
    ]
    for name, row in found["scores"].items():
        opening, width, jaw = (row[what] for what in report.WHAT)
        cells = [
            f"{opening['r']:.3f}",
            f"{opening['r at no lag']:.3f}",
            f"{opening['RMSE']:.2f}",
            offset(opening),
            f"{width['r']:.3f}",
            f"{width['RMSE']:.2f}",
            offset(width),
            f"{jaw['r']:.3f}",
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def offset(row: Mapping[str, float]) -> str:
    """Median and interval."""
    return f"{row['offset']:+.0f} ({row['offset from']:+.0f} … {row['offset to']:+.0f})"


def film_block(found: Mapping[str, Any]) -> str:
    """What the film says about contacts, rounding, lead and prosody."""
    lines = ["| phone | tokens | seen closed | closes after its start, ms | parts after its end, ms |"]
    lines.append("|---|" + "---:|" * 4)
    for label, row in found["contacts"].items():
        ends = [
            f"{row[n]:+.0f} ({row[n + ' from']:+.0f} … {row[n + ' to']:+.0f})" for n in ("closes", "parts")
        ]
        lines.append(f"| {label} | {row['count']} | {row['seen closed']:.0%} | {ends[0]} | {ends[1]} |")
    reach = ", ".join(f"{label} {ms:.0f}" for label, ms in found["rounding"].items())
    lead = ", ".join(f"{what} {ms:+.0f}" for what, ms in found["leads"].items())
    prosody = "; ".join(
        f"{name} {100 * row['slope']:+.2f} % ({100 * row['from']:+.2f} … {100 * row['to']:+.2f})"
        for name, row in found["prosody"].items()
        if "slope" in row
    )
    share = found["prosody"]["explained"]["share of the residual"]
    lines += [
        "",
        f"- Motion leads the aligned phones, ms: {lead}.",
        f"- Rounding's pull falls to a tenth so many ms beyond the phone's core: {reach}.",
        f"- Opening within vowels: {prosody}; together {share:.1%} of the residual's variance.",
    ]
    return "\n".join(lines)


def picture(held: Sequence[Filmed]) -> None:
    """Draws two held-back clips."""
    from fit_picture import draw  # noqa: PLC0415 - Matplotlib is an optional extra

    chosen = [held[at] for at in DRAWN]
    draw(chosen, {"shipped": report.by_teacher(chosen, shipped())}, PICTURE)


if __name__ == "__main__":
    main()
