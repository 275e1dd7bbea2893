"""Live Link datagrams: against the table of the protocol, against pylivelinkface, and against broken ones."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from pylivelinkface import FaceBlendShape, PyLiveLinkFace

from livelink import PacketError, RefusedError, open_destination
from livelink.channels import LINK_NAMES, plain
from livelink.unreal import LinkPacket, decode, device_of, encode, encoder
from rigs import WeightFrame

DEVICE = "c7a4f3b2-0d5e-4a86-9f10-2b3c4d5e6f70"

LITERAL = (
    b"\x06"
    b"\x00\x00\x00\x24c7a4f3b2-0d5e-4a86-9f10-2b3c4d5e6f70"
    b"\x00\x00\x00\x05Zo\xc3\xab!"
    b"\x00\x01\x51\x80\x3e\x80\x00\x00"
    b"\x00\x00\x00\x3c\x00\x00\x00\x01"
    b"\x3d" + b"\x00" * 4 * 17 + b"\x3f\x00\x00\x00" + b"\x00" * 4 * 33 + b"\x3e\x80\x00\x00"
    b"\xbe\x80\x00\x00" + b"\x00" * 4 * 8
)
"""jawOpen 0.5, tongueOut 0.25, headYaw -0.25, frame 86400.25 at 60 fps, written by hand from the table."""


def by_table(datagram: bytes) -> tuple[str, str, tuple[float, ...], tuple[float, ...]]:
    """A reader of its own, without a check."""
    (length,) = struct.unpack(">i", datagram[1:5])
    device, rest = datagram[5 : 5 + length].decode(), datagram[5 + length :]
    (length,) = struct.unpack(">i", rest[:4])
    subject, rest = rest[4 : 4 + length].decode(), rest[4 + length :]
    time = struct.unpack(">ifii", rest[:16])
    assert (datagram[0], rest[16], len(rest)) == (6, 61, 17 + 61 * 4)
    return device, subject, time, struct.unpack(">61f", rest[17:])


def test_the_datagram_written_by_hand() -> None:
    values = np.zeros(61, np.float32)
    values[[17, 51, 52]] = 0.5, 0.25, -0.25
    packet = LinkPacket(DEVICE, "Zoë!", 86400, 0.25, Fraction(60), values)
    assert encode(packet) == LITERAL
    assert len(LITERAL) == 270 + 36 + 5
    back = decode(LITERAL)
    assert (back.device, back.subject, back.frame, back.subframe) == (DEVICE, "Zoë!", 86400, 0.25)
    assert back.rate == 60
    assert np.array_equal(back.values, values)


def test_names_are_in_the_readers_order() -> None:
    assert [plain(shape.name) for shape in sorted(FaceBlendShape, key=lambda s: s.value)] == list(LINK_NAMES)


@pytest.mark.parametrize("subject", ["Ann", "Zoë", "顔", "Лицо 2", "🙂"])
def test_pylivelinkface_reads_what_a_sink_sends(
    subject: str,
    frames: list[WeightFrame],
    receiver: socket.socket,
    received: Callable[[socket.socket, int], list[bytes]],
) -> None:
    sink = open_destination(f"livelink://127.0.0.1:{receiver.getsockname()[1]}/{subject}")
    sink.open(LINK_NAMES, 60)
    for frame in frames:
        sink.send(frame)
    for frame, datagram in zip(frames, received(receiver, len(frames)), strict=True):
        found, face = PyLiveLinkFace.decode(datagram)
        assert found
        assert (face.name, face.uuid, face.fps) == (subject, "$" + device_of(subject), 60)
        values = [face.get_blendshape(shape) for shape in FaceBlendShape]
        assert np.abs(np.array(values) - frame.weights).max() < 1e-6
    sink.close()
    _, _, _, rest = by_table(received(receiver, 1)[0])
    assert rest == (0.0,) * 61


def test_what_pylivelinkface_sends_is_read() -> None:
    face = PyLiveLinkFace(name="Ann", uuid=DEVICE, fps=60)
    face.set_blendshape(FaceBlendShape.MouthPucker, 0.75, no_filter=True)
    datagram = bytearray(face.encode())
    # It writes its rate's denominator as fps / 60, its id with a length of "$", which is 36.
    packet = decode(bytes(datagram))
    assert (packet.subject, packet.rate) == ("Ann", 60)
    assert packet.values[LINK_NAMES.index("mouthPucker")] == 0.75


def test_frames_count_from_midnight_without_stutter() -> None:
    send = encoder(LINK_NAMES, 29.97, "Ann", DEVICE, midnight=86399.0)
    blank = np.zeros(61, np.float32)
    times = [by_table(send(WeightFrame(n / 29.97, blank))[0])[2] for n in range(60)]
    assert {time[2] / time[3] for time in times} == {29.97}
    begin = int(86399.0 * 29.97)
    counted = [time[0] + time[1] for time in times]
    assert abs(counted[0] - 86399.0 * 29.97) < 1e-3 and times[0][0] == begin
    steps = np.diff(counted)
    assert abs(np.median(steps) - 1) < 1e-3
    assert sum(step < 0 for step in steps) == 1, "past midnight it starts anew"


def test_channels_are_found_by_name() -> None:
    send = encoder(("TongueOut", "jawOpen", "wings"), 60, "Ann", DEVICE)
    values = by_table(send(WeightFrame(0.0, np.array([0.25, 0.5, 1.0])))[0])[3]
    assert (values[17], values[51], sum(values)) == (0.5, 0.25, 0.75)


def test_another_rig_is_refused() -> None:
    with pytest.raises(RefusedError, match="ARKit"):
        encoder(("A", "I"), 60, "Ann", DEVICE)


def test_devices_differ_by_subject_and_last() -> None:
    assert device_of("Ann") == device_of("Ann") != device_of("Zoë")
    assert len(device_of("顔")) == 36


@pytest.mark.parametrize(
    ("place", "byte"), [(0, 5), (1, 0x7F), (4, 0), (41, 0xFF), (45, 200), (len(LITERAL) - 61 * 4 - 1, 60)]
)
def test_what_unreal_would_refuse_is_refused(place: int, byte: int) -> None:
    broken = bytearray(LITERAL)
    broken[place] = byte
    with pytest.raises(PacketError):
        decode(bytes(broken))


@pytest.mark.parametrize("value", [b"\x7f\xc0\x00\x00", b"\x7f\x80\x00\x00"])
def test_values_that_are_no_numbers_are_refused(value: bytes) -> None:
    with pytest.raises(PacketError, match="NaN or infinite"):
        decode(LITERAL[:-4] + value)


def test_nothing_else_comes_out_of_broken_datagrams(hold_out: Callable[..., int]) -> None:
    assert hold_out(decode, LITERAL, seed=1) > 0
