"""Makes the pictures of both pages, docs/pictures/preview.png and live.png, in Chromium.

    python scripts/make_preview_picture.py

Needs the browser (Debian's package chromium) and the extra `test`.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from audio2face.commands.demo import SAMPLE

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "makers"))
FOLDER = ROOT / "docs" / "pictures"
SIZE = (1280, 800)
SHOWN = (1000, 625)
"""Pixels of the picture."""
MOMENT = 1.5
"""Seconds."""
LARGEST = 300_000
"""Bytes."""
LIVE = ["live", "--file", SAMPLE.name, "--loop", "--json", "--emotion", "joy=0.4"]
TO = ["--to", "preview://127.0.0.1:8699", "--to", "osc://127.0.0.1:9001"]


def main() -> None:
    """Opens each page and takes its picture, of the recording at twice the size for smooth outlines."""
    import chromium  # noqa: PLC0415  beside the tests

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        browser = chromium.start(Path(name) / "browser")
        try:
            metrics = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 2, "mobile": False}
            browser.ask("Emulation.setDeviceMetricsOverride", **metrics)
            preview(browser, Path(name) / "talk.html")
            browser.size(*SIZE)  # what performs wants its share of the processor
            live(browser, Path(name))
        finally:
            browser.close()


def preview(browser: Any, page: Path) -> None:
    """The page of a recording."""
    command = [sys.executable, "-m", "audio2face", "preview", SAMPLE.name, "-o", str(page)]
    subprocess.run(command, check=True, cwd=SAMPLE.parent, stderr=subprocess.DEVNULL)
    browser.open(page)
    # The command in the picture is one that a reader would type.
    browser.run("document.getElementById('command').textContent = 'audio2face preview line.wav'")
    browser.run("document.getElementById('title').textContent = 'line.wav'")
    browser.run(f"audio2face.seek({MOMENT})")
    time.sleep(1)
    keep(browser, FOLDER / "preview.png")


def live(browser: Any, folder: Path) -> None:
    """The page of a performance, in the middle of a vowel."""
    place = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder)}
    command = [sys.executable, "-m", "audio2face", *LIVE, *TO]
    program = subprocess.Popen(command, cwd=SAMPLE.parent, env=place, stdout=subprocess.PIPE)
    try:
        assert program.stdout is not None
        browser.open(json.loads(program.stdout.readline())["pages"][0])
        time.sleep(7)
        jaw = "audio2face.names.indexOf('jawOpen')"
        calm = "audio2face.status.latency_ms < 100 && audio2face.status.level_db > -20"
        browser.until(f"audio2face.drawn.weights[{jaw}] > 0.25 && {calm}", 60)
        program.send_signal(signal.SIGSTOP)  # the moment stays while the picture is taken
        time.sleep(1)
        keep(browser, FOLDER / "live.png")
    finally:
        program.send_signal(signal.SIGCONT)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=30)


def keep(browser: Any, file: Path) -> None:
    """Writes what is seen. Ends the program when it is too large."""
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    picture.resize(SHOWN, Image.Resampling.LANCZOS).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size:,} bytes")
    if file.stat().st_size > LARGEST:
        sys.exit(f"{file} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
