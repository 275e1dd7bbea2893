"""Where results go: a folder, or a place that fsspec knows, such as s3://bucket/lines.

Files are made in a folder of the run's own and moved when they are whole. A run removes what earlier runs
left in such folders, so that nothing half-written stays, and a worker that outlives its run has nowhere to
write.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from audio2face.errors import MissingExtraError, OptionError
from exporters import FormatError

STAGING = ".audio2face-batch"
_MARK = "running"
"""A file that is there as long as a run is, where folders are not kept."""


class Store(Protocol):
    """Places are below the output folder, with slashes, such as "de/guard_001.json"."""

    def whole(self, outputs: dict[str, int]) -> bool:
        """Whether all of these files, {place: bytes}, are there."""

    def begin(self, token: str) -> None:
        """Begins a run: removes what other runs left half-made, and lets workers of this one write."""

    def end(self) -> None:
        """Ends the run."""

    def staged(self, token: str) -> contextlib.AbstractContextManager[Path]:
        """A folder for files of the run of that token; gone afterwards."""

    def publish(self, token: str, folder: Path, places: Sequence[str]) -> dict[str, int]:
        """Moves whole files from the folder, where they lie by place; gives {place: bytes}."""

    def remove(self, place: str) -> None:
        """Removes a file, if it is there."""

    def final(self, place: str) -> Path:
        """Where a file will be, for formats that must know."""


class FolderStore:
    """A folder of this machine, or one that all machines share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def whole(self, outputs: dict[str, int]) -> bool:
        try:
            return all((self._root / place).stat().st_size == size for place, size in outputs.items())
        except OSError:
            return False

    def begin(self, token: str) -> None:
        self.end()
        (self._root / STAGING / token).mkdir(parents=True)

    def end(self) -> None:
        shutil.rmtree(self._root / STAGING, ignore_errors=True)

    @contextlib.contextmanager
    def staged(self, token: str) -> Iterator[Path]:
        try:
            # The run's folder is not made here: where it is gone, the run is over.
            folder = Path(tempfile.mkdtemp(dir=self._root / STAGING / token))
        except OSError as error:
            raise FormatError(f"cannot write to {self._root}: {error.strerror or error}") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, token: str, folder: Path, places: Sequence[str]) -> dict[str, int]:
        sizes = {}
        for place in places:
            target = self._root / place
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                sizes[place] = (folder / place).stat().st_size
                (folder / place).replace(target)
            except OSError as error:
                raise FormatError(f"cannot write {target}: {error.strerror or error}") from error
        return sizes

    def remove(self, place: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self._root / place).unlink()

    def final(self, place: str) -> Path:
        return self._root / place


class RemoteStore:
    """A place that fsspec knows."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise MissingExtraError(f"writing to {url}", "cluster") from error
        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:  # a driver is missing, or there is none of that name
            raise OptionError(f"cannot write to {url}: {' '.join(str(error).split())}") from error
        self._root = str(root).rstrip("/")
        self._sizes: dict[str, int] | None = None

    def whole(self, outputs: dict[str, int]) -> bool:
        if self._sizes is None:  # one listing instead of a question for each file
            found: dict[str, dict[str, Any]] = self._files.find(self._root, detail=True)
            self._sizes = {
                name.removeprefix(self._root).lstrip("/"): int(one["size"]) for name, one in found.items()
            }
        return all(self._sizes.get(place) == size for place, size in outputs.items())

    def begin(self, token: str) -> None:
        self.end()
        self._files.makedirs(f"{self._root}/{STAGING}/{token}", exist_ok=True)
        self._files.pipe_file(f"{self._root}/{STAGING}/{token}/{_MARK}", b"")

    def end(self) -> None:
        if self._files.exists(f"{self._root}/{STAGING}"):
            self._files.rm(f"{self._root}/{STAGING}", recursive=True)

    @contextlib.contextmanager
    def staged(self, token: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="audio2face-") as folder:
            yield Path(folder)

    def publish(self, token: str, folder: Path, places: Sequence[str]) -> dict[str, int]:
        sizes = {}
        if not self._files.exists(f"{self._root}/{STAGING}/{token}/{_MARK}"):
            raise FormatError(f"cannot write to {self._root}: this run has ended")
        for place in places:
            temporary, target = f"{self._root}/{STAGING}/{token}/{place}", f"{self._root}/{place}"
            try:
                for name in (temporary, target):
                    self._files.makedirs(name.rpartition("/")[0], exist_ok=True)
                self._files.put_file(str(folder / place), temporary)
                self._files.mv(temporary, target)
            except OSError as error:
                raise FormatError(f"cannot write {target}: {error}") from error
            sizes[place] = (folder / place).stat().st_size
        return sizes

    def remove(self, place: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm(f"{self._root}/{place}")

    def final(self, place: str) -> Path:
        return Path(place)


def open_store(output: str) -> FolderStore | RemoteStore:
    """The store of `-o`: a URL with ://, or a folder."""
    return RemoteStore(output) if is_url(output) else FolderStore(Path(output))


def is_url(output: str) -> bool:
    """Whether it is a place for fsspec, not a folder."""
    return "://" in output
