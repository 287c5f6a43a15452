"""Whether a file's key is one that everybody who opens the page can read."""

from __future__ import annotations

import re

from callmend.edits import Span

#: What bundlers write into the page, and the SDK's own option for a page.
#: Source: https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety
_IN_A_PAGE = re.compile(
    rb"dangerouslyAllowBrowser:\s*true|(?:VITE|NEXT_PUBLIC|REACT_APP)_\w*(?:KEY|TOKEN|SECRET)"
)
NOTICE = (
    "the key is part of the page that is sent to everybody; "
    "send the request from a server (https://help.openai.com/en/articles/5112595)"
)


def key_in_a_page(data: bytes) -> Span | None:
    """Where a file shows that its key goes into a page; None where it does not."""
    found = _IN_A_PAGE.search(data)
    return None if found is None else Span(*found.span())
