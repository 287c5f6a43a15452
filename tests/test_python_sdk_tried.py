"""Runs that a Python file starts in a `try`, and whose answer it reads behind that."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_sdk_left import program

_RESPONSES = Settings(target="responses")
_CALL = "client.workflows.runs.create(workflow_id=ASSISTANT, input={'message': question})"
_READ = """\
    if run.status != "completed":
        raise ValueError(run.status)
    return run.output["message"]
"""


def _tried(handlers: str, read: str = _READ, ahead: str = "") -> bytes:
    return program(f"    {ahead}try:\n        run = {_CALL}\n{handlers}{read}")


BEHIND = {
    "raised-again": _tried("    except OSError as error:\n        raise ValueError from error\n"),
    "returned": _tried("    except OSError:\n        return None\n"),
    "the-program-ends": _tried("    except OSError:\n        raise SystemExit(1)\n"),
    "each-of-several-handlers": _tried(
        "    except TimeoutError:\n        return 'late'\n    except OSError:\n        raise\n"
    ),
    "in-its-else": _tried(
        "    except OSError:\n        print(1)\n    else:\n",
        "".join(f"    {line}\n" for line in _READ.splitlines()) + "    return None\n",
    ),
    "with-a-finally": _tried(
        "    except OSError:\n        raise\n    finally:\n        print(1)\n"
    ),
}


@pytest.mark.parametrize("source", BEHIND.values(), ids=BEHIND)
def test_the_answer_is_read_where_it_was(source: bytes) -> None:
    result = check(source, settings=_RESPONSES).result.decode()
    assert "return checked_text(run)\n" in result
    assert "workflow_answer" not in result


NOT_BEHIND = {
    "a-handler-goes-on": _tried("    except OSError:\n        run = None\n"),
    "one-of-two-handlers-goes-on": _tried(
        "    except TimeoutError:\n        raise\n    except OSError:\n        run = None\n"
    ),
}


@pytest.mark.parametrize("source", NOT_BEHIND.values(), ids=NOT_BEHIND)
def test_it_is_not_certain_that_there_is_one_because(source: bytes) -> None:
    migration = check(source, settings=_RESPONSES)
    assert b"return checked_text(run)" not in migration.result
