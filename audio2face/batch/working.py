"""The task that is sent to workers: some lines as text, what became of them as text.

Text, so that nothing but the program itself must be the same on both sides, and so that no scheduler keeps
arguments on one machine that may go.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import threadpoolctl

from audio2face.batch.identity import program
from audio2face.batch.ledger import Entry
from audio2face.batch.making import do_line
from audio2face.batch.settings import from_table
from audio2face.batch.storing import Store, open_store
from audio2face.batch.work import Work


def task_text(works: Sequence[Work], output: str, token: str) -> str:
    """Some lines as a task."""
    lines = [{**asdict(work), "settings": work.settings.table()} for work in works]
    return json.dumps({"output": output, "token": token, "program": program(), "lines": lines})


def do_task(text: str) -> str:
    """Does the lines of a task. Never raises what a line can cause."""
    task: dict[str, Any] = json.loads(text)
    if task["program"] != program():
        return json.dumps({"stranger": program()})
    store, limit = _store(task["output"]), _one_thread()
    with limit:
        entries = [
            do_line(Work(**{**line, "settings": from_table(line["settings"])}), store, task["token"])
            for line in task["lines"]
        ]
    return json.dumps({"entries": [asdict(entry) for entry in entries]})


def read_answer(text: str) -> tuple[list[Entry], str]:
    """What became of the lines; or the program of a worker that has another one than this."""
    answer = json.loads(text)
    return [Entry(**entry) for entry in answer.get("entries", [])], answer.get("stranger", "")


@lru_cache(maxsize=4)
def _store(output: str) -> Store:
    return open_store(output)


@lru_cache(maxsize=1)
def _controller() -> Any:
    return threadpoolctl.ThreadpoolController()


def _one_thread() -> Any:
    """Numeric libraries sum in another order on several threads, and workers share the processor already."""
    return _controller().limit(limits=1)
