"""What a test chooses: the scenario, how a stream's bytes arrive, and what the model answers."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields

#: The default answer. Its letters take one, two, three and four bytes of UTF-8.
ANSWER = "Grüße – hier ist die Antwort: 你好 🎉 (und ein Rest)."


class Scenario(enum.StrEnum):
    """What happens to a request that is right in itself.

    A scenario that only one of the two APIs knows is COMPLETED on the other one.
    """

    # Each member's docstring is its documentation: `python -m tests.server --help` prints them.
    COMPLETED = "completed"
    """The run is queued when it is created and completed at the first poll."""
    SLOW = "slow"
    """Queued once, in_progress for `Control.polls` polls, then completed."""
    FAILED = "failed"
    """The run fails with last_error; a response is 200 with status failed and error."""
    CANCELLED = "cancelled"
    """Somebody cancelled the run; it carries no last_error."""
    EXPIRED = "expired"
    """The run expires (Assistants only)."""
    INCOMPLETE = "incomplete"
    """Half an answer: the token limit was reached, incomplete_details has the reason."""
    REQUIRES_ACTION = "requires_action"
    """The run waits for tool outputs; a response holds a function_call and no message."""
    CANCELLING = "cancelling"
    """Cancelling at the first poll, cancelled at the next."""
    UNAUTHORIZED = "unauthorized"
    """401 on every route."""
    RATE_LIMITED = "rate_limited"
    """429 with Retry-After where a run, response or completion is created."""
    SERVER_ERROR = "server_error"
    """500 where a run, response or completion is created."""
    BAD_GATEWAY = "bad_gateway"
    """502 with an HTML page, as a proxy in between answers, where a run is created."""
    DROPPED_ON_CREATE = "dropped_on_create"
    """The connection closes without an answer where a run, response or completion is created."""
    POLLING_ERROR_ONCE = "polling_error_once"
    """The first poll is 500, the next completed."""
    POLLING_ERROR_ALWAYS = "polling_error_always"
    """Every poll is 500."""
    MESSAGES_ERROR = "messages_error"
    """The run completes; listing the messages is 500 (Assistants only)."""
    DROPPED_WHILE_POLLING = "dropped_while_polling"
    """Every poll ends with a closed connection and no answer."""
    DROPPED_MID_STREAM = "dropped_mid_stream"
    """The connection closes in the middle of a stream, after half of the text."""
    IMAGE_BEFORE_TEXT = "image_before_text"
    """An image stands before the text: the first block, or the first output item."""
    SEVERAL_TEXT_BLOCKS = "several_text_blocks"
    """The text is cut in two blocks of one message."""
    SEVERAL_MESSAGES = "several_messages"
    """The text is cut in two messages of one run."""
    REASONING_FIRST = "reasoning_first"
    """A reasoning item stands before the message (Responses only)."""
    PHASES = "phases"
    """A message with phase commentary, then one with phase final_answer (Responses only)."""
    REFUSAL = "refusal"
    """The message holds a refusal and no text."""
    EMPTY_ANSWER = "empty_answer"
    """The message holds one block with the text ""."""
    NO_ANSWER = "no_answer"
    """The run completes without any message."""
    NEVER_FINISHING = "never_finishing"
    """In progress for ever; a stream and a plain response stay open until the client goes."""
    UNKNOWN_STATUS = "unknown_status"
    """A status that no specification has for `Control.polls` polls, then completed."""
    UNKNOWN_STATUS_FOREVER = "unknown_status_forever"
    """A status that no specification has, for ever."""
    STREAM_ENDS_EARLY = "stream_ends_early"
    """The stream ends properly, with half of the text and without any final event."""
    ERROR_EVENT = "error_event"
    """After half of the text the stream carries an error event, and ends."""


#: Where the scenario shows in the request that creates a run, a response or a completion.
ON_CREATE = frozenset(
    {
        Scenario.RATE_LIMITED,
        Scenario.SERVER_ERROR,
        Scenario.BAD_GATEWAY,
        Scenario.DROPPED_ON_CREATE,
    }
)


class Wire(enum.Flag):
    """How a stream's bytes arrive; every combination is a legal stream of server-sent events."""

    PLAIN = 0
    """One chunk an event, LF line ends."""
    SPLIT = enum.auto()
    """Each byte is an HTTP chunk of its own; a reader that is slow gets several at once."""
    TORN = enum.auto()
    """Chunks end inside each character of more than one byte, inside CR LF, and before the line
    end that ends an event; two milliseconds lie between them, so that readers get them singly."""
    UNEVEN = enum.auto()
    """Chunks of 1, 2, 3, 5, 7, 11, 13 bytes by turns: they end anywhere and span line ends."""
    ONE_CHUNK = enum.auto()
    """All events in one chunk."""
    CRLF = enum.auto()
    """CR LF line ends."""
    CR = enum.auto()
    """CR line ends, which the standard knows as well."""
    SEVERAL_DATA_LINES = enum.auto()
    """The JSON is spread over several data lines."""
    COMMENTS = enum.auto()
    """Comments (keep-alives) between the events and inside them."""
    OTHER_FIELDS = enum.auto()
    """Fields that a reader passes over: id, retry, and one that the standard does not know."""
    NO_SPACE = enum.auto()
    """No space after the colon."""
    BOM = enum.auto()
    """A byte order mark at the start."""
    NO_DONE = enum.auto()
    """Without the final `[DONE]` (Responses never sends one)."""


class Reply(enum.Enum):
    """An answer that depends on the request, so that a test can prove what arrived."""

    LAST_USER_MESSAGE = enum.auto()
    """The text of the last message of the user."""
    TRANSCRIPT = enum.auto()
    """All messages of the thread, one line each: `role: text`; instructions first."""


@dataclass
class Control:
    """What the server does next; a test changes it between requests."""

    scenario: Scenario = Scenario.COMPLETED
    wire: Wire = Wire.PLAIN
    answer: str | Reply = ANSWER
    #: How many polls see an unfinished run where the scenario says so.
    polls: int = 3
    #: Seconds in the Retry-After header.
    retry_after: int = 1
    #: As today: OpenAI shut the Assistants API down, all its routes are 404.
    assistants_gone: bool = False
    #: How many messages a thread takes when it is created. 32 by an error text of 2023 that no
    #: specification has, so that no test should fail by it unless it asks to.
    max_thread_messages: int | None = None
    #: Seconds between two events of a stream, for tests that watch text grow; no other waits.
    pause: float = 0.0

    def reset(self) -> None:
        """Set all back to what a new server has."""
        new = Control()
        for f in fields(self):
            setattr(self, f.name, getattr(new, f.name))
