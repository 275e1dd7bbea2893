"""VOCASET's layout from one end to the other, by what a user types: check, train, evaluate, animate."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import make_vocaset_like as maker
import numpy as np
import pytest
import trimesh
from click.testing import CliRunner
from python2_pickle import dumps

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.commands.main import main  # noqa: E402
from audio2face.dataset import Face  # noqa: E402
from audio2face.dataset.vocaset import CHECKED, TESTED  # noqa: E402
from audio2face.training import motion  # noqa: E402
from exporters import read_clip  # noqa: E402
from rigs import PcaRig, read_mesh  # noqa: E402

from .conftest import SAMPLE, Refused, Run  # noqa: E402

EVERY, FPS = 12, 60
QUICK = ("--epochs", "1", "--variants", "1", "--start", "none", "--network", "gru", "--front-end", "mel")
READ_UFBX = Path(__file__).parents[1] / "exporters" / "read_ufbx.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("voca") / "vocaset"
    maker.write(place, "published", sequences=1, seconds=1.5, every=EVERY)
    return place


@pytest.fixture(scope="module")
def trained(folder: Path) -> tuple[Path, str]:
    """The model of `audio2face train vocaset -o voca`, and what it said."""
    with pytest.MonkeyPatch.context() as patch:
        # Features in threads: starting processes takes longer than these sounds.
        patch.setattr(motion, "ProcessPoolExecutor", lambda workers, _: ThreadPoolExecutor(workers))
        model = folder.parent / "voca"
        done = CliRunner().invoke(main, ["train", str(folder), "-o", str(model), *QUICK])
    assert done.exit_code == 0, done.output
    return model, done.stderr


@pytest.fixture(scope="module")
def model(trained: tuple[Path, str]) -> Path:
    return trained[0]


def animated(run: Run, model: Path, output: Path, *more: object) -> str:
    done = run("animate", SAMPLE, "--model", model, "-o", output, "--no-head", *more)
    assert done.code == 0, done
    return str(done.err)


def test_check_reads_it(run: Run, folder: Path) -> None:
    done = run("dataset", "check", folder)
    assert done.code == 0, done
    assert "6 takes, 0.1 minutes of sound" in done.out


def test_the_split_of_the_paper_is_kept(trained: tuple[Path, str]) -> None:
    model, said = trained
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    assert not {*CHECKED, *TESTED} & set(card["voices"]) and len(card["voices"]) == 4
    assert card["held_out"] == [f"{CHECKED[0]}_sentence01", f"{TESTED[0]}_sentence01"]
    assert f"{CHECKED[0]}_sentence01 says when to stop" in said
    assert "try it: audio2face animate line.wav -o line.npz --format vertices --model" in said
    face = Face.load(model)
    assert card["channels"] == list(face.rig.names) and face.rig.kept >= 0.9995


def test_evaluate_has_the_measures_of_the_papers(run: Run, model: Path, folder: Path) -> None:
    done = run("evaluate", model, "--data", folder)
    assert done.code == 0, done
    lines = [line for line in done.out.splitlines() if line]
    assert lines[0] == "vocaset: 1 clips, 1 speaker", "the test split alone"
    assert lines[1].split("  ")[-1] == "goal" and "at rest" in lines[1] and "components" in lines[1]
    heads = [line[:27].strip() for line in lines[2:]]
    assert heads[0] == "lip vertex error (LVE)" and heads[2] == "upper-face dynamics (FDD)"
    assert max(map(len, lines)) <= 112
    report = json.loads(run("evaluate", model, "--data", folder, "--json").out)["vocaset"]
    assert set(report) == {"at rest", "mean pose", "components", "model"}
    # No model of these components can be nearer than what was captured, made of them.
    assert 0 < report["components"]["lip error"] < 0.5 < report["model"]["lip error"] < 20
    assert report["at rest"]["upper dynamics"] >= abs(report["components"]["upper dynamics"])
    assert report["model"]["lip error squared"] >= report["model"]["lip error"] ** 2


def test_evaluate_takes_speakers_by_name(run: Run, model: Path, folder: Path, refused: Refused) -> None:
    train = maker.KNOWN[0]
    done = run("evaluate", model, "--data", folder, "--speakers", f"{train},{TESTED[0]}", "--by", "speaker")
    assert done.code == 0 and "vocaset: 2 clips, 2 speakers" in done.out
    assert f"1 of 2 were learned from ({train}_sentence01" in done.err
    said = refused("evaluate", "studio", "--data", folder)
    assert "holds vertices, and studio moves named channels" in said


def test_regions_may_be_named(run: Run, model: Path, folder: Path, tmp_path: Path) -> None:
    numbers = np.fromstring((folder / "regions" / "lve.txt").read_text(encoding="utf-8"), int, sep=",")
    masks = {"lips": numbers, "forehead": np.array([1, 2]), "eye_region": np.array([2, 3])}
    (tmp_path / "FLAME_masks.pkl").write_bytes(dumps(masks))
    table = tmp_path / "FLAME_masks.pkl"
    arguments = ("evaluate", model, "--data", folder, "--json", "--lips", table, "--upper", table)
    named = json.loads(run(*arguments).out)["vocaset"]["model"]
    found = json.loads(run("evaluate", model, "--data", folder, "--json").out)["vocaset"]["model"]
    assert named["lip error"] == found["lip error"]
    assert named["upper dynamics"] != found["upper dynamics"]


def test_vertices_come_out_on_any_face(run: Run, model: Path, folder: Path, tmp_path: Path) -> None:
    animated(run, model, tmp_path / "line.npz", "--format", "vertices")
    animated(run, model, tmp_path / "line.npy", "--format", "vertices")
    ply = folder / "templates" / "FLAME_sample.ply"
    animated(run, model, tmp_path / "face.npz", "--format", "vertices", "--face", ply)
    said = animated(run, model, tmp_path / "weights.npz")
    assert "weights.npz holds" in said and "--format vertices writes what they move" in said
    with np.load(tmp_path / "line.npz") as found:
        vertices, fps, triangles = found["vertices"], float(found["fps"]), found["triangles"]
    mesh = trimesh.load(ply, process=False)
    assert vertices.shape == (312, len(mesh.vertices), 3) and fps == FPS
    np.testing.assert_array_equal(triangles, mesh.faces)
    np.testing.assert_array_equal(np.load(tmp_path / "line.npy"), vertices)
    face, clip = Face.load(model), read_clip(tmp_path / "weights.npz")
    np.testing.assert_allclose(face.vertices(clip.weights), vertices, atol=1e-6)
    with np.load(tmp_path / "face.npz") as found:
        shift = found["vertices"] - vertices
    np.testing.assert_allclose(shift, np.tile(read_mesh(ply)[0] - face.rest, (312, 1, 1)), atol=1e-6)


def test_three_plays_the_vertices(run: Run, model: Path, tmp_path: Path, run_node: Any) -> None:
    """Khronos' validator finds nothing in the .glb; three moves its vertices as --format vertices says."""
    animated(run, model, tmp_path / "line.glb")
    animated(run, model, tmp_path / "line.npy", "--format", "vertices")
    vertices = np.load(tmp_path / "line.npy")
    report = run_node("validate.mjs", tmp_path / "line.glb")
    assert report["issues"]["messages"] == [] and report["info"]["totalVertexCount"] == vertices.shape[1]
    seen = run_node("three-animation.mjs", tmp_path / "line.glb", 0, 0.5, 2.0)
    for moment, frame in zip(seen["played"], (0, 30, 120), strict=True):
        np.testing.assert_allclose(moment["vertices"], vertices[frame], atol=1e-6)
    # The same from weights that were kept, later.
    animated(run, model, tmp_path / "weights.npz")
    assert run("convert", tmp_path / "weights.npz", tmp_path / "later.glb", "--rig", model).code == 0
    again = run_node("three-animation.mjs", tmp_path / "later.glb", 0.5)
    np.testing.assert_allclose(again["played"][0]["vertices"], vertices[30], atol=1e-6)


def test_usdskel_and_ufbx_move_the_vertices(run: Run, model: Path, tmp_path: Path) -> None:
    from pxr import Usd, UsdGeom, UsdSkel, Vt  # noqa: PLC0415

    for name in ("line.usdc", "line.fbx", "weights.npz"):
        animated(run, model, tmp_path / name)
    animated(run, model, tmp_path / "line.npy", "--format", "vertices")
    vertices, clip = np.load(tmp_path / "line.npy"), read_clip(tmp_path / "weights.npz")
    stage = Usd.Stage.Open(str(tmp_path / "line.usdc"))
    cache, root = UsdSkel.Cache(), UsdSkel.Root(stage.GetDefaultPrim())
    cache.Populate(root, Usd.PrimDefaultPredicate)
    (binding,) = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)
    (skinning,) = binding.GetSkinningTargets()
    weights = cache.GetSkelQuery(binding.GetSkeleton()).GetAnimQuery().ComputeBlendShapeWeights(30)
    shapes = UsdSkel.BlendShapeQuery(UsdSkel.BindingAPI(skinning.GetPrim()))
    points = Vt.Vec3fArray(UsdGeom.Mesh(skinning.GetPrim()).GetPointsAttr().Get())
    offsets, places = shapes.ComputeSubShapePointOffsets(), shapes.ComputeBlendShapePointIndices()
    assert shapes.ComputeDeformedPoints(*shapes.ComputeSubShapeWeights(weights), places, offsets, points)
    np.testing.assert_allclose(np.asarray(points), vertices[30], atol=2e-6)
    command = [sys.executable, READ_UFBX, tmp_path / "line.fbx", str(FPS), "", *clip.names]
    read = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (read["meshes"], read["names"]) == (1, list(clip.names))
    values = np.stack([read["keys"][name]["values"] for name in clip.names], axis=1)[30] / 100
    assert values.min() < 0, "components go both ways"
    posed = np.array(read["rest"]) + np.einsum("c,cvk->vk", values, [read["moved"][n] for n in clip.names])
    np.testing.assert_allclose(posed / 100, vertices[30], atol=1e-5)


def test_a_page_shows_it(run: Run, model: Path, tmp_path: Path) -> None:
    done = run("preview", SAMPLE, "--model", model, "-o", tmp_path / "line.html")
    assert done.code == 0 and (tmp_path / "line.html").stat().st_size > 50_000


def test_what_does_not_fit_is_one_line(model: Path, tmp_path: Path, refused: Refused) -> None:
    def said(*more: object, of: object = model) -> str:
        return refused("animate", SAMPLE, "--model", of, "-o", tmp_path / "a.glb", *more)

    np.save(tmp_path / "other.npy", np.zeros((7, 3), np.float32))
    assert "other.npy has 7 vertices, and voca moves" in said("--face", tmp_path / "other.npy")
    assert "there is no such file" in said("--face", tmp_path / "none.ply")
    assert "--face is for models trained on vertices, and studio" in said(
        "--face", tmp_path / "other.npy", of="studio"
    )
    assert "--face and --rig both say what moves" in said("--face", tmp_path / "other.npy", "--rig", model)
    assert "vertices come as .npz or .npy" in refused(
        "animate", SAMPLE, "--model", model, "-o", tmp_path / "a.obj", "--format", "vertices"
    )


def other_face(model: Path, folder: Path, face: Face) -> Path:
    """The model's own network with another face beside it."""
    folder.mkdir()
    for name in ("card.json", "model.tflite"):
        (folder / name).write_bytes((model / name).read_bytes())
    face.save(folder)
    return folder


def test_a_face_of_another_model_is_refused(model: Path, tmp_path: Path, refused: Refused) -> None:
    face = Face.load(model)
    fewer = PcaRig(face.rig.channels[:2], face.rig.mesh, kept=face.rig.kept)
    mixed = other_face(model, tmp_path / "mixed", Face(fewer, face.rest))
    said = refused("animate", SAMPLE, "--model", mixed, "-o", tmp_path / "a.npz")
    assert "face.npz has 2 components, and the model moves" in said
    np.save(mixed / "face_rest.npy", np.zeros((1, 21), np.float32))
    said = refused("animate", SAMPLE, "--model", mixed, "-o", tmp_path / "a.npz")
    assert "face_rest.npy has 7 vertices, and face.npz" in said


def test_without_triangles_it_is_points(
    run: Run, model: Path, tmp_path: Path, run_node: Any, refused: Refused
) -> None:
    """Where no mesh lay beside the vertices, as with landmarks."""
    face = Face.load(model)
    assert face.rig.mesh is not None
    mesh = replace(face.rig.mesh, triangles=np.zeros((0, 3), np.int32))
    bare = other_face(model, tmp_path / "bare", Face(PcaRig(face.rig.channels, mesh), face.rest))
    animated(run, bare, tmp_path / "line.glb")
    report = run_node("validate.mjs", tmp_path / "line.glb")
    assert report["issues"]["messages"] == [] and report["info"]["totalVertexCount"] == len(mesh.vertices)
    for name in ("line.fbx", "line.usdc"):
        said = refused("animate", SAMPLE, "--model", bare, "-o", tmp_path / name)
        assert "the rig's mesh has no triangles" in said
