"""Files are whole or absent, whatever goes wrong."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exporters import FormatError, beside


def test_success_replaces_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "clip.json"
    path.write_text("old", encoding="utf-8")
    with beside(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".json"
        temporary.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "error", [ValueError("no"), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")]
)
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "clip.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises((type(error), FormatError)), beside(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise error
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), r"the disk of .* is full; free some space"),
        (PermissionError(errno.EACCES, "Permission denied"), "no permission in .*; try another folder"),
        (OSError(errno.EROFS, "Read-only file system"), "is read-only; try another folder"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error; check the folder"),
    ],
)
def test_one_line_says_what_would_work(tmp_path: Path, error: OSError, advice: str) -> None:
    path = tmp_path / "clip.json"
    with pytest.raises(FormatError, match=advice) as caught, beside(path):
        raise error
    assert str(caught.value).startswith(f"cannot write {path}: ")
    assert "\n" not in str(caught.value)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder.json", tmp_path / "file"
    folder.mkdir()
    file.touch()
    for path, message in (
        (folder, "it is a folder; give the name of a file in it"),
        (tmp_path / "missing" / "clip.json", "the folder .* does not exist; create it first"),
        (file / "clip.json", "the folder .* is no folder"),
        (Path(os.devnull), "it is a device"),
        (tmp_path / ("n" * 300), "the file name is too long"),
    ):
        if os.name == "nt" and path.name != "clip.json":
            continue  # other rules for devices and lengths there
        with pytest.raises(FormatError, match=message), beside(path) as temporary:
            temporary.write_text("text", encoding="utf-8")
    assert {entry.name for entry in tmp_path.iterdir()} == {"folder.json", "file"}


def test_the_longest_allowed_name_works(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".json")
    with beside(path) as temporary:
        temporary.touch()
    assert path.exists()


LIMITED = """
import resource, signal, sys
from pathlib import Path
from exporters import FormatError, beside
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with beside(Path(sys.argv[1])) as temporary:
        temporary.write_bytes(bytes(5000))
except FormatError as error:
    print(error)
"""


if sys.platform != "win32":

    def test_a_write_that_stops_half_way(tmp_path: Path) -> None:
        path = tmp_path / "clip.glb"
        command = [sys.executable, "-c", LIMITED, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(f"cannot write {path}: ")
        assert list(tmp_path.iterdir()) == []

    def test_a_link_is_written_through(tmp_path: Path) -> None:
        target, link = tmp_path / "target.json", tmp_path / "link.json"
        link.symlink_to(target)
        with beside(link) as temporary:
            temporary.write_text("new", encoding="utf-8")
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8") == "new"

    def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
        usual, path = tmp_path / "usual", tmp_path / "clip.json"
        usual.touch()
        with beside(path) as temporary:
            temporary.touch()
        assert path.stat().st_mode == usual.stat().st_mode
