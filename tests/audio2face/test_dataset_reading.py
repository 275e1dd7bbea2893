"""Datasets are found in folders and in tables, and read as takes of one rig."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2face.dataset import list_takes, read_dataset
from audio2face.dataset.motion import shifted
from audio2face.errors import TrainingError, UnsafeFileError
from exporters import write_clip
from rigs import AnimationClip

NAMES = ("jawOpen", "mouthPucker")


def clip(frames: int = 30, fps: float = 30, names: tuple[str, ...] = NAMES) -> AnimationClip:
    steps = np.linspace(0, 1, frames * len(names), dtype=np.float32).reshape(frames, len(names))
    return AnimationClip(names, steps, fps)


def write_sound(folder: Path, name: str, suffix: str = ".wav") -> None:
    soundfile.write(folder / f"{name}{suffix}", np.sin(np.arange(16000) / 20) / 2, 16000)


def write_pair(folder: Path, name: str, made: AnimationClip | None = None) -> None:
    folder.mkdir(exist_ok=True)
    found = made or clip()
    np.save(folder / f"{name}_BS_value.npy", found.weights)
    np.save(folder / "BS_name.npy", np.array(found.names))
    write_sound(folder, name)


def test_takes_of_every_form_in_one_folder(tmp_path: Path) -> None:
    write_pair(tmp_path, "maya")
    for name, suffix in (("json", ".json"), ("npz", ".npz"), ("phone", ".csv"), ("head", ".glb")):
        write_clip(clip(), tmp_path / f"{name}{suffix}")
        write_sound(tmp_path, name, ".flac")
    found = list_takes([tmp_path])
    assert [take.name for take in found] == ["head", "json", "maya", "npz", "phone"]
    kept = [take for take in found if take.name not in ("phone", "head")]
    for take in kept:
        assert take.motion is not None and take.audio is not None
    (tmp_path / "phone.csv").unlink()
    (tmp_path / "head.glb").unlink()
    (tmp_path / "phone.flac").unlink()
    (tmp_path / "head.flac").unlink()
    for read in read_dataset([tmp_path]):
        np.testing.assert_allclose(read.motion.weights, clip().weights, atol=1e-6)
        assert (read.motion.names, read.motion.fps, read.split) == (NAMES, 30, "train")


def test_what_lies_beside_takes_is_left_alone(tmp_path: Path) -> None:
    write_pair(tmp_path, "a")
    write_clip(clip(), tmp_path / "a_arkit52.npz")
    for name in ("README.md", "notes.json", "export.py", ".hidden.wav", "LICENSE"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [take.name for take in list_takes([tmp_path])] == ["a"]


def test_columns_come_in_one_order_and_rigs_are_not_mixed(tmp_path: Path) -> None:
    write_pair(tmp_path / "one", "a")
    write_pair(tmp_path / "two", "b", clip(names=NAMES[::-1]))
    first, second = read_dataset([tmp_path / "one", tmp_path / "two"])
    assert first.motion.names == second.motion.names
    np.testing.assert_array_equal(second.motion.weights, clip().weights[:, ::-1])
    write_pair(tmp_path / "two", "b", clip(names=("jawOpen", "other")))
    with pytest.raises(
        TrainingError, match="takes a and b are of different rigs: only one has mouthPucker, other"
    ):
        read_dataset([tmp_path / "one", tmp_path / "two"])


def test_one_name_in_two_folders(tmp_path: Path) -> None:
    write_pair(tmp_path / "one", "a")
    write_pair(tmp_path / "two", "a")
    assert [take.name for take in read_dataset([tmp_path / "one", tmp_path / "two"])] == ["one/a", "two/a"]
    with pytest.raises(TrainingError, match="several takes are named one/a"):
        list_takes([tmp_path / "one", tmp_path / "one"])


def test_a_table_says_rate_speaker_emotion_split_and_offset(tmp_path: Path) -> None:
    write_pair(tmp_path / "files", "a")
    write_pair(tmp_path / "files", "b")
    table = tmp_path / "dataset.toml"
    table.write_text(
        """
        fps = 25
        speaker = "anna"
        test = ["second"]
        [[take]]
        audio = "files/a.wav"
        motion = "files/a_BS_value.npy"
        emotion = "joy"
        offset = 0.08
        [[take]]
        name = "second"
        audio = "files/b.wav"
        motion = "files/b_BS_value.npy"
        speaker = "ben"
        fps = 29.97
        """,
        encoding="utf-8",
    )
    for path in (table, tmp_path):
        first, second = read_dataset([path])
        assert (first.name, first.speaker, first.emotion, first.split) == ("a", "anna", "joy", "train")
        assert (second.name, second.speaker, second.emotion, second.split) == ("second", "ben", "", "test")
        assert (first.motion.fps, second.motion.fps) == (25, 29.97)
        assert first.motion.frames == 28
        np.testing.assert_allclose(first.motion.weights, clip().weights[2:], atol=1e-6)
    assert read_dataset([table], fps=50)[0].motion.fps == 50


def test_a_table_without_takes_speaks_of_its_folder(tmp_path: Path) -> None:
    write_pair(tmp_path, "a")
    write_pair(tmp_path, "b")
    (tmp_path / "dataset.toml").write_text('fps = 60\nspeaker = "eva"\ncheck = ["b"]\n', encoding="utf-8")
    assert [(take.motion.fps, take.speaker, take.split) for take in read_dataset([tmp_path])] == [
        (60, "eva", "train"),
        (60, "eva", "check"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fps = 'a'", "fps is 'a'"),
        ("fps = 0", "fps is 0; expected 1 to 1000"),
        ("fps = nan", "expected a number"),
        ("rate = 30", "unknown key 'rate'"),
        ("take = 3", "no list of tables"),
        ("[[take]]\nname = 'a'", "neither audio nor motion"),
        ("[[take]]\naudio = 'a.wav'\nsplit = 'dev'", "split 'dev'; known are train, check, test"),
        ("[[take]]\naudio = 'a.wav'\noffset = true", "offset is True"),
        ("[[take]]\naudio = 3", "audio is 3"),
        ("[[take]]\naudio = 'a.wav'\npath = 'x'", "unknown key 'path'"),
        ("test = ['nobody']", "test names nobody, which is no take"),
        ("test = 'a'", "no list of names"),
        ("fps = ", "no TOML"),
        ("\x00", "no TOML"),
    ],
)
def test_tables_that_cannot_be_right(tmp_path: Path, text: str, said: str) -> None:
    write_pair(tmp_path, "a")
    (tmp_path / "dataset.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=said) as caught:
        list_takes([tmp_path])
    assert "\n" not in str(caught.value)


def test_a_table_too_large_and_one_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    with path.open("wb") as file:
        file.truncate(5 << 20)
    with pytest.raises(TrainingError, match="bytes; a table of takes has at most"):
        list_takes([path])
    with pytest.raises(TrainingError, match="No such file"):
        list_takes([tmp_path / "none.toml"])


def test_incomplete_takes_are_named(tmp_path: Path) -> None:
    write_pair(tmp_path, "a")
    (tmp_path / "a.wav").unlink()
    with pytest.raises(TrainingError, match=r"take a: .* has no sound; expected a\.wav"):
        read_dataset([tmp_path])
    write_pair(tmp_path, "a")
    (tmp_path / "a_BS_value.npy").unlink()
    with pytest.raises(TrainingError, match=r"take a: .* has no motion"):
        read_dataset([tmp_path])
    write_pair(tmp_path, "a")
    (tmp_path / "BS_name.npy").unlink()
    with pytest.raises(TrainingError, match="has no names of channels"):
        read_dataset([tmp_path])


def test_nan_and_wrong_arrays_are_named(tmp_path: Path) -> None:
    write_pair(tmp_path, "a")
    wrong = clip().weights.copy()
    wrong[[3, 8], 1] = np.nan
    np.save(tmp_path / "a_BS_value.npy", wrong)
    with pytest.raises(TrainingError, match="NaN in frames 3, 8"):
        read_dataset([tmp_path])
    np.save(tmp_path / "a_BS_value.npy", np.zeros((4, 3)))
    with pytest.raises(TrainingError, match="3 columns, and there are 2 names"):
        read_dataset([tmp_path])
    np.save(tmp_path / "a_BS_value.npy", np.zeros(4))
    with pytest.raises(TrainingError, match=r"expected \[frames, channels\]"):
        read_dataset([tmp_path])
    np.save(tmp_path / "a_BS_value.npy", np.array([None]), allow_pickle=True)
    with pytest.raises(UnsafeFileError, match="is a pickle"):
        read_dataset([tmp_path])


def test_a_shift_keeps_time() -> None:
    made = clip(10, 10)
    late = shifted(made, 0.25)
    assert late.frames == 8
    np.testing.assert_allclose(late.weights[0], (made.weights[2] + made.weights[3]) / 2, rtol=1e-6)
    early = shifted(replace(made, head=np.ones((10, 3))), -0.2)
    assert early.frames == 12
    np.testing.assert_array_equal(early.weights[:3], made.weights[[0, 0, 0]])
    with pytest.raises(TrainingError, match="leaves nothing of 1"):
        shifted(made, 2.0)
