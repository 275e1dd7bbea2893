"""What people import, and what they start."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import audio2face
from rigs.errors import FaceError


def imported_names() -> set[str]:
    """Every name that the package's own __init__ imports."""
    tree = ast.parse(Path(audio2face.__file__).read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_all_is_what_is_imported() -> None:
    assert set(audio2face.__all__) == imported_names()


def test_all_has_no_repeats() -> None:
    assert len(set(audio2face.__all__)) == len(audio2face.__all__)


@pytest.mark.parametrize("name", audio2face.__all__)
def test_public_names_can_be_imported_and_are_explained(name: str) -> None:
    value = getattr(audio2face, name)
    if callable(value):
        assert value.__doc__, f"{name} has no docstring"


def test_every_error_is_a_face_error() -> None:
    errors = [name for name in audio2face.__all__ if name.endswith("Error")]
    assert len(errors) >= 7
    assert all(issubclass(getattr(audio2face, name), FaceError) for name in errors)


def test_the_example_of_the_package(tmp_path: Path) -> None:
    source = audio2face.ArraySource(np.zeros(1600), 16_000)
    clip = audio2face.animate(source, audio2face.load_model("studio"), fps=60)
    path = audio2face.write_clip(clip, tmp_path / "line.glb")
    assert audio2face.read_clip(path).frames == clip.frames == 6


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_module_tells_its_version() -> None:
    done = start("-m", "audio2face", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith(importlib.metadata.version("audio2face"))


LOADED = "\nprint(*(name for name in ('keras', 'tensorflow', 'soundfile', 'numpy') if name in sys.modules))"


def test_animating_needs_no_training_libraries() -> None:
    done = start("-c", "import sys, audio2face.commands.animate" + LOADED)
    assert done.stdout.split() == ["soundfile", "numpy"]
