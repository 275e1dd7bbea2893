"""How fast the preview page draws: python benchmarks/bench_page.py [--against OTHER.html] [--rounds 5]

Makes the page of the bundled sentence and opens it in Chromium without a graphics card: milliseconds from the
start of loading to the first frame, and frames a second at 512 × 512. With --against, a page made by another
version is measured in turn with it, so that both meet the same load, and the ratio is told.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "makers"))
SOUND = ROOT / "audio2face" / "data" / "sample.ogg"
SIZE, PICTURES = 512, 30


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path, metavar="OTHER.html")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "talk.html"
        command = [sys.executable, "-m", "audio2face", "preview", str(SOUND), "-o", str(page)]
        subprocess.run(command, check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
        pages = {"this": page} | ({"other": arguments.against} if arguments.against else {})
        found = measured(pages, Path(name), arguments.rounds)
        sizes = {which: file.stat().st_size for which, file in pages.items()}
    for which, (firsts, rates) in found.items():
        print(
            f"{which}: first frame {statistics.median(firsts):.0f} ms (least {min(firsts):.0f}), "
            f"{statistics.median(rates):.1f} frames a second (most {max(rates):.1f}), "
            f"{sizes[which] / 1e6:.2f} MB"
        )
    if "other" in found:
        ratios = [a / b for a, b in zip(found["this"][1], found["other"][1], strict=True)]
        print(f"frames a second, this over other: {statistics.median(ratios):.2f}, median of {len(ratios)}")
    print(f"load {os.getloadavg()[0]:.1f}")


def measured(pages: dict[str, Path], folder: Path, rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """{page: (milliseconds to the first frame, frames a second)}, one of each a round."""
    import chromium  # noqa: PLC0415  beside the tests

    found: dict[str, tuple[list[float], list[float]]] = {which: ([], []) for which in pages}
    browser = chromium.start(folder / "browser")
    try:
        browser.size(1000, 700)
        print("drawn by", " ".join(browser.driver))
        for _ in range(rounds):
            for which, page in pages.items():
                browser.ask("Page.navigate", url="about:blank")
                browser.open(page)
                found[which][0].append(browser.run("audio2face.firstFrame"))
                found[which][1].append(browser.run(f"audio2face.measure({SIZE}, {PICTURES})"))
    finally:
        browser.close()
    return found


if __name__ == "__main__":
    main()
