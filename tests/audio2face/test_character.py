"""A character learned from takes made here: how well, the same after a stop, on two workers, as a bundle."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.commands.main import main  # noqa: E402
from audio2face.dataset import MotionTake, read_dataset  # noqa: E402
from audio2face.errors import OptionError, TrainingError  # noqa: E402
from audio2face.models import LiteRTModel, load_model, read_bundle  # noqa: E402
from audio2face.networks.steady import SteadyNetwork  # noqa: E402
from audio2face.sources import FileSource  # noqa: E402
from audio2face.training import motion  # noqa: E402
from audio2face.training.building import build  # noqa: E402
from audio2face.training.export import export  # noqa: E402
from audio2face.training.motion import at_clock, prepare_motion  # noqa: E402
from audio2face.training.motion_batches import Crops, MotionBatches, count_motion_knots  # noqa: E402
from audio2face.training.motion_bundling import Words, bundle_motion  # noqa: E402
from audio2face.training.motion_settings import Course  # noqa: E402
from audio2face.training.motion_trainer import STATE, Learned, rest_of, train_motion  # noqa: E402
from audio2face.training.motion_watch import perform  # noqa: E402
from audio2face.training.settings import Settings  # noqa: E402
from audio2face.training.splitting import Split, split_takes  # noqa: E402
from audio2face.training.syncing import aligned, find_offsets  # noqa: E402
from audio2face.training.unpacking import unpack  # noqa: E402
from audio2face.weights import WeightStream  # noqa: E402
from exporters import read_clip  # noqa: E402
from rigs import AnimationClip  # noqa: E402
from tests.makers.character import NAMES, write_take  # noqa: E402

SMALL = Settings(
    **{"width": 24, "maps": (6, 8, 8, 12, 16), "dilations": (1, 2, 4), "units": 16},
    **{"front_end": "mel", "look_ahead": 6, "components": 4},
)
QUICK = Course(first=0, epochs=40, patience=40, later=8e-3, variants=1, clips=2, dropout=0.0)


@pytest.fixture(scope="module", autouse=True)
def threads() -> Any:
    """Features in threads: starting processes takes longer than these sounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(motion, "ProcessPoolExecutor", lambda workers, _: ThreadPoolExecutor(workers))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three takes of 20 s."""
    place = tmp_path_factory.mktemp("character")
    for number in range(3):
        write_take(place, f"take{number}", 20.0, number)
    return place


@pytest.fixture(scope="module")
def takes(folder: Path) -> list[MotionTake]:
    return list(read_dataset([folder]))


@pytest.fixture(scope="module")
def learned(takes: list[MotionTake], tmp_path_factory: pytest.TempPathFactory) -> tuple[Learned, Split]:
    split = split_takes(takes, ["take2"])
    return train_motion(split, tmp_path_factory.mktemp("work"), SMALL, QUICK), split


@pytest.fixture(scope="module")
def bundle(learned: tuple[Learned, Split], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bundle")
    bundle_motion(place, *learned, QUICK, Words("a test", "MIT"))
    return place


def test_a_known_rule_is_learned(bundle: Path) -> None:
    card = json.loads((bundle / "card.json").read_text(encoding="utf-8"))
    assert card["channels"] == list(NAMES)
    assert card["held_out"] == ["take2"] and card["seed"] == 7
    score = card["scores"]["take2"]
    assert score["live_channels"] == 4 and score["channels_r"] > 0.9
    assert set(card["channels_r"]) == set(NAMES[:4])
    assert card["ranges"]["lips_round"][0] < -0.2 and "jaw_open" not in card["ranges"]


def test_bundle_is_scored_and_played_by_the_commands(bundle: Path, folder: Path, tmp_path: Path) -> None:
    arguments = ["evaluate", bundle, "--data", folder, "--takes", "take2", "--json"]
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)[folder.name]["model"]
    assert found["channels r"] > 0.9 and found["jaw r"] > 0.9 and "recall" not in found
    assert "a rig of its own: closures, contacts and filmed lips are left out" in done.stderr
    arguments = ["animate", folder / "take2.wav", "-o", tmp_path / "a.npz", "--model", bundle, "--fps", "30"]
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == 0, done.output
    assert read_clip(tmp_path / "a.npz").names == NAMES


def test_bundle_is_what_was_trained(
    bundle: Path, learned: tuple[Learned, Split], takes: list[MotionTake], tmp_path: Path
) -> None:
    """Keras, LiteRT and the stream say the same, whatever the pieces."""
    model = load_model(str(bundle))
    heard = prepare_motion(takes[:1], "mel", 1, 0, tmp_path)[0][0].features[:200].astype(np.float32)
    wanted = perform(learned[0].network, heard, 0)
    said = model.predict(heard, model.feel({}), model.start()).weights
    np.testing.assert_allclose(said, wanted, atol=4e-3)
    stream = WeightStream(model, 30)
    parts = [stream.push(block.samples) for block in FileSource(takes[0].audio)]
    streamed = np.concatenate([*parts, stream.finish()])
    assert streamed.shape == (600, 5) and not streamed[:, 4].any()
    jaw = takes[0].motion.weights[:, 0]
    assert np.corrcoef(streamed[:, 0], jaw)[0, 1] > 0.9


def interrupted(at: int) -> Any:
    """A progress bar whose user presses Ctrl-C when so many epochs are done."""

    class Pressed:
        def __init__(self, total: int, initial: int) -> None:
            self.done = initial

        def set_postfix_str(self, text: str, refresh: bool = True) -> None: ...
        def close(self) -> None: ...
        def update(self) -> None:
            self.done += 1
            if self.done == at:
                raise KeyboardInterrupt

    return Pressed


def test_going_on_gives_the_same_weights(takes: list[MotionTake], tmp_path: Path) -> None:
    """To the bit: stopped between the stages and in the second one, under dropout."""
    split = split_takes(takes)
    course = replace(QUICK, first=1, epochs=3, dropout=0.2)
    whole = train_motion(split, tmp_path / "whole", SMALL, course)
    for at in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            train_motion(split, tmp_path / "cut", SMALL, course, resume=at > 1, show=interrupted(at))
    with pytest.raises(TrainingError, match="go on with --resume"):
        train_motion(split, tmp_path / "cut", SMALL, course)
    with pytest.raises(TrainingError, match="use the same options"):
        train_motion(split, tmp_path / "cut", SMALL, replace(course, seed=8), resume=True)
    again = train_motion(split, tmp_path / "cut", SMALL, course, resume=True)
    for ours, theirs in zip(whole.network.get_weights(), again.network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    with np.load(tmp_path / "whole" / STATE) as ours, np.load(tmp_path / "cut" / STATE) as theirs:
        assert sorted(ours.files) == sorted(theirs.files)
        for name in ours.files:
            if name[0] == "v":
                np.testing.assert_array_equal(ours[name], theirs[name])
    losses = [[row["loss"] for row in run.progress.history] for run in (whole, again)]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("name", ["articulation", "gru"])
def test_ears_come_back_from_the_file(name: str) -> None:
    """An exported network, unpacked, hears what it heard."""
    settings = replace(SMALL, network=name, look_ahead=3, units=20)
    network = build(settings, [0.1] * 33, [2.0] * 33)
    random = np.random.default_rng(1)
    network.set_weights([one + random.normal(0, 0.1, one.shape) for one in network.get_weights()])
    content = export(SteadyNetwork(network), 33)
    plain = read_bundle("live")
    said = {**plain.card, "settings": {**vars(settings)}}
    again = unpack(replace(plain, card=said, network=content, front_end="mel"))
    features = random.normal(0, 2, (1, 40, 33)).astype(np.float32)
    rest = np.zeros((1, 40, 16), np.float32), np.zeros((1, network.memory), np.float32)
    ours, theirs = (np.asarray(one.listen(features, *rest)[0]) for one in (network, again))
    np.testing.assert_allclose(theirs, ours, atol=5e-3)


def test_shipped_ears_come_back(folder: Path) -> None:
    """The decision that somebody speaks, from Keras's ears and the file's own last layer."""
    from audio2face.training.unpacking import constants  # noqa: PLC0415

    bundle = read_bundle("studio")
    network = unpack(bundle)
    found = {one.shape: one for used in constants(bundle.network) for one in used.values}
    heard = prepare_motion(read_dataset([folder])[:1], "lpc+mel", 1, 0, folder / "cache")[0][0]
    features = heard.features[:300].astype(np.float32)
    past = np.zeros((1, network.memory), np.float32)
    hidden = np.asarray(network.listen(features[None], np.zeros((1, 300, 16), np.float32), past)[0])[0]
    said = LiteRTModel(bundle)
    runner = said._interpreter.get_signature_runner("run")
    shapes = {key: value["shape"] for key, value in runner.get_input_details().items()}
    zeros = {key: np.zeros(shape, np.float32) for key, shape in shapes.items()}
    logits = runner(**{**zeros, "features": features[None, :64]})["logits"][0, 6:, 2]
    # The decision "active", averaged over seven frames as the file does it.
    gates = np.clip(0.5 + 0.25 * (hidden @ found[(3, 96)].T + found[(3,)]), 0, 1)[:64, 2]
    wanted = 4 * (np.convolve(gates, np.ones(7) / 7, "valid") - 0.5)
    assert np.ptp(wanted) > 1
    np.testing.assert_allclose(logits, wanted, atol=2e-3)


def test_foreign_files_are_refused() -> None:
    bundle = read_bundle("live")
    with pytest.raises(OptionError.__mro__[1], match="cannot be unpacked"):
        unpack(replace(bundle, card={**bundle.card, "settings": {"width": 80}}))


WORKER = """
import sys
from pathlib import Path
from dataclasses import replace
from audio2face.training import motion
from concurrent.futures import ThreadPoolExecutor
motion.ProcessPoolExecutor = lambda workers, _: ThreadPoolExecutor(workers)
from audio2face.dataset import read_dataset
from audio2face.training.splitting import split_takes
from audio2face.training.motion_trainer import train_motion
from tests.audio2face.test_character import QUICK, SMALL
split = split_takes(list(read_dataset([Path(sys.argv[1])])))
train_motion(split, Path(sys.argv[2]), SMALL, replace(QUICK, epochs=3))
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def test_two_workers_learn_what_one_does(takes: list[MotionTake], folder: Path, tmp_path: Path) -> None:
    """Two processes of one cluster, each with half of every batch: the same losses but for rounding."""
    root = Path(__file__).parents[2]
    cluster = {"worker": [f"127.0.0.1:{port}" for port in free_ports(2)]}
    runs = []
    for index in range(2):
        setup = {"cluster": cluster, "task": {"type": "worker", "index": index}}
        place = {"PYTHONPATH": str(root), "CUDA_VISIBLE_DEVICES": "-1", "TF_CONFIG": json.dumps(setup)}
        command = [sys.executable, "-c", WORKER, str(folder), str(tmp_path / str(index))]
        with (tmp_path / f"{index}.txt").open("w", encoding="utf-8") as said:
            runs.append(
                subprocess.Popen(command, env={**os.environ, **place}, cwd=root, stderr=said, stdout=said)
            )
    course = replace(QUICK, epochs=3)
    train_motion(split_takes(takes), tmp_path / "alone", SMALL, course)
    for index, run in enumerate(runs):
        assert run.wait(timeout=600) == 0, (tmp_path / f"{index}.txt").read_text(encoding="utf-8")[-2000:]
    alone, both = (_columns(tmp_path / name / "log.csv") for name in ("alone", "0"))
    assert not (tmp_path / "1" / "log.csv").exists()
    assert len(alone) == 3
    np.testing.assert_allclose(both, alone, rtol=1e-4)


def _columns(log: Path) -> np.ndarray:
    """Loss, correlation and error of each epoch."""
    return np.loadtxt(log, delimiter=",", skiprows=1, usecols=(1, 2, 3))


def test_batches_lie_behind_the_sound_by_the_look_ahead(takes: list[MotionTake], tmp_path: Path) -> None:
    moved = prepare_motion(takes[:1], "mel", 1, 0, tmp_path)[0]
    batches = MotionBatches([moved], Crops(8, 6, count_motion_knots(moved)), 1, rest_of(moved))
    found = 0
    for row in range(8):
        batch = batches[0][0]
        if not batch["judged"][row, 0]:
            continue
        np.testing.assert_array_equal(
            batch["weights"][row, 6:], moved[0].weights[: len(batch["weights"][row]) - 6]
        )
        found += 1
    again = MotionBatches([moved], Crops(8, 6, count_motion_knots(moved)), 1, rest_of(moved))
    assert all(np.array_equal(again[0][0][name], batches[0][0][name]) for name in batches[0][0])
    assert batches[0][0]["judged"].mean() > 0.5


def test_motion_is_brought_to_the_clock() -> None:
    clip = AnimationClip(("a",), np.arange(4, dtype=np.float32)[:, None], 30)
    assert at_clock(clip, 9)[:, 0].tolist() == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert at_clock(clip, 20)[-1, 0] == 3
    assert at_clock(clip, 9, 2.0)[8, 0] == 1


def test_splits(takes: list[MotionTake]) -> None:
    named = split_takes(takes, ["take1"])
    assert [one.name for one in named.learn] == ["take0", "take2"]
    assert [one.name for one in named.check] == ["take1"] and not named.parted
    own = split_takes([takes[0], replace(takes[1], split="check"), replace(takes[2], split="test")])
    assert [[one.name for one in part] for part in (own.learn, own.check, own.test)] == [
        ["take0"],
        ["take1"],
        ["take2"],
    ]
    parted = split_takes(takes)
    assert parted.parted == "take0" and len(parted.learn) == 3
    with pytest.raises(TrainingError, match="'eve'; takes are take0"):
        split_takes(takes, ["eve"])
    with pytest.raises(TrainingError, match="is left to learn from"):
        split_takes(takes, ["speaker"])


def test_a_part_that_is_held_out_is_not_learned_from(takes: list[MotionTake], tmp_path: Path) -> None:
    split = split_takes(takes)
    moved = prepare_motion(split.learn, "mel", 1, 0, tmp_path)[0][0]
    learn, check = split.cut(moved, True), split.cut(moved, False)
    assert len(learn.features) == round(moved.judged.sum()) - 600 - 120
    assert np.flatnonzero(check.judged)[0] >= len(learn.features) + 120
    assert check.judged.sum() == 600


def test_command_says_what_cannot_be(folder: Path, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["train", str(folder), "-o", str(tmp_path / "out"), *arguments])
        assert result.exit_code == 1 and not (tmp_path / "out").exists()
        return result.stderr.splitlines()[-1]

    speech = tmp_path / "speech"
    speech.mkdir()
    (speech / "manifest.jsonl").write_text("{}", encoding="utf-8")
    assert "not on both at once" in said(str(speech))
    assert "--network is what studio already settles" in said("--network", "gru", "--start", "studio")
    assert "no model 'nobody'" in said("--start", "nobody")
    assert "no take or speaker is called 'eve'" in said("--keep-out", "eve")


def test_a_lag_is_found_and_taken_back(tmp_path: Path) -> None:
    sample = Path(motion.__file__).parents[1] / "data" / "sample.ogg"
    from audio2face.pipeline import animate  # noqa: PLC0415

    clip = animate(FileSource(sample), load_model("studio"), 60)
    late = np.concatenate([np.repeat(clip.weights[:1], 6, axis=0), clip.weights])
    take = MotionTake("late", sample, replace(clip, weights=late))
    found = find_offsets([take], load_model("studio"))
    assert found["late"].sure and found["late"].offset == pytest.approx(0.1, abs=0.01)
    mended = aligned([take], found)[0].motion
    assert np.abs(mended.weights[:300] - clip.weights[:300]).max() < 0.1
    assert aligned([take], {})[0] is take
