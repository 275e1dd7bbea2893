"""Folders of speech with phone times: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audio2face.corpus import read_corpus
from audio2face.errors import TrainingError
from audio2face.teacher import Segment

PHONES = [["SIL", 0.0, 0.1], ["M", 0.1, 0.2], ["AA1", 0.2, 0.4]]


def manifest(folder: Path, *rows: Any, suffix: str = ".flac") -> Path:
    """A folder whose manifest has these rows, and an (unread) sound for each that has an id."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for row in rows:
        if isinstance(row, dict) and "id" in row:
            (folder / f"{row['id']}{suffix}").write_bytes(b"sound")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(TrainingError) as caught:
        read_corpus(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_manifest_with_sounds_beside_it(tmp_path: Path, suffix: str) -> None:
    rows = [{"id": name, "voice": {"ann": 0.5, "bob": 0.5}, "phones": PHONES} for name in ("b", "a")]
    takes = read_corpus(manifest(tmp_path, *rows, suffix=suffix))
    assert [take.name for take in takes] == ["a", "b"]
    assert takes[0].audio == tmp_path / f"a{suffix}"
    assert takes[0].voices == {"ann", "bob"}
    assert takes[0].phones == (Segment("SIL", 0.0, 0.1), Segment("M", 0.1, 0.2), Segment("AA", 0.2, 0.4))


def test_sounds_in_a_folder_of_their_own(tmp_path: Path) -> None:
    manifest(tmp_path, {"id": "a", "actor": 3, "phones": PHONES})
    (tmp_path / "audio").mkdir()
    (tmp_path / "a.flac").rename(tmp_path / "audio" / "a.ogg")
    (take,) = read_corpus(tmp_path)
    assert (take.audio, take.voices) == (tmp_path / "audio" / "a.ogg", {"3"})


def test_pairs_of_sound_and_phones(tmp_path: Path) -> None:
    for name in ("12-1", "12-2", "7-1"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"phones": PHONES}), encoding="utf-8")
        (tmp_path / f"{name}.flac").write_bytes(b"sound")
    (tmp_path / "7-1.flac").unlink()
    takes = read_corpus(tmp_path)
    assert [(take.name, *take.voices) for take in takes] == [("12-1", "12"), ("12-2", "12")]


def test_takes_without_phones_are_left_out(tmp_path: Path) -> None:
    rows = [{"id": "a", "phones": []}, {"id": "b", "phones": PHONES}]
    assert [take.name for take in read_corpus(manifest(tmp_path, *rows))] == ["b"]


def test_german_labels_become_the_phones_that_look_alike(tmp_path: Path) -> None:
    labels = ["_p", "!p", "a:", "-sth", "S", "9", "."]
    phones = [[label, number / 10, number / 10 + 0.1] for number, label in enumerate(labels)]
    (take,) = read_corpus(manifest(tmp_path, {"id": "a", "phones": phones}))
    assert [phone.label for phone in take.phones] == ["P", "AA", "SH", "UH", "SIL"]
    assert (take.phones[0].end, take.phones[1].end) == pytest.approx((0.2, 0.4))


def test_folder_of_no_known_form(tmp_path: Path) -> None:
    assert "holds no manifest.jsonl and no pairs of .flac and .json" in refusal(tmp_path)


def test_take_without_its_sound(tmp_path: Path) -> None:
    manifest(tmp_path, {"id": "a", "phones": PHONES})
    (tmp_path / "a.flac").unlink()
    assert refusal(tmp_path).startswith(f"{tmp_path}: take a has no sound; looked for ")


def test_unknown_phone_is_named_with_its_take(tmp_path: Path) -> None:
    phones = [*PHONES, ["spn", 0.4, 0.5]]
    said = refusal(manifest(tmp_path, {"id": "a", "phones": phones}))
    assert said == f"{tmp_path}: take a: unknown phone 'spn'; ARPAbet and SIL are known"


def test_phone_that_ends_before_it_starts(tmp_path: Path) -> None:
    said = refusal(manifest(tmp_path, {"id": "a", "phones": [["AA", 0.5, 0.4]]}))
    assert said == f"{tmp_path}: take a: phone AA ends at 0.4 s, before its start 0.5 s"


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "no json",
        "[]",
        "7",
        {"id": "a"},
        {"phones": PHONES},
        {"id": "a", "phones": "AA"},
        {"id": "a", "phones": [["AA", 0.0]]},
        {"id": "a", "phones": [["AA", "soon", 1.0]]},
        {"id": "a", "phones": [7]},
        {"id": "a", "phones": PHONES, "voice": 7},
    ],
)
def test_damaged_manifest(tmp_path: Path, row: Any) -> None:
    assert f"cannot read the corpus {tmp_path}: " in refusal(manifest(tmp_path, row))


def test_manifest_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "cannot read the corpus" in refusal(tmp_path)
