"""Sound files of many kinds, written here, read back and compared with what went in."""

import tracemalloc
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from audio2face.sources import SAMPLE_RATE, AudioBlock, AudioSource, FileSource

KINDS = [
    ("wav", "PCM_16", 44_100, 1),
    ("wav", "PCM_U8", 8_000, 1),
    ("wav", "PCM_24", 48_000, 2),
    ("wav", "PCM_32", 22_050, 1),
    ("wav", "FLOAT", 192_000, 2),
    ("wav", "DOUBLE", 44_100, 1),
    ("wav", "ULAW", 8_000, 1),
    ("wav", "IMA_ADPCM", 16_000, 1),
    ("wav", "PCM_16", 48_000, 8),
    ("wav", "PCM_16", 11_025, 1),
    ("flac", "PCM_16", 44_100, 2),
    ("flac", "PCM_24", 96_000, 6),
    ("ogg", "VORBIS", 44_100, 2),
    ("ogg", "OPUS", 48_000, 1),
    ("mp3", "MPEG_LAYER_III", 44_100, 2),
    ("mp3", "MPEG_LAYER_III", 16_000, 1),
    ("aiff", "PCM_16", 44_100, 1),
    ("aiff", "PCM_24", 48_000, 2),
    ("au", "PCM_16", 16_000, 1),
    ("caf", "PCM_16", 44_100, 1),
]
LOSSY = {
    "PCM_U8": 0.02,
    "ULAW": 0.03,
    "IMA_ADPCM": 0.05,
    "VORBIS": 0.05,
    "OPUS": 0.05,
    "MPEG_LAYER_III": 0.05,
}


def voice(rate: int, seconds: float = 1.5) -> np.ndarray:
    """[samples] tones between 200 and 2000 Hz that swell and fade."""
    time = np.arange(round(rate * seconds)) / rate
    tones = sum(np.sin(2 * np.pi * hertz * time + hertz) / 4 for hertz in (200.0, 640.0, 2_000.0))
    return np.asarray(tones * np.sin(np.pi * time / seconds) ** 2, np.float64)


def heard(source: AudioSource) -> np.ndarray:
    blocks = list(source)
    check_gapless(blocks)
    return np.concatenate([block.samples for block in blocks])


def check_gapless(blocks: list[AudioBlock]) -> None:
    counts = np.cumsum([0] + [len(block.samples) for block in blocks])
    assert [block.time for block in blocks] == [count / SAMPLE_RATE for count in counts[:-1]]
    assert all(block.samples.dtype == np.float32 and len(block.samples) for block in blocks)


@pytest.mark.parametrize(("suffix", "subtype", "rate", "channels"), KINDS)
def test_what_was_written_is_heard(
    tmp_path: Path, suffix: str, subtype: str, rate: int, channels: int
) -> None:
    path = tmp_path / f"voice.{suffix}"
    soundfile.write(path, np.repeat(voice(rate)[:, None], channels, 1), rate, subtype=subtype)
    source = FileSource(path)
    assert (source.sample_rate, source.file_rate, source.channels) == (SAMPLE_RATE, rate, channels)
    assert source.duration == pytest.approx(1.5, abs=0.05)
    sound, expected = heard(source), voice(SAMPLE_RATE)
    assert len(sound) == pytest.approx(len(expected), abs=SAMPLE_RATE * 0.05)
    shared = min(len(sound), len(expected))
    difference = sound[:shared] - expected[:shared]
    assert np.sqrt(np.mean(difference**2)) < LOSSY.get(subtype, 1e-3) * 0.33


@pytest.mark.parametrize(("suffix", "subtype", "rate", "channels"), KINDS)
def test_agrees_with_librosa(tmp_path: Path, suffix: str, subtype: str, rate: int, channels: int) -> None:
    path = tmp_path / f"voice.{suffix}"
    sound = voice(rate)[:, None] * np.linspace(0.3, 1.0, channels)
    soundfile.write(path, sound, rate, subtype=subtype)
    reference, _ = librosa.load(path, sr=SAMPLE_RATE, mono=True)
    ours = heard(FileSource(path))
    assert abs(len(ours) - len(reference)) <= 1  # librosa rounds the length up
    shared = min(len(ours), len(reference))
    np.testing.assert_allclose(ours[:shared], reference[:shared], atol=1e-6)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_block_length_changes_nothing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"voice.{suffix}"
    soundfile.write(path, voice(44_100), 44_100)
    whole = heard(FileSource(path, block_seconds=60))
    for seconds in (0.001, 0.0333, 0.5):
        np.testing.assert_allclose(heard(FileSource(path, seconds)), whole, atol=1e-6)


def test_a_source_can_be_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, voice(44_100), 44_100)
    source = FileSource(path)
    np.testing.assert_array_equal(heard(source), heard(source))


def test_channels_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "surround.wav"
    sound = np.zeros((16_000, 8))
    sound[:, 2] = voice(16_000, 1.0)  # the centre of 7.1, where film dialogue is
    soundfile.write(path, sound, 16_000, subtype="FLOAT")
    np.testing.assert_allclose(heard(FileSource(path)), voice(16_000, 1.0) / 8, atol=1e-7)


def test_float_beyond_full_scale_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, voice(16_000) * 100, 16_000, subtype="FLOAT")
    np.testing.assert_allclose(heard(FileSource(path)), voice(16_000) * 100, rtol=1e-5, atol=1e-5)


def test_name_with_spaces_and_other_scripts(tmp_path: Path) -> None:
    path = tmp_path / "дом 家 é.wav"
    soundfile.write(path, voice(16_000), 16_000)
    assert FileSource(str(path)).path == path


def test_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "voice.mp4"
    soundfile.write(path, voice(16_000), 16_000, format="WAV")
    assert len(heard(FileSource(path))) == 24_000


def test_memory_stays_flat_on_a_long_file(tmp_path: Path) -> None:
    """Ten minutes of stereo at 48 kHz would be 230 MB as floats."""
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        for _ in range(600):
            file.write(np.zeros((48_000, 2), np.int16))
    tracemalloc.start()
    try:
        samples = sum(len(block.samples) for block in FileSource(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert samples == 600 * SAMPLE_RATE
    assert peak < 4_000_000


def first_frame(data: bytes) -> bytes:
    """The MP3 data behind its first frame, which states the length."""
    return data[data.index(data[:2], 100) :]


@pytest.mark.parametrize("mode", ["VARIABLE", "CONSTANT"])
@pytest.mark.parametrize("prefix", [b"", b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)])
def test_mp3_without_a_stated_length_is_read_to_its_end(tmp_path: Path, mode: str, prefix: bytes) -> None:
    """libsndfile guesses the length of such a file from its first frames and would stop there."""
    path = tmp_path / "speech.mp3"
    growing = np.random.default_rng(0).standard_normal(44_100 * 4) * np.linspace(0, 0.3, 44_100 * 4)
    soundfile.write(path, growing, 44_100, bitrate_mode=mode, compression_level=0.5)
    stated = FileSource(path)
    assert stated.duration == pytest.approx(4.0)
    path.write_bytes(prefix + first_frame(path.read_bytes()))
    source = FileSource(path)
    assert source.duration is None
    assert len(heard(source)) / SAMPLE_RATE == pytest.approx(4.0, abs=0.06)


def test_flac_without_a_stated_length_is_read_to_its_end(tmp_path: Path) -> None:
    """As ffmpeg writes it into a pipe: the 36 bits of the sample count in STREAMINFO are 0."""
    path = tmp_path / "piped.flac"
    soundfile.write(path, voice(44_100), 44_100)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    source = FileSource(path)
    assert source.duration is None
    assert len(heard(source)) == 24_000


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f"])
def test_wav_written_into_a_pipe_is_read_to_its_end(tmp_path: Path, size: bytes) -> None:
    path = tmp_path / "piped.wav"
    soundfile.write(path, voice(16_000), 16_000)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = size
    path.write_bytes(data)
    assert len(heard(FileSource(path))) == 24_000


def test_cut_off_wav_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, voice(16_000), 16_000)
    path.write_bytes(path.read_bytes()[:20_044])
    assert len(heard(FileSource(path))) == 10_000
