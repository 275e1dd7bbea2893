"""`audio2face batch`: many lines, what is done again, and what is told."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face.batch import identity, workers, working
from audio2face.batch.ledger import Ledger
from audio2face.errors import OptionError
from exporters import read_clip, write_clip

from .conftest import SAMPLE

Run = Callable[..., Any]
Refused = Callable[..., str]

ASIDE = ("batch.ledger", "batch.json", "report.html")


@pytest.fixture
def lines(here: Path) -> Path:
    """Four lines of half a second in two folders, as sounds and as a manifest."""
    samples, rate = soundfile.read(SAMPLE)
    for number, name in enumerate(("de/a", "de/b", "fr/a", "fr/b")):
        file = here / "lines" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        start = int(rate * (0.5 + number))
        soundfile.write(file, samples[start : start + rate // 2], rate)
    return here / "lines"


def stamps(out: Path) -> dict[str, int]:
    """When each result was written."""
    found = {}
    # Not rglob, which fails where a folder goes away under it.
    for folder, inner, names in os.walk(out):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names if Path(folder) != out else ():
            with contextlib.suppress(FileNotFoundError):
                file = Path(folder, name)
                found[file.relative_to(out).as_posix()] = file.stat().st_mtime_ns
    return found


def digests(out: Path) -> dict[str, str]:
    """What every file holds but those that name the run itself."""
    files = sorted(file for file in out.rglob("*") if file.is_file() and file.name not in ASIDE)
    return {file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def report(out: Path) -> dict[str, dict[str, str]]:
    with (out / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["place"]: row for row in csv.DictReader(file)}


def batch(run: Run, *more: object) -> Any:
    return run("batch", "lines", "-o", "out", "-j", 1, "--json", *more)


def test_a_tree_becomes_a_tree_in_several_formats(lines: Path, here: Path, run: Run) -> None:
    done = run("batch", "lines", "-o", "out", "-j", 1, "--format", "json", "--format", "csv", "--fps", 30)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("4 lines made, 0 as they were; ")
    names = [f"{name}{suffix}" for name in ("de/a", "de/b", "fr/a", "fr/b") for suffix in (".csv", ".json")]
    assert sorted(stamps(here / "out")) == sorted(names)
    clip = read_clip(here / "out" / "de" / "a.json")
    assert (clip.frames, clip.fps, clip.audio) == (15, 30, "de/a.wav")
    assert report(here / "out")["de/a"]["text"] == report(here / "out")["de/a"]["notes"] == ""
    assert {path.name for path in (here / "out").iterdir()} == {"de", "fr", "report.csv", *ASIDE}
    record = json.loads((here / "out" / "batch.json").read_text(encoding="utf-8"))
    assert record["versions"]["audio2face"] and len(record["models"]["studio"]) == 32
    page = (here / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<tr><td>") == page.count("<svg") == page.count("<img") == 4
    assert 'href="de/a.csv"' in page


def test_only_what_changed_is_done_again(lines: Path, here: Path, run: Run) -> None:
    def again(*more: object) -> tuple[set[str], dict[str, Any]]:
        before = stamps(here / "out")
        told = json.loads(batch(run, *more).out)
        return {name for name, stamp in stamps(here / "out").items() if before.get(name) != stamp}, told

    assert len(again()[0]) == 4
    assert again() == (set(), json.loads(batch(run).out))
    (lines / "de" / "a.wav").write_bytes((lines / "fr" / "a.wav").read_bytes())
    assert again()[0] == {"de/a.json"}
    (here / "out" / "de" / "b.json").unlink()
    assert again()[0] == {"de/b.json"}
    (lines / "fr" / "batch.toml").write_text('emotion = "joy"\n', encoding="utf-8")
    assert again()[0] == {"fr/a.json", "fr/b.json"}
    assert len(again("--force")[0]) == 4
    changed, told = again("--format", "csv")
    assert changed == {"de/a.csv", "de/b.csv", "fr/a.csv", "fr/b.csv"} == set(stamps(here / "out"))
    assert (told["made"], told["kept"], told["failed"]) == (4, 0, {})


def test_a_change_of_model_or_program_is_seen(
    lines: Path, here: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(run)
    with monkeypatch.context() as patch:
        patch.setattr(identity, "program", lambda: "another")
        plan = json.loads(batch(run, "--dry-run").out)
    assert set(plan["do"].values()) == {"program"}
    plan = json.loads(batch(run, "--dry-run", "--model", "live").out)
    assert set(plan["do"].values()) == {"model"}


def test_a_dry_run_says_why_and_does_nothing(lines: Path, here: Path, run: Run) -> None:
    done = run("batch", "lines", "-o", "out", "--dry-run")
    assert (done.code, done.out) == (0, "4  new\n")
    assert not (here / "out").exists()
    batch(run)
    (lines / "de" / "c.wav").write_bytes(b"no sound")
    (lines / "de" / "a.wav").unlink()
    assert run("batch", "lines", "-o", "out", "--dry-run", "--fps", 24).out == "3  settings\n1  new\n"


def test_broken_lines_are_named_and_the_rest_goes_on(lines: Path, here: Path, run: Run) -> None:
    (lines / "de" / "c.wav").write_bytes(b"no sound")
    (here / "lines" / "lines.csv").write_text(
        "id,file,text,emotion\na,de/a.wav,,\nc,de/c.wav,,\nd,de/d.wav,,\n"
        "e,,Not recorded yet.,\nf,de/b.wav,,rage\n",
        encoding="utf-8",
    )
    done = run("batch", "lines/lines.csv", "-o", "out", "-j", 1)
    assert done.code == 1
    said = [line.removeprefix("audio2face: ") for line in done.err.splitlines()]
    assert said[0].startswith("Cannot read lines/de/d.wav: there is no such file")
    assert said[1].startswith("unknown emotion 'rage'; studio has neutral, joy")
    assert "de/c.wav: it is no sound file of a known kind" in said[2]
    assert said[3].startswith("1 lines made, 0 as they were, 1 without sound yet")
    assert said[4].startswith("3 of 5 lines failed; the others are made")
    rows = report(here / "out")
    assert [rows[place]["state"] for place in ("de/a", "de/c", "e")] == ["done", "failed", "text only"]
    assert list(rows)[-1] == "e"
    assert rows["e"]["reasons"] == "no sound yet"


def test_only_failed_tries_those_again(lines: Path, here: Path, run: Run) -> None:
    good = (lines / "de" / "b.wav").read_bytes()
    (lines / "de" / "b.wav").write_bytes(b"no sound")
    assert batch(run).code == 1
    (lines / "de" / "b.wav").write_bytes(good)
    before = stamps(here / "out")
    told = json.loads(batch(run, "--only", "failed", "--fps", 24).out)
    assert (told["made"], told["kept"], told["failed"]) == (1, 3, {})
    assert read_clip(here / "out" / "de" / "b.json").fps == 24
    assert {**stamps(here / "out"), **before} == stamps(here / "out")


def test_text_alone_does_not_fail(here: Path, run: Run) -> None:
    (here / "lines.jsonl").write_text('{"id": "a", "text": "Not yet."}\n', encoding="utf-8")
    done = run("batch", "lines.jsonl", "-o", "out", "-j", 1, "--json")
    assert done.code == 0
    assert json.loads(done.out)["text_only"] == 1


def test_hand_edits_survive_and_conflicts_are_named(lines: Path, here: Path, run: Run) -> None:
    batch(run)
    plain = read_clip(here / "out" / "de" / "a.json")
    edit = {"channel": "browInnerUp", "from": 0.1, "to": 0.4, "offset": 0.5, "fade": 0}
    sidecar = here / "out" / "de" / "a.edits.json"
    sound = identity.sound_hash(lines / "de" / "a.wav")
    sidecar.write_text(json.dumps({"sound": sound, "edits": [edit]}), encoding="utf-8")
    assert json.loads(batch(run).out)["made"] == 1
    assert json.loads(batch(run, "--force").out)["made"] == 4
    edited = read_clip(here / "out" / "de" / "a.json")
    rise = edited.channel("browInnerUp") - plain.channel("browInnerUp")
    assert rise[6:24] == pytest.approx(np.minimum(0.5, 1 - plain.channel("browInnerUp")[6:24]), abs=1e-5)
    assert np.abs(np.delete(rise, slice(6, 25))).max() < 1e-6
    (lines / "de" / "a.wav").write_bytes((lines / "de" / "b.wav").read_bytes())
    batch(run)
    assert (
        "hand edit: the sound is another than when the edits were made"
        in report(here / "out")["de/a"]["reasons"]
    )
    assert next(iter(report(here / "out"))) == "de/a"
    sidecar.write_text("{", encoding="utf-8")
    assert "de/a.edits.json holds no edits" in json.loads(batch(run).out)["failed"]["de/a"]


def test_a_corrected_file_becomes_edits_and_comes_back(
    lines: Path, here: Path, run: Run, refused: Refused
) -> None:
    batch(run)
    made = read_clip(here / "out" / "de" / "a.json")
    weights, head = made.weights.copy(), made.head
    assert head is not None
    column = made.names.index("mouthSmileLeft")
    weights[8:20, column] = np.minimum(1, weights[8:20, column] + 0.3)
    weights[25, made.names.index("jawOpen")] = 1.0
    corrected = dataclasses.replace(made, weights=weights, head=head + np.float32([2, 0, 0]))
    write_clip(corrected, here / "hand.fbx", "fbx-animation")
    done = run("edits", "out/de/a.json", "hand.fbx", "--sound", "lines/de/a.wav")
    assert done.code == 0
    assert done.err == "out/de/a.edits.json: 3 edits of jawOpen, mouthSmileLeft, head.yaw\n"
    assert json.loads(batch(run).out)["made"] == 1
    again = read_clip(here / "out" / "de" / "a.json")
    assert np.abs(again.weights - corrected.weights).max() < 0.005
    assert again.head is not None and corrected.head is not None
    assert np.abs(again.head - corrected.head).max() < 0.05
    assert "choose another name" in refused("edits", "out/de/a.json", "hand.fbx")
    assert "nothing differs" in refused("edits", "out/de/b.json", "out/de/b.json", "-o", "x.json")
    assert run("convert", "hand.fbx", "slow.json", "--fps", 30).code == 0
    assert "without moving its time" in refused("edits", "out/de/a.json", "slow.json", "-o", "x.json")


def test_edits_may_lie_elsewhere(lines: Path, here: Path, run: Run) -> None:
    (here / "edits" / "de").mkdir(parents=True)
    edit = {"channel": "jawOpen", "from": 0.1, "to": 0.4, "gain": 0, "fade": 0}
    (here / "edits" / "de" / "a.edits.json").write_text(json.dumps({"edits": [edit]}), encoding="utf-8")
    batch(run, "--edits", "edits")
    assert not read_clip(here / "out" / "de" / "a.json").channel("jawOpen")[7:23].any()


def test_rigs_and_several_formats_of_one_suffix(lines: Path, here: Path, run: Run) -> None:
    (lines / "batch.toml").write_text('rig = "vrm0"\nformats = "fbx-animation npy"\nreduce = 0.01\n', "utf-8")
    assert batch(run).code == 0
    assert "A" in read_clip(here / "out" / "de" / "a.fbx").names
    assert (here / "out" / "de" / "a_BS_name.npy").is_file()
    assert len(stamps(here / "out")) == 12


def test_settings_of_the_face_reach_lines_and_are_content(lines: Path, here: Path, run: Run) -> None:
    (lines / "batch.toml").write_text('settings = "soft.toml"\nset = "channel.jawOpen.gain=0"\n', "utf-8")
    (lines / "soft.toml").write_text("[channel.mouthClose]\ngain = 0\n", "utf-8")
    assert json.loads(batch(run).out)["made"] == 4
    clip = read_clip(here / "out" / "de" / "a.json")
    assert not clip.channel("jawOpen").any() and not clip.channel("mouthClose").any()
    assert json.loads(batch(run).out)["kept"] == 4
    (lines / "soft.toml").write_text("[channel.mouthClose]\ngain = 0.5\n", "utf-8")
    assert set(json.loads(batch(run, "--dry-run").out)["do"].values()) == {"settings"}
    (lines / "soft.toml").write_text("[channel.mouthClse]\ngain = 0.5\n", "utf-8")
    assert "nearest is 'mouthClose'" in json.loads(batch(run).out)["failed"]["de/a"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-j", 2, "--cluster", "tcp://127.0.0.1:1"), "give one of them"),
        (("--cluster", "nowhere.json"), "--cluster is nowhere.json; expected such as tcp://"),
        (("--fps", 300), "fps is 300"),
        (("--format", "gif"), "unknown format 'gif'"),
    ],
)
def test_wrong_options_are_refused(
    lines: Path, refused: Refused, words: tuple[object, ...], said: str
) -> None:
    assert said in refused("batch", "lines", "-o", "out", *words)


def test_a_remote_place_needs_a_ledger_here(lines: Path, refused: Refused) -> None:
    assert "--ledger lines.ledger" in refused("batch", "lines", "-o", "memory://out")


def test_results_go_to_places_that_fsspec_knows(lines: Path, here: Path, run: Run) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed; pip install -e '.[cluster]'")
    batch(run)
    words = ("-j", 1, "--ledger", "lines.ledger", "--json")
    for url in ("memory://far/out", (here / "far").as_uri()):
        (here / "lines.ledger").unlink(missing_ok=True)
        assert json.loads(run("batch", "lines", "-o", url, *words).out)["made"] == 4
        assert json.loads(run("batch", "lines", "-o", url, *words).out)["kept"] == 4
        files, root = fsspec.core.url_to_fs(url)
        for place, stamp in digests(here / "out").items():
            assert hashlib.sha256(files.cat_file(f"{root}/{place}")).hexdigest() == stamp
        assert not files.exists(f"{root}/.audio2face-batch")


def test_two_processes_give_the_same_bytes(lines: Path, here: Path, run: Run) -> None:
    batch(run)
    assert run("batch", "lines", "-o", "two", "-j", 2).code == 0
    assert digests(here / "two") == digests(here / "out")


def start(out: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "audio2face", "batch", "lines", "-o", out, *words]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Windows has no process groups; run it elsewhere")
def test_killed_at_any_moment_a_batch_goes_on(lines: Path, here: Path, run: Run) -> None:
    for number in range(12):
        (lines / "de" / f"more{number}.wav").write_bytes((lines / "de" / "a.wav").read_bytes())
    run("batch", "lines", "-o", "whole", "-j", 1)
    made: dict[str, int] = {}
    for wanted in (3, 9):
        process = start("out", "-j", "2")
        while len(stamps(here / "out")) < wanted and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        with Ledger(here / "out" / "batch.ledger") as ledger:
            done = {name for entry in ledger.entries().values() for name in entry.outputs}
        kept = {name: stamp for name, stamp in stamps(here / "out").items() if name in done}
        assert {**kept, **{name: made[name] for name in made if name in done}} == kept
        made = kept
    assert run("batch", "lines", "-o", "out", "-j", 1).code == 0
    assert {name: stamps(here / "out")[name] for name in made} == made
    assert digests(here / "out") == digests(here / "whole")


@pytest.fixture
def cluster(here: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a Dask scheduler, and its two workers, each a process of its own without a nanny."""
    pytest.importorskip("distributed", reason="Dask is not installed; pip install -e '.[cluster]'")
    file = here / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    both = ["--no-dashboard", "--scheduler-file", str(file)]
    place = {**os.environ, "PYTHONPATH": str(Path(identity.__file__).parents[2])}
    parts = [
        subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *both], env=place, **quiet
        )
    ]
    worker = [*dask, "worker", "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", *both]
    parts += [subprocess.Popen(worker, env=place, **quiet) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        from distributed import Client  # noqa: PLC0415

        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(2, timeout=60)
        yield str(file), parts[1:]
    finally:
        for part in reversed(parts):
            part.kill()
            part.wait()


def test_a_cluster_gives_the_same_bytes_and_loses_nothing_with_a_worker(
    lines: Path, here: Path, run: Run, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    file, (first, _) = cluster
    for number in range(14):
        (lines / "de" / f"more{number}.wav").write_bytes((lines / "de" / "a.wav").read_bytes())
    run("batch", "lines", "-o", "out", "-j", 1)
    process = start("far", "--cluster", file)
    while len(stamps(here / "far")) < 8 and process.poll() is None:
        time.sleep(0.01)
    first.kill()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert digests(here / "far") == digests(here / "out")


def test_a_worker_with_another_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(working, "program", lambda: "another")
        text = workers.task_text([], "out", "token")
    with pytest.raises(OptionError, match="a worker runs audio2face"):
        workers._answered(working.do_task(text))
