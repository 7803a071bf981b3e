"""A headless Chromium for tests, pictures and measurements of pages, driven by its DevTools protocol over two pipes.

The protocol is documented at https://chromedevtools.github.io/devtools-protocol/; over pipes each message is JSON that
ends in a zero byte.  No port is opened and nothing is looked up: the browser is told to talk to nobody.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--mute-audio",
    "--hide-scrollbars",
    "--proxy-server=http://127.0.0.1:9",  # Nobody listens there: what would leave the machine fails.
    "--remote-debugging-pipe",
)


class PageError(RuntimeError):
    """The browser did not do what it was asked, or a script of the page failed."""


def chromium() -> str | None:
    """Return the program, or None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser(*flags: str) -> Iterator[Page]:
    """Give a page of a browser with an empty profile, which ends with the block."""
    program = chromium()
    if program is None:
        raise PageError("there is no Chromium")
    with tempfile.TemporaryDirectory(prefix="patrol-chromium-", ignore_cleanup_errors=True) as profile:
        # The browser reads messages from its descriptor 3 and answers on 4, which the shell puts in place.
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out} {theirs_in}<&- {theirs_out}>&-'
        process = subprocess.Popen(
            ["bash", "-c", shell, program, *_FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Page(ours_out, ours_in).attached()
        finally:
            os.close(ours_out)  # The browser ends when its pipe does.
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(ours_in)


def _pipe() -> tuple[int, int]:
    """Return the ends to read and to write of a pipe, with numbers that are not those of the browser's."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


@dataclass
class Page:
    """A page of the browser: what it is asked, and what it said meanwhile.

    `requests` are the addresses that it asked for and that its own policy allowed; `complaints` are what stood in its
    console as warning or error, and what its scripts raised.
    """

    _out: int
    _in: int
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _buffer: bytes = b""
    _number: int = 0
    _session: str | None = None
    _loaded: bool = False

    def attached(self) -> Self:
        """Take the first page of the browser, and listen to it."""
        for _ in range(200):
            pages = [t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page"]
            if pages:
                break
            time.sleep(0.05)
        else:
            raise PageError("the browser has no page")
        self._session = self.ask("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        return self

    def size(self, width: int, height: int, *, pixels: float = 1, touch: bool = False) -> None:
        """Set the size of the window in CSS pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=pixels, mobile=False
        )
        self.ask("Emulation.setTouchEmulationEnabled", enabled=touch)

    def open(self, address: str | Path, fragment: str = "") -> None:
        """Open a file or an address and wait until it is there and has been drawn."""
        url = address.resolve().as_uri() if isinstance(address, Path) else address
        self._loaded = False
        self.ask("Page.navigate", url="about:blank")
        self._loaded = False
        self.ask("Page.navigate", url=url + (f"#{fragment}" if fragment else ""))
        until = time.monotonic() + 60
        while not self._loaded:
            self._take(until)
        self.frames()

    def frames(self, count: int = 2) -> None:
        """Wait until so many frames have been drawn."""
        self.run(
            f"new Promise((done) => {{ let n = {count};"
            " const next = () => (n-- ? requestAnimationFrame(next) : done()); next(); })"
        )

    def run(self, script: str) -> Any:
        """Return the value of an expression, awaited where it is a promise."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise PageError(json.dumps(answer["exceptionDetails"], ensure_ascii=False)[:2000])
        return answer["result"].get("value")

    def text(self, selector: str) -> str:
        """Return the text of the first element that `selector` matches."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).textContent"))

    def click(self, x: float, y: float) -> None:
        """Click at a point of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)
        self.frames()

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key."""
        text = key if len(key) == 1 else ""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, text=text, modifiers=8 if shift else 0)
        self.frames()

    def picture(self) -> bytes:
        """Return what the window shows as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def pdf(self) -> bytes:
        """Return the page as printed, on the paper that its style asks for."""
        answer = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; what happens meanwhile is noted."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        until = time.monotonic() + 60
        while True:
            answer = self._take(until)
            if answer.get("id") == number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _take(self, until: float) -> dict[str, Any]:
        """Return the next message, and note what it tells of."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(self._in, 1 << 16) if ready else b""
            if not chunk:
                raise PageError("the browser says nothing")
            self._buffer += chunk
        head, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(head)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, told: dict[str, Any]) -> None:
        """Note an event."""
        if method == "Network.requestWillBeSent":
            self._asked[told["requestId"]] = told["request"]["url"]
            self.requests.append(told["request"]["url"])
        elif method == "Network.loadingFailed" and told.get("blockedReason") == "csp":
            self.requests.remove(self._asked[told["requestId"]])  # The page's own policy kept it in.
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("warning", "error", "assert"):
            self.complaints.append(" ".join(str(a.get("value", a.get("description", ""))) for a in told["args"]))
        elif method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("warning", "error"):
            self.complaints.append(told["entry"]["text"])
        elif method == "Page.loadEventFired":
            self._loaded = True
