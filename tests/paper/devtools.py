"""The real browser driven through its debugging pipe: a window of any size, what it fetches, what runs in the page.

A window of the command line is at least 500 px wide; through the pipe the page has the phone's own width.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.paper.browser import chromium


class Page:
    """One page in a browser of its own, without any network."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._number, self._rest = 0, b""
        self._session = ""
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Network", "Page", "Runtime"):
            self.call(f"{part}.enable")
        self.call(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """What the browser answers; meanwhile what it fetches is noted."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                answer: dict[str, Any] = told["result"]
                return answer

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._back, 1 << 20)
            assert more, "the browser is gone"
            self._rest += more
        text, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(text)
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["params"]["request"]["url"])
        return told

    def open(self, path: Path, *, width: int, height: int = 844) -> None:
        """Load a file at a width in CSS pixels, and wait until it and its fonts are there."""
        phone = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=phone)
        self.call("Page.navigate", url=path.as_uri())
        self.run(
            "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))"
        )
        self.run("document.fonts.ready.then(() => true)")

    def run(self, script: str) -> Any:
        """What an expression comes to in the page; of a promise what it resolves to."""
        told = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, path: Path) -> Path:
        """The whole page as it looks now."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
        return path

    def pdf(self, path: Path) -> Path:
        """The page as it is printed, on the paper that it asks for."""
        made = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        path.write_bytes(base64.b64decode(made["data"]))
        return path


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page in a new browser that is gone afterwards."""
    there, to = os.pipe()
    back, here = os.pipe()
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe")
    command = [chromium(), *flags, f"--user-data-dir={folder / 'profile'}"]
    # the pipe is descriptors 3 and 4, wherever ours are
    shell = ["bash", "-c", f'exec "$@" 3<&{there} 4>&{here}', "bash", *command]
    process = subprocess.Popen(shell, pass_fds=(there, here), stderr=subprocess.DEVNULL)
    os.close(there)
    os.close(here)
    try:
        yield Page(process, to, back)
    finally:
        os.close(to)  # without its pipe the browser ends
        process.wait(timeout=30)
        os.close(back)
