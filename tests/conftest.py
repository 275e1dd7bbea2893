"""What all tests share: small clips and rigs, the readers in Node, and no silent skips."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rigs import ARKIT_NAMES, AnimationClip, Channel, Mesh, MorphTarget, Rig, arkit_rig

NODE = Path(__file__).parent / "node"
NO_SKIP = "AUDIO2FACE_NO_SKIP"
MAY_SKIP = ("local_data",)
IN_REAL_TIME = (
    "test_live_",
    "test_virtual_microphone",
    "test_ctrl_c",
    "test_sources_paced",
    "test_blender_addon",
    "test_idle",
    "test_preview_live",
    "test_osc_control",
)
"""What begins so follows a clock: one after the other, so that none is late for another's sake."""
DRAWING = ("test_commands_render.py", "test_film.py")
"""Files that draw by OpenGL, which `test_opengl.py` runs in a process of their own: Mesa's LLVM and
TensorFlow's crash each other."""

ROOT = Path(__file__).parents[1]
BLENDER = Path(os.environ.get("AUDIO2FACE_BLENDER") or ROOT).absolute()
BLENDER_VERSIONS = ("4.2", "5.0")

ClipMaker = Callable[..., AnimationClip]
NodeRunner = Callable[..., Any]
BlenderRunner = Callable[..., Any]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "local_data: needs data that is not in the repository; may be skipped even where skips fail",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out what draws by OpenGL, unless it is named."""
    named = {Path(word.partition("::")[0]).name for word in config.args}
    return True if collection_path.name in set(DRAWING) - named else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each file stays in one process, with what its tests share; those in real time share one process."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415  absent where tests run in one process

    class Files(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "clock" if Path(file).name.startswith(IN_REAL_TIME) else str(file)

    return Files(config, log)


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turns a skip into a failure that tells the reason."""
    if os.environ.get(NO_SKIP) == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{NO_SKIP}=1 forbids skips: {str(reason).removeprefix('Skipped: ')}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if all(item.get_closest_marker(marker) is None for marker in MAY_SKIP):
        _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.fixture
def make_clip() -> ClipMaker:
    """Makes a clip of smooth, seeded weights: `make_clip(frames=90, fps=30, names=..., head=True)`."""

    def make(
        frames: int = 90,
        fps: float = 30,
        names: tuple[str, ...] = ARKIT_NAMES,
        head: bool = False,
        audio: str | None = None,
    ) -> AnimationClip:
        random = np.random.default_rng(7)
        steps = random.normal(0, 0.05, (frames, len(names))).cumsum(axis=0)
        angles = random.normal(0, 2, (frames, 3)).cumsum(axis=0) if head else None
        return AnimationClip(names, np.abs(np.sin(steps)), fps, head=angles, audio=audio)

    return make


@pytest.fixture
def tiny_rig() -> Rig:
    """The ARKit channels on a grid of 12 by 12 vertices.

    jawOpen moves a few vertices, mouthClose all of them, mouthPucker one; the others have no shape.
    """
    side = np.linspace(-0.1, 0.1, 12)
    x, y = np.meshgrid(side, side)
    vertices = np.stack([x.ravel(), y.ravel(), np.cos(20 * x.ravel()) / 50], axis=1)
    corner = (np.arange(11)[:, None] * 12 + np.arange(11)).ravel()
    lower = np.stack([corner, corner + 1, corner + 13], axis=1)
    upper = np.stack([corner, corner + 13, corner + 12], axis=1)
    targets = {
        "jawOpen": MorphTarget(np.arange(20), np.tile([0.0, -0.02, 0.001], (20, 1))),
        "mouthClose": MorphTarget(np.arange(144), np.tile([0.0, 0.01, 0.0], (144, 1))),
        "mouthPucker": MorphTarget(np.array([77]), np.array([[0.0, 0.0, 0.03]])),
    }
    mesh = Mesh(vertices, np.concatenate([lower, upper]), np.full((144, 3), 0.5), targets)
    return Rig(arkit_rig().channels, mesh)


@pytest.fixture
def mouth_rig(tiny_rig: Rig) -> Rig:
    """The tiny rig with just two channels."""
    return Rig((Channel("jawOpen"), Channel("mouthPucker")), tiny_rig.mesh)


@pytest.fixture
def run_node() -> NodeRunner:
    """Runs a script of tests/node and gives its JSON output; skips when it cannot run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; install Node 20 or later")
    if not (NODE / "node_modules").is_dir():
        pytest.skip("the Node readers are not installed; run: npm install --prefix tests/node")

    def run(script: str, *arguments: str | Path) -> Any:
        command = [node, str(NODE / script), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(params=BLENDER_VERSIONS)
def run_blender(request: pytest.FixtureRequest) -> BlenderRunner:
    """Runs a script of tests/blender in each Blender, and gives the JSON of its last line on stdout."""
    place = BLENDER / f".venv-blender-{request.param}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "installed.txt").is_file():
        pytest.skip(f"Blender {request.param} is not installed; run: python scripts/start.py blender")

    def run(script: str, *arguments: str | Path) -> Any:
        command = [python, ROOT / "tests" / "blender" / script, *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run
