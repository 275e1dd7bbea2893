"""Films: what OpenGL draws, what the processor draws, and what PyAV reads of a film."""

from __future__ import annotations

import errno
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import clap
import numpy as np
import pytest

from exporters.errors import FormatError
from exporters.normals import normals
from exporters.picture import Renderer, draw_frame, named_background
from exporters.picture.camera import VIEWS
from exporters.picture.facing import Facing
from exporters.picture.frame import framed
from exporters.video import NoGraphicsError, opened, write_film
from exporters.video import encode as encoders
from exporters.video.passes import passes
from exporters.video.scene import GraphicsRenderer
from rigs import AnimationClip, Mesh, Origin, Rig, default_head

NEEDS = "needs the extra render; install it with: pip install 'audio2face[render]'"
pytest.importorskip("moderngl", reason=NEEDS)
pytest.importorskip("imageio_ffmpeg", reason=NEEDS)
NEEDS_AV = "needs PyAV; install it with: pip install 'audio2face[video]'"
SIZE = 96


@pytest.fixture(scope="module")
def graphics() -> Iterator[GraphicsRenderer]:
    """OpenGL on the default head."""
    try:
        made = GraphicsRenderer(default_head())
    except NoGraphicsError as error:
        pytest.skip(str(error))
    with made:
        yield made


def speech(frames: int = 8, fps: float = 24.0) -> AnimationClip:
    """A jaw that opens while the head turns."""
    weights = np.linspace(0, 1, frames, dtype=np.float32)[:, None]
    return AnimationClip(("jawOpen",), weights, fps, head=np.outer(np.arange(frames), [2.0, 1.0, 0.0]))


@pytest.mark.parametrize("view", ["front", "three-quarter", "side", "close"])
def test_both_renderers_draw_alike(graphics: GraphicsRenderer, view: str) -> None:
    pose = {"jawOpen": 0.4, "mouthSmileLeft": 0.5}
    one = graphics.draw(pose, view, SIZE, 64, (10, 5, 0)).astype(int)
    other = Renderer(default_head()).draw(pose, view, SIZE, 64, (10, 5, 0)).astype(int)
    assert one.shape == other.shape == (64, SIZE, 3)
    difference = np.abs(one - other)
    assert difference.mean() < 2, "the same head in the same light"
    assert np.mean(difference.max(axis=2) > 60) < 0.03, "outlines lie in the same place"


def test_the_outlines_agree_to_the_pixel(graphics: GraphicsRenderer) -> None:
    clear = named_background("transparent")
    with GraphicsRenderer(default_head(), clear) as drawing:
        one = drawing.draw(width=SIZE, height=SIZE)
    other = Renderer(default_head(), clear).draw(width=SIZE, height=SIZE)
    assert one.shape == other.shape == (SIZE, SIZE, 4)
    assert {0, 255} <= set(np.unique(one[..., 3])) & set(np.unique(other[..., 3]))
    assert np.abs(one[..., 3].astype(int) - other[..., 3]).mean() < 2
    # Nothing of the black behind is left at the edge.
    edge = (one[..., 3] > 60) & (one[..., 3] < 200)
    assert np.median(one[edge][:, :3]) > 40


def test_a_colour_behind_is_that_colour(graphics: GraphicsRenderer) -> None:
    colour = named_background("#1e8024")
    with GraphicsRenderer(default_head(), colour) as drawing:
        assert drawing.draw(width=32, height=32)[0, 0].tolist() == [0x1E, 0x80, 0x24]
    assert Renderer(default_head(), colour).draw(width=32, height=32)[0, 0].tolist() == [0x1E, 0x80, 0x24]
    with pytest.raises(FormatError, match="no background 'pink'; expected transparent, or a colour"):
        named_background("pink")


def test_two_renderers_keep_out_of_each_other_s_way(graphics: GraphicsRenderer) -> None:
    one = graphics.draw(width=32, height=32)
    with GraphicsRenderer(default_head(), named_background("#ff0000")) as other:
        red = other.draw(width=48, height=48)
        assert np.array_equal(graphics.draw(width=32, height=32), one)
        assert np.array_equal(other.draw(width=48, height=48), red) and not np.array_equal(
            red[0, 0], one[0, 0]
        )
    assert np.array_equal(graphics.draw(width=32, height=32), one)


def test_without_a_card_only_the_eyes_have_light_at_every_pixel() -> None:
    mesh = default_head().mesh
    assert mesh is not None
    found = passes(mesh, own=False, renderer="llvmpipe (LLVM 15)")
    assert (found[0].first, found[-1].end) == (0, len(mesh.triangles))
    assert all(one.end == other.first for one, other in itertools.pairwise(found))
    first, end = mesh.parts["eyes"]
    for pixels, begin, stop in found:
        wet = (mesh.triangles[begin:stop] >= first) & (mesh.triangles[begin:stop] < end)
        assert wet.all() if pixels else not wet.any()
    assert passes(mesh, own=True, renderer="llvmpipe") == passes(mesh, own=False, renderer="NVIDIA H100")
    assert len(passes(mesh, own=True, renderer="llvmpipe")) == 1


def test_closed_and_open_mouths_differ_where_the_mouth_is(graphics: GraphicsRenderer) -> None:
    closed, wide = (
        graphics.draw({"jawOpen": weight}, "mouth", SIZE, SIZE).astype(int) for weight in (0, 0.5)
    )
    change = np.abs(closed - wide).max(axis=2)
    assert change[SIZE // 2 :, SIZE // 4 : -SIZE // 4].mean() > 8 * change[: SIZE // 4].mean() > 0


def test_a_user_s_body_is_framed_by_its_face() -> None:
    mesh = default_head().mesh
    assert mesh is not None
    feet = np.concatenate([mesh.vertices, [[0, -1.5, 0]]])
    grown = Mesh(feet, mesh.triangles, np.ones((len(feet), 3)), mesh.targets)
    rig = Rig(default_head().channels, grown, Origin(Path("hero.glb")))
    middle, extent = framed(rig, grown)
    assert extent < 0.35 and 0 < middle[1] < 0.2


def test_normals_of_seams_are_joined_and_sharp_edges_kept() -> None:
    mesh = default_head().mesh
    assert mesh is not None
    known = normals(mesh)
    flat = ~known.any(axis=1)
    assert np.allclose(Facing(mesh, join=False)(mesh.vertices)[~flat], known[~flat], atol=1e-5)
    # Two triangles that meet at an edge, their vertices doubled, once nearly flat and once at a right angle.
    for height, smooth in ((0.2, True), (2.0, False)):
        points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, height], [0, 1, 0]]
        split = Mesh(points, [[0, 1, 2], [3, 4, 5]], np.ones((6, 3)), {})
        facing = Facing(split, join=True)(split.vertices)
        assert np.allclose(facing[1], facing[3], atol=1e-6) == smooth


@pytest.mark.parametrize("view", VIEWS)
def test_opengl_s_camera_is_the_processor_s(view: str) -> None:
    points = np.random.default_rng(0).normal(0, 0.1, (20, 3))
    middle = np.array([0.01, 0.08, 0.0])
    placed = VIEWS[view].project(points, middle, 0.26, 300, 200)
    seen, shown = VIEWS[view].matrices(middle, 0.26, 300, 200)
    flat = np.column_stack([points, np.ones(20)]) @ (shown @ seen).T
    x, y = (flat[:, :2] / flat[:, 3:]).T
    assert np.allclose(placed[:, 0], (x + 1) * 150) and np.allclose(placed[:, 1], (1 - y) * 100)
    assert (np.abs(flat[:, 2] / flat[:, 3]) < 1).all()


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm"])
def test_a_clap_is_seen_when_it_is_heard(graphics: GraphicsRenderer, tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("av", reason=NEEDS_AV)
    sound = clap.clap_sound(tmp_path / "clap.wav")
    for fps in (24.0, 29.97):
        clip = clap.clap_clip(fps)
        film = write_film(clip, graphics, tmp_path / f"film{suffix}", "close", (64, 64), sound=sound)
        seen, heard = clap.seen_at(film), clap.heard_at(film)
        assert heard == pytest.approx(clap.MOMENT, abs=0.002)
        assert -0.001 < seen - heard < 1 / fps


def test_a_film_holds_every_frame_as_it_was_drawn(graphics: GraphicsRenderer, tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason=NEEDS_AV)
    clip = speech()
    film = write_film(clip, graphics, tmp_path / "film.mp4", size=(SIZE, 64))
    with av.open(str(film)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(frames) == clip.frames
    for number, frame in enumerate(frames):
        drawn = draw_frame(graphics, clip, number, "front", SIZE, 64)
        assert np.abs(frame - drawn).mean() < 4, "colours too: red is not taken for another red"
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(("suffix", "decoder"), [(".mov", "prores"), (".webm", "libvpx-vp9")])
def test_films_can_be_transparent(tmp_path: Path, suffix: str, decoder: str) -> None:
    av = pytest.importorskip("av", reason=NEEDS_AV)
    with opened(default_head(), "auto", named_background("transparent")) as (drawing, _):
        film = write_film(speech(3), drawing, tmp_path / f"film{suffix}", size=(64, 64), clear=True)
        drawn = draw_frame(drawing, speech(3), 0, "front", 64)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        codec = av.CodecContext.create(decoder, "r")
        codec.extradata = stream.codec_context.extradata
        codec.width, codec.height = 64, 64
        frames = [frame for packet in container.demux(stream) for frame in codec.decode(packet)]
    cover = frames[0].to_ndarray(format="rgba")[..., 3].astype(int)
    assert np.abs(cover - drawn[..., 3]).mean() < 4


def test_the_processor_makes_films_too(tmp_path: Path) -> None:
    with opened(default_head(), "software") as (drawing, instead):
        assert (drawing.name, instead) == ("the processor", "")
        assert write_film(speech(2), drawing, tmp_path / "film.gif", size=(32, 33)).stat().st_size > 500


def test_without_opengl_the_processor_draws_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    with opened(default_head()) as (drawing, instead):
        assert drawing.name == "the processor"
    assert instead.endswith("install it with: pip install 'audio2face[render]'")
    with pytest.raises(NoGraphicsError, match="optional part"), opened(default_head(), "gl"):
        pass


def test_what_cannot_be_is_told_in_one_line(graphics: GraphicsRenderer, tmp_path: Path) -> None:
    def refused(match: str, name: str, **how: object) -> None:
        fps = 24 if "GB" in match else 60
        with pytest.raises(FormatError, match=match) as caught:
            write_film(speech(2, fps=fps), graphics, tmp_path / name, **how)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
        assert not list(tmp_path.iterdir())

    refused(r"film\.avi is no film; end its name with one of \.mp4", "film.avi")
    refused(r"\.mp4 films cannot be transparent; write \.mov or \.webm", "film.mp4", clear=True)
    refused("63x64 is odd", "film.mp4", size=(63, 64))
    refused("50 frames a second at most, not 60", "film.gif")
    refused(r"2 frames of 20000x20000 as \.gif would take 3\.2 GB", "film.gif", size=(20000, 20000))
    refused("the folder .* does not exist", "none/film.mp4")
    refused("FFmpeg ended with code .*: .*none.wav", "film.mp4", size=(64, 64), sound=tmp_path / "none.wav")


def test_a_full_disk_and_an_interruption_leave_nothing(
    graphics: GraphicsRenderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until(frames: range) -> Iterator[int]:
        yield 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_film(speech(), graphics, tmp_path / "film.mp4", size=(64, 64), watch=until)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(
        encoders.Encoder, "_trouble", lambda _: OSError(errno.ENOSPC, "No space left on device")
    )
    with pytest.raises(FormatError, match=r"the disk of .* is full"):
        write_film(speech(), graphics, tmp_path / "film.mp4", size=(64, 64), sound=tmp_path / "none.wav")
    assert not list(tmp_path.iterdir())
