"""Choosing a format; the errors of both verbs."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import exporters
from exporters import Format, FormatError, find_format, formats, read_clip, write_clip
from exporters.rates import nearest_rate
from rigs import AnimationClip, Rig

ClipMaker = Callable[..., AnimationClip]


def test_the_list_of_formats() -> None:
    assert [(entry.name, entry.suffix) for entry in formats()][:4] == [
        *(("json", ".json"), ("csv", ".csv"), ("npz", ".npz"), ("glb", ".glb"))
    ]
    for entry in formats():
        assert entry.description
        assert "\n" not in entry.description
    assert len({entry.name for entry in formats()}) == len(formats())
    for suffix in {suffix for entry in formats() for suffix in entry.suffixes}:
        owners = [entry for entry in formats() if suffix in entry.suffixes and not entry.named_only]
        assert len(owners) == (0 if suffix == ".anim" else 1)


def test_public_names_exist() -> None:
    assert sorted(exporters.__all__) == exporters.__all__
    assert all(hasattr(exporters, name) for name in exporters.__all__)


def test_the_suffix_chooses_and_the_format_overrides(tmp_path: Path, make_clip: ClipMaker) -> None:
    assert find_format(Path("A.JSON")).name == "json"
    path = write_clip(make_clip(), str(tmp_path / "clip.txt"), format="npz")
    assert path == tmp_path / "clip.txt"
    assert path.read_bytes()[:2] == b"PK"
    np.testing.assert_array_equal(read_clip(path, "npz").weights, make_clip().weights)
    assert write_clip(make_clip(), tmp_path / "clip", format=".JSON").read_text(encoding="utf-8")[0] == "{"


@pytest.mark.parametrize("name", ["clip.bvh", "clip.xyz", "clip", "json"])
@pytest.mark.parametrize("verb", ["write", "read"])
def test_an_unknown_suffix_names_the_known_ones(
    tmp_path: Path, make_clip: ClipMaker, name: str, verb: str
) -> None:
    with pytest.raises(
        FormatError, match=r"unknown suffix '.*'; known are \.json, \.csv, \.npz, \.glb"
    ) as caught:
        write_clip(make_clip(), tmp_path / name) if verb == "write" else read_clip(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["write", "read"])
def test_anim_is_two_formats(tmp_path: Path, make_clip: ClipMaker, verb: str) -> None:
    file = tmp_path / "clip.anim"
    with pytest.raises(
        FormatError, match=r"name one: --format maya-anim \(.*\) or --format unity-anim"
    ) as caught:
        write_clip(make_clip(), file) if verb == "write" else read_clip(file)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["maya-anim", "unity-anim", "csv", "a2f-csv"])
def test_reading_tells_formats_of_one_suffix_apart(tmp_path: Path, make_clip: ClipMaker, name: str) -> None:
    file = write_clip(make_clip(5), tmp_path / f"clip{find_format(Path('x'), name).suffix}", name)
    assert read_clip(file).frames == 5
    other = {"maya-anim": "unity-anim", "unity-anim": "maya-anim", "csv": "a2f-csv", "a2f-csv": "csv"}[name]
    with pytest.raises(FormatError, match="cannot read"):
        read_clip(file, other)


def test_rates_are_named_only_where_the_file_has_none(tmp_path: Path, make_clip: ClipMaker) -> None:
    with pytest.raises(FormatError, match=r"at 24 fps: json files hold their own rate"):
        read_clip(write_clip(make_clip(), tmp_path / "clip.json"), fps=24)
    file = write_clip(make_clip(), tmp_path / "clip.npy")
    assert (read_clip(file).fps, read_clip(file, fps=24).fps) == (30, 24)
    with pytest.raises(FormatError, match="fps is -1"):
        read_clip(file, fps=-1)


@pytest.mark.parametrize("entry", formats(), ids=lambda entry: entry.name)
@pytest.mark.parametrize("names", [("jawOpen", ""), ("jawOpen", "a\nb")])
def test_names_that_are_no_line_of_text(
    tmp_path: Path, make_clip: ClipMaker, entry: Format, names: tuple[str, ...]
) -> None:
    with pytest.raises(FormatError, match="give it a name in one line") as caught:
        write_clip(make_clip(3, 30, names), tmp_path / f"clip{entry.suffix}", entry.name)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("entry", formats(), ids=lambda entry: entry.name)
def test_fewer_keys_only_where_there_are_keys(tmp_path: Path, make_clip: ClipMaker, entry: Format) -> None:
    file = tmp_path / f"clip{entry.suffix}"
    if entry.sparse:
        assert write_clip(make_clip(), file, entry.name, reduce=0.1).is_file()
        return
    with pytest.raises(
        FormatError, match=r"--reduce means nothing; .*maya-script, maya-anim, unity-anim have keys"
    ):
        write_clip(make_clip(), file, entry.name, reduce=0.1)


def test_an_unknown_format_names_the_known_ones(tmp_path: Path, make_clip: ClipMaker) -> None:
    with pytest.raises(FormatError, match="unknown format 'bvh'; known are json, csv, npz, glb"):
        write_clip(make_clip(), tmp_path / "clip.json", format="bvh")


@pytest.mark.parametrize("entry", formats(), ids=lambda entry: entry.name)
def test_a_failed_write_keeps_the_old_file(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"clip{entry.suffix}"
    path.write_text("old", encoding="utf-8")

    def stops_half_way(_: object, file: Path, **__: object) -> None:
        file.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(entry.__dict__, "write", stops_half_way)
    with pytest.raises(FormatError, match=r"cannot write .*: the disk of .* is full"):
        write_clip(make_clip(), path, entry.name, rig=tiny_rig)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("entry", formats(), ids=lambda entry: entry.name)
def test_places_that_cannot_be_used(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format
) -> None:
    missing = tmp_path / "missing" / f"clip{entry.suffix}"
    with pytest.raises(FormatError, match=r"cannot write .*: the folder .* does not exist; create it first"):
        write_clip(make_clip(), missing, entry.name, rig=tiny_rig)
    said = "No such file or directory" if entry.readable else "files are written only"
    with pytest.raises(FormatError, match=f"cannot read .*: .*{said}"):
        read_clip(missing, entry.name)
    folder = tmp_path / f"folder{entry.suffix}"
    folder.mkdir()
    with pytest.raises(FormatError, match="it is a folder"):
        write_clip(make_clip(), folder, entry.name, rig=tiny_rig)
    with pytest.raises(FormatError, match="cannot read"):
        read_clip(folder, entry.name)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    clip = AnimationClip(("jawOpen",), np.zeros((1, 1)), 30, audio="\udcff.wav")
    with pytest.raises(FormatError, match="no Unicode text"):
        write_clip(clip, tmp_path / "clip.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("measured", "rate"),
    [
        (30.004, 30),
        (29.9699, 29.97),
        (29.97003, 29.97),
        (59.9401, 59.94),
        (23.97602, 23.976),
        (17.5, 17.5),
        (45.0, 45),
    ],
)
def test_rates_are_those_that_people_say(measured: float, rate: float) -> None:
    assert nearest_rate(measured) == rate
    assert type(nearest_rate(measured)) is type(rate)
