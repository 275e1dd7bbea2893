"""`audio2face doctor`: what is installed, what is missing, and where silence comes from."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from audio2face.checks.finding import Finding
from audio2face.checks.installed import check_installed
from audio2face.checks.ports import check_ports, check_studio
from audio2face.checks.sending import check_destination
from audio2face.checks.sound import check_microphone
from audio2face.commands.talk import command, say, show_json, show_table


@command(
    "Say what is installed, what is missing, and how to get it; listen to the microphone for a second, and "
    "look who listens at the customary ports. Exit code 1 if something is broken, or does not do what --mic "
    "or --to asks of it."
)
@click.option(
    "--mic", metavar="[DEVICE]", is_flag=False, flag_value="", help="Listen to this microphone instead."
)
@click.option(
    "--to", "uris", metavar="URI", multiple=True, help="Also open the jaw once there; may be repeated."
)
def doctor(mic: str | None, uris: tuple[str, ...], as_json: bool) -> None:
    findings = [*check_installed(), check_microphone(mic or None, mic is not None)]
    findings += [*check_ports(), check_studio()]
    for uri in uris:
        if uri.lower().startswith("vts:"):
            say(f"asking {uri}; if VTube Studio shows a question, click Allow")
        findings.append(check_destination(uri))
    _show(findings, as_json)


def _show(findings: list[Finding], as_json: bool) -> None:
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        show_table([(finding.state, finding.what, finding.detail) for finding in findings])
    broken = [finding for finding in findings if finding.state == "broken"]
    if broken:
        say(f"audio2face: {len(broken)} broken: {', '.join(finding.what for finding in broken)}")
        sys.exit(1)
