"""Writing the default head's animation as FBX: our exporter beside Blender's own.

    python benchmarks/bench_fbx_blender.py [--minutes 10] [--fps 60] [--blender VERSION ...]

Both write the same head, 52 shapes and a linear key on every frame of each. Blender's time is that of its
exporter alone, in a process that has the scene ready; AUDIO2FACE_BLENDER names the folder of the Blenders.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from common import machine, single_threaded, table

from exporters import read_clip, write_clip
from rigs import ARKIT_NAMES, AnimationClip, Mesh
from rigs.head import default_head

ROOT = Path(__file__).resolve().parents[1]
BLENDER = Path(os.environ.get("AUDIO2FACE_BLENDER") or ROOT).absolute()
SCRIPT = ROOT / "tests" / "blender" / "export_fbx.py"
RUNS = 5


def main() -> int:
    """Writes, measures and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--fps", type=float, default=60)
    parser.add_argument("--blender", nargs="*", default=["4.2", "5.0"], metavar="VERSION")
    arguments = parser.parse_args()
    clip = talk(round(arguments.minutes * 60 * arguments.fps), arguments.fps)
    print(machine())
    print(f"{clip.frames} frames at {clip.fps:g} a second, {len(clip.names)} channels\n")
    print(table(("writer", "seconds", "MB", "largest error of 100"), measure(clip, arguments.blender)))
    return 0


def talk(frames: int, fps: float) -> AnimationClip:
    """Smooth weights that never rest, from one seed."""
    steps = np.random.default_rng(7).normal(0, 0.05, (frames, len(ARKIT_NAMES)))
    return AnimationClip(ARKIT_NAMES, np.abs(np.sin(steps.cumsum(axis=0))), fps)


def measure(clip: AnimationClip, blenders: list[str]) -> list[tuple[str, str, str, str]]:
    """Rows of the table: writer, seconds, MB, and how far the weights that we read back are off."""
    with tempfile.TemporaryDirectory() as name:
        folder, rows = Path(name), []
        for format in ("fbx", "fbx-animation"):
            file = folder / f"{format}.fbx"
            rows.append(row(f"audio2face, {format}", ours(clip, file, format), clip, file))
        for version in blenders:
            file = folder / f"blender-{version}.fbx"
            rows.append(row(f"Blender {version}", blenders_own(clip, version, file), clip, file))
    return rows


def row(writer: str, seconds: float, clip: AnimationClip, file: Path) -> tuple[str, str, str, str]:
    """One line; the file must say what the clip says."""
    back = read_clip(file, "fbx")
    if (back.names, back.frames) != (clip.names, clip.frames):
        raise SystemExit(f"{writer}: {back.frames} frames of {len(back.names)} channels came back")
    error = 100 * np.abs(back.weights - clip.weights).max()
    return writer, f"{seconds:.2f}", f"{file.stat().st_size / 1e6:.1f}", f"{error:.5f}"


def ours(clip: AnimationClip, file: Path, format: str) -> float:
    """Seconds, the best of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        write_clip(clip, file, format)
        times.append(time.perf_counter() - start)
    return min(times)


def blenders_own(clip: AnimationClip, version: str, file: Path) -> float:
    """Seconds of one run of Blender's exporter."""
    place = BLENDER / f".venv-blender-{version}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mesh = default_head().mesh
    assert mesh is not None
    arrays, weights = file.with_suffix(".mesh.npz"), write_clip(clip, file.with_suffix(".npz"))
    deltas = {str(place): dense(mesh, name) for place, name in enumerate(clip.names)}
    np.savez(arrays, vertices=mesh.vertices, triangles=mesh.triangles, **deltas)  # type: ignore[arg-type]
    command = [python, SCRIPT, weights, file, arrays]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"Blender {version} failed: {done.stderr[-500:]}")
    return float(json.loads(done.stdout.strip().splitlines()[-1])["seconds"])


def dense(mesh: Mesh, name: str) -> np.ndarray:
    """[vertices, 3] the deltas of a shape."""
    return mesh.pose({name: 1.0}) - mesh.vertices


if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
