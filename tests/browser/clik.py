"""What a person does in the fixture app, and what they see there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page

API_KEY = "test-key"
#: Where the page's clock starts, in seconds since 1970.
_START = 1_800_000_000
#: Rounds of one second until something must have happened.
_ROUNDS = 90

_WATCH_ANSWERS = """() => {
  window.seenTexts = [];
  const look = () => {
    const last = [...document.querySelectorAll('.ai-message.assistant p')].at(-1);
    const text = last ? last.textContent : '';
    if (!text || text === window.seenTexts.at(-1)?.[0]) return;
    window.seenTexts.push([text, document.querySelector('.ai-form button').textContent]);
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, characterData: true
  });
}"""


class Clik:
    """The app in one page, as a person uses it.

    Attributes:
        console: The first lines of the errors and warnings on the console.
        crashes: Exceptions that nothing caught.
    """

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.console: list[str] = []
        self.crashes: list[str] = []
        self._origin = origin
        self._open_requests = 0
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.crashes.append(error.message))
        page.on("request", lambda _: self._count(1))
        page.on("requestfinished", lambda _: self._count(-1))
        page.on("requestfailed", lambda _: self._count(-1))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console.append(message.text.splitlines()[0])

    def _count(self, change: int) -> None:
        self._open_requests += change

    def set_up(self, *, workflow_id: str | None = None) -> None:
        """Fill in the settings on the home page.

        Args:
            workflow_id: What to write into the field; None leaves the default of the app's code.
        """
        self.page.goto(f"{self._origin}/")
        self.page.get_by_label("API key").fill(API_KEY)
        if workflow_id is not None:
            self.page.get_by_label("Workflow ID").fill(workflow_id)
        self.page.get_by_role("button", name="Save settings").click()
        self.page.get_by_text("Settings saved").wait_for()

    def open_assistant(self, field: str = "Bio") -> None:
        """Go to the profile and click the AI icon beside a field."""
        self.page.goto(f"{self._origin}/my_profile")
        self.page.get_by_role("button", name=f"Open AI assistant for {field}").click()

    def send(self, text: str) -> None:
        """Type a message and send it."""
        self.page.get_by_role("textbox", name="Message").fill(text)
        self.page.get_by_role("button", name="Send").click()

    @property
    def questions(self) -> list[str]:
        """The messages of the person that the panel shows."""
        return self.page.locator(".ai-message.user p").all_inner_texts()

    @property
    def answers(self) -> list[str]:
        """The answers that the panel shows."""
        return self.page.locator(".ai-message.assistant p").all_inner_texts()

    @property
    def error(self) -> Locator:
        """The box with the words that say what went wrong."""
        return self.page.get_by_role("alert")

    @property
    def typed(self) -> str:
        """What stands in the box for the next message."""
        return self.page.get_by_role("textbox", name="Message").input_value()

    def field(self, label: str) -> str:
        """What a field of the profile holds."""
        return self.page.get_by_role("textbox", name=label, exact=True).input_value()

    def hold_time(self) -> None:
        """From now on the page's clock goes on only where `wait` makes it; call it first."""
        self.page.clock.install(time=_START)
        self.page.clock.pause_at(_START + 1)

    def wait(self) -> None:
        """Let time pass on the page's clock until the panel takes the next message.

        Raises:
            AssertionError: it does not.
        """
        sending = self.page.get_by_role("button", name="Sending…")
        for _ in range(_ROUNDS):
            # Real time: for the answers on their way, and for what the page does with the last one.
            self.page.wait_for_timeout(5)
            while self._open_requests:
                self.page.wait_for_timeout(5)
            if sending.count() == 0:
                return
            self.page.clock.run_for(1000)
        raise AssertionError(f"no answer and no error after {_ROUNDS} seconds")

    def watch_answers(self) -> None:
        """Note each text that the newest answer shows, for `seen_answers`."""
        self.page.evaluate(_WATCH_ANSWERS)

    def seen_answers(self) -> tuple[list[str], list[str]]:
        """The texts that the newest answer has shown, one after the other.

        Returns:
            Those that were shown first while the request was still going on, and those after it.
        """
        seen: list[tuple[str, str]] = self.page.evaluate("window.seenTexts")
        arriving = [text for text, button in seen if button == "Sending…"]
        return arriving, [text for text, button in seen if button != "Sending…"]
