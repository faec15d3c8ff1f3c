"""A headless Chromium driven over its own protocol, and a server of the page for it."""

import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--lang=en", "--remote-debugging-port=0", "--hide-scrollbars",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WAIT = 60.0
IDLE = "document.querySelector('main').ariaBusy === 'false'"


def browser_path() -> str:
    """The browser; without one the tests are skipped, but never where CI is set.

    ``FUNDPOOL_TEST_BROWSER=none`` leaves one out that is there.
    """
    if os.environ.get("FUNDPOOL_TEST_BROWSER") == "none":
        pytest.skip("no browser wanted")
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    words = "no Chromium found; on Debian: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


class Page:
    """One tab."""

    def __init__(self, socket_: ClientConnection, downloads: Path) -> None:
        self.socket, self.downloads = socket_, downloads
        self.numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command of the protocol."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=WAIT))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result
            self.events.append(message)

    def run(self, script: str) -> Any:
        """Value of a script; promises are waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=f"(async () => {{ {script} }})()", awaitPromise=True,
            returnByValue=True, userGesture=True,
        )  # fmt: skip
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", answer))
        return answer["result"].get("value")

    def until(self, condition: str, seconds: float = WAIT) -> Any:
        """Wait until an expression holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(f"return {condition};")
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"never: {condition}; page says: {self.text('#problem')}")

    def open(self, address: str) -> None:
        """Load the page and wait until it is drawn with all that it waits for."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.until(f"document.body && document.body.dataset.drawn && {IDLE}")
        self.until(f"document.body.dataset.waiting === '' && {IDLE}")

    def afresh(self) -> "Page":
        """The tab as a new visitor has it."""
        self.events.clear()
        self.size(1300)
        for file in self.downloads.iterdir():
            file.unlink()
        return self

    def text(self, selector: str) -> str:
        """Text of an element."""
        return str(self.run(f"return document.querySelector({selector!r})?.textContent ?? ''"))

    def redrawn(self, script: str) -> None:
        """Do something and wait until the page has been drawn anew."""
        before = self.run("return Number(document.body.dataset.drawn)")
        self.run(script)
        self.until(f"Number(document.body.dataset.drawn) > {before} && {IDLE}")

    def choose(self, selector: str, value: str) -> None:
        """Choose in a list, or move a slider, and wait for the new drawing."""
        self.redrawn(
            f"const e = document.querySelector({selector!r}); e.value = {value!r};"
            "e.dispatchEvent(new Event('input', {bubbles: true}));"
            "e.dispatchEvent(new Event('change', {bubbles: true}));"
        )

    def click(self, selector: str) -> None:
        """Press something."""
        self.run(f"document.querySelector({selector!r}).click()")

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Move or press the mouse somewhere in the window."""
        pressed = kind != "mouseMoved"
        self.call(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if pressed else "none",
            clickCount=1 if pressed else 0,
        )  # fmt: skip

    def upload(self, selector: str, file: Path) -> None:
        """Give a file to an input."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def downloaded(self, name: str) -> Path:
        """A file that has been saved."""
        file = self.downloads / name
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if file.is_file() and file.stat().st_size:
                return file
            self.run("return 1")
            time.sleep(0.05)
        raise AssertionError(f"{name} was not downloaded")

    def size(self, width: int, height: int = 900, mobile: bool = False) -> None:
        """Size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=1, mobile=mobile,
        )  # fmt: skip

    def picture(self, file: Path) -> None:
        """A picture of the whole page."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(data))


@contextmanager
def browser() -> Iterator[Page]:
    """A fresh browser with a profile of its own; the network outside this machine is cut off."""
    path = browser_path()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        downloads = Path(folder) / "downloads"
        downloads.mkdir()
        process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={folder}/profile",
             "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = _port(Path(folder) / "profile" / "DevToolsActivePort", process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                listed = json.load(answer)
            where = next(tab for tab in listed if tab["type"] == "page")
            with connect(where["webSocketDebuggerUrl"], max_size=None) as socket_:
                page = Page(socket_, downloads)
                for domain in ("Page", "Runtime", "Network", "DOM", "Log"):
                    page.call(f"{domain}.enable")
                page.call(
                    "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads)
                )
                page.size(1300)
                yield page
        finally:
            process.kill()
            process.wait()


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the browser ended with {process.returncode}")
        if file.is_file():
            lines = file.read_text(encoding="utf-8").split()
            if lines:
                return int(lines[0])
        time.sleep(0.05)
    raise AssertionError("the browser did not start")


@contextmanager
def server(case: Path, *options: str) -> Iterator[str]:
    """The page of a case, as the command serves it; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fundpool", "serve", str(case), "--port", "0", "--quiet", *options],
        stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        _answers(int(address.rstrip("/").rpartition(":")[2]))
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _answers(port: int) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")
