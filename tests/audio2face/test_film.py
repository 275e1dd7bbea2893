"""Filmed lips bend the teacher until its lips are where the film has them; altered sound keeps its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio2face.corpus import Take, known_voices, within
from audio2face.errors import TrainingError
from audio2face.measures.amplitude import EYE_CORNERS
from audio2face.teacher import Segment, perform, script
from audio2face.training.augment import warped
from audio2face.training.codecs import coded
from audio2face.training.film import at_clock, beyond_phones, filmed_lips
from rigs import ARKIT_NAMES
from rigs.lips import lip_gap, mouth_width

PHONES = tuple(
    Segment(label, 0.2 * n, 0.2 * n + 0.2) for n, label in enumerate(("SIL", "AA", "IY", "UW", "AA", "SIL"))
)
FRAMES = 144


@pytest.mark.parametrize(("gap", "width"), [(5.0, 1.5), (9.0, -2.0), (3.0, -4.0)])
def test_lips_go_where_the_film_has_them(gap: float, width: float) -> None:
    lines = script(PHONES, FRAMES)
    lips = np.tile(np.float32([gap, width]), (FRAMES, 1))
    beyond = beyond_phones(lines, lips)
    free = perform(lines, None, beyond).free
    middle = slice(30, 114)
    np.testing.assert_allclose(lip_gap(free, ARKIT_NAMES)[middle], gap, atol=0.3)
    np.testing.assert_allclose(mouth_width(free, ARKIT_NAMES)[middle], width, atol=1.3)  # opening comes last
    assert free.min() >= 0 and free.max() <= 1


def test_film_says_nothing_where_nobody_speaks() -> None:
    lines = script(PHONES, FRAMES)
    beyond = beyond_phones(lines, np.full((FRAMES, 2), 4.0, np.float32))
    assert not beyond[lines.active == 0].any()


def test_film_in_millimetres_against_its_own_rest(tmp_path: Path) -> None:
    """Landmarks whose lips open by a tenth of the eyes' distance while a vowel is said."""
    points = np.zeros((30, 6, 3))
    points[:, 4, 0], points[:, 5, 0] = 0.25, 0.75  # eyes, 180 pixels apart
    points[:, 2, 0], points[:, 3, 0] = 0.4, 0.6
    points[10:20, 1, 1] = 18 / 288
    index = np.array([13, 14, 61, 291, 33, 263])
    file = tmp_path / "film.npz"
    arrays = {"a/landmarks": np.round(points * 20000).astype(np.int16), "landmark_index": index}
    np.savez(file, **arrays)
    take = Take("a", Path("none"), (Segment("AA", 0.4, 0.8),), frozenset({"ann"}), file)
    lips = filmed_lips(take)
    assert lips is not None
    np.testing.assert_allclose(lips[12:18, 0], EYE_CORNERS / 10, rtol=0.01)
    np.testing.assert_allclose(lips[:8], 0, atol=1e-3)
    with pytest.raises(TrainingError, match="no landmarks of b"):
        filmed_lips(Take("b", take.audio, take.phones, take.voices, file))
    assert filmed_lips(Take("a", take.audio, take.phones, take.voices)) is None


def test_film_is_stretched_with_the_sound() -> None:
    lips = np.stack([np.arange(25.0), np.zeros(25)], axis=1).astype(np.float32)
    # A second of film at 25 frames a second, heard a tenth slower.
    np.testing.assert_allclose(at_clock(lips, 25.0, 60, 1.1)[:, 0], np.arange(60) / 120 / 1.1 * 25, atol=1e-4)


def test_codecs_keep_length_and_place() -> None:
    random = np.random.default_rng(1)
    sound = np.convolve(random.normal(size=16000), np.ones(30) / 30, "same").astype(np.float32) * 0.2
    for seed in range(9):
        heard = coded(sound, np.random.default_rng(seed))
        assert heard.shape == sound.shape and heard.dtype == np.float32
        lags = np.correlate(heard[4000:12000], sound[4200:11800], "valid")
        assert abs(int(np.argmax(lags)) - 200) <= 4, f"seed {seed} moved the sound"


def test_longer_throat_lowers_formants_and_keeps_energy() -> None:
    features = np.zeros((4, 65), np.float32)
    features[:, 10], features[:, 42], features[:, -1] = 1.0, 1.0, -7.0
    places = []
    for seed in range(20):
        found = warped(features, np.random.default_rng(seed))
        assert found.shape == features.shape and (found[:, -1] == -7.0).all()
        np.testing.assert_array_equal(found[:, :32], found[:, 32:64])
        places.append(float(found[0, :32] @ np.arange(32) / found[0, :32].sum()))
    assert min(places) < 9.7 and max(places) > 10.3


def test_phones_beyond_the_sound_are_dropped() -> None:
    kept = within([Segment("AA", 0, 1), Segment("M", 1, 2.5), Segment("IY", 2.5, 3)], 2.0)
    assert kept == (Segment("AA", 0, 1), Segment("M", 1, 2.0))


def test_voice_that_nobody_has_is_named() -> None:
    take = Take("a", Path("none"), (), frozenset({"ann", "bob"}))
    assert known_voices(["bob"], [take]) == {"bob"}
    with pytest.raises(TrainingError, match="no take has the voice 'eve'; known are ann, bob"):
        known_voices(["eve"], [take])
