"""Start the server by hand: `python -m tests.server --port 8000 --scenario slow`."""

from __future__ import annotations

import argparse
import ast
import contextlib
import inspect
import itertools
import socket
import sys
from collections.abc import Sequence

import uvicorn

from tests.server import scenarios
from tests.server.call import Service
from tests.server.running import HOST, config
from tests.server.scenarios import Control, Reply, Scenario, Wire


def docstrings(enumeration: type) -> dict[str, str]:
    """Each member's documentation: the string that stands below it.

    Args:
        enumeration: One of the enums in `scenarios`.
    """
    module = ast.parse(inspect.getsource(scenarios))
    (body,) = (
        node.body
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == enumeration.__name__
    )
    found = {}
    for member, below in itertools.pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(below, ast.Expr):
            name = member.targets[0]
            if isinstance(name, ast.Name) and isinstance(below.value, ast.Constant):
                found[name.id.lower()] = str(below.value.value)
    return found


def _parser() -> argparse.ArgumentParser:
    listed = [
        f"  {name:24}{text}"
        for title in (Scenario, Wire)
        for name, text in [(f"\n{title.__name__.lower()}:", ""), *docstrings(title).items()]
    ]
    parser = argparse.ArgumentParser(
        prog="python -m tests.server",
        description="A server on the loopback interface that speaks OpenAI's API.",
        epilog="\n".join(listed),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default: one that is free")
    parser.add_argument("--scenario", type=Scenario, default=Scenario.COMPLETED, metavar="NAME")
    parser.add_argument(
        "--wire", action="append", default=[], choices=list(docstrings(Wire)), metavar="NAME"
    )
    replies = [r.name.lower() for r in Reply]
    parser.add_argument("--reply", choices=replies, help="answer with what arrived")
    parser.add_argument("--answer", help="answer with this text")
    parser.add_argument("--polls", type=int, default=Control.polls)
    parser.add_argument("--pause", type=float, default=Control.pause, help="seconds, in a stream")
    parser.add_argument("--as-today", action="store_true", help="all Assistants routes are 404")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; the address goes to stdout, what is refused to stderr.

    Args:
        arguments: The command line; None takes the process's.
    """
    given = _parser().parse_args(arguments)
    control = Control(given.scenario, polls=given.polls, pause=given.pause)
    control.assistants_gone = given.as_today
    for name in given.wire:
        control.wire |= Wire[name.upper()]
    if given.answer is not None:
        control.answer = given.answer
    if given.reply:
        control.answer = Reply[given.reply.upper()]
    service = Service(control)
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else 40 ms a request.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, given.port))
        # Whoever reads the address may call at once; uvicorn takes the calls when it is ready.
        listening.listen()
        sys.stdout.write(f"http://{HOST}:{listening.getsockname()[1]}/v1\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config(service)).run(sockets=[listening])
    for violation in service.recorder.violations:
        sys.stderr.write(f"{violation}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
