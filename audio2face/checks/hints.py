"""What to look at on each system when sound or packets do not get through."""

from __future__ import annotations

import platform

_HEAR = {
    "Windows": "allow desktop apps under Settings, Privacy & security, Microphone, and look for a mute key",
    "Darwin": "allow the terminal under System Settings, Privacy & Security, Microphone, and start it anew",
    "Linux": "look for a mute in pavucontrol, Input Devices, or the desktop's sound settings",
}
_PASS = {
    "Windows": "allow {program} for private networks under Windows Security, Firewall & network protection",
    "Darwin": "allow {program} under System Settings, Network, Firewall, Options",
    "Linux": "see `sudo ufw status` or `sudo firewall-cmd --list-all`, and open {port}/{kind}",
}


def hear(system: str = "") -> str:
    """Where a microphone may be muted or forbidden."""
    return _of(_HEAR, system)


def get_through(port: int, program: str, kind: str = "udp", system: str = "") -> str:
    """Where a firewall may be in between."""
    return _of(_PASS, system).format(port=port, program=program, kind=kind)


def _of(hints: dict[str, str], system: str) -> str:
    return hints.get(system or platform.system(), hints["Linux"])
