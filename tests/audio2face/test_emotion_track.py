"""Emotion tracks from files, and what `--emotion` says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio2face.batch.making import emotion_of
from audio2face.batch.settings import Settings
from audio2face.emotion import EmotionTrack, parse_emotion, read_track
from audio2face.emotion.auto_settings import AutoSettings
from audio2face.errors import OptionError

KEYS = "time,joy,anger\n0,0.2,0\n1.5,0.8,0.1\n\n3,0,1\n"
JSON = '[{"time": 0, "joy": 0.2}, {"time": 1.5, "joy": 0.8, "anger": 0.1}, {"time": 3, "anger": 1}]'


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_csv_and_json_say_the_same(tmp_path):
    table = read_track(write(tmp_path, "moods.CSV", "\ufeff" + KEYS))
    other = read_track(write(tmp_path, "moods.json", JSON))
    assert table.names == other.names == ("joy", "anger")
    assert np.array_equal(table.times, other.times)
    assert np.array_equal(table.strengths, other.strengths)


def test_strengths_move_evenly_between_keys_and_stay_beyond_them(tmp_path):
    track = read_track(write(tmp_path, "moods.csv", KEYS))
    np.testing.assert_allclose(track.at(0.75), [0.5, 0.05], atol=1e-6)
    np.testing.assert_allclose(track.at(-1), [0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(track.at(100), [0.0, 1.0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "", "its first line is ''; expected time,joy,…"),
        ("a.csv", "joy,time\n0,0\n", "expected time,joy,…"),
        ("a.csv", "time,joy\n", "it has 0 keys"),
        ("a.csv", "time,joy,joy\n0,0,0\n", "expected each once"),
        ("a.csv", "time,joy\n0,0.1\n1\n", "key 2 has 1 cells; the first line has 2"),
        ("a.csv", "time,joy\n0,much\n", "key 1: joy is 'much'; expected a number"),
        ("a.csv", "time,joy\n0,nan\n", "key 1: joy is nan; expected a finite number"),
        ("a.csv", "time,joy\ninf,0\n", "key 1: time is inf; expected a finite number"),
        ("a.csv", "time,joy\n0,0\n2,1\n2,0\n", "key 3 is at 2 s, after one at 2 s; times must rise"),
        ("a.csv", "time,joy\n-1,0\n", "key 1 is at -1 s; expected 0 or later"),
        ("a.csv", "time,joy\n0,0\n1,1.5\n", "key 2, at 1 s: joy is 1.5; expected 0 to 1"),
        ("a.csv", "time,joy\n0,-0.5\n", "joy is -0.5; expected 0 to 1"),
        ("a.json", "{", "it is no JSON"),
        ("a.json", '{"time": 0}', "it is not a list of keys"),
        ("a.json", '[{"joy": 1}]', "key 1 has no time"),
        ("a.json", '[{"time": 0, "joy": true}]', "key 1: joy is 'True'; expected a number"),
        ("a.json", '[{"time": 0}]', "its emotions are none"),
        ("a.json", "[" * 100_000, "it is no JSON"),
    ],
)
def test_faults_are_told_in_one_line(tmp_path, name, text, words):
    with pytest.raises(OptionError) as caught:
        read_track(write(tmp_path, name, text))
    assert words in str(caught.value) and name in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(OptionError, match="cannot read the emotion track"):
        read_track(tmp_path / "none.csv")
    (tmp_path / "raw.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OptionError, match="not UTF-8"):
        read_track(tmp_path / "raw.csv")


def test_parts_add_up(tmp_path):
    file = write(tmp_path, "moods, and more.csv", KEYS)
    emotion = parse_emotion(["joy=0.2, fear:soft", "worried", "auto:strength=0.6:contrast=2", str(file)])
    assert emotion.mix == pytest.approx({"joy": 0.2, "fear": 0.7, "sadness": 0.35})
    assert emotion.auto == AutoSettings(0.6, 2.0)
    assert [track.names for track in emotion.tracks] == [("joy", "anger")]
    assert parse_emotion([]).mix == {} and not parse_emotion([]).moves
    assert parse_emotion(["auto"]).auto == AutoSettings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("joy:huge", "'huge' is none of soft, medium, strong"),
        ("joy", "is not of the form NAME=NUMBER; or say auto, a preset (amazed"),
        ("auto:loud=1", "auto has no setting 'loud'; it has strength, contrast, smooth, neutral"),
        ("auto:strength=2", "auto: strength is 2; expected 0 to 1"),
        ("auto:smooth", "'auto:smooth' is not of the form"),
        ("auto,auto", "auto is there already"),
        ("joy=0.8,joy=0.4", "emotion joy has strength 1.2; expected 0 to 1"),
        ("joy=nan", "is not a finite number"),
    ],
)
def test_words_that_mean_nothing(text, words):
    with pytest.raises(OptionError) as caught:
        parse_emotion([text])
    assert words in str(caught.value)


def test_a_track_checks_itself():
    with pytest.raises(OptionError, match=r"strengths has shape \(1, 1\)"):
        EmotionTrack(("joy", "fear"), [0.0], [[0.5]])


def test_lines_of_a_batch_take_all_of_it(tmp_path):
    file = write(tmp_path, "moods.csv", KEYS)
    half = {
        name: emotion_of(Settings(emotion=name, intensity=0.5)) for name in ("joy", "worried", "auto", "")
    }
    assert half["joy"].mix == {"joy": 0.5} and half[""].mix == {}
    assert half["worried"].mix == pytest.approx({"fear": 0.175, "sadness": 0.175})
    assert half["auto"].auto == AutoSettings(0.4)
    (track,) = emotion_of(Settings(emotion=str(file), intensity=0.5)).tracks
    np.testing.assert_allclose(track.at(3.0), [0.0, 0.5])
    with pytest.raises(OptionError, match=r"times intensity 1\.5 is more than 1"):
        emotion_of(Settings(emotion="joy=0.8", intensity=1.5))
