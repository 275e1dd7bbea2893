"""AUDIO2FACE_NO_SKIP=1 turns skips into failures that tell the reason; this is how CI runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

def test_skips():
    pytest.skip("no such program; run: install it")

@pytest.mark.skipif(True, reason="never here")
def test_marked():
    pass

@pytest.mark.local_data
def test_local():
    pytest.skip("no recordings")

@pytest.mark.xfail(strict=True)
def test_expected():
    assert False
"""
MODULE = 'import pytest\npytest.importorskip("no_such_module_anywhere")\n'

FORBIDS = "AUDIO2FACE_NO_SKIP=1 forbids skips: "


def run(folder: Path, content: str, no_skip: str) -> str:
    """The output of pytest over one small module, beside a copy of our conftest."""
    root = Path(__file__).parents[1]
    shutil.copy(root / "tests" / "conftest.py", folder)
    (folder / "test_small.py").write_text(content, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-ra",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    environment = os.environ | {"AUDIO2FACE_NO_SKIP": no_skip, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )
    return done.stdout


def test_without_it_skips_are_skips(tmp_path: Path) -> None:
    assert "3 skipped, 1 xfailed" in run(tmp_path, TESTS, "")
    assert "1 skipped" in run(tmp_path, MODULE, "")


def test_with_it_a_skipped_test_fails(tmp_path: Path) -> None:
    output = run(tmp_path, TESTS, "1")
    assert "1 failed, 1 skipped, 1 xfailed, 1 error" in output  # a marked test is skipped in its setup
    assert FORBIDS + "no such program; run: install it" in output
    assert FORBIDS + "never here" in output


def test_with_it_a_skipped_module_fails(tmp_path: Path) -> None:
    output = run(tmp_path, MODULE, "1")
    assert "1 error" in output
    assert FORBIDS + "could not import 'no_such_module_anywhere'" in output
