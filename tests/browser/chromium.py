"""Headless Chromium: found, started, and led from api.openai.com to the test server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.skipping import skip

try:
    from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
except ImportError:  # Only where the `test` extra is not installed as a whole.
    sync_playwright = None  # type: ignore[assignment]

API = "https://api.openai.com"
#: What Debian, other distributions and Google call it.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",  # Tests may run as root.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but loopback can be reached, whatever the app under test asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser with a fresh profile; skips, with the reason, where there is none."""
    if sync_playwright is None:
        skip("no browser: the Python package playwright is not installed")
    asked = os.environ.get("CALLMEND_CHROMIUM")
    executable = asked or next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        skip(f"no browser: none of {', '.join(_NAMES)} (Debian's package is chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, headless=True, args=list(_FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()


def lead_to(origin: str, context: BrowserContext, page: Page) -> None:
    """Answer the page's requests to api.openai.com by a server on loopback.

    The page does not see it: the address stays, the preflight is asked, and a stream arrives piece
    by piece. Playwright's own `route` can do neither of the last two, hence the protocol below it.

    Args:
        origin: The server's scheme, host and port.
        context: The page's context.
        page: The page.
    """
    session = context.new_cdp_session(page)

    def paused(event: dict[str, Any]) -> None:
        url = origin + event["request"]["url"].removeprefix(API)
        session.send("Fetch.continueRequest", {"requestId": event["requestId"], "url": url})

    session.on("Fetch.requestPaused", paused)
    session.send("Fetch.enable", {"patterns": [{"urlPattern": f"{API}/*"}]})
