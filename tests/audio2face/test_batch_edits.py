"""Hand edits: what they do to a clip, and what is said where they cannot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from audio2face.batch.edits import Edit, Edits, apply_edits, edits_text, parse_edits
from audio2face.errors import OptionError
from rigs import AnimationClip, Channel

CHANNELS = (Channel("jawOpen"), Channel("mouthClose"))


def clip(seconds: float = 2.0, head: bool = True) -> AnimationClip:
    frames = round(seconds * 10)
    weights = np.full((frames, 2), 0.4, np.float32)
    turns = np.zeros((frames, 3), np.float32) if head else None
    return AnimationClip(("jawOpen", "mouthClose"), weights, 10, turns)


def edited(*edits: Edit, sound: str = "", of: AnimationClip | None = None) -> tuple[AnimationClip, list[str]]:
    done, conflicts = apply_edits(of or clip(), Edits(edits, sound), CHANNELS, "the sound")
    return done, list(conflicts)


def test_gain_and_offset_fade_in_and_out_within_their_range() -> None:
    done, conflicts = edited(Edit("jawOpen", 0.5, 1.5, gain=1.5, offset=0.1, fade=0.2))
    jaw = done.channel("jawOpen")
    assert conflicts == []
    assert jaw[[0, 4, 5, 15, 16]] == pytest.approx(0.4)
    assert jaw[6] == pytest.approx(0.4 + 0.5 * 0.3)
    assert jaw[7:14] == pytest.approx(0.7)
    assert np.array_equal(done.channel("mouthClose"), clip().channel("mouthClose"))


def test_keys_set_or_add_and_weights_keep_to_their_range() -> None:
    keys = ((0.5, 0.0), (1.0, 2.0), (1.5, 0.0))
    done, _ = edited(Edit("jawOpen", 0.5, 1.5, keys=keys, fade=0.0))
    assert done.channel("jawOpen")[[4, 5, 7, 10, 16]] == pytest.approx([0.4, 0.0, 0.8, 1.0, 0.4])
    done, _ = edited(Edit("head.pitch", 0.5, 1.5, keys=keys, mode="add", fade=0.0))
    assert done.head is not None
    assert done.head[[5, 10], 1] == pytest.approx([0.0, 2.0])


def test_conflicts_are_named_and_what_can_be_applied_is() -> None:
    done, conflicts = edited(
        *(Edit("cheekPuff", 0.5, 1.0, gain=2.0), Edit("jawOpen", 3.0, 4.0, gain=2.0)),
        *(Edit("jawOpen", 1.5, 4.0, gain=2.0), Edit("head.yaw", 0.0, 1.0, offset=5.0)),
        sound="another",
        of=clip(head=False),
    )
    assert conflicts == [
        "the sound is another than when the edits were made; they are applied, look at them",
        "cheekPuff 0.50–1.00 s: there is no such channel any more; not applied",
        "jawOpen 3.00–4.00 s: the line is only 2.00 s long now; not applied",
        "jawOpen 1.50–4.00 s: the line is only 2.00 s long now; cut",
        "head.yaw 0.00–1.00 s: there is no such channel any more; not applied",
    ]
    assert done.channel("jawOpen")[18] == pytest.approx(0.8)


def test_a_sidecar_is_written_and_read_back() -> None:
    edits = Edits(
        (Edit("jawOpen", 0.5, 1.5, gain=1.2), Edit("é", 0.0, 1.0, keys=((0.0, 0.1), (1.0, 0.2)), mode="add")),
        "abc",
    )
    assert parse_edits(edits_text(edits), "a") == edits


def test_keys_alone_say_their_range() -> None:
    text = json.dumps({"edits": [{"channel": "jawOpen", "keys": [[0.5, 1], [0.9, 0]]}]})
    (edit,) = parse_edits(text, "a").edits
    assert (edit.begin, edit.end, edit.mode) == (0.5, 0.9, "set")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('[{"channel": "a", "from": 2, "to": 1}]', "goes from 2 to 1 s"),
        ('[{"channel": "a", "from": 0, "to": 1, "gian": 2}]', "did you mean gain?"),
        ('[{"channel": "a", "from": 0, "to": 1, "gain": NaN}]', "not finite"),
        ('[{"channel": "a", "keys": [[1, 0], [1, 1]]}]', "goes from 1 to 1 s"),
        ('[{"channel": "a", "keys": [[0, 0], [2, 1], [1, 1]], "to": 3}]', "do not rise in time"),
        ('[{"channel": "a", "keys": [[0, 0], [1, 1]], "gain": 2}]', "make two of it"),
        ('[{"channel": "a", "keys": [[0, 0], [1, 1]], "mode": "mix"}]', "mode"),
        ('[{"from": 0, "to": 1}]', "holds no edits"),
        ("[3]", "holds no edits"),
        ("{", "holds no edits"),
    ],
)
def test_a_sidecar_that_cannot_be_right_is_refused(rows: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"a\.edits\.json") as refused:
        parse_edits(f'{{"edits": {rows}}}', "a.edits.json")
    assert said in str(refused.value)
