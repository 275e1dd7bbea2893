"""Chromium without a screen, driven over the DevTools protocol."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from websocket import create_connection

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    *("--headless=new", "--no-sandbox", "--no-first-run", "--disable-sync", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps"),
    *("--mute-audio", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0"),
)
DRIVERS = (
    ("--use-gl=angle", "--use-angle=gl-egl"),
    ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
"""How to draw without a graphics card; the second is Chromium's own, in software."""


def program() -> str | None:
    """The browser's path, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser with a page at a time under control. `problems`: what its pages complained of."""

    def __init__(self, folder: Path, driver: tuple[str, ...]) -> None:
        browser = program()
        assert browser is not None
        self.driver = driver
        self._log = folder / "chromium.log"
        command = [browser, *QUIET, *driver, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._last = 0
        self.problems: list[str] = []
        self._socket = create_connection(self._address(), timeout=60, suppress_origin=True)
        self.page()

    _session: str | None = None

    def page(self) -> str:
        """Opens another window, controls it from now on, and gives what `control` knows it by."""
        self._session = None
        target = self.ask("Target.createTarget", url="about:blank", newWindow=True)["targetId"]
        session: str = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = session
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        return session

    def control(self, page: str, close: bool = False) -> None:
        """Goes on with a page that was opened before; the one that is left may be closed."""
        if close:
            self.ask("Page.close")
        self._session = page

    @property
    def controlled(self) -> str:
        """What `control` knows this page by."""
        assert self._session is not None
        return self._session

    def _address(self) -> str:
        for _ in range(300):
            found = re.search(r"listening on (ws://\S+)", self._log.read_text("utf-8", "replace"))
            if found:
                return found[1]
            assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
            time.sleep(0.1)
        raise TimeoutError(self._log.read_text("utf-8", "replace"))

    def ask(self, method: str, **parameters: Any) -> Any:
        """Sends a command and waits for its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        session = {} if self._session is None else {"sessionId": self._session}
        self._socket.send(json.dumps(message | session))
        while (answer := self._next()).get("id") != self._last:
            self._note(answer)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv())
        return message

    def _note(self, event: dict[str, Any]) -> None:
        what, about = event.get("method"), event.get("params", {})
        if what == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(about["exceptionDetails"])[:600])
        elif what == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.problems.append(json.dumps(about["args"])[:600])
        elif what == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.problems.append(about["entry"]["text"])

    def size(self, width: int, height: int, mobile: bool = False) -> None:
        """Size of the window's inside."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height, "deviceScaleFactor": 2 if mobile else 1, "mobile": mobile},
        )

    def open(self, file: Path | str) -> None:
        """Opens a file from disk, or an address, and waits until its first frame is drawn."""
        self.ask("Page.navigate", url=file.resolve().as_uri() if isinstance(file, Path) else file)
        for _ in range(200):
            if self.run("Boolean(window.audio2face && (window.audio2face.firstFrame))"):
                return
            time.sleep(0.05)
        raise TimeoutError(f"{file} draws nothing: {self.problems}")

    def run(self, code: str) -> Any:
        """The value of a JavaScript expression; promises are waited for."""
        how = {"returnByValue": True, "awaitPromise": True, "userGesture": True}
        answer = self.ask("Runtime.evaluate", expression=code, **how)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str, seconds: float = 20) -> None:
        """Waits until a JavaScript expression is true."""
        end = time.monotonic() + seconds
        while not self.run(condition):
            assert time.monotonic() < end, f"{condition}; {self.problems}"
            time.sleep(0.05)

    def key(self, key: str, code: int, shift: bool = False) -> None:
        """Presses a key and lets it go; `code` is its Windows number."""
        text = {"text": " "} if key == " " else {}
        about = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **about, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    def screenshot(self) -> bytes:
        """A PNG of the page as it is seen."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        """Ends the browser."""
        self._session = None
        try:
            self.ask("Browser.close")
            self._socket.close()
        except Exception:  # it may be gone before it answers
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


def start(folder: Path) -> Chromium:
    """A browser that draws WebGL 2: with the first of DRIVERS that does."""
    for number, driver in enumerate(DRIVERS):
        place = folder / str(number)
        place.mkdir(parents=True)
        browser = Chromium(place, driver)
        if browser.run("Boolean(document.createElement('canvas').getContext('webgl2'))"):
            return browser
        browser.close()
    raise AssertionError("Chromium draws no WebGL 2 here, neither through EGL nor with SwiftShader")
