"""The decoders of Blender's add-on, held against our encoders and decoders; no Blender needed."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from livelink import PacketError, ifacialmocap, osc, osc_face, unreal, vmc
from livelink.channels import LINK_NAMES
from rigs import ARKIT_NAMES, WeightFrame

Part = Callable[[str], ModuleType]
HEAD = ("headYaw", "headPitch", "headRoll")
ENCODERS: dict[str, Callable[[], Callable[[WeightFrame], list[bytes]]]] = {
    "LIVELINK": lambda: unreal.encoder(LINK_NAMES, 60, "Zoë", unreal.device_of("Zoë"), 3600.0),
    "OSC": lambda: osc_face.channel_encoder(LINK_NAMES, "face"),
    "facecap": lambda: osc_face.facecap_encoder(LINK_NAMES),
    "VMC": lambda: vmc.encoder(LINK_NAMES),
    "IFACIALMOCAP": lambda: ifacialmocap.encoder(LINK_NAMES, 6),
}
PROTOCOLS = {"facecap": "OSC"}


def read(addon_part: Part, protocol: str, datagrams: list[bytes]) -> dict[str, float]:
    """What the add-on makes of one frame, names spelt as ARKit does."""
    letters = addon_part("spelling").letters
    full = {letters(name): name for name in LINK_NAMES}
    values: dict[str, float] = {}
    for datagram in datagrams:
        values |= addon_part("packets").PROTOCOLS[protocol](datagram).values
    return {full[letters(name)]: value for name, value in values.items()}


@pytest.mark.parametrize("form", ENCODERS)
@pytest.mark.parametrize("automatic", [False, True])
def test_every_value_comes_through(
    addon_part: Part, frames: list[WeightFrame], form: str, automatic: bool
) -> None:
    encode = ENCODERS[form]()
    for frame in frames:
        protocol = "AUTO" if automatic else PROTOCOLS.get(form, form)
        values = read(addon_part, protocol, encode(frame))
        sent = dict(zip(LINK_NAMES, frame.weights.tolist(), strict=True))
        wanted = {name: sent[name] for name in (*ARKIT_NAMES, *HEAD)}
        assert {name: values[name] for name in wanted} == pytest.approx(wanted, abs=2e-6)


def test_the_orders_are_ours(addon_part: Part) -> None:
    channels = addon_part("channels")
    assert channels.LINK == LINK_NAMES
    assert channels.FACE_CAP == osc_face.FACECAP_NAMES


def test_live_link_tells_time_and_subject(addon_part: Part, frames: list[WeightFrame]) -> None:
    encode = unreal.encoder(LINK_NAMES, 29.97, "Zoë", unreal.device_of("Zoë"), 3600.0)
    for frame in frames:
        packet = addon_part("packets").automatic(encode(frame)[0])
        assert (packet.kind, packet.subject, packet.ends) == ("Live Link", "Zoë", True)
        assert packet.time == pytest.approx(3600 + frame.time, abs=0.002)


def test_vmc_tells_time_and_where_a_frame_ends(addon_part: Part, frames: list[WeightFrame]) -> None:
    packets = [addon_part("packets").automatic(raw) for raw in vmc.encoder(LINK_NAMES)(frames[3])]
    assert len(packets) > 1
    assert [packet.ends for packet in packets] == [False] * (len(packets) - 1) + [True]
    assert packets[0].time == pytest.approx(frames[3].time)


@pytest.mark.parametrize("angles", [(0.3, -0.2, 0.1), (-2.0, 1.2, -3.0), (0.0, 0.0, 0.0), (0.5, 1.57, 0.0)])
def test_a_quaternion_in_unitys_axes_becomes_the_angles_again(
    addon_part: Part, angles: tuple[float, float, float]
) -> None:
    turns = addon_part("turns")
    found = turns.from_unity(*vmc.turn(*angles))
    assert np.dot(turns.quaternion(*found), turns.quaternion(*angles)) ** 2 == pytest.approx(1.0)
    if angles[1] < 1.5:
        assert found == pytest.approx(angles)


@pytest.mark.parametrize("form", ENCODERS)
def test_broken_datagrams_are_refused_in_one_line(
    addon_part: Part, frames: list[WeightFrame], hold_out: Callable[..., int], form: str
) -> None:
    decode, bad = addon_part("packets").automatic, addon_part("errors").BadPacket
    for number, good in enumerate(ENCODERS[form]()(frames[0])):
        read = hold_out(_renamed(decode, bad), good, seed=number)
        assert 0 < read < 3000


def _renamed(decode: Callable[[bytes], Any], bad: type[Exception]) -> Callable[[bytes], Any]:
    """The decoder with the project's own error, which the feeder of broken datagrams awaits."""

    def call(datagram: bytes) -> Any:
        try:
            packet = decode(datagram)
        except bad as error:
            raise PacketError(str(error)) from error
        assert all(np.isfinite(value) for value in packet.values.values())
        return packet

    return call


def test_osc_agrees_with_ours_on_broken_datagrams(addon_part: Part, hold_out: Callable[..., int]) -> None:
    """Blobs apart, which ours does not know, both read the same datagrams and read the same in them."""
    theirs, bad = addon_part("osc").messages, addon_part("errors").BadPacket
    message = osc.prefix("/a/jawOpen", "ifdhsTFN")[:-4] + b"NN\0\0"

    def both(datagram: bytes) -> None:
        try:
            ours: Any = [(address, list(values)) for address, values in osc.decode(datagram)]
        except PacketError:
            ours = None
        try:
            found = theirs(datagram)
        except bad:
            found = None
        assert found == ours or b"b" in datagram
        if found is None:
            raise PacketError("refused by both")

    packed = osc.floats(0.5) * 8 + osc.text("text")
    good = osc.bundles([osc.prefix("/a/jawOpen", "fT") + osc.floats(0.5), message + packed])[0]
    assert hold_out(both, good, seed=5) > 0


def test_messages_seen_before_read_the_same(addon_part: Part) -> None:
    messages = addon_part("osc").messages
    for number in range(3):
        for start in (osc.prefix("/a/jawOpen", "f"), osc.prefix("/b", "sf") + osc.text("Ä name")):
            element = start + osc.floats(number / 4)
            assert [(address, tuple(values)) for address, values in messages(element)] == osc.decode(element)
    with pytest.raises(addon_part("errors").BadPacket, match="NaN"):
        messages(osc.prefix("/a/jawOpen", "f") + osc.floats(float("nan")))


def test_heads_of_messages_are_not_kept_without_end(addon_part: Part) -> None:
    module = addon_part("osc")
    for number in range(2 * module._MOST_HEADS):
        module.messages(osc.prefix(f"/n{number}", "f") + osc.floats(0.5))
    assert len(module._HEADS) == module._MOST_HEADS


def test_a_blob_is_passed_over(addon_part: Part) -> None:
    blob = osc.prefix("/jawOpen", "bf") + b"\0\0\0\5hello\0\0\0" + osc.floats(0.5)
    assert addon_part("packets").automatic(blob).values == {"jawOpen": 0.5}
    for size in (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"):
        with pytest.raises(addon_part("errors").BadPacket):
            addon_part("packets").automatic(blob.replace(b"\0\0\0\5", size))


def test_bundles_may_not_nest_without_end(addon_part: Part) -> None:
    datagram = osc.floats(0.5)
    for _ in range(400):
        datagram = b"#bundle\0" + bytes(8) + len(datagram).to_bytes(4, "big") + datagram
    with pytest.raises(addon_part("errors").BadPacket, match="nested too deeply"):
        addon_part("packets").automatic(datagram[:9000])
