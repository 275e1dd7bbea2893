"""Contacts of the lips: the same in NumPy, where the teacher makes them, and in the network."""

from __future__ import annotations

import numpy as np
import pytest

from rigs import ARKIT_NAMES
from rigs.contacts import ON_TEETH, PARTED, SEALED, Contact, part, seal, touch
from rigs.errors import RigError
from rigs.lips import lip_gap, lip_teeth_gap

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"


@pytest.fixture
def poses() -> np.ndarray:
    """[200, 52] any faces at all."""
    return np.random.default_rng(2).uniform(0, 1, (200, 52)).astype(np.float32) ** 2


def test_gate_of_zero_changes_nothing(poses: np.ndarray) -> None:
    assert np.array_equal(seal(poses, np.zeros(200)), poses)
    assert np.array_equal(touch(poses, np.zeros(200)), poses)


def test_full_seal_leaves_no_gap(poses: np.ndarray) -> None:
    gap = lip_gap(seal(poses, np.ones(200)), ARKIT_NAMES)
    assert lip_gap(poses, ARKIT_NAMES).max() > 5
    assert gap.max() <= 1e-3


def test_seal_opens_with_its_gate() -> None:
    pose = np.zeros((5, 52), np.float32)
    pose[:, ARKIT_NAMES.index("jawOpen")] = 0.5
    gap = lip_gap(seal(pose, np.linspace(0, 1, 5)), ARKIT_NAMES)
    assert np.all(np.diff(gap) < -0.5)
    np.testing.assert_allclose(np.diff(gap), np.diff(gap).mean(), rtol=1e-3)


def test_touch_brings_the_lip_to_the_teeth() -> None:
    pose = np.zeros((1, 52), np.float32)
    pose[:, ARKIT_NAMES.index("jawOpen")] = 0.3
    apart, together = (float(lip_teeth_gap(touch(pose, [gate]), ARKIT_NAMES)[0]) for gate in (0.0, 1.0))
    assert together < apart - 1.0


def test_contacts_leave_the_upper_face_alone(poses: np.ndarray) -> None:
    upper = [n for n, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "eye", "nose", "cheek"))]
    for bind in (seal, touch):
        assert np.array_equal(bind(poses, np.ones(200))[:, upper], poses[:, upper])


def test_input_is_not_changed(poses: np.ndarray) -> None:
    kept = poses.copy()
    seal(poses, np.ones(200))
    touch(poses, np.ones(200))
    assert np.array_equal(poses, kept)


def test_contact_checks_its_sizes() -> None:
    with pytest.raises(RigError, match="keep has shape"):
        Contact(np.ones(3, np.float32), SEALED.add)
    with pytest.raises(ValueError, match="read-only"):
        ON_TEETH.add[0] = 1.0


def logits_of(gate: np.ndarray) -> np.ndarray:
    """The logit at which the network's gate is just so far open."""
    return 4.0 * gate - 2.0


def test_network_makes_the_same_contacts(poses: np.ndarray) -> None:
    pytest.importorskip("keras", reason=NEEDS)
    from audio2face.networks.fusion import SPOKEN, fuse  # noqa: PLC0415

    random = np.random.default_rng(4)
    closed, teeth, active = random.uniform(0, 1, (3, 200)).astype(np.float32)
    closed[:20], teeth[10:30], active[5:60] = 1.0, 1.0, 1.0
    closed[60:80], teeth[80:100], active[100:120] = 0.0, 0.0, 0.0
    rest = random.uniform(0, 0.3, (200, 52)).astype(np.float32)
    spoken = np.clip(rest + active[:, None] * SPOKEN * (poses - rest), 0, 1)
    wanted = np.clip(seal(touch(part(spoken, active), active * teeth), active * closed), 0, 1)
    logits = logits_of(np.stack([closed, teeth, active], axis=1))
    found = np.asarray(fuse(poses[None], logits[None].astype(np.float32), rest[None]))[0]
    np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_network_measures_the_same_gap(poses: np.ndarray) -> None:
    pytest.importorskip("keras", reason=NEEDS)
    from audio2face.networks.fusion import lip_gap as gap_of  # noqa: PLC0415

    np.testing.assert_allclose(np.asarray(gap_of(poses[None]))[0], lip_gap(poses, ARKIT_NAMES), atol=1e-4)


def test_gate_reaches_zero_and_one_exactly() -> None:
    pytest.importorskip("keras", reason=NEEDS)
    from audio2face.networks.fusion import gate  # noqa: PLC0415

    logits = np.array([-50.0, -2.0, 0.0, 2.0, 50.0], np.float32)
    assert np.asarray(gate(logits)).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert np.all(np.diff(np.asarray(gate(np.linspace(-2, 2, 50, dtype=np.float32)))) > 0)


def test_silent_network_shows_its_rest_exactly(poses: np.ndarray) -> None:
    pytest.importorskip("keras", reason=NEEDS)
    from audio2face.networks.fusion import fuse  # noqa: PLC0415

    rest = np.clip(poses[::-1].copy(), 0, 1)
    logits = np.tile(np.float32([5.0, 5.0, -2.0]), (200, 1))
    assert np.array_equal(np.asarray(fuse(poses[None], logits[None], rest[None]))[0], rest)


def test_lips_that_speak_are_apart(poses: np.ndarray) -> None:
    gate = np.linspace(0, 1, len(poses)).astype(np.float32)
    gap, parted = lip_gap(poses, ARKIT_NAMES), lip_gap(part(poses, gate), ARKIT_NAMES)
    wide = gap >= PARTED
    np.testing.assert_array_equal(parted[wide], gap[wide])
    np.testing.assert_allclose(parted[~wide], (gap + gate * (PARTED - gap))[~wide], atol=1e-3)
