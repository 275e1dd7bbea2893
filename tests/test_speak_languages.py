"""scripts/speak_languages.py without a synthesizer: symbols, letters, times, lines, folders."""

from __future__ import annotations

import importlib
import json
import random
import sys
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from audio2face.corpus import read_corpus
from audio2face.teacher.phones import TARGETS

SCRIPTS = Path(__file__).parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))
ipa = importlib.import_module("speech_ipa")
times = importlib.import_module("speech_times")
letters = importlib.import_module("speech_letters")
texts = importlib.import_module("speech_texts")
corpus = importlib.import_module("speech_corpus")
accents = importlib.import_module("speech_accents")
aligned = importlib.import_module("speech_align")
programs = importlib.import_module("speech_programs")
Phone = times.Phone

RATE = 16000


def rows(phones: list) -> list[list]:
    return [phone.row() for phone in phones]


def test_every_symbol_has_phones_that_the_teacher_knows() -> None:
    for symbol, phones in ipa.ARPABET.items():
        assert phones, symbol
        assert set(phones) <= TARGETS.keys(), symbol


@pytest.mark.parametrize(
    ("symbol", "phones"),
    [
        ("p", "P"),
        ("pʲ", "P"),
        ("ph", "P"),
        ("bː", "B"),
        ("ɓ", "B"),
        ("ɱ", "M"),
        ("pf", "P F"),
        ("β", "V"),
        ("ʋ", "V"),
        ("ɸ", "F"),
        ("ˈyː", "UW"),
        ("ø", "OW"),
        ("ɯᵝ", "UH"),
        ("ɔ̃", "AO"),
        ("ä", "AA"),
        ("ç", "HH"),
        ("ˈaɪ", "AY"),
        ("ɔø", "OY"),
        ("ts.h", "CH"),
        ("tɕh", "CH"),
        ("iou", "Y OW"),
        ("əl", "AH L"),
        ("ˈ??", "HH"),
        ("ˈ", ""),
        ("ː", ""),
    ],
)
def test_symbols_share_lips_with_phones(symbol: str, phones: str) -> None:
    assert ipa.arpabet(symbol) == tuple(phones.split())


def test_unknown_symbol_is_named() -> None:
    with pytest.raises(ValueError, match="'ʘ' in 'aʘ'"):
        ipa.arpabet("aʘ")


def test_marks_become_phones_that_follow_one_another() -> None:
    marks = [("", 0.0), ("b", 0.1), ("ˈaː", 0.2), ("pf", 0.4), ("", 0.5), ("", 0.55)]
    found = times.phones(marks, 0.6)
    assert [phone.label for phone in found] == ["SIL", "B", "AA", "P", "F", "SIL"]
    assert all(a.end == pytest.approx(b.start) for a, b in pairwise(found))
    assert rows(found)[3:] == [["P", 0.4, 0.45], ["F", 0.45, 0.5], ["SIL", 0.5, 0.6]]


def test_glide_gets_a_third_of_its_symbol() -> None:
    assert rows(times.phones([("uei", 0.0)], 0.3)) == [["W", 0.0, 0.1], ["EY", 0.1, 0.3]]


def test_short_pause_is_the_closure_of_a_stop_or_the_end_of_a_phone() -> None:
    said = [Phone("SIL", 0, 0.1), Phone("AA", 0.1, 0.2), Phone("SIL", 0.2, 0.24), Phone("P", 0.24, 0.3)]
    said += [Phone("SIL", 0.3, 0.35), Phone("AA", 0.35, 0.4), Phone("SIL", 0.4, 0.5), Phone("M", 0.5, 0.6)]
    assert rows(times.without_short_pauses(said)) == [
        ["SIL", 0, 0.1],
        ["AA", 0.1, 0.2],
        ["P", 0.2, 0.35],
        ["AA", 0.35, 0.4],
        ["SIL", 0.4, 0.5],
        ["M", 0.5, 0.6],
    ]


def tone(*parts: tuple[float, float]) -> np.ndarray:
    """A sound of parts (seconds, amplitude)."""
    return np.concatenate([a * np.sin(np.arange(round(s * RATE)) * 0.3) for s, a in parts])


def test_stop_begins_where_the_sound_stops() -> None:
    level = times.levels(tone((0.2, 0), (0.1, 0.5), (0.06, 0.002), (0.1, 0.5)), RATE)
    said = [Phone("SIL", 0, 0.2), Phone("AA", 0.2, 0.36), Phone("P", 0.36, 0.38), Phone("AA", 0.38, 0.46)]
    assert rows(times.with_closures(said, level))[1:3] == [["AA", 0.2, 0.3], ["P", 0.3, 0.38]]


def test_stop_after_silence_takes_some_of_it() -> None:
    said = [Phone("SIL", 0, 0.2), Phone("B", 0.2, 0.24), Phone("AA", 0.24, 0.4)]
    found = times.with_closures(said, np.full(80, -60.0))
    assert rows(found)[:2] == [["SIL", 0, 0.13], ["B", 0.13, 0.24]]


def test_nasal_ends_where_the_lips_part() -> None:
    level = times.levels(tone((0.1, 0.05), (0.2, 0.5)), RATE)
    said = [Phone("M", 0, 0.12), Phone("AA", 0.12, 0.3)]
    assert rows(times.with_releases(said, level)) == [["M", 0, 0.1], ["AA", 0.1, 0.3]]


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("m_ˈʏ_n_ts_ə_n f_yː_ɾ", "de", "mˈynʦən fyːʁ"),
        ("z_ˌɪ_ç_t ˈɔø", "de", "zˌɪçt ˈY"),
        ("l_ˈɔ̃ a_o̞", "fr", "lˈɔ\N{COMBINING TILDE} ao"),
        ("ph_ˈɑu ts.h_ˈu", "cmn", "pʰˈɑu ꭧʰˈu"),
    ],
)
def test_letters_of_kokoro(said: str, language: str, written: str) -> None:
    assert letters.written(said, language) == written


def test_tones_come_from_pinyin() -> None:
    assert letters.toned("p_ˈɑ5_ m_ˈɑ2_ l_ˈə1_", "ba4 ma3 le5") == "p_ˈɑ_↘ m_ˈɑ_↓ l_ˈə_"


def test_words_know_their_symbols() -> None:
    assert accents.words_of("ˈpa, ɸɯᵝ!") == [[("P", 1), ("AA", 2)], [("F", 5), ("UH", 6)]]
    assert accents.words_of("mˈɑu paˈi")[0] == [("M", 0), ("AW", 2)]
    assert [label for label, _ in accents.words_of("paˈi")[0]] == ["P", "AA", "IY"]
    with pytest.raises(accents.SpeechError, match="'ʘ'"):
        accents.words_of("aʘ")


def test_clocks_are_compared_where_most_phones_are() -> None:
    words = accents.words_of("pa ma")
    clock = accents.expected(np.array([4, 2, 4, 1, 2, 4, 4]), words)
    assert clock == pytest.approx([0.135, 0.185, 0.31, 0.36])
    said = [Phone("SIL", 0, 0.14), Phone("P", 0.14, 0.18), Phone("AA", 0.18, 0.33), Phone("M", 0.33, 0.36)]
    assert accents.apart([*said, Phone("AA", 0.36, 0.5)], clock) < 0.02
    assert accents.apart(said, clock) == float("inf")


@pytest.mark.parametrize(
    ("phone", "start"), [(("P", 0.5, 0.53), 0.45), (("P", 0.3, 0.53), 0.43), (("S", 0.5, 0.52), 0.5)]
)
def test_closures_after_silence_are_of_usual_length(phone: tuple[str, float, float], start: float) -> None:
    silence = Phone("SIL", 0, phone[1])
    found = accents.usual_after_silence([silence, Phone(*phone)])
    assert rows(found) == [["SIL", 0, start], [phone[0], start, phone[2]]]


def test_sibilants_start_later_than_they_are_heard() -> None:
    said = [Phone("AA", 0, 0.2), Phone("S", 0.2, 0.3), Phone("AA", 0.3, 0.4), Phone("Z", 0.4, 0.42)]
    assert [phone.start for phone in aligned.mended(said)] == pytest.approx([0, 0.22, 0.3, 0.41])


def test_sentences_of_flite_follow_one_another() -> None:
    told = "pau:0.2 p:0.3 ax:0.5 pau:0.6 pau:0.1 axr:0.3 \n"
    assert rows(programs.flite_phones(told)) == [
        ["SIL", 0, 0.2],
        ["P", 0.2, 0.3],
        ["AH", 0.3, 0.5],
        ["SIL", 0.5, 0.7],
        ["ER", 0.7, 0.9],
    ]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_lines_are_whole_and_repeatable(language: str) -> None:
    said = list(islice(texts.lines(language, 1), 50))
    assert said == list(islice(texts.lines(language, 1), 50))
    assert len(set(said)) > 30
    assert not any("{" in line or "|" in line for line in said)


def test_lines_need_their_language_and_slots() -> None:
    with pytest.raises(ValueError, match="'xx'; there are cmn, de"):
        next(texts.lines("xx"))
    with pytest.raises(ValueError, match="'who'"):
        texts.read_grammar("say:\n    {who} comes.")


class Hummer:
    """A synthesizer that hums."""

    shares = {"de": 1.0}  # noqa: RUF012

    def line(self, text: str, language: str, chance: random.Random) -> object:
        said = [Phone("M", 0.0, 1.0), Phone("AA", 1.0, 1.5)]
        return times.Said(tone((1.5, 0.3)).astype(np.float32), RATE, said, {f"hum-{language}": 1.0})


def test_folder_is_a_corpus_and_is_gone_on_with(tmp_path: Path) -> None:
    corpus.make(Hummer(), tmp_path, 0.05, {"de": 1.0}, seed=1)
    first = (tmp_path / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    corpus.make(Hummer(), tmp_path, 0.1, {"de": 1.0}, seed=1)
    assert (tmp_path / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[: len(first)] == first
    takes = read_corpus(tmp_path)
    assert len({take.name for take in takes}) == len(takes) > len(first)
    assert takes[0].voices == {"hum-de"}
    assert [phone.label for phone in takes[0].phones] == ["SIL", "M", "AA", "SIL"]
    assert takes[0].phones[-1].end == pytest.approx(json.loads(first[0])["duration"], abs=1e-3)
