"""Chromium without a screen or a network: what is asked for, said or thrown while a page is open is kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page, sync_playwright

VIOLATIONS = "addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective))"


def chromium() -> str:
    """Find the program; without it the test is skipped, but on CI, where it has to be there, it fails."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        reason = "Chromium is not installed: the page is NOT checked in a browser"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the program for a while."""
    sandbox = [] if hasattr(os, "geteuid") and os.geteuid() else ["--no-sandbox"]
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield browser
        browser.close()


class Desk(Struct, frozen=True):
    """Opens pages in the browser, each alone and cut off from the network."""

    browser: Browser

    @contextmanager
    def opened(self, path: Path, place: str = "", width: int = 1280, **context: Any) -> Iterator[Page]:
        """Open a file; in the end it must have asked for nothing but itself, and nothing must have gone wrong."""
        heard: list[str] = []
        own = self.browser.new_context(offline=True, viewport={"width": width, "height": 800}, **context)
        page = own.new_page()
        page.add_init_script(VIOLATIONS)
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.goto(path.as_uri() + place)
        yield page
        own.close()
        assert [one.partition("#")[0] for one in heard] == [path.as_uri()]
