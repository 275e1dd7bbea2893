"""Maps as text: written, read, changed by hand, and wrong in every way."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rigs import ARKIT_NAMES, Channel, Retarget, RigError, load_target
from rigs.retargeting.bundled import BUNDLED, bundled_map
from rigs.retargeting.retarget_file import parse_map, read_table
from rigs.retargeting.retarget_text import map_text


def test_written_and_read_again_is_the_same(tmp_path: Path) -> None:
    how = Retarget(
        ARKIT_NAMES,
        (Channel("jawOpen"), Channel("口 [1].a=b", -1, 2), Channel('say "a"\\b'), Channel("still")),
        np.random.default_rng(5).normal(0, 1, (52, 4)) * [1, 1, 1, 0],
        np.array([1, 0.3, 1, 1]),
        np.array([0, 0.125, 0, 0.1]),
        frozenset({"jawOpen"}),
    )
    path = tmp_path / "map.toml"
    path.write_text(map_text(how, about=["a note"]), encoding="utf-8")
    same = parse_map(read_table(path), path)
    assert same.targets == how.targets and same.largest == how.largest
    for name in ("matrix", "gains", "offsets"):
        assert np.array_equal(getattr(same, name), getattr(how, name))


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_maps_write_themselves(name: str, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(map_text(bundled_map(name)), encoding="utf-8")
    assert np.array_equal(parse_map(read_table(path), path).effect, bundled_map(name).effect)


TOML = """
names = ["Jaw", "Smile", "Lids", "Tail"]
[channels]
Jaw = "jawOpen"
Smile = { from = { mouthSmileLeft = 0.5, mouthSmileRight = 0.5 }, gain = 0.8, maximum = 0.5 }
Lids = { from = ["eyeBlinkLeft", "eyeBlinkRight"], combine = "max" }
"""


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_what_a_person_writes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"hero{suffix}"
    path.write_text(TOML, encoding="utf-8")
    if suffix == ".json":
        table = {
            "names": ["Jaw", "Smile", "Lids", "Tail"],
            "channels": {
                "Jaw": "jawOpen",
                "Smile": {
                    "from": {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5},
                    "gain": 0.8,
                    "maximum": 0.5,
                },
                "Lids": {"from": ["eyeBlinkLeft", "eyeBlinkRight"], "combine": "max"},
            },
        }
        path.write_text(json.dumps(table), encoding="utf-8")
    target = load_target(path)
    assert target.rig.names == ("Jaw", "Smile", "Lids", "Tail")
    names = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft", "eyeBlinkRight")
    found = target.how.apply([[0.7, 1, 1, 0.2, 0.9]], names)
    np.testing.assert_allclose(found, [[0.7, 0.5, 0.9, 0]], atol=1e-7)
    assert target.how.undriven == ("Tail",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('Jwa = "jawOpen"', "line 3: 'Jwa' is no channel of the rig; nearest is 'Jaw'"),
        (
            'Jaw = "jawOpne"',
            "line 3: 'Jaw' follows 'jawOpne', which is no source channel; nearest is 'jawOpen'",
        ),
        ('Jaw = { from = "jawOpen", gain = nan }', "'Jaw' has gain = nan; expected a finite number"),
        ('Jaw = { from = "jawOpen", gain = "much" }', "has gain = much; expected a finite number"),
        ('Jaw = { from = "jawOpen", gain = 1e9 }', "expected at most a million"),
        ('Jaw = { from = "jawOpen", gian = 1 }', "has 'gian'; known are from, gain"),
        ('Jaw = { from = "jawOpen", combine = "mean" }', "expected sum or max"),
        ('Jaw = { from = "jawOpen", minimum = 1, maximum = 0 }', "the first must be lower"),
        ("Jaw = 3", "'Jaw' follows '3'; expected a channel's name"),
        ("Jaw = { from = { jawOpen = true } }", "has jawOpen = True; expected a finite number"),
        ("", "'channels' is missing or empty"),
        ("Jaw = ", "cannot read"),
        ('Jaw = "jawOpen"\nJaw = "jawOpen"', "cannot read"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(f'names = ["Jaw", "Smile"]\n[channels]\n{line}\n', encoding="utf-8")
    with pytest.raises(RigError) as error:
        load_target(path)
    assert said in str(error.value) and "map.toml" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "no UTF-8"),
        (b"source = 'livelink'\n[channels]\na = 'jawOpen'", "'source' is 'livelink'"),
        (b"source = []\n[channels]\na = 'jawOpen'", "no list of channel names"),
        (b"rig = 7\n[channels]\na = 'jawOpen'", "'rig' is '7'"),
        (b"rig = 'gone.glb'\n[channels]\na = 'jawOpen'", "there is no such file"),
        (b"x = " + b"[" * 5000, "cannot read"),
    ],
)
def test_files_that_are_no_maps(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(content)
    with pytest.raises(RigError, match=said):
        load_target(path)


def test_a_map_of_another_source(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('source = ["open", "wide"]\n[channels]\nA = "open"\nE = "wide"\n', encoding="utf-8")
    how = load_target(path).how
    assert (how.sources, how.names) == (("open", "wide"), ("A", "E"))


def test_a_huge_map_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    with path.open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(RigError, match="a map has at most"):
        load_target(path)
