"""Pickles are read as far as they hold arrays, and refused as soon as they ask for more."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from python2_pickle import dumps

from audio2face.dataset.unpickle import load_pickle
from audio2face.errors import TrainingError, UnsafeFileError

VALUE: dict[str, Any] = {
    "FaceTalk": {"sentence01": {"audio": np.arange(-5, 5, dtype=np.int16), "sample_rate": 22000}},
    "template": np.linspace(0, 1, 12).reshape(4, 3),
    "small": np.float32([[1, 2], [3, 4]]),
}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return set(one) == set(other) and all(same(one[key], other[key]) for key in one)
    return bool(np.array_equal(one, other) and np.asarray(one).dtype == np.asarray(other).dtype)


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "some.pkl"
    path.write_bytes(raw)
    return path


def test_pickles_of_python_2_are_read_and_are_such(tmp_path: Path) -> None:
    raw = dumps(VALUE)
    assert b"numpy.core.multiarray" in raw and b"_codecs" not in raw
    # The pickle of our writer is one: Python's own reader reads it as the papers' programs do.
    assert same(pickle.loads(raw, encoding="latin1"), VALUE)
    assert same(load_pickle(written(tmp_path, raw)), VALUE)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_python_3_are_read(tmp_path: Path, protocol: int) -> None:
    value = {**VALUE, "one": np.float64(2.5), "list": [1, 2.0, None, True, b"x", "ü"], "pair": (1, 2)}
    value["turned"] = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    value["big"] = np.arange(4, dtype=">i4")
    found = load_pickle(written(tmp_path, pickle.dumps(value, protocol=protocol)))
    assert found["list"] == value["list"] and found["pair"] == (1, 2) and found["one"] == 2.5
    for name in ("template", "small", "turned", "big"):
        np.testing.assert_array_equal(found[name], value[name])


class Call:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


HOSTILE = {
    "os.system": Call(os.system, "echo bad"),
    "eval": Call(eval, "1+1"),
    "subprocess": Call(subprocess.check_output, "id"),
    "a class": Path("somewhere"),
    "an ordered dict": OrderedDict(a=1),
    "numpy.load": Call(np.load, "other.npy"),
    "numpy.fromfile": Call(np.fromfile, "/etc/passwd"),
    "numpy.zeros": Call(np.zeros, 10**12),
    "objects in an array": np.array([Call(os.getcwd)], dtype=object),
    "records": np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]),
    "an exception": ValueError("x"),
    "getattr": Call(getattr, "x", "join"),
    "a set": {1, 2},
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_everything_else_is_refused(tmp_path: Path, name: str, protocol: int, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    raw = pickle.dumps({"a": HOSTILE[name]}, protocol=protocol)
    with pytest.raises(UnsafeFileError, match=r"some\.pkl is a pickle that ") as caught:
        load_pickle(written(tmp_path, raw))
    assert "\n" not in str(caught.value)


RAW = {
    "INST": b"(S'echo bad'\nios\nsystem\n.",
    "OBJ": b"(cos\nsystem\nS'x'\no.",
    "builtins": b"c__builtin__\neval\n(S'1'\ntR.",
    "a name inside of a module": b"\x80\x04\x8c\x05numpy\x8c\x0bndarray.tofile\x93.",
    "attributes of a class": b"cnumpy\ndtype\n}S'a'\nI1\nsb.",
    "persistent": b"Pthing\n.",
    "extension": b"\x82\x01.",
    "a huge shape": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(L1000000000000L\ntS'b'\ntR.",
    "object type": b"cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.",
    "calls an array": b"cnumpy.core.multiarray\n_reconstruct\n(tR(tR.",
    "makes an ndarray": b"cnumpy\nndarray\n((I10\nttR.",
}


@pytest.mark.parametrize("name", RAW)
def test_hand_made_pickles(tmp_path: Path, name: str) -> None:
    try:
        found = load_pickle(written(tmp_path, RAW[name]))
    except TrainingError as error:
        assert "\n" not in str(error)
    else:
        assert found is None  # an array that never got its content


BOMBS = {
    "a memo of two thousand million": b"\x80\x02Nr\xff\xff\xff\x7f.",
    "bytes that do not follow": b"\x80\x04\x8e" + (10**12).to_bytes(8, "little") + b"x.",
    "a text that does not follow": b"\x80\x02X\xff\xff\xff\x7fx.",
    "a frame that does not follow": b"\x80\x04\x95" + (10**12).to_bytes(8, "little") + b"N.",
    "a number that does not follow": b"\x80\x02\x8b\xff\xff\xff\x7fx.",
    "lists of lists": b"(lp0\n"
    + b"".join(b"(lp%d\n" % n + b"g%d\na" % (n - 1) * 10 for n in range(1, 40))
    + b".",
    "deep nesting": b"(" * 100_000 + b"t" * 100_000 + b".",
    "an empty file": b"",
    "half": dumps(VALUE)[:100],
    "rubbish": bytes(range(256)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_neither_fill_memory_nor_take_long(tmp_path: Path, name: str) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from audio2face.dataset.unpickle import load_pickle\n"
        "from audio2face.errors import TrainingError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    load_pickle(Path(sys.argv[1]))\nexcept TrainingError as error:\n    print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    if sys.platform == "win32":
        pytest.skip("no resource module on Windows")
    begin = time.monotonic()
    path = written(tmp_path, BOMBS[name])
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert int(lines[-1]) < 100, "megabytes"
    assert len(lines) <= 2
    assert time.monotonic() - begin < 30


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "some.pkl"
    with path.open("wb") as file:
        file.truncate((4 << 30) + 1)
    with pytest.raises(TrainingError, match=r"4\.0 GiB; pickles of up to 4 GiB"):
        load_pickle(path)
    with pytest.raises(TrainingError, match="No such file"):
        load_pickle(tmp_path / "none.pkl")
