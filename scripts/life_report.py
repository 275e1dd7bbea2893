"""How lifelike an hour of life is: python scripts/life_report.py FOLDER [--seed N] [--minutes N] [-o FOLDER]

FOLDER holds speech in audio/; the clips are joined, in the order of their names, to the length asked for, and
silence of the same length is the face at rest. The table goes to stdout; with -o two pictures, life_eyes.png
and life_head.png, go into a folder; with --docs all goes into docs/life.md and docs/pictures.
Needs the test and plot extras.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from generated import replace_block
from life_hour import live_through, silence, sound
from life_measures import NEAR_END, Figures
from life_pictures import draw_eyes, draw_head
from matplotlib import pyplot as plt

DOCS = Path(__file__).resolve().parents[1] / "docs"
Row = tuple[str, str, str, str]


def table(talk: Figures, rest: Figures) -> str:
    """Everything in Markdown."""
    rows: list[Row] = [("", "wanted", "talking", "silent"), ("---", "---", "---", "---")]
    rows += [*blinking(talk, rest), *looking(talk, rest), *turning(talk, rest)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def blinking(talk: Figures, rest: Figures) -> list[Row]:
    rates = [f"{found:.1f} ({100 * (found / wanted - 1):+.1f} %)" for found, wanted in _rates(talk, rest)]
    wanted = ", ".join(f"{wanted:.1f}" for _, wanted in _rates(talk, rest))
    return [
        ("blinks a minute", f"{wanted}, within 5 %", *rates),  # type: ignore[list-item]
        (
            "log-normal intervals, p of Kolmogorov and Smirnov's test",
            "> .05",
            f"{talk.log_normal:.2f} (n = {len(talk.waits)})",
            f"{rest.log_normal:.2f} (n = {len(rest.waits)})",
        ),
        (
            f"blinks in the {NEAR_END:g} s after a phrase was heard to end",
            "≥ 2 × elsewhere",
            f"{talk.at_ends:.2f} ×",
            "",
        ),
    ]


def looking(talk: Figures, rest: Figures) -> list[Row]:
    def line(hour: Figures) -> str:
        base, slope, inside = hour.sequence
        return f"{100 * inside:.0f} %; {base:.1f} + {slope:.2f}"

    def looks(hour: Figures) -> str:
        return ", ".join(f"{seconds:.2f} s" for seconds in hour.looks)

    return [
        (
            "saccades within the bounds; the line through them",
            "100 %; 20–30 ms + 2.2–2.7 ms/°",
            line(talk),
            line(rest),
        ),
        (
            "saccades of 1° and more that are under 15°",
            "90 %",
            f"{100 * talk.small:.1f} %",
            f"{100 * rest.small:.1f} %",
        ),
        ("looks at the other, away", "3.1 s, 0.9 s talking", looks(talk), looks(rest)),
        ("microsaccades a second", "1–2", f"{talk.micro:.2f}", f"{rest.micro:.2f}"),
    ]


def turning(talk: Figures, rest: Figures) -> list[Row]:
    def degrees(values: np.ndarray, form: str) -> str:
        return ", ".join(f"{value:{form}}°" for value in values)

    def apart(hour: Figures) -> str:
        nearest, most = hour.repeats
        return f"{nearest.min():.2f}°; {most:.2f}"

    (whole, lag), (soon, chance) = talk.following, talk.following_soon
    return [
        (
            "SD of yaw, pitch, roll",
            "2–4° talking",
            degrees(talk.hour.head.std(0), ".1f"),
            degrees(rest.hour.head.std(0), ".1f"),
        ),
        ("trend over the hour", "none", degrees(talk.trend, "+.1f"), degrees(rest.trend, "+.1f")),
        (
            f"multiple correlation of yaw, pitch, roll with pitch and loudness {lag:.2f} s before",
            "≥ .5 for pitch",
            ", ".join(f"{value:.2f}" for value in whole),
            "",
        ),
        (
            "the same within 10 s, on average; and with the voice of another time",
            "more than chance",
            f"{', '.join(f'{v:.2f}' for v in soon)}; {', '.join(f'{v:.2f}' for v in chance)}",
            "",
        ),
        (
            "the likest 10 s of head motion within 90 s: degrees apart (RMS); correlation",
            "> 0; < 1",
            apart(talk),
            apart(rest),
        ),
        (
            "rises of the brows a minute",
            "0.9–9.4 in recordings",
            f"{talk.brow_rate:.1f}",
            f"{rest.brow_rate:.1f}",
        ),
    ]


def _rates(*hours: Figures) -> list[tuple[float, float]]:
    return [hour.blink_rate for hour in hours]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--docs", action="store_true")
    asked = parser.parse_args()
    talk = Figures(live_through(sound(asked.folder, asked.minutes * 60), asked.seed))
    rest = Figures(live_through(silence(asked.minutes * 60), asked.seed))
    text = table(talk, rest)
    print(text)
    if asked.docs:
        replace_block(DOCS / "life.md", "life", text)
    folder = DOCS / "pictures" if asked.docs else asked.output
    if folder:
        plt.switch_backend("Agg")
        draw_eyes(talk, rest, folder / "life_eyes.png")
        draw_head(talk, rest, folder / "life_head.png")


if __name__ == "__main__":
    main()
