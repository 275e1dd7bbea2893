"""The ledger and the stores: locked, whole, and what a run leaves behind."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from audio2face.batch.ledger import DONE, FAILED, Entry, Ledger
from audio2face.batch.storing import STAGING, FolderStore, RemoteStore, open_store
from audio2face.errors import OptionError
from exporters import FormatError

ENTRY = Entry("de/a", DONE, {"sound": "x"}, {"de/a.json": 3}, facts={"frames": 2, "measures": {"loud": -3.5}})


def test_entries_come_back(tmp_path: Path) -> None:
    file = tmp_path / "batch.ledger"
    with Ledger(file) as ledger:
        ledger.write([ENTRY, Entry("b", FAILED, error="é")])
        ledger.write([Entry("b", FAILED, error="again")])
    with Ledger(file) as ledger:
        assert ledger.entries() == {"b": Entry("b", FAILED, error="again"), "de/a": ENTRY}
    assert [path.name for path in tmp_path.iterdir()] == ["batch.ledger"]


def test_two_batches_cannot_write_one_ledger(tmp_path: Path) -> None:
    file = tmp_path / "batch.ledger"
    with Ledger(file), pytest.raises(OptionError, match="another batch is writing"):
        Ledger(file)
    with Ledger(file) as ledger:
        assert ledger.entries() == {}


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "batch.ledger"
    file.write_text("no ledger, but long enough to be taken for one" * 40, encoding="utf-8")
    with pytest.raises(OptionError, match="is no ledger, or damaged"):
        Ledger(file)
    other = tmp_path / "other.ledger"
    base = sqlite3.connect(other)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(OptionError, match="form 99"):
        Ledger(other)


def test_files_are_moved_when_they_are_whole(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.begin("one")
    with store.staged("one") as folder:
        (folder / "de").mkdir()
        (folder / "de" / "a.json").write_bytes(b"123")
        assert not (tmp_path / "de").exists()
        assert store.publish("one", folder, ["de/a.json"]) == {"de/a.json": 3}
    assert store.whole({"de/a.json": 3})
    assert not store.whole({"de/a.json": 4})
    store.remove("de/a.json")
    store.remove("de/a.json")
    assert not store.whole({"de/a.json": 3})
    store.end()
    assert not (tmp_path / STAGING).exists()


def test_a_worker_that_outlives_its_run_has_nowhere_to_write(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.begin("one")
    with store.staged("one") as folder:
        (folder / "a.json").write_bytes(b"old")
        store.begin("two")
        with pytest.raises(FormatError):
            store.publish("one", folder, ["a.json"])
    with pytest.raises(FormatError), store.staged("one"):
        pass
    assert not (tmp_path / "a.json").exists()


def test_a_place_of_fsspec_does_the_same(tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed; pip install -e '.[cluster]'")
    for url in ("memory://lines", tmp_path.as_uri()):
        store = open_store(url)
        assert isinstance(store, RemoteStore)
        store.begin("one")
        with store.staged("one") as folder:
            (folder / "de").mkdir()
            (folder / "de" / "a.json").write_bytes(b"123")
            assert store.publish("one", folder, ["de/a.json"]) == {"de/a.json": 3}
            store.begin("two")
            with pytest.raises(FormatError, match="this run has ended"):
                store.publish("one", folder, ["de/a.json"])
        store.end()
        assert open_store(url).whole({"de/a.json": 3})
        assert not open_store(url).whole({"de/b.json": 3})
    assert [path.name for path in tmp_path.iterdir()] == ["de"]


def test_an_unknown_kind_of_place_is_refused() -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed; pip install -e '.[cluster]'")
    with pytest.raises(OptionError, match="cannot write to nowhere://x"):
        open_store("nowhere://x")
