"""Lines → entries, on processes of this machine or on a Dask cluster; joblib does both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import joblib
from joblib.externals.loky.process_executor import BrokenProcessPool

from audio2face.batch.identity import program
from audio2face.batch.ledger import FAILED, Entry
from audio2face.batch.work import Work
from audio2face.batch.working import do_task, read_answer, task_text
from audio2face.errors import MissingExtraError, OptionError

TASK = 12
"""Lines in a task at most: what a killed worker loses, and what it costs to send one are both small."""
LIVES = 3
"""Workers that may die over a line before it is given up."""
PATIENCE = 900.0
"""Seconds without any task finished after which a cluster's are taken for lost."""


class Workers:
    """Where tasks run. Use with `with`.

    jobs     processes of this machine
    cluster  address or scheduler file of a Dask cluster, or None for processes of this machine

    Raises MissingExtraError without Dask, and OptionError when a cluster does not answer.
    """

    def __init__(self, jobs: int, cluster: str | None = None) -> None:
        self._client = None if cluster is None else _client(cluster)
        self.jobs = jobs if self._client is None else max(1, sum(self._client.ncores().values()))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def run(self, works: Sequence[Work], output: str, token: str) -> Iterator[list[Entry]]:
        """Yields what became of some lines, as it becomes known, until all are done.

        Where workers die, what is not done is tried again in smaller tasks; if they go on dying, the lines
        that come next are tried one at a time, and the one that kills its worker is given up. Raises
        OptionError when a worker runs another program than this, or a cluster has no workers left.
        """
        left = {work.place: work for work in works}
        size = max(1, min(TASK, len(works) // (4 * self.jobs)))
        deaths = 0
        while left:
            try:
                for entries in self._finished(list(left.values()), size, output, token):
                    for entry in entries:
                        del left[entry.place]
                    yield entries
            except self._lost():
                self._check_workers(len(works) - len(left))
                deaths, size = deaths + 1, 1
                if deaths >= LIVES:
                    for work in list(left.values())[: 2 * self.jobs]:
                        yield [self._alone(left.pop(work.place), output, token)]

    def _alone(self, work: Work, output: str, token: str) -> Entry:
        """A line that has a worker for itself."""
        try:
            return next(self._finished([work], 1, output, token))[0]
        except self._lost() as error:
            return Entry(work.place, FAILED, error=f"{work.sound}: its worker dies ({type(error).__name__})")

    def _finished(self, works: Sequence[Work], size: int, output: str, token: str) -> Iterator[list[Entry]]:
        tasks = [task_text(works[at : at + size], output, token) for at in range(0, len(works), size)]
        if self.jobs == 1 and self._client is None:
            yield from map(_answered, map(do_task, tasks))
            return
        with self._config(), contextlib.closing(self._submit(tasks)) as answers:
            yield from map(_answered, answers)

    def _submit(self, tasks: list[str]) -> Any:
        # A cluster gets everything at once, so that workers that come later find work.
        few = self._client is None
        parallel = joblib.Parallel(
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="2 * n_jobs" if few else "all",
            timeout=None if few else PATIENCE,
        )
        return parallel(joblib.delayed(do_task)(task) for task in tasks)

    def _config(self) -> Any:
        if self._client is None:
            return joblib.parallel_config("loky", n_jobs=self.jobs, inner_max_num_threads=1)
        return joblib.parallel_config("dask", client=self._client)

    def _check_workers(self, done: int) -> None:
        """Raises OptionError when a cluster has none left."""
        if self._client is not None and not self._client.ncores():
            raise OptionError(
                f"the cluster has no workers left; {done} lines are done, and the same command goes on later"
            )

    def _lost(self) -> tuple[type[BaseException], ...]:
        """What joblib raises when a worker is gone."""
        lost: tuple[type[BaseException], ...] = (BrokenProcessPool, TimeoutError)
        if self._client is not None:
            from distributed import KilledWorker  # noqa: PLC0415

            lost = (*lost, KilledWorker)
        return lost


def _answered(text: str) -> list[Entry]:
    entries, stranger = read_answer(text)
    if stranger:
        raise OptionError(f"a worker runs {stranger}, and this is {program()}; install the same on both")
    return entries


def _client(cluster: str) -> Any:
    """A client of the cluster at an address, or of a scheduler file. Raises OptionError when none answers."""
    try:
        from distributed import Client  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtraError("--cluster", "cluster") from error
    file = None if "://" in cluster else Path(cluster)
    if file is not None and not file.is_file():
        raise OptionError(
            f"--cluster is {cluster}; expected such as tcp://127.0.0.1:8786, or a scheduler file"
        )
    try:
        return Client(scheduler_file=str(file), timeout=10) if file else Client(cluster, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        raise OptionError(
            f"no Dask scheduler answers at {cluster}; start one with: dask scheduler"
        ) from error
