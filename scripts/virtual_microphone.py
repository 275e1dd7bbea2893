"""A microphone on a Linux machine without sound hardware: python scripts/virtual_microphone.py COMMAND...

Runs the command in an environment of its own, whose default microphone hears what is played there:

    python scripts/virtual_microphone.py sh -c 'audio2face live --mic --to osc:// & sleep 3; paplay line.wav'

Needs pulseaudio, pulseaudio-utils and, for PyAudio, libasound2-plugins. Everything lies in a temporary
folder; other sound servers are not touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("pulseaudio", "pactl", "paplay")
INSTALL = "apt-get install pulseaudio pulseaudio-utils libasound2-plugins"
SINK = "virtual"
STARTING = 10.0
"""Seconds that a sound server may take to start."""


def missing() -> str:
    """What is lacking here and how to get it, or nothing."""
    if sys.platform != "linux":
        return "a virtual microphone needs PulseAudio on Linux"
    programs = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"needs {', '.join(programs)}: {INSTALL}" if programs else ""


class VirtualMicrophone:
    """A sound server of its own, in a folder that must be empty; use `virtual_microphone`.

    environment  variables of programs whose default microphone hears what they play
    """

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "socket"
        (folder / "run").mkdir(mode=0o700)
        # PortAudio asks ALSA, which asks PulseAudio.
        asked = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        (folder / ".asoundrc").write_text(asked, encoding="utf-8")
        self.environment = {
            **os.environ,
            **{"XDG_RUNTIME_DIR": f"{folder}/run", "HOME": str(folder)},
            "PULSE_SERVER": f"unix:{self._socket}",
        }
        self._server: subprocess.Popen[bytes] | None = None

    def plug(self) -> None:
        """Starts the server. Raises RuntimeError when it does not start."""
        modules = [
            f"-Lmodule-native-protocol-unix socket={self._socket} auth-anonymous=1",
            f"-Lmodule-null-sink sink_name={SINK} rate=48000 channels=2",
        ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *modules]
        self._server = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        end = time.monotonic() + STARTING
        while self._control("info"):
            if self._server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"pulseaudio did not start within {STARTING:.0f} s")
            time.sleep(0.1)
        self._control("set-default-sink", SINK)
        self._control("set-default-source", f"{SINK}.monitor")

    def unplug(self) -> None:
        """Ends the server, and with it every device."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)
            self._server = None
        self._socket.unlink(missing_ok=True)

    def _control(self, *words: str) -> int:
        command = ["pactl", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode


@contextmanager
def virtual_microphone() -> Iterator[VirtualMicrophone]:
    """A microphone that is plugged in. Raises RuntimeError when something is missing."""
    if reason := missing():
        raise RuntimeError(reason)
    with tempfile.TemporaryDirectory(prefix="microphone", ignore_cleanup_errors=True) as folder:
        microphone = VirtualMicrophone(Path(folder))
        try:
            microphone.plug()
            yield microphone
        finally:
            microphone.unplug()


def main(command: list[str]) -> int:
    """Runs the command; returns its exit code."""
    if not command or command[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if command else 2
    try:
        with virtual_microphone() as microphone:
            return subprocess.run(command, env=microphone.environment, check=False).returncode
    except (RuntimeError, OSError) as error:
        sys.exit(f"virtual_microphone: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
