"""Dead URLs in a command that a program gives to a shell: `execSync('curl -X POST https://...')`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, match_url
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, field, items, text
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.records import record

#: What runs a command, by its last name: of Node, execa, zx and shelljs.
_RUNS = frozenset({b"$", b"exec", b"execAsync", b"execSync", b"execa", b"execaCommand"})
_CURL = re.compile(r"(?:^|[\s;&|(])curl\s")
#: What makes a request of curl's a POST.
_POSTS = re.compile(r"\bPOST\b|\s--?(?:d|data|data-\w+|json)\b")
_WORDS = re.compile(r"[\s'\"\\]+")


@record(frozen=True, slots=True)
class Command:
    """A dead endpoint that a command asks, the text of the command, and what runs it."""

    endpoint: Endpoint
    node: Node
    runner: str


def shell_commands(program: Program) -> Iterator[Command]:
    """The commands of a file that ask a dead endpoint by curl, in order."""
    for call in program.tree.nodes:
        if call.type != "call_expression":
            continue
        callee = called(call)
        name = text_of(callee, "property") or text(callee)
        given = field(call, "arguments")
        if given is None or name not in _RUNS:
            continue
        # `$`curl ...`` has its template as its arguments
        command = given if given.type == "template_string" else next(iter(items(given)), None)
        endpoint = None if command is None else _asked(program, command)
        if command is not None and endpoint is not None:
            yield Command(endpoint, command, name.decode("utf-8", "replace"))


def _asked(program: Program, command: Node) -> Endpoint | None:
    """The dead endpoint that a command posts to."""
    for said in program.resolver.value(command).texts:
        if not _CURL.search(said) or not _POSTS.search(said):
            continue
        for word in _WORDS.split(said):
            found = match_url(word, HOLE, "POST")
            if found is not None and found[1] is Match.CERTAIN and found[0].method == "POST":
                return found[0]
    return None
