"""`audio2face train` and `evaluate` where they cannot start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from audio2face.commands.main import main

Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


def test_training_without_its_extra_tells_how_to_install_it(here: Path, names: Names) -> None:
    code = (
        "import sys; sys.modules['keras'] = None; sys.argv = ['audio2face', 'train', '.', '-o', 'out'];"
        "from audio2face.commands.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=here, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    line = "training needs an optional part; install it with: pip install 'audio2face[train]'"
    assert done.stderr == f"audio2face: {line}\n"
    assert names(here) == []


@pytest.mark.parametrize("milliseconds", ["nan", "inf", "-1", "1001"])
def test_impossible_look_ahead(here: Path, milliseconds: str, refused: Refused, names: Names) -> None:
    said = refused("train", ".", "-o", "out", "--look-ahead", milliseconds)
    assert said == f"--look-ahead is {float(milliseconds):g} ms; expected 25 to 1000"
    assert names(here) == []


@pytest.mark.parametrize("rate", ["nan", "0", "-1", "2"])
def test_impossible_learning_rate(here: Path, rate: str, refused: Refused) -> None:
    assert refused("train", ".", "-o", "out", "--rate", rate).startswith(
        f"--rate is {float(rate):g}; expected"
    )


def test_evaluate_on_a_folder_without_clips(here: Path, refused: Refused) -> None:
    (here / "empty").mkdir()
    said = refused("evaluate", "studio", "--data", "empty")
    assert said == "empty holds no manifest.jsonl and no pairs of .flac and .json"


def test_unknown_voice_leaves_no_folder(tmp_path: Path) -> None:
    pytest.importorskip("keras", reason="needs: pip install 'audio2face[train]'")
    row = {"id": "a", "voice": {"ann": 1.0}, "phones": [["AA", 0.0, 0.5]]}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 16_000)
    arguments = ["train", str(tmp_path), "-o", str(tmp_path / "out"), "--keep-out", "eve"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "no take has the voice 'eve'; known are ann" in result.stderr
    assert not (tmp_path / "out").exists()
