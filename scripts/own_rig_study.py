"""How well a character is learned from a few minutes of exported takes: each take left out in turn.

    python scripts/own_rig_study.py TAKES -o OUT [--scratch NAME...] [--curve NAME --minutes 1 2 4 6.5]

TAKES is a folder of takes as Maya exports them. For each one, `audio2face train` learns the others from a
dataset.toml in which it is split = "test", so that it has no say in when to stop, and `audio2face evaluate`
scores it. --scratch does the same again for the takes named, with the network of Karras et al. 2017 from
nothing; --curve learns less and less of the takes beside one. Finished runs are not done again. OUT gets a
bundle for each run, and study.md with the tables.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio2face.dataset import list_takes
from exporters import beside

RUN = (sys.executable, "-m", "audio2face")
COLUMNS = ("jaw r", "mean r", "live channels", "loudness, jaw r", "processor minutes")
SCRATCH = ("--start", "none", "--network", "full")


@dataclass(frozen=True)
class Score:
    """One training, scored on the take that was left out; `cost` in processor minutes, features included."""

    take: str
    jaw: float
    mean: float
    loudness: float
    live: int
    cost: float
    seconds: float

    def row(self, first: str) -> str:
        """A line of a table."""
        return (
            f"| {first} | {self.jaw:.3f} | {self.mean:.3f} | {self.live} | {self.loudness:.3f} "
            f"| {self.cost:.1f} |"
        )


def main() -> None:
    """Trains, scores, and prints the tables after each run."""
    said = _arguments()
    names = said.take or [take.name for take in list_takes([said.data])]
    own: list[Score] = []
    scratch: list[Score] = []
    curve: list[tuple[str, Score]] = []
    for name in names:
        own.append(study(said.data, name, said.output / name, ()))
        _tell(said.output, own, scratch, curve)
    for minutes in said.minutes if said.curve else ():
        place = said.output / f"{said.curve}-{minutes:g}min"
        curve.append((f"{minutes:g}", study(said.data, said.curve, place, ("--minutes", f"{minutes:g}"))))
        _tell(said.output, own, scratch, curve)
    for name in said.scratch:
        scratch.append(study(said.data, name, said.output / f"{name}-scratch", SCRATCH))
        _tell(said.output, own, scratch, curve)


def study(data: Path, name: str, place: Path, options: Sequence[str]) -> Score:
    """Learns every take but one, and scores that one; what is done already is read."""
    place.mkdir(parents=True, exist_ok=True)
    result = place / "result.json"
    if not result.is_file():
        table = write_table(data, name, place)
        begun = os.times()
        card = _json("train", str(table), "-o", str(place / "model"), "--json", *options)
        ended = os.times()
        cost = sum(ended[2:4]) - sum(begun[2:4])
        found = _json("evaluate", str(place / "model"), "--data", str(data), "--takes", name, "--json")
        (scores,) = found.values()
        score = {
            "take": name,
            "jaw": scores["model"]["jaw r"],
            "mean": scores["model"]["channels r"],
            "loudness": scores["loudness"]["jaw r"],
            "live": card["scores"][name]["live_channels"],
            "cost": cost / 60,
            "seconds": card["scores"][name]["seconds"],
        }
        with beside(result) as part:
            part.write_text(json.dumps(score), encoding="utf-8")
    return Score(**json.loads(result.read_text(encoding="utf-8")))


def write_table(data: Path, left_out: str, place: Path) -> Path:
    """A dataset.toml of all takes, one of which is only scored."""
    rows = [f'test = ["{left_out}"]']
    for take in list_takes([data]):
        paths = {"audio": take.audio, "motion": take.motion, "names": take.names}
        rows.append(f'\n[[take]]\nname = "{take.name}"')
        rows += [f"{key} = {json.dumps(path.resolve().as_posix())}" for key, path in paths.items() if path]
    file = place / "dataset.toml"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def _json(*arguments: str) -> Any:
    done = subprocess.run([*RUN, *arguments], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def _tell(
    output: Path, own: Sequence[Score], scratch: Sequence[Score], curve: Sequence[tuple[str, Score]]
) -> None:
    head = f"| {{}} | {' | '.join(COLUMNS)} |\n|---|{'---:|' * len(COLUMNS)}"
    parts = [head.format("take left out"), *(one.row(one.take) for one in own)]
    if curve:
        parts += ["", head.format("minutes learned from"), *(one.row(minutes) for minutes, one in curve)]
    if scratch:
        parts += ["", head.format("from nothing, full"), *(one.row(one.take) for one in scratch)]
    text = "\n".join(parts) + "\n"
    with beside(output / "study.md") as part:
        part.write_text(text, encoding="utf-8")
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--take", action="append", help="only these; may be repeated")
    parser.add_argument("--scratch", nargs="*", default=(), metavar="NAME")
    parser.add_argument("--curve", metavar="NAME")
    parser.add_argument("--minutes", type=float, nargs="+", default=(1.0, 2.0, 4.0, 6.5))
    return parser.parse_args()


if __name__ == "__main__":
    main()
