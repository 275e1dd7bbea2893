"""Rigs of principal components: exact on data of low rank, the same on every run, files that are checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rigs import Rig, RigError
from rigs.solving.archive import write_archive
from rigs.solving.pca import PcaRig, load_pca, pca_rig

TRIANGLES = [[0, 1, 2], [2, 1, 3]]


def data(frames: int = 80, vertices: int = 30, rank: int = 4, seed: int = 0) -> np.ndarray:
    """[frames, vertices, 3] float32 of that rank about a mean, directions of falling strength."""
    random = np.random.default_rng(seed)
    strength = 0.01 / (1 + np.arange(rank))
    moves = random.normal(size=(frames, rank)) * strength @ random.normal(size=(rank, 3 * vertices))
    mean = random.normal(0, 0.1, 3 * vertices)
    return (mean + moves).reshape(frames, vertices, 3).astype(np.float32)


def reference(vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Directions and standard deviations by numpy's SVD of all the data at once."""
    flat = vertices.reshape(len(vertices), -1).astype(np.float64)
    _, values, directions = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    return directions, values / np.sqrt(len(vertices))


@pytest.mark.parametrize("way", ["by frames", "by coordinates", "by subspace"])
def test_data_of_low_rank_comes_back_exactly(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vertices = data(80, 30) if way != "by coordinates" else data(300, 20)
    if way == "by subspace":
        monkeypatch.setattr("rigs.solving.components.SMALL", 5)
    rig = (
        pca_rig(vertices, keep=1, triangles=TRIANGLES)
        if way != "by subspace"
        else pca_rig(vertices, components=4)
    )
    assert isinstance(rig, Rig)
    assert rig.names == ("pc001", "pc002", "pc003", "pc004")
    assert rig.kept == pytest.approx(1)
    weights = rig.weights_of(vertices)
    np.testing.assert_allclose(rig.vertices(weights), vertices, atol=2e-7)
    np.testing.assert_allclose(weights.std(axis=0), 1, rtol=1e-4)
    directions, deviations = reference(vertices)
    assert rig.mesh is not None
    for name, direction, deviation in zip(rig.names, directions, deviations, strict=False):
        shape = rig.mesh.targets[name].deltas.ravel()
        assert np.linalg.norm(shape) == pytest.approx(deviation, rel=1e-4)
        assert abs(shape @ direction) == pytest.approx(deviation, rel=1e-4)
        assert shape[np.argmax(np.abs(shape))] > 0
    for at, channel in enumerate(rig.channels):
        assert (channel.minimum, channel.maximum) == pytest.approx(
            (weights[:, at].min(), weights[:, at].max()), abs=1e-4
        )


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.9995])
def test_as_few_components_as_keep_that_much(keep: float) -> None:
    vertices = data(rank=12)
    rig = pca_rig(vertices, keep)
    shares = np.cumsum(np.square(reference(vertices)[1]))
    shares /= shares[-1]
    assert len(rig.channels) == np.searchsorted(shares, keep) + 1
    assert rig.kept == pytest.approx(shares[len(rig.channels) - 1], rel=1e-5)
    assert rig.kept >= keep


def test_the_subspace_agrees_with_the_exact_way(monkeypatch: pytest.MonkeyPatch) -> None:
    vertices = data(120, 40, rank=30) + np.random.default_rng(1).normal(0, 1e-5, (120, 40, 3)).astype("f4")
    exact = pca_rig(vertices, keep=0.999)
    monkeypatch.setattr("rigs.solving.components.SMALL", 10)
    quick = pca_rig(vertices, keep=0.999)
    assert quick.names == exact.names
    np.testing.assert_allclose(
        quick.vertices(np.eye(len(quick.names))), exact.vertices(np.eye(len(exact.names))), atol=1e-6
    )


def test_the_same_twice_and_from_a_mapped_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "data.npy", data().reshape(80, -1))
    monkeypatch.setattr("rigs.solving.sequence.BLOCK_BYTES", 20_000)
    one = pca_rig(data())
    two = pca_rig(np.load(tmp_path / "data.npy", mmap_mode="r"))
    one.save(tmp_path / "one.npz")
    two.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_save_and_load(tmp_path: Path) -> None:
    rig = pca_rig(data(), triangles=TRIANGLES)
    rig.save(tmp_path / "face.npz")
    again = load_pca(tmp_path / "face.npz")
    assert isinstance(again, PcaRig)
    assert (again.channels, again.kept) == (rig.channels, rig.kept)
    assert again.mesh is not None
    assert again.mesh.triangles.tolist() == TRIANGLES
    np.testing.assert_array_equal(again.weights_of(data()), rig.weights_of(data()))


@pytest.mark.parametrize(
    ("vertices", "options", "message"),
    [
        (np.zeros((5, 4, 3)), {}, "do not move"),
        (np.full((5, 4, 3), 0.123), {}, "do not move"),
        (data(1), {}, "do not move"),
        (np.zeros((5, 4)), {}, "expected"),
        (np.zeros((0, 4, 3)), {}, "at least one frame"),
        (np.where(np.arange(80)[:, None, None] == 3, np.nan, data()), {}, "vertices of frame 3 hold NaN"),
        (data(), {"keep": 0}, "keep is 0"),
        (data(), {"keep": 1.5}, "keep is 1.5"),
        (data(), {"components": 0}, "components is 0; expected 1 to 1024"),
        (data(), {"triangles": [[0, 1, 99]]}, "outside the 30 vertices"),
    ],
)
def test_what_makes_no_rig(vertices: np.ndarray, options: dict[str, float], message: str) -> None:
    with pytest.raises(RigError, match=message) as caught:
        pca_rig(vertices, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_too_many_components_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rigs.solving.components.MOST", 3)
    with pytest.raises(RigError, match=r"3 components keep .*%, not 99.9500%; lower keep"):
        pca_rig(data(rank=12))


def test_other_vertices_are_refused() -> None:
    with pytest.raises(RigError, match="each frame has 8 vertices; this rig has 30"):
        pca_rig(data()).weights_of(np.zeros((1, 8, 3)))


@pytest.mark.parametrize(
    "change",
    [
        {"components": np.zeros((2, 12))},
        {"ranges": np.zeros((3, 2))},
        {"mean": np.full((30, 3), np.nan)},
        {"mean": np.zeros((29, 3))},
        {"kept": np.array(["all"])},
        {"triangles": np.array([[0, 1, 30]])},
    ],
)
def test_archives_that_cannot_be_right(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    file = tmp_path / "face.npz"
    pca_rig(data()).save(file)
    with np.load(file) as archive:
        arrays = dict(archive)
    write_archive(file, arrays | change)
    with pytest.raises(RigError) as caught:
        load_pca(file)
    assert "\n" not in str(caught.value)


def test_damaged_missing_and_swollen_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "face.npz"
    rig = pca_rig(data())
    rig.save(file)
    whole = file.read_bytes()
    monkeypatch.setattr("rigs.solving.archive.LARGEST", 100)
    with pytest.raises(RigError, match="is larger than"):
        load_pca(file)
    monkeypatch.undo()
    for content in (b"", b"text", whole[: len(whole) // 2], whole[:-30]):
        file.write_bytes(content)
        with pytest.raises(RigError, match=r"cannot read .*: it is no whole archive"):
            load_pca(file)
    with pytest.raises(RigError, match="No such file"):
        load_pca(tmp_path / "no.npz")
    with pytest.raises(RigError, match="cannot write"):
        rig.save(tmp_path / "no" / "face.npz")
