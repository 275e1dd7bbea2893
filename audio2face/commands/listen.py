"""`audio2face listen`: what arrives at an address."""

from __future__ import annotations

import time
from dataclasses import asdict

import click

from audio2face.commands.stopping import Stopping, stopping
from audio2face.commands.talk import command, say, show_json_line
from livelink import Inbox, Listener, Summary, open_listener

LOOK = 1.0
"""Seconds between two reports."""


@command(
    "Show what arrives at an address: who sends, names, rate, jitter and what moves most. "
    "URI is livelink://HOST:PORT, osc://, vmc://, ifacialmocap:// or vts://, where it answers as "
    "VTube Studio would; Ctrl-C ends it."
)
@click.argument("uri", metavar="URI")
@click.option("--seconds", type=float, help="End after that long; exit code 1 when nothing has come.")
@click.option("--ask", metavar="HOST", help="Ask the iFacialMocap app on that phone to send.")
def listen(uri: str, seconds: float | None, ask: str | None, as_json: bool) -> None:
    with stopping() as stop, open_listener(uri) as listener:
        if ask:
            _ask(listener, ask)
        if not as_json:
            say(f"listening at {uri}, port {listener.port}; Ctrl-C ends it")
        end = None if seconds is None else time.monotonic() + seconds
        while not stop.asked and (end is None or time.monotonic() < end):
            _wait(listener, stop, end)
            _report(listener, as_json)
        came = listener.datagrams
    if not came and seconds is not None:
        raise click.exceptions.Exit(1)


def _ask(listener: Inbox, phone: str) -> None:
    if not isinstance(listener, Listener):
        raise click.UsageError("--ask is for ifacialmocap://")
    listener.ask_phone(phone)


def _wait(listener: Inbox, stop: Stopping, end: float | None) -> None:
    """Receives until the next report is due."""
    until = time.monotonic() + LOOK
    until = until if end is None else min(until, end)
    while not stop.asked and (left := until - time.monotonic()) > 0:
        listener.poll(min(left, 0.1))


def _report(listener: Inbox, as_json: bool) -> None:
    found = listener.summaries()
    if as_json:
        senders = [{"sender": sender, **asdict(summary)} for sender, summary in found.items()]
        show_json_line({"datagrams": listener.datagrams, "bad": listener.bad, "senders": senders})
        return
    if not listener.datagrams:
        say("nothing yet: check the port and address there, and that no firewall is in between")
    if listener.bad:
        say(f"{listener.bad} of {listener.datagrams} messages cannot be read: {listener.last_error}")
    for sender, summary in found.items():
        click.echo(_line(sender, summary))


def _line(sender: str, summary: Summary) -> str:
    movers = ", ".join(f"{name} {low:.2f}…{high:.2f}" for name, low, high in summary.movers)
    return (
        f"{sender}: {len(summary.names)} names, {summary.rate:.1f} fps, "
        f"jitter {1000 * summary.jitter:.1f} ms, "
        f"longest gap {1000 * summary.gap:.0f} ms; {movers or 'nothing moves'}"
    )
