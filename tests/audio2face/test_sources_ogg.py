"""A cut-off Ogg file is known by its pages, whatever libsndfile makes of the rest."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2face.sources.ogg import has_end


@pytest.fixture(params=("VORBIS", "OPUS"))
def ogg(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "line.ogg"
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000)
    soundfile.write(file, noise, 16_000, format="OGG", subtype=request.param)
    return file


def test_whole_file_has_its_end(ogg: Path) -> None:
    assert has_end(ogg)


@pytest.mark.parametrize("share", (0.1, 0.5, 0.9, 0.999))
def test_cut_off_file_has_none(ogg: Path, share: float) -> None:
    content = ogg.read_bytes()
    ogg.write_bytes(content[: int(len(content) * share)])
    assert not has_end(ogg)


def test_something_after_the_end_does_not_matter(ogg: Path) -> None:
    ogg.write_bytes(ogg.read_bytes() + b"a note from another program")
    assert has_end(ogg)


def test_pages_are_looked_for_at_the_end_only(ogg: Path) -> None:
    ogg.write_bytes(ogg.read_bytes() + bytes(1 << 18))
    assert not has_end(ogg)
