"""The documents are true: generated ones are up to date, the README's Python runs, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

import audio2face
from audio2face.commands.demo import SAMPLE
from exporters import formats, read_clip

ROOT = Path(__file__).parents[1]
WRITTEN = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "benchmarks" / "README.md",
]
HEAVY = ("tensorflow", "keras", "torch", "librosa", "scipy", "PIL")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """A Python process in the repository."""
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("script", ["make_help.py", "make_formats.py", "make_cards.py"])
def test_generated_documents_are_up_to_date(script: str) -> None:
    done = run(str(ROOT / "scripts" / script), "--check")
    assert done.returncode == 0, done.stderr


def test_help_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    done = run(str(ROOT / "scripts" / "make_help.py"), "--check")
    assert done.returncode == 0, done.stderr


def test_the_readme_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    sound, rate = soundfile.read(SAMPLE)
    soundfile.write(tmp_path / "line.wav", sound, rate)
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks[0], "README.md", "exec"), {})
    clip = read_clip(tmp_path / "line.glb")
    assert clip.names == audio2face.ARKIT_NAMES
    assert capsys.readouterr().out.split()[:2] == [str(clip.frames), "jawOpen"]


def test_the_readme_command_lines_name_known_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"^audio2face (\w+)", text, re.MULTILINE))
    known = set(
        re.findall(r"^## audio2face (\w+)", (ROOT / "docs" / "help.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {"animate", "train", "evaluate", "doctor"} <= used <= known


def test_every_format_is_in_the_readme_and_has_a_sample() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    samples = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for entry in formats():
        assert f"`{entry.suffix}`" in readme
        assert f"\n## {entry.name}\n" in samples


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_links_lead_to_files(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (file.parent / target).exists(), f"{file.name}: {target}"


def test_importing_the_program_imports_nothing_heavy() -> None:
    program = "import sys, audio2face, audio2face.commands.main; print(*sorted(sys.modules))"
    done = run("-c", program)
    assert done.returncode == 0, done.stderr
    assert not {name.split(".")[0] for name in done.stdout.split()} & set(HEAVY)


def test_a_run_imports_no_tensorflow(tmp_path: Path) -> None:
    program = (
        "import sys; from audio2face.commands.main import main; "
        f"main(['animate', {str(SAMPLE)!r}, '-o', {str(tmp_path / 'line.json')!r}], standalone_mode=False); "
        "print(*sorted(sys.modules))"
    )
    done = run("-c", program)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "line.json").is_file()
    assert not {name.split(".")[0] for name in done.stdout.split()} & {"tensorflow", "keras", "torch"}


def test_setting_up_says_what_it_can_do() -> None:
    script = str(ROOT / "scripts" / "start.py")
    assert run(script, "--help").returncode == 0
    assert "start.py test" in run(script, "--help").stdout
    assert run(script).returncode == 2
    assert run(script, "fly").returncode == 2
