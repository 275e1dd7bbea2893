"""Life beyond the mouth: the numbers of people, one seed, any blocks, lips untouched."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import audio2face
from audio2face.commands.main import main
from audio2face.errors import OptionError
from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE
from audio2face.life import Life, LifeSettings, Motion, enliven
from audio2face.life.blinks import Blinks
from audio2face.life.breath import Breath
from audio2face.life.brows import Brows
from audio2face.life.gaze import Gaze, Saccade
from audio2face.life.head import Head
from audio2face.life.motion import LIFE_NAMES, joined, rotations
from audio2face.life.noise import SmoothNoise
from audio2face.life.prosody import Moment, Prosody
from audio2face.live import LiveFace, Recording
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.rigging import on_rig, open_target
from audio2face.sources import ArraySource, FileSource
from exporters import read_clip
from livelink.channels import LINK_NAMES, Places
from livelink.errors import RefusedError
from rigs import ARKIT_NAMES, ROTATION_NAMES, AnimationClip
from rigs.arkit import MOUTH_NAMES
from rigs.lips import lip_gap

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"

Array = npt.NDArray[np.float32]
QUIET = Moment(0.0, False, 0.0, False, False, False, 100.0)
SPOKEN = Moment(0.0, True, 0.8, True, True, False, 0.0)
ENDED = Moment(0.0, False, 0.0, False, True, True, 0.15)
HOUR = 3600 * FRAME_RATE


@lru_cache
def speech(times: int = 1) -> Array:
    """The bundled sentence, some times over."""
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    return np.tile(samples, times)


def lived(samples: Array, block: int, fps: float = 60, seed: int = 5, **settings: float) -> Motion:
    life = Life(seed, fps, LifeSettings(**settings))
    parts = [life.push(samples[start : start + block]) for start in range(0, len(samples), block)]
    return joined([*parts, life.finish()])


def channel(motion: Motion, name: str) -> Array:
    column: Array = motion.channels[:, LIFE_NAMES.index(name)]
    return column


@pytest.mark.parametrize("fps", [24, 29.97, 60, 120])
def test_any_blocks_give_the_same_to_the_bit(fps: float) -> None:
    samples = speech(2)
    whole = lived(samples, len(samples), fps)
    assert whole.frames == round(len(samples) / SAMPLE_RATE * fps)
    for block in (160, 1111, 40_000):
        parts = lived(samples, block, fps)
        assert np.array_equal(parts.channels, whole.channels) and np.array_equal(parts.head, whole.head)


def test_a_frame_is_never_later_than_the_weights_of_the_live_model() -> None:
    life, pushed = Life(0, 60), 0
    for start in range(0, 16_000, 160):
        pushed += life.push(speech()[start : start + 160]).frames
        heard = (start + 160) / SAMPLE_RATE
        assert pushed >= (heard - 0.0125) * 60 - 1


def test_another_seed_is_another_face() -> None:
    one, same, other = (lived(speech(), 5000, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.channels, same.channels) and np.array_equal(one.head, same.head)
    assert np.abs(one.head - other.head).max() > 0.5
    assert not np.array_equal(one.channels, other.channels)


@pytest.mark.parametrize("part", ["head", "blinks", "gaze", "brows", "breath"])
def test_each_part_can_be_off_and_scaled_and_leaves_the_others(part: str) -> None:
    full, half, off = (lived(speech(2), 10**6, **{part: strength}) for strength in (1.0, 0.5, 0.0))
    still = lived(speech(2), 10**6, breath=0.0)
    moved = {
        "head": lambda motion: np.abs(motion.head).sum(),
        "blinks": lambda motion: channel(motion, "eyeBlinkLeft").sum(),
        "gaze": lambda motion: channel(motion, "eyeLookOutLeft").sum(),
        "brows": lambda motion: channel(motion, "browInnerUp").sum(),
        "breath": lambda motion: np.abs(motion.head - still.head).sum(),
    }
    measure = moved[part]
    assert measure(full) > measure(half) > measure(off) >= 0
    if part not in ("blinks", "gaze"):
        assert measure(off) == 0
    # Lids follow the gaze, the gaze makes up for the head, and breath lifts it; all else is as it was.
    if part != "brows":
        assert moved["brows"](off) == moved["brows"](full)
    if part not in ("head", "breath"):
        assert np.array_equal(off.head, full.head)


def test_settings_check_themselves() -> None:
    for wrong in ({"head": -0.1}, {"gaze": 2.5}, {"brows": float("nan")}, {"rest_rate": 0.0}):
        with pytest.raises(OptionError, match=next(iter(wrong))):
            LifeSettings(**wrong)
    with pytest.raises(OptionError, match="seed"):
        Life(-1)
    with pytest.raises(OptionError, match="fps"):
        Life(0, 400)


def blinks(moments: list[Moment], seed: int = 0) -> npt.NDArray[np.float64]:
    """Seconds of the blinks of an hour in which these moments come again and again."""
    part, times = Blinks(seed, 60, LifeSettings()), []
    for frame in range(HOUR):
        before = part.count
        part.step(frame, moments[frame % len(moments)])
        if part.count > before:
            times.append(part.last)
    return np.array(times)


def log_normal(times: npt.NDArray[np.float64]) -> float:
    """p of Kolmogorov and Smirnov's test against a log-normal of the same mean and spread."""
    stats = pytest.importorskip("scipy.stats")
    waits = np.log(np.diff(times))
    return float(stats.kstest(waits, "norm", args=(waits.mean(), waits.std(ddof=1))).pvalue)


@pytest.mark.parametrize(("moment", "rate"), [(QUIET, 17), (SPOKEN, 26)])
def test_an_hour_of_blinks(moment: Moment, rate: float) -> None:
    times = blinks([moment])
    assert len(times) / 60 == pytest.approx(rate, rel=0.05)
    assert log_normal(times) > 0.05
    assert np.diff(times).min() > 0.37


def test_blinks_gather_at_the_ends_of_phrases() -> None:
    moments = [SPOKEN] * 430 + [ENDED] + [SPOKEN] * 40
    times, length = blinks(moments), len(moments) / FRAME_RATE
    since = (times - 430 / FRAME_RATE) % length
    near = since < 0.5
    rate = near.sum() / 0.5, (~near).sum() / (length - 0.5)
    assert rate[0] >= 2 * rate[1]
    assert len(times) / 60 == pytest.approx(26, rel=0.05)


@pytest.mark.parametrize("fps", [24, 29.97, 30, 60, 120])
def test_every_blink_shuts_the_lids_and_takes_its_time(fps: float) -> None:
    part = Blinks(3, fps, LifeSettings())
    life = lived(np.zeros(60 * SAMPLE_RATE, np.float32), 10**6, fps, seed=3, gaze=0, head=0)
    for frame in range(60 * FRAME_RATE):
        part.step(frame, QUIET)
    lid = channel(life, "eyeBlinkLeft")
    shut = (lid >= 1 - 1e-6).astype(int)
    assert abs((np.diff(shut) == 1).sum() - part.count) <= 1
    part._shut, part._hold = 10.0, 0.03
    times = 10 + np.arange(-200, 600) / 1000
    shape = np.array([part.at(time) for time in times])
    assert times[shape > 0][0] == pytest.approx(9.91, abs=0.002)
    assert times[shape > 0][-1] == pytest.approx(10.27, abs=0.002)
    assert times[shape == 1][-1] == pytest.approx(10.03, abs=0.002)


def test_saccades_hold_to_the_main_sequence_and_glances_to_their_length() -> None:
    part, seen, turns = Gaze(4), [], []
    for frame in range(HOUR):
        before, away = part.count, part.away
        part.step(frame, SPOKEN)
        if part.count > before:
            seen.append(part.saccade)
        if part.away != away:
            turns.append(frame / FRAME_RATE)
    size = np.array([one.size for one in seen])
    lasts = 1000 * np.array([one.duration for one in seen])
    assert (lasts >= 20 + 2.2 * size - 1e-6).all() and (lasts <= 30 + 2.7 * size + 1e-6).all()
    slope, base = np.polyfit(size, lasts, 1)
    assert 2.2 < slope < 2.7 and 20 < base < 30
    assert (size[size >= 1] < 15).mean() > 0.9
    assert 1 <= (size < 1).sum() / 3600 <= 2
    held = np.diff(turns)
    assert held[0::2].mean() == pytest.approx(0.9, rel=0.1)
    assert held[1::2].mean() == pytest.approx(3.1, rel=0.1)
    assert np.abs([one.there for one in seen]).max() < 30


def test_a_saccade_starts_and_ends_where_it_should() -> None:
    one = Saccade(1.0, 0.05, (0.0, 0.0), (10.0, -4.0))
    assert one.at(0.9) == (0.0, 0.0) and one.at(1.2) == (10.0, -4.0)
    assert one.at(1.025) == pytest.approx((5.0, -2.0))


def test_noise_is_smooth_of_spread_one_and_does_not_repeat() -> None:
    noise = SmoothNoise(7, "x", 110)
    values = np.array([noise.at(frame) for frame in range(HOUR)])
    assert values.std() == pytest.approx(1, abs=0.05) and abs(values.mean()) < 0.1
    assert np.abs(np.diff(values, 2)).max() < 0.002
    again = SmoothNoise(7, "x", 110)
    assert [again.at(frame) for frame in (50_000, 3, 50_000)] == [values[50_000], values[3], values[50_000]]
    coarse = values[::12]
    start, span = coarse[1000:1100], coarse[1100:1900]
    alike = [np.corrcoef(start, span[place : place + 100])[0, 1] for place in range(700)]
    assert max(alike) < 0.95


def test_the_head_follows_the_voice_and_does_not_drift() -> None:
    samples = speech(24)
    motion = lived(samples, 10**7)
    heard = [(moment.pitch, moment.loud) for moment in Prosody().push(samples)]
    rows = np.array(heard)[: 2 * motion.frames : 2]
    kernel = np.hanning(31) / np.hanning(31).sum()
    pitch, loud = (np.convolve(rows[:, column], kernel, "same") for column in (0, 1))
    lag, count = 12, min(len(rows), motion.frames)
    known = np.stack([np.ones(count - lag), pitch[: count - lag], loud[: count - lag]], axis=1)
    turns = motion.head[lag:count].astype(float)
    rest = turns - known @ np.linalg.lstsq(known, turns, rcond=None)[0]
    follows = np.sqrt(1 - rest.var(0) / turns.var(0))
    assert follows[1] >= 0.5 and (follows[[0, 2]] > 0.15).all()
    spread = motion.head.std(0)
    assert (spread > 1.5).all() and (spread < 4.5).all()
    assert np.abs(motion.head).max() < 15
    assert np.abs(motion.head[:600].mean(0) - motion.head[-600:].mean(0)).max() < 3


def test_a_silent_face_is_alive() -> None:
    motion = lived(np.zeros(60 * SAMPLE_RATE, np.float32), 16_000)
    assert motion.head.std(0).min() > 0.3 and motion.head.std(0).max() < 2.5
    assert (channel(motion, "eyeBlinkLeft") == 1).any()
    assert channel(motion, "eyeLookOutLeft").max() > 0.03
    assert not channel(motion, "browInnerUp").any()


def test_brows_rise_on_accents_and_breath_comes_before_phrases() -> None:
    brows, breath = Brows(0), Breath(0)
    risen = []
    for frame in range(50 * FRAME_RATE):
        bump = 6.0 * np.exp(-((((frame % 300) - 150) / 12) ** 2))
        before = brows.count
        brows.step(frame, Moment(float(bump), True, 0.8, True, True, False, 0.0))
        assert 0 <= brows.at(frame / FRAME_RATE)[0] <= 0.3
        risen += [frame % 300] if brows.count > before else []
    assert len(risen) >= 4 and all(150 < place < 165 for place in risen)
    assert 0.15 <= brows.height <= 0.3 and 0.25 <= brows.lasts <= 0.4
    pause = [SPOKEN] * 300 + [Moment(0, False, 0, False, True, False, n / FRAME_RATE) for n in range(60)]
    full = [breath.step(frame, pause[frame % 360]) for frame in range(3 * 360)]
    assert breath.count == 3 and full[355] > 0.15 > full[295]


@pytest.mark.parametrize(("strength", "every"), [(2.5, 60), (6.0, 80), (9.0, 150)])
def test_lively_and_calm_voices_raise_brows_about_as_often(strength: float, every: int) -> None:
    random = np.random.default_rng(1)
    brows, height = Brows(0), 0.0
    for frame in range(HOUR // 6):
        height = strength * random.random() if frame % every == 0 else height
        bump = height * np.exp(-((((frame % every) - every / 2) / 12) ** 2))
        brows.step(frame, Moment(float(bump), True, 0.8, True, True, False, 0.0))
    assert brows.count / 10 == pytest.approx(8, abs=2.5) or (strength < 3 and 0 < brows.count / 10 < 8)


def test_no_stretch_of_ten_seconds_comes_again_within_ninety() -> None:
    part = Head(5)
    head = np.array([part.step(frame, QUIET) for frame in range(240 * FRAME_RATE)])[::12]
    rows = np.lib.stride_tricks.sliding_window_view(head, (100, 3))[:, 0].reshape(-1, 300)
    for start in range(0, len(rows) - 900, 50):
        apart = np.sqrt(((rows[start + 100 : start + 900] - rows[start]) ** 2).mean(1))
        assert apart.min() > 0.1
    whole = lived(speech(), 10**7).head
    assert len(np.unique(whole, axis=0)) == len(whole)


def test_prosody_hears_pitch_and_phrases() -> None:
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 9))
    voice = np.where((time > 0.2) & (time < 1.2), 0.1 * voice, 0.0).astype(np.float32)
    heard = list(Prosody().push(voice))
    voiced = np.array([moment.voiced for moment in heard])
    assert voiced[30:140].all() and not voiced[:20].any() and not voiced[150:].any()
    assert np.ptp([moment.pitch for moment in heard[30:140]]) < 0.2
    assert [n for n, moment in enumerate(heard) if moment.ended] == [pytest.approx(162, abs=3)]


def test_blinks_shut_whatever_the_emotion_does_and_mouths_stay_to_the_bit() -> None:
    random = np.random.default_rng(1)
    weights = random.random((50, 52)).astype(np.float32)
    channels = random.random((50, len(LIFE_NAMES))).astype(np.float32)
    channels[:10, :2] = 1
    alive = enliven(weights, ARKIT_NAMES, Motion(channels, np.zeros((50, 3), np.float32)))
    assert alive.min() >= 0 and alive.max() <= 1
    at = ARKIT_NAMES.index
    assert (alive[:10, at("eyeBlinkLeft")] == 1).all() and not alive[:10, at("eyeWideLeft")].any()
    mouth = [at(name) for name in MOUTH_NAMES]
    assert np.array_equal(alive[:, mouth], weights[:, mouth])
    assert np.array_equal(
        enliven(weights[:, :3], ("a", "b", "c"), Motion(channels, channels[:, :3])), weights[:, :3]
    )


@pytest.mark.parametrize("name", ["studio", "live"])
def test_closures_are_unchanged_at_full_strength(name: str) -> None:
    strong = LifeSettings(2, 2, 2, 2, 2)
    plain, alive = (
        animate(ArraySource(speech(), SAMPLE_RATE), load_model(name), life=life) for life in (None, strong)
    )
    assert plain.head is None and alive.head is not None and len(alive.head) == alive.frames
    assert np.array_equal(lip_gap(plain.weights, plain.names), lip_gap(alive.weights, alive.names))
    assert not np.array_equal(plain.weights, alive.weights)


def test_eyes_turn_as_their_channels_say() -> None:
    weights = np.zeros((1, 52), np.float32)
    weights[0, ARKIT_NAMES.index("eyeLookOutLeft")] = weights[0, ARKIT_NAMES.index("eyeLookInRight")] = 0.5
    turned = rotations(weights, ARKIT_NAMES, np.array([[90, 0, -90]], np.float32))
    wanted = [[90, 0, -90, 15, 0, 0, 15, 0, 0]]
    np.testing.assert_allclose(np.degrees(turned), wanted, atol=1e-4)


@pytest.mark.parametrize("rig", [None, "livelink", "oculus"])
def test_live_frames_end_with_the_turns_and_recordings_have_the_head(rig: str | None, tmp_path: Path) -> None:
    model, fps = load_model("live"), 30
    target = None if rig is None else open_target(rig, model.rig.names)[0]
    how = None if target is None else target.how
    face = LiveFace(model, fps, {}, {}, how, LifeSettings(), 3)
    keep = Recording(tmp_path / "talk.npz", rig=None if target is None else target.rig)
    keep.open(face.names, fps)
    samples = speech()[:80_000]
    blocks = [samples[start : start + 700] for start in range(0, len(samples), 700)]
    for frame in [*(frame for block in blocks for frame in face.push(block)), *face.finish()]:
        keep.send(frame)
    assert set(ROTATION_NAMES) <= set(face.names) and len(set(face.names)) == len(face.names)
    assert not face.rest().weights[-9:].any()
    keep.save()
    clip = animate(ArraySource(samples, SAMPLE_RATE), model, fps, life=LifeSettings(), seed=3)
    clip, kept = clip if target is None else on_rig(clip, target), read_clip(tmp_path / "talk.npz")
    assert kept.names == clip.names
    np.testing.assert_allclose(kept.weights, clip.weights, atol=1e-5)
    assert (kept.head is None) == (clip.head is None) == (rig == "livelink")
    if clip.head is not None and kept.head is not None:
        np.testing.assert_allclose(kept.head, clip.head, atol=1e-4)


def test_the_switches_of_the_command(tmp_path: Path) -> None:
    def written(*words: str) -> AnimationClip:
        main(["animate", str(SAMPLE), "-o", str(tmp_path / "a.npz"), *words], standalone_mode=False)
        return read_clip(tmp_path / "a.npz")

    alive, other, still = written(), written("--seed", "8"), written("--no-head", "--no-eyes")
    bare = animate(FileSource(SAMPLE, 16.0), load_model("studio"))
    assert np.array_equal(still.weights, bare.weights) and still.head is None
    assert alive.head is not None and other.head is not None and not np.array_equal(alive.head, other.head)
    headless, eyeless = written("--no-head"), written("--no-eyes")
    assert headless.head is None and not np.array_equal(headless.weights, bare.weights)
    assert np.array_equal(eyeless.weights, bare.weights)
    assert eyeless.head is not None and np.array_equal(eyeless.head, alive.head)


def test_a_stream_of_a_small_rig_with_turns_is_still_of_another_rig() -> None:
    with pytest.raises(RefusedError, match="use the arkit rig"):
        Places(["mouth_a", "mouth_b", "mouth_c", *ROTATION_NAMES], LINK_NAMES, "livelink")
