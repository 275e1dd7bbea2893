"""The report as one HTML page that needs nothing else: the worst lines first, with tiny previews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from audio2face.batch.ledger import DONE, FAILED, TEXT
from audio2face.batch.reporting.curves import curve, faces
from audio2face.batch.reporting.rows import Row

MOST = 1000
"""Lines on the page; the table has all of them."""
CURVES = 300
FACES = 24
"""Lines, the worst, that have curves and faces: what keeps the page below a megabyte or two."""
DOUBTFUL = 0.5
"""Confidence below which somebody should look."""

_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff; }
h1 { font-size: 1.4em; } p { max-width: 60em; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .35em .7em .35em 0; border-top: 1px solid #ddd; }
tr { content-visibility: auto; contain-intrinsic-size: auto 40px; }
td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
td p { margin: 0; } .text { color: #666; }
b { display: inline-block; width: .8em; height: .8em; border-radius: 50%; }
svg { background: #f6f6f6; } polygon { fill: #cdd6dd; } polyline { fill: none; stroke: #b3261e; }
input { font: inherit; padding: .3em .5em; width: 24em; margin-bottom: 1em; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #16181b; }
 td, th { border-color: #333; }
 .text { color: #999; } svg { background: #22262a; }
 polygon { fill: #3c4853; } polyline { stroke: #ff8a80; } }
"""
_SCRIPT = """
const rows = [...document.querySelectorAll("tbody tr")];
document.querySelector("input").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\\s+/);
  for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
});
"""


def page_text(rows: Sequence[Row], record: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """The page. `record` is what stands in batch.json, `files` {place: way to its first result}."""
    shown = [_row(number, row, files.get(row.line.place, "")) for number, row in enumerate(rows[:MOST])]
    more = len(rows) - len(shown)
    rest = f"<p>{more} more lines, of which one can be surer, are in report.csv.</p>" if more > 0 else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{escape(_title(record))}</title>'
        f"<style>{_STYLE}</style><h1>{escape(_title(record))}</h1><p>{escape(_summary(rows))}</p>"
        f"<p class=text>{escape(_made(record))}</p>"
        '<input type="search" placeholder="only rows with these words" aria-label="filter">'
        "<table><thead><tr><th>sure<th>line<th>why to look<th>loudness, <i>opening</i><th>faces</thead>"
        "\n<tbody>" + "\n".join(shown) + f"\n</tbody></table>{rest}<script>{_SCRIPT}</script></html>\n"
    )


def doubtful(rows: Sequence[Row]) -> int:
    """How many lines somebody should look at, beside those that failed."""
    return sum(row.confidence is not None and row.confidence < DOUBTFUL for row in rows)


def _title(record: Mapping[str, Any]) -> str:
    return f"Lines of {record['lines']}"


def _summary(rows: Sequence[Row]) -> str:
    states = Counter(row.entry.state for row in rows)
    words = [f"{states[DONE]} lines made", f"{doubtful(rows)} of them worth a look"]
    words += [f"{states[FAILED]} failed"] if states[FAILED] else []
    words += [f"{states[TEXT]} without sound yet"] if states[TEXT] else []
    return ", ".join(words) + "; the worst first."


def _made(record: Mapping[str, Any]) -> str:
    models = ", ".join(f"{name} {content[:12]}" for name, content in record["models"].items())
    return f"audio2face {record['versions']['audio2face']}, model {models}: {' '.join(record['command'])}"


def _row(number: int, row: Row, file: str) -> str:
    name = escape(row.line.place)
    link = f'<a href="{escape(file, quote=True)}">{name}</a>' if file else name
    said = "".join(f"<p class=text>{escape(text)}</p>" for text in (row.line.text, row.line.notes) if text)
    why = "".join(f"<p>{escape(reason)}</p>" for reason in row.reasons)
    shown = row.entry.facts.get("preview", {})
    drawn = curve(shown) if shown and number < CURVES else ""
    looks = faces(shown) if shown and number < FACES else ""
    return f"<tr><td>{_sure(row)}<td>{link}{said}<td>{why}<td>{drawn}<td>{looks}"


def _sure(row: Row) -> str:
    if row.confidence is None:
        return (
            '<b style="background:#8a8a8a"></b> –'
            if row.entry.state == TEXT
            else '<b style="background:#000"></b> failed'
        )
    hue = round(120 * row.confidence)
    return f'<b style="background:hsl({hue} 70% 45%)"></b> {row.confidence:.2f}'
