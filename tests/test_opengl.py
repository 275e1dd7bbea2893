"""What draws by OpenGL, in a process without TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("file", ["audio2face/test_commands_render.py", "exporters/test_film.py"])
def test_what_draws_by_opengl(file: str) -> None:
    command = [sys.executable, "-m", "pytest", "--numprocesses=0", "-p", "no:cacheprovider", TESTS / file]
    done = subprocess.run(
        command, cwd=TESTS.parent, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    if "passed" not in done.stdout:
        pytest.skip(f"nothing of {file} can be tried here: {done.stdout[-400:]}")
