"""Workers: one that dies over a line does not take the others with it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from audio2face.batch import workers
from audio2face.batch.ledger import DONE, FAILED
from audio2face.batch.settings import Settings
from audio2face.batch.work import Work
from audio2face.batch.workers import Workers


def deadly() -> Callable[[str], str]:
    """A task that ends its process at the line "bad"; made here, so that it travels by value."""

    def task(text: str) -> str:
        places = [line["place"] for line in json.loads(text)["lines"]]
        if "bad" in places:
            os._exit(1)
        rows = [{"place": place, "state": "done"} for place in places]
        return json.dumps({"entries": rows})

    return task


def test_a_line_that_kills_its_worker_is_given_up_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "do_task", deadly())
    names = ["a", "b", "bad", *(f"c{number}" for number in range(8))]
    works = [Work(name, f"{name}.wav", name, Settings()) for name in names]
    with Workers(2) as pool:
        entries: dict[str, Any] = {
            entry.place: entry for some in pool.run(works, "out", "token") for entry in some
        }
    assert entries.keys() == set(names)
    assert [name for name, entry in entries.items() if entry.state != DONE] == ["bad"]
    assert entries["bad"].state == FAILED
    assert entries["bad"].error == "bad.wav: its worker dies (TerminatedWorkerError)"
