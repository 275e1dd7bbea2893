"""Values that change while a face performs."""

import math
from threading import Thread

import pytest

from audio2face.errors import OptionError
from audio2face.live.controls import Control, Controls


def some() -> Controls:
    return Controls(
        [Control("emotion/joy", 0.0), Control("emotion/fear", 0.2), Control("head", 1.0, 0.0, 2.0)]
    )


def test_a_value_changes_and_is_seen_to():
    controls = some()
    before = controls.version
    controls.set("emotion/joy", 0.6)
    assert controls.group("emotion") == {"joy": 0.6, "fear": 0.2}
    assert controls.version > before
    assert controls.table()[0] == Control("emotion/joy", 0.6)


@pytest.mark.parametrize("value", [-0.1, 2.1, math.nan, math.inf])
def test_a_value_outside_is_refused(value):
    with pytest.raises(OptionError, match="expected 0 to 2"):
        some().set("head", value)


def test_an_unknown_path_is_refused():
    with pytest.raises(OptionError, match=r"no control 'emotion/hate'; there are emotion/joy, emotion/fear"):
        some().set("emotion/hate", 1.0)


def test_no_change_is_lost_between_threads():
    controls = some()
    threads = [Thread(target=lambda: [controls.set("head", 1.5) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert controls.version == 2000
