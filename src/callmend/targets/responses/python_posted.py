"""A dead path that a Python file gives to a function of its own: `POST /v1/responses` by that."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.find import Request
from callmend.languages.python.postings import posting_of
from callmend.languages.python.program import Program
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_polls import refuse_polling
from callmend.targets.python_posted import ParsedCall, PostedCall
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_adapted import Adapted


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a function that posts.

    Raises:
        RefusedError: the call is left, and why.
    """
    if settings.stream:
        raise RefusedError(Reason.STREAMING, "--stream is given")
    refuse_polling(program)
    posting = posting_of(program, request)
    if b"OpenAI-Beta" in program.source.data:
        raise RefusedError(Reason.BETA_HEADER, "`OpenAI-Beta`")
    posted = (_Parsed if posting.parsed else _Posted)(program, request, posting, settings, names)
    return posted.adapted()


class _Posted(PostedCall, Adapted):
    """A call whose function gives the response back."""


class _Parsed(ParsedCall, Adapted):
    """A call whose function gives the answer's JSON back."""

    def _adapter(self) -> str:
        return "adapter_json"
