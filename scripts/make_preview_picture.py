"""Makes docs/pictures/preview.png, the preview page in Chromium: python scripts/make_preview_picture.py

Needs the browser (Debian's package chromium) and the extra `test`.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from audio2face.commands.demo import SAMPLE

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "makers"))
FILE = ROOT / "docs" / "pictures" / "preview.png"
SIZE = (1280, 800)
SHOWN = (1000, 625)
"""Pixels of the picture."""
MOMENT = 1.5
"""Seconds."""
LARGEST = 300_000
"""Bytes."""


def main() -> None:
    """Makes the page, opens it, takes the picture at twice the size for smooth outlines."""
    import chromium  # noqa: PLC0415  beside the tests

    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "talk.html"
        command = [sys.executable, "-m", "audio2face", "preview", SAMPLE.name, "-o", str(page)]
        subprocess.run(command, check=True, cwd=SAMPLE.parent, stderr=subprocess.DEVNULL)
        browser = chromium.start(Path(name) / "browser")
        try:
            metrics = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 2, "mobile": False}
            browser.ask("Emulation.setDeviceMetricsOverride", **metrics)
            browser.open(page)
            # The command in the picture is one that a reader would type.
            browser.run("document.getElementById('command').textContent = 'audio2face preview line.wav'")
            browser.run("document.getElementById('title').textContent = 'line.wav'")
            browser.run(f"audio2face.seek({MOMENT})")
            time.sleep(1)
            picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
        finally:
            browser.close()
    picture.resize(SHOWN, Image.Resampling.LANCZOS).save(FILE, optimize=True)
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
    if FILE.stat().st_size > LARGEST:
        sys.exit(f"{FILE} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
