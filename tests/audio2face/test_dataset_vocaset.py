"""A dataset laid out as VOCASET is: read, made into a rig and takes, scored, written as an animation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_vocaset_like as maker
import numpy as np
import pytest
from python2_pickle import dumps

from audio2face.dataset import Dataset, Face, list_takes, read_dataset
from audio2face.dataset.checking import check_dataset
from audio2face.dataset.vertices import open_vertices
from audio2face.dataset.vocaset import CHECKED, TESTED, split_of
from audio2face.errors import TrainingError, UnsafeFileError
from audio2face.measures.regions import read_region
from audio2face.measures.vertices import Compared, score_takes, score_vertices
from audio2face.models import load_model
from audio2face.sources import FileSource
from exporters import read_clip, write_clip
from exporters.vertices import write_vertices
from rigs import read_vertices

TEST = "FaceTalk_170809_00138_TA_sentence01"
EVERY = 12


@pytest.fixture(scope="module", params=["published", "faceformer"])
def folder(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("vocaset")
    maker.write(place, request.param, sequences=1, seconds=1.5, every=EVERY)
    return place


@pytest.fixture(scope="module")
def dataset(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset([folder], work=tmp_path_factory.mktemp("work"))


def made(count: int = 1) -> dict[str, Any]:
    """What the maker put into the sequences."""
    templates = {name: maker.face(place, EVERY) for place, name in enumerate(maker.KNOWN)}
    return {f"{one.subject}_{one.sequence}": one for one in maker.sequences_of(templates, count, 1.5, EVERY)}


def test_takes_have_their_sound_their_rate_and_the_split_of_the_paper(dataset: Dataset) -> None:
    assert [take.split for take in dataset] == ["train", "train", "test", "check", "train", "train"]
    truth = made()
    for take in dataset:
        assert (take.motion.fps, take.motion.frames) == (60, 90)
        assert take.speaker in maker.KNOWN and take.name == f"{take.speaker}_sentence01"
        source = FileSource(take.audio)
        assert (source.file_rate, source.channels) == (22000, 1)
        assert source.duration == pytest.approx(1.5, abs=0.01)
        samples = np.concatenate([block.samples for block in source])
        level = np.abs(samples).max() * 32768
        assert level == pytest.approx(np.abs(truth[take.name].sound).max(), rel=0.05)


def test_weights_give_the_vertices_back_on_each_subjects_own_face(dataset: Dataset) -> None:
    assert dataset.face is not None
    truth = made()
    for take in dataset:
        one = truth[take.name]
        back = dataset.face.vertices(take.motion.weights, maker.face(maker.KNOWN.index(one.subject), EVERY))
        apart = np.linalg.norm(back - one.vertices, axis=2)
        assert apart.max() < 0.0015, "metres"
        assert apart.mean() < 0.00005
    assert dataset.face.rig.kept >= 0.9995 and len(dataset.face.rig.names) < 20


def test_evaluation_and_export(dataset: Dataset, folder: Path, tmp_path: Path) -> None:
    """What a model predicts is scored by the papers' measures, and written as vertices and as a glb."""
    assert dataset.face is not None
    lips, upper = (read_region(folder / "regions" / name) for name in ("lve.txt", "fdd.txt"))
    one = made()[TEST]
    template = maker.face(maker.KNOWN.index(one.subject), EVERY)
    take = next(take for take in dataset if take.name == TEST)
    best = dataset.face.vertices(take.motion.weights, template)
    still = np.tile(template, (len(best), 1, 1))
    good = score_vertices([Compared(best, one.vertices, template)], lips, upper)
    bad = score_vertices([Compared(still, one.vertices, template)], lips, upper)
    assert good.lip_error < 0.0005
    assert bad.lip_error > 0.002
    assert abs(good.deviation) < bad.deviation
    # A face at rest is off by what the lips moved, and misses all of the upper face's motion.
    moved = np.linalg.norm(one.vertices - template, axis=2)
    assert bad.lip_error == pytest.approx(moved[:, lips].max(axis=1).mean(), rel=1e-4)
    assert bad.deviation == pytest.approx(moved[:, upper].std(axis=0).mean(), rel=1e-4)

    # The same over the dataset's own test takes, given what predicts a clip for a take.
    own = score_takes(lambda one: one.motion, dataset, lips, upper)
    assert (own.takes, own.frames) == (1, 90)
    assert own.lip_error == pytest.approx(good.lip_error, rel=1e-4)

    file = write_vertices(best, tmp_path / "take.npy")
    np.testing.assert_allclose(read_vertices(file), best, atol=1e-7)
    write_clip(take.motion, tmp_path / "take.glb", rig=dataset.face.on(template))
    back = read_clip(tmp_path / "take.glb")
    assert back.names == take.motion.names
    np.testing.assert_allclose(back.weights, take.motion.weights, atol=1e-5)


def test_vertices_are_mapped_and_only_wanted_frames_are_read(folder: Path, tmp_path: Path) -> None:
    takes, troubles = open_vertices(list_takes([folder], work=tmp_path))
    assert not troubles
    for take in takes:
        assert isinstance(take.source, np.memmap) or isinstance(take.source.base, np.memmap)
    one = made()[TEST]
    found = next(take for take in takes if take.listed.name == TEST)
    np.testing.assert_array_equal(found.read(np.array([3, 80])), one.vertices[[3, 80]])


def test_a_face_is_kept_and_used_again(dataset: Dataset, folder: Path, tmp_path: Path) -> None:
    """Weights of a model are of the face it was trained on, not of one made of the data it is scored on."""
    assert dataset.face is not None
    dataset.face.save(tmp_path)
    face = Face.load(tmp_path)
    np.testing.assert_array_equal(face.rest, dataset.face.rest)
    again = read_dataset([folder], work=tmp_path / "work", face=face)
    assert again.face is face
    np.testing.assert_allclose(again[2].motion.weights, dataset[2].motion.weights, atol=1e-4)


def test_the_check_reads_it_as_well(folder: Path) -> None:
    report = check_dataset([folder], load_model("studio"))
    assert not report.broken, report.findings
    assert len(report.takes) == 6
    for take in report.takes:
        assert take.motion is not None and take.fit is not None
        assert abs(take.fit.offset) < 0.03 and take.fit.r > 0.7


def test_the_split_of_the_paper_is_8_2_2() -> None:
    others = [f"FaceTalk_{number}_TA" for number in range(8)]
    found = split_of([*others, *CHECKED, *TESTED])
    assert [list(found.values()).count(split) for split in ("train", "check", "test")] == [8, 2, 2]
    assert {found[name] for name in TESTED} == {"test"} and {found[name] for name in CHECKED} == {"check"}
    strangers = split_of(f"s{number:02}" for number in range(12))
    assert [list(strangers.values()).count(split) for split in ("train", "check", "test")] == [8, 2, 2]
    assert set(split_of(["a", "b"]).values()) == {"train"}


def test_frames_that_are_left_out_take_the_one_before(tmp_path: Path) -> None:
    """Indices of VOCASET may skip frames and need not be in order."""
    place = write_tiny(tmp_path, {"s": {"a": {0: 0, 1: 1, 4: 3, 3: 2}}})
    (take,), _ = open_vertices(list_takes([place], work=tmp_path / "work"))
    np.testing.assert_array_equal(take.rows, [0, 1, 1, 2, 3])


def write_tiny(folder: Path, index: Any, rows: int = 10, template: Any = None) -> Path:
    random = np.random.default_rng(1).normal(size=(rows, 6, 3)).astype(np.float32)
    np.save(folder / "data_verts.npy", random)
    (folder / "subj_seq_to_idx.pkl").write_bytes(dumps(index))
    rest = np.zeros((6, 3)) if template is None else template
    (folder / "templates.pkl").write_bytes(dumps({"s": rest}))
    sounds = {"s": {"a": {"audio": np.zeros(3000, np.int16), "sample_rate": 22000}}}
    (folder / "raw_audio_fixed.pkl").write_bytes(dumps(sounds))
    return folder


GOOD = {"s": {"a": {frame: frame for frame in range(10)}}}


def _rows_outside(folder: Path) -> None:
    (folder / "subj_seq_to_idx.pkl").write_bytes(dumps({"s": {"a": {0: 0, 1: 99}}}))


def _huge_frame(folder: Path) -> None:
    (folder / "subj_seq_to_idx.pkl").write_bytes(dumps({"s": {"a": {0: 0, 2_000_000_000: 1}}}))


def _no_table(folder: Path) -> None:
    (folder / "subj_seq_to_idx.pkl").write_bytes(dumps({"s": np.zeros(3)}))


def _other_template(folder: Path) -> None:
    (folder / "templates.pkl").write_bytes(dumps({"s": np.zeros((7, 3))}))


def _no_template(folder: Path) -> None:
    (folder / "templates.pkl").write_bytes(dumps({"t": np.zeros((6, 3))}))


def _no_sound(folder: Path) -> None:
    (folder / "raw_audio_fixed.pkl").write_bytes(dumps({"s": {"b": {}}}))


def _odd_sound(folder: Path) -> None:
    (folder / "raw_audio_fixed.pkl").write_bytes(
        dumps({"s": {"a": {"audio": np.zeros((2, 2)), "sample_rate": 1}}})
    )


def _cut_off(folder: Path) -> None:
    raw = (folder / "data_verts.npy").read_bytes()
    (folder / "data_verts.npy").write_bytes(raw[:-40])


def _nan(folder: Path) -> None:
    values = np.load(folder / "data_verts.npy")
    values[7] = np.nan
    np.save(folder / "data_verts.npy", values)


def _still(folder: Path) -> None:
    np.save(folder / "data_verts.npy", np.ones((10, 6, 3), np.float32))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_rows_outside, "rows are not among the 10"),
        (_huge_frame, "rows of s_a cannot be read"),
        (_no_table, "no table of subjects"),
        (_other_template, "7 vertices, its frames 6"),
        (_no_template, "has no face of s; it has t"),
        (_no_sound, "s_a.* has no sound"),
        (_odd_sound, "sound of s_a cannot be read"),
        (_cut_off, "no whole .npy array"),
        (_nan, "NaN in frames 7"),
        (_still, "do not move"),
    ],
)
def test_damage_is_one_line(tmp_path: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(write_tiny(tmp_path, GOOD))
    with pytest.raises(TrainingError, match=said) as caught:
        read_dataset([tmp_path], work=tmp_path / "work")
    assert "\n" not in str(caught.value)


def test_hostile_pickles_and_sound_without_a_place(tmp_path: Path) -> None:
    write_tiny(tmp_path, GOOD)
    with pytest.raises(TrainingError, match="name a folder in which it can be written"):
        read_dataset([tmp_path])
    (tmp_path / "templates.pkl").write_bytes(b"cos\nsystem\n(S'echo bad'\ntR.")
    with pytest.raises(UnsafeFileError, match=r"templates\.pkl is a pickle that asks for os\.system"):
        read_dataset([tmp_path], work=tmp_path / "work")


def test_vertices_beside_sound_need_no_templates(tmp_path: Path) -> None:
    """<take>.npy [frames, 3 · vertices] + <take>.wav, at a rate that is said."""
    maker.write(tmp_path / "made", "faceformer", subjects=1, sequences=2, seconds=1.5, every=EVERY)
    plain = tmp_path / "plain"
    plain.mkdir()
    for file in (tmp_path / "made" / "vertices_npy").iterdir():
        file.rename(plain / file.name)
        (tmp_path / "made" / "wav" / f"{file.stem}.wav").rename(plain / f"{file.stem}.wav")
    found = read_dataset([plain], fps=60)
    assert [take.motion.fps for take in found] == [60, 60]
    assert found.face is not None and found[0].motion.names[0] == "pc001"
    back = found.face.vertices(found[0].motion.weights, found.face.rest)
    truth = read_vertices(plain / f"{found[0].name}.npy")
    assert np.abs(back - truth).max() < 0.0015
