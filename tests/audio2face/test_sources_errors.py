"""Bad sound: each kind gives one clear line, as early as it can be known."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2face.errors import SoundError
from audio2face.sources import SAMPLE_RATE, ArraySource, AudioBlock, FileSource


def sound(seconds: float = 2.0, rate: int = 44_100) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.3, 0.3, round(seconds * rate))


def refusal(path: Path) -> str:
    """The text of the error that construction raises; it names the file and is one line."""
    with pytest.raises(SoundError) as caught:
        FileSource(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_missing_file(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.wav")


def test_folder(tmp_path: Path) -> None:
    assert "it is a folder; give one sound file" in refusal(tmp_path)


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.write_bytes(b"")
    assert "the file is empty (0 bytes)" in refusal(path)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched, since an administrator may read everything."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.wav"
    soundfile.write(path, sound(), 44_100)
    for call in ("open", "stat"):  # the file, or a folder on the way, is closed to us
        with monkeypatch.context() as patch:
            patch.setattr(Path, call, refuse)
            assert "no permission to read it" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert "it is a pipe or a device" in refusal(tmp_path / "pipe.wav")


@pytest.mark.parametrize("name", ["a" * 300 + ".wav", "null\0.wav"])
def test_impossible_name(tmp_path: Path, name: str) -> None:
    assert "Cannot read" in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.wav", b"These are the notes of a meeting.\n" * 20),
        ("notes.mp3", b"These are the notes of a meeting.\n" * 20),
        ("notes.flac", b"These are the notes of a meeting.\n" * 20),
        ("voice.m4a", b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + bytes(500)),
        ("film.mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + bytes(500)),
        ("voice.webm", b"\x1a\x45\xdf\xa3" + bytes(500)),
        ("one.wav", b"R"),
        ("head.wav", b"RIFF\x00\x00\x00\x00WAVEfmt "),
        ("zeros.wav", bytes(1000)),
        ("zeros.mp3", bytes(1000)),
    ],
)
def test_no_sound_file(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    text = refusal(path)
    assert "wav, flac, ogg, opus, mp3, aiff, au and caf files work" in text
    assert f'ffmpeg -i "{name}"' in text


def test_raw_file(tmp_path: Path) -> None:
    path = tmp_path / "voice.raw"
    path.write_bytes(bytes(1000))
    assert "it has no header" in refusal(path)


@pytest.mark.parametrize("suffix", ["wav", "aiff", "au"])
def test_no_samples(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"none.{suffix}"
    soundfile.write(path, np.zeros(0), 16_000)
    assert "holds no sound: its header states 0 samples" in refusal(path)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_ogg_is_refused_at_once(tmp_path: Path, subtype: str, share: float) -> None:
    path = tmp_path / "cut.ogg"
    soundfile.write(path, sound(6.0, 48_000), 48_000, subtype=subtype)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "is damaged or cut off" in refusal(path)


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_off_stream_is_refused_while_reading(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"cut.{suffix}"
    soundfile.write(path, sound(4.0), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(SoundError, match=r"damaged or cut off: it reads up to \d\.\d\d s of 4\.00 s; copy"):
        list(FileSource(path, 0.1))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channel", [0, 1])
def test_bad_sample_is_named_with_its_time(tmp_path: Path, bad: float, channel: int) -> None:
    path = tmp_path / "bad.wav"
    samples = np.stack([sound(), sound()], axis=1)
    samples[66_150, channel] = bad
    soundfile.write(path, samples, 44_100, subtype="FLOAT")
    with pytest.raises(SoundError, match=rf"a sample that is {bad} at 1\.500 s \(sample 66150\)"):
        list(FileSource(path, 0.4))


def test_value_too_large_for_a_float(tmp_path: Path) -> None:
    path = tmp_path / "huge.wav"
    soundfile.write(path, np.full(100, 1e300), 16_000, subtype="DOUBLE")
    with pytest.raises(SoundError, match="a sample that is inf at 0"):
        list(FileSource(path))


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), 1e9])
def test_block_length_must_make_sense(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, sound(), 44_100)
    with pytest.raises(SoundError, match="Cannot read blocks of"):
        FileSource(path, seconds)


@pytest.mark.parametrize("shape", [(0,), (0, 2), (2, 3, 4), ()])
def test_array_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(SoundError, match="Sound has shape"):
        ArraySource(np.zeros(shape), SAMPLE_RATE)


@pytest.mark.parametrize("kind", [np.int64, np.complex64, np.bool_, np.str_])
def test_array_of_another_type(kind: type) -> None:
    with pytest.raises(SoundError, match="expected floats, int16, int32 or uint8"):
        ArraySource(np.zeros(10, kind), SAMPLE_RATE)


def test_array_with_a_bad_sample() -> None:
    samples = sound(1.0, SAMPLE_RATE)
    samples[8_000] = np.nan
    with pytest.raises(SoundError, match=r"The array holds a sample that is nan at 0\.500 s"):
        list(ArraySource(samples, SAMPLE_RATE))


def test_array_with_an_impossible_rate() -> None:
    with pytest.raises(SoundError, match="sample rate of 0"):
        ArraySource(sound(), 0)


def test_block_checks_its_samples() -> None:
    with pytest.raises(SoundError, match="shape"):
        AudioBlock(0.0, np.zeros((10, 2), np.float32))
    with pytest.raises(SoundError, match="NaN"):
        AudioBlock(0.0, np.array([0.0, np.nan], np.float32))
