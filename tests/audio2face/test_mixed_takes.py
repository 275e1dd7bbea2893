"""Takes of every form in one folder become one model: FBX, a phone's CSV, JSON, Maya's arrays, and more."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face.dataset import read_dataset
from audio2face.errors import TrainingError
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import FileSource
from exporters import write_clip
from rigs import ARKIT_NAMES, ROTATION_NAMES, AnimationClip

from .conftest import SAMPLE, Run

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
FORMS = {"json": 60, "csv": 60, "npz": 30, "glb": 24, "npy": 30, "usdc": 30}


def spoken(folder: Path, number: int, fps: float) -> AnimationClip:
    """Two seconds of the sample from somewhere, and what `studio` makes of them."""
    samples, rate = soundfile.read(SAMPLE, start=number * 6000, frames=32_000)
    sound = folder / f"take{number}.wav"
    soundfile.write(sound, samples, rate)
    return animate(FileSource(sound), load_model("studio"), fps)


def prefixed(name: str) -> str:
    """As a rig of Maya's may call its channels."""
    return f"blendShape1.{name[0].upper()}{name[1:]}"


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A take of each form, and `foreign/take9.fbx`, whose channels are spelled in another way."""
    folder = tmp_path_factory.mktemp("take") / "mix"
    (folder / "foreign").mkdir(parents=True)
    for number, (suffix, fps) in enumerate(FORMS.items()):
        clip = spoken(folder, number, fps)
        name = f"take{number}_BS_value.npy" if suffix == "npy" else f"take{number}.{suffix}"
        write_clip(clip, folder / name)
    clip = spoken(folder, 9, 30)
    clip = AnimationClip(tuple(map(prefixed, clip.names)), clip.weights, clip.fps)
    write_clip(clip, folder / "foreign" / "take9.fbx", "fbx-animation")
    # A phone writes the angles of head and eyes as well.
    phone = spoken(folder, 8, 30)
    turns = np.zeros((phone.frames, len(ROTATION_NAMES)), np.float32)
    turns[:, 3] = np.sin(np.arange(phone.frames) / 9) / 5
    names, weights = (*phone.names, *ROTATION_NAMES), np.hstack([phone.weights, turns])
    write_clip(AnimationClip(names, weights, 30), folder / "take8.csv")
    return folder


def test_a_foreign_fbx_joins_by_conversion(run: Run, mix: Path) -> None:
    done = run("convert", mix / "foreign" / "take9.fbx", mix / "take9.fbx", "--rig", "arkit")
    assert done.code == 0, done
    found = read_dataset([mix])
    assert [take.name for take in found] == [f"take{number}" for number in (0, 1, 2, 3, 4, 5, 8, 9)]
    assert {take.motion.fps for take in found} == {24, 30, 60}
    assert {take.motion.names for take in found} == {found[0].motion.names}
    assert set(found[0].motion.names) == set(ARKIT_NAMES), "without the angles that one alone has"
    jaws = [take.motion.channel("jawOpen").max() for take in found]
    assert min(jaws) > 0.1
    checked = run("dataset", "check", mix)
    assert checked.code == 0 and "8 takes" in checked.out, checked


def test_rigs_that_differ_say_what_brings_them_together(mix: Path) -> None:
    with pytest.raises(TrainingError, match=r"only one has .*; bring one .* convert IN OUT --rig NAME"):
        read_dataset([mix / "foreign" / "..", _alone(mix)])


def _alone(mix: Path) -> Path:
    """The foreign take with its sound, as a dataset of its own."""
    sound = mix / "foreign" / "take9.wav"
    sound.write_bytes((mix / "take9.wav").read_bytes())
    return mix / "foreign"


def test_the_mix_is_trained_and_scored(run: Run, mix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`audio2face train mix -o hero`, but for the size of the network."""
    pytest.importorskip("keras", reason=NEEDS)
    pytest.importorskip("tensorflow", reason=NEEDS)
    from audio2face.commands import train_motion  # noqa: PLC0415
    from audio2face.training import motion  # noqa: PLC0415
    from audio2face.training.motion_settings import Course  # noqa: PLC0415
    from audio2face.training.settings import Settings  # noqa: PLC0415

    small = Settings(front_end="mel", network="gru", width=16, units=16, look_ahead=6, components=4)
    quick = Course(first=0, epochs=1, variants=1, clips=4, quiet=0.0)
    monkeypatch.setattr(train_motion, "_settings", lambda *_: (small, quick))
    monkeypatch.setattr(motion, "ProcessPoolExecutor", lambda workers, _: ThreadPoolExecutor(workers))
    hero = mix.parent / "hero"
    done = run("train", mix, "-o", hero, "--start", "none", "--keep-out", "take8", "--json")
    assert done.code == 0, done
    card: dict[str, Any] = json.loads(done.out)
    assert card["held_out"] == ["take8"] and set(card["channels"]) == set(ARKIT_NAMES)
    assert sum("at 60 fps" in row for row in card["data"]) == 2
    scored = run("evaluate", hero, "--data", mix, "--takes", "take8", "--json")
    assert scored.code == 0, scored
    found = json.loads(scored.out)["mix"]["model"]
    assert found["channels r"] is not None and found["opening r"] is not None
    said = run("evaluate", hero, "--data", mix).err
    assert "7 of 8 were learned from (take0 …); --takes names others" in said
