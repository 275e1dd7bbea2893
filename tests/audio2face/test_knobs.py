"""Knobs: neutral to the bit, each monotone, any blocks, closed lips closed; all faults of a file told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import audio2face
from audio2face.errors import SettingsError
from audio2face.knobs import FaceSettings, Knobs, parse_assignments, read_settings, settings_text
from audio2face.knobs.lag import Lag
from audio2face.knobs.regions import is_upper
from audio2face.knobs.table import KNOBS
from audio2face.life import LifeSettings
from audio2face.live import LiveFace
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import ArraySource, FileSource
from rigs import ARKIT_NAMES, AnimationClip, Channel, Rig, arkit_rig, lip_gap
from rigs.arkit import MOUTH_NAMES
from rigs.contacts import PARTED

from .conftest import Refused, Run

Array = npt.NDArray[np.float32]
SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
ARKIT = arkit_rig()
AT = ARKIT_NAMES.index
SHAPING = [key for key in KNOBS if key.partition(".")[0] in ("strength", "smoothing", "offset")]
FULL = {key: KNOBS[key].high for key in SHAPING}


@lru_cache
def spoken(emotion: str = "") -> AnimationClip:
    """The bundled sentence, as the model says it."""
    mix = {emotion: 1.0} if emotion else None
    return animate(FileSource(SAMPLE, 16.0), load_model("studio"), emotion=mix)


def turned(values: dict[str, float], weights: Array | None = None) -> Array:
    """Weights after some knobs were turned."""
    return Knobs(ARKIT, 60, FaceSettings(values))(spoken("joy").weights if weights is None else weights)


def test_neutral_settings_change_nothing_to_the_bit() -> None:
    said = FaceSettings({key: knob.neutral for key, knob in KNOBS.items()})
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    for life in (None, LifeSettings()):
        bare, neutral = (
            animate(ArraySource(samples, 16_000), load_model("live"), life=life, settings=settings)
            for settings in (None, said)
        )
        assert np.array_equal(bare.weights, neutral.weights)
    assert np.array_equal(turned({}), spoken("joy").weights)
    assert said.life == FaceSettings().life == LifeSettings()


def _mouth(weights: Array) -> float:
    return float(weights[:, [AT(name) for name in MOUTH_NAMES if name != "mouthClose"]].sum())


def _open(weights: Array) -> float:
    """Mean gap of lips that the model has apart."""
    apart = lip_gap(spoken("joy").weights, ARKIT_NAMES) > PARTED
    return float(lip_gap(weights, ARKIT_NAMES)[apart].mean())


def _lids(weights: Array) -> float:
    return float((weights[:, AT("eyeBlinkLeft")] - weights[:, AT("eyeWideLeft")]).sum())


def _roughness(weights: Array) -> float:
    return -float(np.abs(np.diff(weights, axis=0)).sum())


MEASURES: dict[str, Callable[[Array], float]] = {
    "strength.upper": lambda weights: float(weights[:, is_upper(ARKIT_NAMES)].sum()),
    "strength.lower": _mouth,
    "strength.jaw": _open,
    "smoothing.upper": _roughness,
    "smoothing.lower": _roughness,
    "offset.jaw": _open,
    "offset.lips": _open,
    "offset.lids": _lids,
    "channel.jawOpen.gain": lambda weights: float(weights[:, AT("jawOpen")].sum()),
    "channel.jawOpen.bias": lambda weights: float(weights[:, AT("jawOpen")].sum()),
    "channel.jawOpen.min": lambda weights: float(weights[:, AT("jawOpen")].sum()),
    "channel.jawOpen.max": lambda weights: float(weights[:, AT("jawOpen")].sum()),
}
RANGES = {"gain": (0.0, 2.0), "bias": (-0.3, 0.3), "min": (0.0, 0.4), "max": (0.0, 0.3)}


@pytest.mark.parametrize("key", MEASURES)
def test_each_knob_is_monotone(key: str) -> None:
    low, high = RANGES.get(key.rpartition(".")[2]) or (KNOBS[key].low, KNOBS[key].high)
    weights = spoken("joy").weights.copy()
    if key == "smoothing.upper":  # the model's upper face is still; a blink every second is not
        weights[:, AT("eyeBlinkLeft")] = np.sin(np.arange(len(weights)) / 10) ** 20
    values = [MEASURES[key](turned({key: float(value)}, weights)) for value in np.linspace(low, high, 9)]
    assert (np.diff(values) > 0).all(), values


@pytest.mark.parametrize("part", ["head", "blinks", "gaze", "brows", "breath"])
def test_strengths_of_life_reach_it(part: str) -> None:
    assert getattr(FaceSettings({f"strength.{part}": 0.3}).life, part) == 0.3
    assert FaceSettings({"rate.resting": 8, "rate.talking": 9}).life == LifeSettings(rest_rate=8, talk_rate=9)


@pytest.mark.parametrize("key", ["strength.upper", "strength.lower"])
def test_a_still_region_and_the_other_as_it_was(key: str) -> None:
    upper = is_upper(ARKIT_NAMES)
    still, other = (upper, ~upper) if key == "strength.upper" else (~upper, upper)
    weights = turned({key: 0.0})
    assert not weights[:, still].any()
    np.testing.assert_allclose(weights[:, other], spoken("joy").weights[:, other], atol=0.01)


HARD = [
    *({key: KNOBS[key].low} for key in SHAPING if key != "strength.lower"),
    *({key: KNOBS[key].high} for key in SHAPING),
    {"strength.lower": 0.3},
    {"smoothing.lower": 80.0},
    {**FULL, "smoothing.lower": 0.0, "smoothing.upper": 0.0},
    FULL,
    {"strength.lower": 0.4, "offset.jaw": 0.5, "smoothing.lower": 120.0, "offset.lips": 0.5},
]


@pytest.mark.parametrize(
    "values", HARD, ids=lambda values: " ".join(f"{k}={v:g}" for k, v in values.items())[:60]
)
@pytest.mark.parametrize("emotion", ["", "joy", "surprise"])
def test_closed_lips_stay_closed(values: dict[str, float], emotion: str) -> None:
    plain = spoken(emotion)
    before = lip_gap(plain.weights, ARKIT_NAMES)
    after = lip_gap(turned(values, plain.weights), ARKIT_NAMES)
    closed = before <= 1
    assert closed.sum() > 50
    assert (after[closed] <= np.maximum(before[closed], 0) + 1e-4).all()


def test_closed_lips_stay_closed_for_any_face() -> None:
    random = np.random.default_rng(3)
    weights = (random.random((4000, 52)) ** 3).astype(np.float32)
    weights[:, AT("mouthClose")] = random.random(4000) * weights[:, AT("jawOpen")] * 1.5
    before = lip_gap(weights, ARKIT_NAMES)
    after = turned({**FULL, "smoothing.upper": 0.0, "smoothing.lower": 0.0}, weights)
    assert after.min() >= 0 and after.max() <= 1
    closed = before <= 1
    assert closed.sum() > 500
    assert (lip_gap(after, ARKIT_NAMES)[closed] <= np.maximum(before[closed], 0) + 1e-4).all()


def test_a_low_jaw_offset_presses_no_lips_into_each_other() -> None:
    before = lip_gap(spoken("joy").weights, ARKIT_NAMES)
    weights = turned({"offset.jaw": -0.5})
    held = weights[:, AT("mouthClose")] > 0
    assert (lip_gap(weights, ARKIT_NAMES)[held] >= np.minimum(before[held], 0) - 1e-4).all()


def test_a_bias_or_a_clamp_is_obeyed_whatever_becomes_of_the_lips() -> None:
    weights = turned({"channel.jawOpen.bias": 0.2, "channel.mouthClose.max": 0.0})
    assert lip_gap(weights, ARKIT_NAMES).min() > 1
    assert weights[:, AT("jawOpen")].min() >= 0.2 and not weights[:, AT("mouthClose")].any()


def test_lips_do_not_jump_where_they_are_no_longer_held() -> None:
    """From closed to apart the gap grows with the model's, without a step."""
    jaw = np.linspace(0, 0.1, 2001, dtype=np.float32)
    weights = np.zeros((2001, 52), np.float32)
    weights[:, AT("jawOpen")] = jaw
    gap = lip_gap(turned({"strength.lower": 2.0, "offset.lips": 0.5}, weights), ARKIT_NAMES)
    assert np.diff(gap).max() < 0.05 and gap[-1] > 2 * 0.1 * 30


@pytest.mark.parametrize("block", [1, 2, 7, 500])
def test_any_blocks_give_the_same_to_the_bit(block: int) -> None:
    values = {**FULL, "strength.lower": 1.3, "smoothing.lower": 60.0, "offset.lids": -0.2}
    weights = spoken("joy").weights
    knobs = Knobs(ARKIT, 60, FaceSettings(values))
    parts = [knobs(weights[start : start + block]) for start in range(0, len(weights), block)]
    assert np.array_equal(np.concatenate(parts), turned(values))


@pytest.mark.parametrize(("milliseconds", "fps"), [(40.0, 60), (120.0, 30), (200.0, 120)])
def test_smoothing_lags_as_stated_and_hears_nothing_ahead(milliseconds: float, fps: int) -> None:
    step = np.zeros((4 * fps, 1), np.float32)
    step[fps:] = 1
    soft = Lag(np.array([milliseconds / 1000]), fps)(step)[:, 0]
    assert not soft[:fps].any() and (np.diff(soft) >= 0).all()
    assert (1 - soft[fps:]).sum() / fps == pytest.approx(milliseconds / 1000, rel=0.01)


def test_a_blink_shuts_the_lids_whatever_their_offset() -> None:
    weights = np.zeros((3, 52), np.float32)
    weights[:, AT("eyeBlinkLeft")] = [0, 0.5, 1]
    lower, wider = (turned({"offset.lids": value}, weights) for value in (0.2, -0.2))
    np.testing.assert_allclose(lower[:, AT("eyeBlinkLeft")], [0.2, 0.6, 1])
    np.testing.assert_allclose(wider[:, AT("eyeBlinkLeft")], [0, 0.5, 1])
    np.testing.assert_allclose(wider[:, AT("eyeWideLeft")], [0.2, 0.1, 0], atol=1e-7)


def test_live_frames_are_those_of_a_file() -> None:
    settings = FaceSettings(
        {"strength.lower": 1.4, "smoothing.lower": 40, "offset.jaw": 0.1, "strength.head": 0.5}
    )
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])[:48_000]
    model = load_model("live")
    clip = animate(ArraySource(samples, 16_000), model, 60, life=settings.life, seed=4, settings=settings)
    face = LiveFace(model, 60, {}, {}, None, settings.life, 4, settings)
    blocks = [samples[start : start + 160] for start in range(0, len(samples), 160)]
    frames = [*(frame for block in blocks for frame in face.push(block)), *face.finish()]
    rows = np.stack([frame.weights for frame in frames])
    np.testing.assert_allclose(rows[:, :52], clip.weights, atol=1e-6)
    assert not face.rest().weights.any()


def test_controls_turn_knobs_while_the_face_performs() -> None:
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])[:48_000]
    face = LiveFace(load_model("live"), 60, {}, {}, None, LifeSettings(), 4)
    paths = {control.path for control in face.controls.table()}
    assert {"strength/upper", "strength/lower", "strength/head", "strength/blinks", "strength/gaze"} <= paths
    assert {"offset/jaw", "offset/lips", "offset/lids"} <= paths
    before = face.push(samples[:24_000])
    face.controls.set("strength/lower", 0.0)
    face.controls.set("strength/head", 0.0)
    after = face.push(samples[24_000:])
    mouth = [AT(name) for name in MOUTH_NAMES]
    # Frames of life are ready a few frames before those of the model.
    head = [face.names.index(name) for name in ("headYaw", "headPitch", "headRoll")]
    assert np.stack([frame.weights[mouth] for frame in before]).any()
    assert not np.stack([frame.weights[mouth] for frame in after]).any()
    assert not np.stack([frame.weights[head] for frame in after[6:]]).any()


def test_what_a_control_says_is_followed_without_a_jump() -> None:
    face = LiveFace(load_model("live"), 60, {}, {}, None, None)
    quiet = np.zeros(160, np.float32)
    before = [frame for _ in range(100) for frame in face.push(quiet)]
    face.controls.set("offset/lids", 0.5)
    frames = [*before, *(frame for _ in range(60) for frame in face.push(quiet))]
    wide = [frame.weights[AT("eyeBlinkLeft")] for frame in frames]
    assert wide[-1] == pytest.approx(0.5, abs=0.05) and np.abs(np.diff(wide)).max() < 0.15


def test_a_face_without_life_or_jaw_has_no_such_controls() -> None:
    face = LiveFace(load_model("live"), 60, {}, {}, None, None)
    paths = {control.path for control in face.controls.table()}
    assert {path for path in paths if not path.startswith("emotion/")} == {
        *("strength/upper", "strength/lower", "strength/jaw"),
        *("offset/jaw", "offset/lips", "offset/lids"),
    }
    knobs = Knobs(Rig((Channel("Kiefer"), Channel("brow_L"))), 60)
    assert not knobs.moves("offset.jaw") and knobs.moves("strength.lower")


def test_regions_of_other_rigs_go_by_name() -> None:
    assert is_upper(["brow_L", "EyeWide_R", "smile", "component 3", "noseSneerLeft"]).tolist() == [
        1,
        1,
        0,
        0,
        1,
    ]
    assert [name for name, up in zip(ARKIT_NAMES, is_upper(ARKIT_NAMES), strict=True) if not up] == [
        name for name in ARKIT_NAMES if name in MOUTH_NAMES
    ]


def test_all_faults_are_told() -> None:
    with pytest.raises(SettingsError) as caught:
        FaceSettings({"strength.uper": 1.0, "offset.jaw": 0.7, "smoothing.lower": float("nan")})
    assert caught.value.faults == (
        "'strength.uper' is no setting; nearest is 'strength.upper'",
        "offset.jaw is 0.7; expected -0.5 to 0.5",
        "smoothing.lower is 'nan'; expected a number",
    )
    with pytest.raises(SettingsError, match=r"channel.jawOpen.min is 0.5 and its max 0.2"):
        FaceSettings({"channel.jawOpen.min": 0.5, "channel.jawOpen.max": 0.2})


def test_what_a_rig_does_not_have_is_told() -> None:
    small = Rig((Channel("Jaw"), Channel("brow_L")))
    with pytest.raises(
        SettingsError, match=r"channel\.jaw is no channel of the model's rig; nearest is 'Jaw'"
    ):
        Knobs(small, 60, FaceSettings({"channel.jaw.gain": 2.0}))
    with pytest.raises(
        SettingsError, match=r"offset\.jaw moves jawOpen, which the model's rig does not have"
    ):
        Knobs(small, 60, FaceSettings({"offset.jaw": 0.1}))
    with pytest.raises(SettingsError, match=r"channel.Jaw.max is 1.5; the channel goes from 0 to 1"):
        Knobs(small, 60, FaceSettings({"channel.Jaw.max": 1.5}))


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    values = {
        "strength.upper": 1.25,
        "offset.jaw": -0.1,
        "channel.jawOpen.gain": 1.1,
        "channel.a b.c.min": 0.1,
    }
    path = tmp_path / "face.toml"
    for settings in (FaceSettings(), FaceSettings(values)):
        path.write_text(settings_text(settings), encoding="utf-8")
        back = read_settings(path)
        assert {key: value for key, value in back.values.items() if value != settings[key]} == {}
        assert all(back[key] == value for key, value in settings.values.items())
    assert set(KNOBS) <= set(back.values)


WRONG: Sequence[tuple[str, str]] = [
    ("[strength]\nuper = 1", " line 2: 'strength.uper' is no setting; nearest is 'strength.upper'"),
    ("strength.upper = 3", " line 1: strength.upper is 3; expected 0 to 2"),
    ("[strength]\n\nhead = true", " line 3: strength.head is 'True'; expected a number"),
    ('[strength]\nhead = "1"', " line 2: strength.head is '1'; expected a number"),
    ("strength = 2", " line 1: 'strength' is no setting"),
    (
        "[channel.jawOpen]\ngian = 1",
        " line 2: 'channel.jawOpen.gian' is no setting; of a channel there are gain",
    ),
    ("[channel.jawOpen]\ngain = -1", " line 2: channel.jawOpen.gain is -1; expected 0 or more"),
    ("[strength\n", "cannot read"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_file_is_refused_with_the_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "face.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    assert told in caught.value.faults[0] and str(path) in caught.value.faults[0]


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="write one with: audio2face settings -o"):
        read_settings(tmp_path / "face.toml")
    (tmp_path / "face.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="no UTF-8"):
        read_settings(tmp_path / "face.toml")


def test_assignments() -> None:
    assert parse_assignments(["strength.upper = 1.2", "channel.jawOpen.gain=2"]) == {
        "strength.upper": 1.2,
        "channel.jawOpen.gain": 2.0,
    }
    with pytest.raises(SettingsError) as caught:
        parse_assignments(["strength.upper", "offset.jaw=9"])
    assert len(caught.value.faults) == 2


def test_the_command_writes_shows_and_checks(here: Path, run: Run, refused: Refused) -> None:
    assert run("settings").out == settings_text()
    assert run("settings", "--set", "offset.jaw=0.1", "--json").out.split() == [
        "{",
        '"offset.jaw":',
        "0.1",
        "}",
    ]
    run("settings", "-o", "face.toml", "--set", "offset.jaw=0.1")
    assert read_settings(here / "face.toml")["offset.jaw"] == 0.1
    assert "is there already" in refused("settings", "-o", "face.toml")
    run("settings", "face.toml", "-o", "face.toml", "--set", "strength.head=0.5")
    assert read_settings(here / "face.toml")["strength.head"] == 0.5
    assert "name it so" in refused("settings", "-o", "face.txt")
    (here / "bad.toml").write_text("[strength]\nuper = 1\nlower = 3\n", encoding="utf-8")
    done = run("settings", "bad.toml")
    assert done.code == 1 and [line[:27] for line in done.err.splitlines()] == [
        "audio2face: bad.toml line 2",
        "audio2face: bad.toml line 3",
    ]


def test_settings_reach_the_file(line: Path, here: Path, run: Run) -> None:
    (here / "face.toml").write_text("[strength]\nhead = 0\nlower = 0\nblinks = 0\n", encoding="utf-8")
    words = (
        "animate",
        line,
        "-o",
        "a.json",
        "--settings",
        "face.toml",
        "--set",
        "channel.mouthClose.bias=0.25",
    )
    assert run(*words).code == 0
    clip = audio2face.read_clip(here / "a.json")
    mouth = [AT(name) for name in MOUTH_NAMES if name != "mouthClose"]
    assert not clip.weights[:, mouth].any() and (clip.channel("mouthClose") == 0.25).all()
    assert clip.head is None
    assert run("preview", line, "-o", "a.html", "--settings", "face.toml").code == 0
    done = run("preview", "a.json", "-o", "b.html", "--set", "strength.lower=1.2")
    assert done.code == 1 and "--set is for sound files" in done.err
