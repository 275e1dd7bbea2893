"""A network trained on speech made here: from a folder of takes to a bundle that animates."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.commands.main import main  # noqa: E402
from audio2face.corpus import Take, read_corpus  # noqa: E402
from audio2face.features import FrontEnd  # noqa: E402
from audio2face.models import load_model  # noqa: E402
from audio2face.teacher import Segment, teach  # noqa: E402
from audio2face.training import augment, prepare, settings  # noqa: E402
from audio2face.training.batches import (  # noqa: E402
    CROP,
    WARM_UP,
    Batches,
    Shape,
    mix_vector,
    random_mix,
    take_mood,
)
from audio2face.training.operating_point import Answer, choose  # noqa: E402
from audio2face.training.prepare import Example  # noqa: E402
from audio2face.training.settings import Settings  # noqa: E402
from audio2face.training.trainer import hold_out  # noqa: E402
from exporters import read_clip  # noqa: E402
from rigs import ARKIT_NAMES  # noqa: E402

RATE = 16_000
FORMANTS = {"AA": (730, 1090), "IY": (270, 2290), "UW": (300, 870), "M": (250, 1000), "SIL": ()}
LINE = ("SIL", "M", "AA", "M", "IY", "M", "UW", "SIL")


def spoken(pitch: float, each: float) -> np.ndarray:
    """Sound of LINE: harmonics of a pitch under two formants, nasals quieter, silence faintly noisy."""
    at = np.arange(round(each * RATE)) / RATE
    harmonics = pitch * np.arange(1, int(4000 / pitch))
    parts = []
    for label in LINE:
        gains = sum((1 / (1 + ((harmonics - peak) / 90) ** 2) for peak in FORMANTS[label]), 0 * harmonics)
        parts.append((0.3 if label == "M" else 1.0) * (gains @ np.sin(2 * np.pi * harmonics[:, None] * at)))
    sound = np.concatenate(parts)
    noise = np.random.default_rng(round(pitch)).normal(0, 1e-3, len(sound))
    return 0.3 * sound / np.abs(sound).max() + noise


def write_corpus(folder: Path, takes: dict[str, int]) -> Path:
    """A folder with so many takes of each voice."""
    folder.mkdir(exist_ok=True)
    rows = []
    for number, (voice, count) in enumerate(takes.items()):
        for take in range(count):
            each = 0.12 + 0.01 * (take % 4)
            soundfile.write(folder / f"{voice}-{take}.wav", spoken(100 + 40 * number + 3 * take, each), RATE)
            phones = [[label, n * each, (n + 1) * each] for n, label in enumerate(LINE)]
            rows.append(json.dumps({"id": f"{voice}-{take}", "voice": {voice: 1.0}, "phones": phones}))
    (folder / "manifest.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus"), {"ann": 8, "bob": 2, "eve": 6})


def train(corpus: Path, output: Path, *more: str) -> Result:
    """Trains a small network in this process, with few of the clips without speech: seconds, not minutes."""
    small = ["--front-end", "mel", "--variants", "1", "--look-ahead", "50"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "STILL_CLIPS", 12)
        patch.setattr(prepare, "ProcessPoolExecutor", lambda workers, _: ThreadPoolExecutor(workers))
        patch.setattr(
            settings,
            "Settings",
            partial(Settings, width=16, maps=(4, 4, 8, 8, 8), dilations=(1, 2, 4), units=8),
        )
        return CliRunner().invoke(main, ["train", str(corpus), "-o", str(output), *small, *more])


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of one epoch."""
    folder = tmp_path_factory.mktemp("run") / "mine"
    done = train(corpus, folder, "--epochs", "1", "--json", "--about", "a test", "--licence", "MIT")
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert (card["about"], card["licence"], card["held_out_voices"]) == ("a test", "MIT", ["bob"])
    return folder


def epochs_in_log(folder: Path) -> list[int]:
    with (folder / "training" / "log.csv").open(encoding="utf-8", newline="") as file:
        return [int(row["epoch"]) for row in csv.DictReader(file)]


def test_training_ends_with_a_bundle(trained: Path) -> None:
    assert sorted(file.name for file in trained.iterdir()) == ["card.json", "model.tflite", "training"]
    model = load_model(str(trained))
    card = model.bundle.card
    assert (model.front_end, model.look_ahead, card["seed"]) == ("mel", 6, 7)
    assert card["network"] == card["settings"]["network"] == "articulation"
    assert card["voices"] == ["ann", "eve"]
    assert card["data"] and card["training_minutes"] > 0
    assert model.rig.names == ARKIT_NAMES
    assert epochs_in_log(trained) == [0]
    assert not model.feel({}).any() and np.abs(model.feel({"joy": 1.0})).max() > 0.01


def test_other_network_is_trained_in_the_same_way(corpus: Path, tmp_path: Path) -> None:
    done = train(corpus, tmp_path / "mine", "--epochs", "1", "--network", "gru", "--json")
    assert done.exit_code == 0, done.output
    model = load_model(str(tmp_path / "mine"))
    assert model.bundle.card["network"] == "gru"
    features = np.random.default_rng(4).normal(0, 3, (20, 33)).astype(np.float32)
    said = model.predict(features, model.feel({}), model.start())
    assert said.weights.shape == (20, 52) and np.isfinite(said.weights).all()


def test_trained_bundle_animates(trained: Path, corpus: Path, tmp_path: Path) -> None:
    arguments = ["animate", corpus / "bob-0.wav", "-o", tmp_path / "talk.npz", "--model", trained]
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    clip = read_clip(tmp_path / "talk.npz")
    assert (clip.names, clip.frames) == (ARKIT_NAMES, round(len(LINE) * 0.12 * 60))
    assert clip.weights.min() >= 0 and clip.weights.max() <= 1


def test_existing_run_is_not_trained_over(trained: Path, corpus: Path) -> None:
    before = {file: file.read_bytes() for file in trained.iterdir() if file.is_file()}
    done = train(corpus, trained, "--epochs", "1")
    assert (done.exit_code, done.stdout) == (1, "")
    place = trained / "training" / "checkpoint"
    line = f"audio2face: {place} holds an earlier run; go on with --resume, or choose another folder"
    assert done.stderr.splitlines()[-1] == line
    assert {file: file.read_bytes() for file in trained.iterdir() if file.is_file()} == before


def test_run_goes_on_after_its_last_epoch(trained: Path, corpus: Path) -> None:
    before = (trained / "model.tflite").read_bytes()
    done = train(corpus, trained, "--epochs", "2", "--resume")
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    assert epochs_in_log(trained) == [0, 1]
    assert (trained / "model.tflite").read_bytes() != before
    load_model(str(trained))


def refused(folder: Path, output: Path) -> str:
    result = CliRunner().invoke(main, ["train", str(folder), "-o", str(output)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert not list(output.glob("*.*"))
    return result.stderr.splitlines()[-1]


def test_too_few_takes(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "few", {"ann": 3, "bob": 1})
    line = "3 takes to learn from and 1 to check with; expected at least 12 and 1, of at least two voices"
    assert refused(folder, tmp_path / "out") == f"audio2face: {line}"


def test_one_voice_only(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "one", {"ann": 13})
    assert "13 takes to learn from and 0 to check with" in refused(folder, tmp_path / "out")


def test_take_without_sound(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "lost", {"ann": 2, "bob": 1})
    (folder / "ann-1.wav").unlink()
    assert f"audio2face: {folder}: take ann-1 has no sound" in refused(folder, tmp_path / "out")


def test_damaged_manifest(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "bad", {"ann": 2, "bob": 1})
    text = (folder / "manifest.jsonl").read_text(encoding="utf-8")
    (folder / "manifest.jsonl").write_text(text[:-30], encoding="utf-8")
    assert f"audio2face: cannot read the corpus {folder}: " in refused(folder, tmp_path / "out")


def test_folder_without_speech(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no manifest.jsonl" in refused(tmp_path / "empty", tmp_path / "out")


@pytest.fixture(scope="module")
def examples(corpus: Path) -> list[list[Example]]:
    """Two variants of four takes and one clip without speech."""
    takes = read_corpus(corpus)[:4]
    variants = []
    for gain in (1.0, 0.2):
        heard = []
        for number, take in enumerate(takes):
            samples = gain * soundfile.read(take.audio, dtype="float32")[0]
            heard.append(Example(number, FrontEnd("mel").push(samples).astype(np.float16), take.phones))
        silence = FrontEnd("mel").push(np.zeros(RATE, np.float32)).astype(np.float16)
        variants.append([*heard, Example(-1, silence, ())])
    return variants


KNOTS = ((1, 10), (11, 10), (21, 10), (31, 10))


def test_batches_are_the_same_for_the_same_seed_and_epoch(examples: list[list[Example]]) -> None:
    first, second = (Batches(examples, Shape(2, 6, KNOTS), seed=5) for _ in range(2))
    assert len(first) == 2
    for index in (1, 0):
        ours, theirs = first[index][0], second[index][0]
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    again = first[0][0]
    assert all(np.array_equal(again[name], second[0][0][name]) for name in again)


@pytest.mark.parametrize("change", ["seed", "epoch", "index"])
def test_batches_differ_between_seeds_and_epochs(examples: list[list[Example]], change: str) -> None:
    plain = Batches(examples, Shape(2, 6, KNOTS), seed=5)
    other = Batches(examples, Shape(2, 6, KNOTS), seed=6 if change == "seed" else 5)
    other.epoch = 1 if change == "epoch" else 0
    ours, theirs = plain[0][0], other[1 if change == "index" else 0][0]
    assert not np.array_equal(ours["features"], theirs["features"])


def test_batches_have_the_promised_shapes(examples: list[list[Example]]) -> None:
    batch, nothing = Batches(examples, Shape(5, 6, KNOTS), seed=5)[0]
    time = WARM_UP + CROP
    widths = {"features": (33,), "emotion": (6,), "knot": (), "weights": (52,), "labels": (3,)}
    widths |= {"phones": (), "judged": ()}
    assert {name: values.shape for name, values in batch.items()} == {
        name: (5, time, *width) for name, width in widths.items()
    }
    assert nothing.shape == (5,)
    assert set(np.unique(batch["judged"])) <= {0.0, 1.0} and batch["judged"].any()
    assert all(values.dtype == np.float32 for values in batch.values())


def test_targets_lie_behind_the_features_by_the_look_ahead(examples: list[list[Example]]) -> None:
    """From the start of a clip, targets are the teacher's, later by the look-ahead, and judged there."""
    ahead = 6
    found = 0
    for epoch in range(6):
        batches = Batches(examples[:1], Shape(5, ahead, KNOTS), seed=5)
        batches.epoch = epoch
        batch = batches[0][0]
        for row in range(5):
            takes = [
                e
                for e in examples[0]
                if np.array_equal(batch["features"][row, :80], e.features[:80].astype(np.float32))
            ]
            if takes and takes[0].phones:
                (take,) = takes
                frames = len(take.features)
                lesson = teach(take.phones, frames, take.features[:, -1].astype(np.float64))
                labels = np.stack([lesson.closed, lesson.teeth, lesson.active], axis=1)
                np.testing.assert_allclose(batch["labels"][row, ahead : ahead + frames], labels, atol=1e-6)
                judged = np.zeros(WARM_UP + CROP)
                judged[ahead : ahead + frames] = 1
                assert np.array_equal(batch["judged"][row], judged)
                found += 1
    assert found > 3


def test_a_clip_without_speech_has_still_targets_and_no_latent(examples: list[list[Example]]) -> None:
    quiet = [[variant[-1]] for variant in examples]
    batch = Batches(quiet, Shape(1, 6, KNOTS), seed=1)[0][0]
    assert not batch["labels"].any() and not batch["knot"].any()
    mouth = [number for number, name in enumerate(ARKIT_NAMES) if name == "jawOpen"]
    mood = batch["emotion"][0, 0]
    assert mood.any() or not batch["weights"][..., mouth].any()


def test_latents_of_takes_do_not_overlap(examples: list[list[Example]]) -> None:
    heard = 0
    for epoch in range(12):
        batches = Batches(examples, Shape(5, 6, KNOTS), seed=5)
        batches.epoch = epoch
        spans = [(row.min(), row.max()) for row in batches[0][0]["knot"] if row.any()]
        for first, count in KNOTS:
            inside = [span for span in spans if first <= span[0] <= first + count - 1]
            assert all(span[1] <= first + count - 1 for span in inside)
        heard += len(spans)
    # Of 12 · 4 spoken crops about LATENT_SHARE.
    assert 6 <= heard <= 24


def test_where_a_latent_is_heard_no_emotion_is_told(examples: list[list[Example]]) -> None:
    for epoch in range(6):
        batches = Batches(examples, Shape(5, 6, KNOTS), seed=5)
        batches.epoch = epoch
        batch = batches[0][0]
        assert not batch["emotion"][batch["knot"].any(axis=1)].any()


def test_mood_of_a_take_stays() -> None:
    moods = [take_mood(take, 7) for take in range(200)]
    assert moods == [take_mood(take, 7) for take in range(200)]
    assert 0.15 < sum(not mood for mood in moods) / 200 < 0.35
    assert all(0.3 <= strength <= 1 for mood in moods for strength in mood.values())


def test_emotions_are_drawn_now_and_then() -> None:
    random = np.random.default_rng(0)
    mixes = [random_mix(random) for _ in range(500)]
    assert 0.3 < sum(not mix for mix in mixes) / 500 < 0.5
    assert {len(mix) for mix in mixes} == {0, 1, 2}
    assert all(0 < strength <= 1 for mix in mixes for strength in mix.values())
    assert mix_vector({"joy": 0.5, "surprise": 1.0}).tolist() == [0.5, 0, 0, 0, 0, 1.0]


def test_voices_are_held_out_whole() -> None:
    def take(name: str, *voices: str) -> Take:
        return Take(name, Path("none"), (Segment("AA", 0, 1),), frozenset(voices))

    takes = [take(f"{voice}{n}", voice) for voice in "abcdefgh" for n in range(5)]
    held = hold_out(takes)
    assert held == {"b"}
    mixed = hold_out([*takes, take("mix", "a", "b")])
    assert sum(bool(t.voices & mixed) for t in [*takes, take("mix", "a", "b")]) == 6
    assert hold_out([take("only", "a")]) == frozenset()


def test_alterations_keep_length_and_are_repeatable() -> None:
    sound = spoken(120, 0.12).astype(np.float32)
    for seed in range(25):
        one, two = (augment.alter(sound, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(one.samples, two.samples) and one.stretch == two.stretch
        assert np.isfinite(one.samples).all() and one.samples.dtype == np.float32
        assert len(one.samples) == pytest.approx(len(sound) * one.stretch, abs=2)
        assert 10 ** (-38.5 / 20) <= np.abs(one.samples).max() <= 1


def test_sound_without_speech_is_finite_and_of_every_kind() -> None:
    clips = [augment.not_speech(0.5, np.random.default_rng(seed)) for seed in range(40)]
    assert all(clip.shape == (8000,) and np.isfinite(clip).all() for clip in clips)
    peaks = [float(np.abs(clip).max()) for clip in clips]
    assert max(peaks) <= 0.51 and min(peaks) == 0
    assert len({round(peak, 6) for peak in peaks}) > 20


def answer(at_stop: float, at_vowel: float) -> Answer:
    """A take M AA M AA … with the jaw always open, and such logits of "closed" at stops and vowels."""
    phones = tuple(Segment("M" if n % 2 == 0 else "AA", 0.2 * n, 0.2 * n + 0.2) for n in range(10))
    frames = 240
    free = np.zeros((frames, 52), np.float32)
    free[:, ARKIT_NAMES.index("jawOpen")] = 0.4
    logits = np.full((frames, 3), (at_vowel, -20.0, 20.0), np.float32)
    for phone in phones[::2]:
        logits[round(phone.start * 120) + 8 : round(phone.end * 120) - 8, 0] = at_stop
    return Answer(Take("made", Path("none"), phones, frozenset({"ann"})), free, logits)


def test_operating_point_closes_all_it_may() -> None:
    bias, found = choose([answer(at_stop=-1.0, at_vowel=-4.0)], most_shut=0.0)
    assert (found.recall, found.false_closure) == (1.0, 0.0)
    assert 0 < bias[0] < 4


def test_operating_point_shuts_no_more_vowels_than_allowed() -> None:
    muddled = [answer(at_stop=-1.0, at_vowel=-1.0), answer(at_stop=1.0, at_vowel=-1.0)]
    _, strict = choose(muddled, most_shut=0.0)
    assert (strict.recall, strict.false_closure) == (0.5, 0.0)
    _, loose = choose(muddled, most_shut=1.0)
    assert loose.recall == 1.0
