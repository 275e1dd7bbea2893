"""Writes docs/models.md, the cards of the models that ship: python scripts/make_cards.py [--check]"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from generated import settle

from audio2face.models import bundled
from audio2face.models.bundle import BUNDLES, CARD_FILE, NETWORK_FILE

FILE = Path(__file__).resolve().parents[1] / "docs" / "models.md"
INTRO = """# The models that ship

Made from each bundle's `card.json` by `python scripts/make_cards.py`. How good they are:
[quality.md](quality.md); how they were made: [training.md](training.md); what was tried:
[experiments.md](experiments.md).

**For**: moving a face to speech, in files or live. **Not for**: lip reading, or saying what somebody said or
felt. They heard mostly synthetic English and German; other languages less, children and singing never."""


def main() -> int:
    """Writes the document, or checks it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    arguments = parser.parse_args()
    text = "\n\n".join([INTRO, *(described(name) for name in sorted(bundled(), reverse=True))]) + "\n"
    return settle(FILE, text, arguments.check, "scripts/make_cards.py")


def described(name: str) -> str:
    """A model's card as a section."""
    card = json.loads((BUNDLES / name / CARD_FILE).read_text(encoding="utf-8"))
    size = (BUNDLES / name / NETWORK_FILE).stat().st_size / 1e6
    point = card["operating_point"]
    rows = {
        "for": card["about"],
        "hears ahead": f"{card['latency_ms']:g} ms in all",
        "network": f"{card['network']}, {card['front_end']}, {card['parameters']:,} weights, {size:.2f} MB",
        "gives": f"{len(card['channels'])} ARKit channels, {card['fps']} frames a second",
        "emotions": ", ".join(card["emotions"]) + mined(card),
        "licence": card["licence"],
        "learned from": "<br>".join(card["data"]),
        "stages": "<br>".join(card["stages"]),
        "kept out": ", ".join(card["held_out_voices"]),
        "operating point": f"p b m closed {point['recall']:.1%}, open vowels shut "
        f"{point['false_closure']:.1%}, on {point['chosen_on']}",
        "training": f"{card['training_minutes']:g} minutes, seed {card['seed']}",
    }
    lines = [f"| {what} | {said} |" for what, said in rows.items()]
    return "\n".join([f"## {name}", "", "| | |", "|---|---|", *lines])


def mined(card: dict[str, Any]) -> str:
    """Which emotions ship as they were mined from latents."""
    found = card.get("mining", {}).get("emotions", {})
    names = [name for name, row in found.items() if row.get("ships") == "mined"]
    return f"; mined from latents: {', '.join(names)}" if names else ""


if __name__ == "__main__":
    sys.exit(main())
