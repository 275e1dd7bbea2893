"""LINES → lines: manifests, folder trees, batch.toml, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audio2face.batch.line import Line
from audio2face.batch.listing import list_lines
from audio2face.batch.settings import Settings, seeded
from audio2face.errors import OptionError


def listed(file: Path, base: Settings | None = None) -> dict[str, Line]:
    return {line.place: line for line in list_lines(file, base or Settings())}


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_manifest_says_how_each_line_is_animated(tmp_path: Path) -> None:
    write(tmp_path / "de" / "a.wav", "")
    manifest = write(
        tmp_path / "lines.csv",
        "id;file;emotion;intensity;rig;seed;fps;formats;notes;actor\n"
        "one;de/a.wav;joy;0,5;vrm0;7;30;json,fbx;louder;Ann\n"
        "fr/two;x/b.wav;;;;;;;;\n",
    )
    lines = listed(manifest)
    one, two = lines["de/one"], lines["fr/two"]
    assert one.settings == Settings(
        emotion="joy", intensity=0.5, rig="vrm0", seed=7, fps=30, formats=("json", "fbx")
    )
    assert (one.name, one.sound, one.track) == ("one", tmp_path / "de" / "a.wav", "de/a.wav")
    assert (one.notes, one.more) == ("louder", {"actor": "Ann"})
    assert two.settings == Settings(seed=seeded(0, "fr/two"))


def test_jsonl_says_the_same_and_more_freely(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "file": "a.wav", "emotion": {"joy": 0.5, "fear": 0.2}, "formats": ["json", "csv"]},
        {"id": "b", "text": "Not recorded yet.", "take": 3},
    ]
    manifest = write(tmp_path / "lines.jsonl", "\n".join(map(json.dumps, rows)) + "\n\n")
    a, b = listed(manifest).values()
    assert (a.settings.emotion, a.settings.formats) == ("joy=0.5,fear=0.2", ("json", "csv"))
    assert (b.sound, b.text, b.more) == (None, "Not recorded yet.", {"take": "3"})


def test_a_sound_of_the_name_of_the_id_needs_no_file_column(tmp_path: Path) -> None:
    write(tmp_path / "en" / "a.ogg", "")
    lines = listed(write(tmp_path / "lines.csv", "id,text\nen/a,Hello\nen/b,Bye\n"))
    assert lines["en/a"].sound == tmp_path / "en" / "a.ogg"
    assert lines["en/b"].sound is None


def test_a_tree_keeps_its_folders_and_the_nearest_word_wins(tmp_path: Path) -> None:
    for name in ("de/guard/a.wav", "de/b.flac", "fr/a.wav", "fr/a.mp3", "fr/notes.txt", ".hidden/c.wav"):
        write(tmp_path / name, "")
    write(tmp_path / "batch.toml", 'fps = 24\nformats = ["json", "fbx"]\n')
    write(tmp_path / "de" / "batch.toml", 'fps = 30\nemotion = "joy=0.4"\n')
    write(tmp_path / "de" / "guard" / "batch.toml", "head = false\nseed = 3\n")
    lines = listed(tmp_path, Settings(fps=60, intensity=0.5))
    assert list(lines) == ["de/b", "de/guard/a", "fr/a_mp3", "fr/a_wav"]
    guard = lines["de/guard/a"].settings
    assert (guard.fps, guard.emotion, guard.head, guard.intensity) == (30, "joy=0.4", False, 0.5)
    assert (guard.formats, guard.seed) == (("json", "fbx"), seeded(3, "de/guard/a"))
    assert lines["fr/a_wav"].settings.fps == 24


def test_the_row_overrides_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "de" / "batch.toml", 'fps = 30\nformats = "csv"\n')
    manifest = write(tmp_path / "lines.csv", "id,file,fps\na,de/a.wav,50\nb,de/b.wav,\n")
    lines = listed(manifest)
    assert [line.settings.fps for line in lines.values()] == [50, 30]
    assert {line.settings.formats for line in lines.values()} == {("csv",)}


def test_files_that_settings_name_lie_beside_who_names_them(tmp_path: Path) -> None:
    write(tmp_path / "de" / "batch.toml", 'rig = "hero.glb"\n')
    manifest = write(tmp_path / "lines.csv", "id,file,rig\na,de/a.wav,\nb,b.wav,rigs/b.toml\nc,c.wav,vrm1\n")
    rigs = [line.settings.rig for line in listed(manifest).values()]
    assert rigs == [str(tmp_path / "de" / "hero.glb"), str(tmp_path / "rigs" / "b.toml"), "vrm1"]


def test_a_value_that_means_nothing_is_the_trouble_of_its_line(tmp_path: Path) -> None:
    manifest = write(
        tmp_path / "lines.csv", "id,file,fps,formats\na,a.wav,fast,\nb,b.wav,,gif\nc,c.wav,500,\n"
    )
    a, b, c = listed(manifest).values()
    assert a.trouble == f"{manifest}, line 2: fps is 'fast'; expected a number"
    assert "unknown format 'gif'" in b.trouble
    assert c.trouble.endswith("fps is 500; expected 1 to 120")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,fiel\na,a.wav\n", "lines.csv: the column 'fiel' looks like 'file'"),
        ("name,sound\na,a.wav\n", "lines.csv: no column is called id or file"),
        ("id,file,id\na,a.wav,b\n", "two columns are called 'id'"),
        ("id,file\na,a.wav\nA,b.wav\n", "line 3: 'A' is listed already at"),
        ("id,file\n../a,a.wav\n", "line 2: the id '../a' cannot name files"),
        ("id,file\ncon,a.wav\n", "the id 'con' cannot name files"),
        ("id,file\na,a.wav,3\n", "line 2 has 3 cells, and there are 2 columns"),
        ('id,file\n"a,a.wav\n', "check its quotes"),
        ("id,file\n,\n", "lists no lines"),
        ("id,file,fps\n,,3\n", "neither id nor file is given"),
    ],
)
def test_what_is_wrong_with_the_list_itself_is_refused(tmp_path: Path, text: str, said: str) -> None:
    manifest = write(tmp_path / "lines.csv", text)
    with pytest.raises(OptionError) as refused:
        list_lines(manifest, Settings())
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fsp = 30\n", "did you mean fps?"),
        ("fps = 300\n", "batch.toml: fps is 300; expected 1 to 120"),
        ("fps = \n", "cannot read"),
    ],
)
def test_a_wrong_batch_toml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path / "a.wav", "")
    write(tmp_path / "batch.toml", text)
    with pytest.raises(OptionError, match=r"batch\.toml") as refused:
        list_lines(tmp_path, Settings())
    assert said in str(refused.value)


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="holds no sound"):
        list_lines(tmp_path, Settings())
    with pytest.raises(OptionError, match="expected a folder of sounds, or a manifest"):
        list_lines(tmp_path / "lines.xlsx", Settings())
    with pytest.raises(OptionError, match="No such file"):
        list_lines(tmp_path / "lines.csv", Settings())


def test_lines_differ_in_seed_and_keep_theirs() -> None:
    assert seeded(0, "a") == seeded(0, "a")
    assert len({seeded(0, "a"), seeded(0, "b"), seeded(1, "a")}) == 3
