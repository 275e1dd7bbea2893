"""Pictures of the default head, small ones."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exporters.errors import FormatError
from exporters.picture import VIEWS, Renderer, write_sheet, write_strip
from exporters.picture.neck import turning
from exporters.picture.render import head_rotation
from rigs.arkit import arkit_rig
from rigs.channel import Channel
from rigs.clip import AnimationClip
from rigs.head import default_head
from rigs.mesh import Mesh, MorphTarget
from rigs.rig import Rig

SIZE = 96


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(default_head())


def differs(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[rows, columns] where two pictures are not alike."""
    return np.abs(one.astype(int) - other).max(axis=2) > 12


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_a_head_before_a_background(renderer: Renderer, view: str) -> None:
    picture = renderer.draw(view=view, width=SIZE, height=SIZE)
    assert picture.shape == (SIZE, SIZE, 3)
    assert picture.dtype == np.uint8
    middle = picture[SIZE // 2, SIZE // 2].astype(int)
    assert middle[0] > middle[2] + 15, "skin is redder than it is blue"


def test_the_face_at_rest_is_a_mirror_image_of_itself_but_for_the_light(renderer: Renderer) -> None:
    picture = renderer.draw(width=SIZE, height=SIZE)
    background = picture[:, :1].astype(int)
    outline = np.abs(picture.astype(int) - background).max(axis=2) > 30
    assert (outline != outline[:, ::-1]).mean() < 0.02


def test_the_same_pose_gives_the_same_picture(renderer: Renderer) -> None:
    weights = {"jawOpen": 0.4, "nobodyKnowsThis": 1.0}
    assert np.array_equal(*(renderer.draw(weights, width=SIZE, height=SIZE) for _ in range(2)))


def test_the_jaw_changes_the_lower_half_and_the_left_eye_the_right_half(renderer: Renderer) -> None:
    rest = renderer.draw(width=SIZE, height=SIZE)
    jaw = differs(renderer.draw({"jawOpen": 1}, width=SIZE, height=SIZE), rest)
    assert jaw[SIZE // 2 :].sum() > 20 * jaw[: SIZE // 2].sum() + 50
    blink = differs(renderer.draw({"eyeBlinkLeft": 1}, width=SIZE, height=SIZE), rest)
    assert blink[:, SIZE // 2 :].any()
    assert not blink[:, : SIZE // 2].any()


def test_the_head_turns_to_its_own_left(renderer: Renderer) -> None:
    turned = renderer.draw(width=SIZE, height=SIZE, head=(30, 0, 0))
    lips = (turned[..., 0].astype(int) - turned[..., 1] > 60).nonzero()[1]
    assert lips.mean() > SIZE / 2 + 3


def test_the_neck_bends_and_the_collar_stays(renderer: Renderer) -> None:
    mesh = default_head().mesh
    assert mesh is not None
    share = turning(mesh)
    parts = {name: share[first:end] for name, (first, end) in mesh.parts.items()}
    assert not parts.pop("collar").any()
    skin = parts.pop("skin")
    assert all((part == 1).all() for part in parts.values()) and (skin.min(), skin.max()) == (0, 1)
    assert (skin[mesh.vertices[: len(skin), 1] > 0.02] == 1).all(), "the whole face turns as one"
    rest, turned = (renderer.draw(width=SIZE, height=SIZE, head=head) for head in (None, (15, 8, 0)))
    change = differs(rest, turned)
    assert change[: SIZE // 2].mean() > 0.1
    assert change[-10:].mean() < 0.01
    assert (turning(Mesh(mesh.vertices, mesh.triangles, mesh.colours, {})) == 1).all()


def test_head_angles_are_those_of_the_rotations() -> None:
    assert head_rotation(90, 0, 0) @ [0, 0, 1] == pytest.approx([1, 0, 0])
    assert head_rotation(0, 90, 0) @ [0, 0, 1] == pytest.approx([0, -1, 0])
    assert head_rotation(0, 0, 90) @ [0, 1, 0] == pytest.approx([-1, 0, 0])


def test_a_mesh_without_parts_can_be_drawn() -> None:
    lift = MorphTarget(np.array([2]), np.array([[0, 1.0, 0]]))
    mesh = Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], np.ones((3, 3)), {"lift": lift})
    renderer = Renderer(Rig((Channel("lift"),), mesh))
    low, high = (renderer.draw({"lift": weight}, width=64, height=64) for weight in (0, 1))
    assert (high.min(axis=2) > 150).sum() > (low.min(axis=2) > 150).sum() > 100


def test_a_sheet_holds_every_pose_and_its_label(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    write_sheet(
        default_head(), {"rest": {}, "open": {"jawOpen": 1}, "blink": {"eyeBlinkLeft": 1}}, path, size=60
    )
    with Image.open(path) as image:
        assert image.size == (2 * 60, 2 * (60 + 14))
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.png"]


def clip(frames: int = 30) -> AnimationClip:
    weights = np.linspace(0, 1, frames, dtype=np.float32)[:, None]
    return AnimationClip(("jawOpen",), weights, 30, head=np.zeros((frames, 3)))


def test_a_strip_shows_the_frames_at_the_given_times(tmp_path: Path, renderer: Renderer) -> None:
    path = tmp_path / "strip.png"
    write_strip(clip(), default_head(), path, times=[0, 0.5, 1.0], size=60)
    with Image.open(path) as image:
        picture = np.asarray(image)
    assert picture.shape == (74, 180, 3)
    for place, frame in enumerate((0, 15, 29)):
        weights = {"jawOpen": float(clip().weights[frame, 0])}
        assert np.array_equal(
            picture[:60, 60 * place : 60 * place + 60], renderer.draw(weights, width=60, height=60)
        )


def test_a_strip_without_times_spreads_them(tmp_path: Path) -> None:
    write_strip(clip(3), default_head(), tmp_path / "strip.png", size=40)
    with Image.open(tmp_path / "strip.png") as image:
        assert image.size[0] == 3 * 40


def test_errors_say_what_would_work(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="has no mesh to draw"):
        write_sheet(arkit_rig(), {"rest": {}}, tmp_path / "a.png")
    with pytest.raises(FormatError, match="no view 'top'; known views are front"):
        write_sheet(default_head(), {"rest": {}}, tmp_path / "a.png", view="top")
    with pytest.raises(FormatError, match=r"a\.gif is no picture; end its name with one of \.png"):
        write_sheet(default_head(), {"rest": {}}, tmp_path / "a.gif", size=16)
    with pytest.raises(FormatError, match=r"no frame at 9 s; the clip runs from 0 to 1\.00 s"):
        write_strip(clip(), default_head(), tmp_path / "a.png", times=[9])
    with pytest.raises(FormatError, match="at least one pose"):
        write_sheet(default_head(), {}, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
