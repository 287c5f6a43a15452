"""Names that a Python file imports for replaced code alone: they go, or stay."""

from __future__ import annotations

import pytest

from callmend.settings import Settings
from tests.python_invariants import check

_BODY = """\
import requests
{line}


def ask(question):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={{"Authorization": f"Bearer {{KEY}}"}},
        json={{"workflow_id": WORKFLOW_ID, "input": {{"message": question}}}},
    )
    return response.json()["output"]["message"]
"""


def _after(line: str, path: str = "app/ask.py", more: str = "") -> str:
    source = _BODY.format(line=line) + more
    return check(source.encode(), path, Settings(target="responses")).result.decode()


def test_a_name_beside_others_goes() -> None:
    assert "from app.config import KEY\n" in _after("from app.config import KEY, WORKFLOW_ID")


@pytest.mark.parametrize(
    ("line", "path", "more"),
    [
        pytest.param(
            "from app.config import KEY, WORKFLOW_ID", "app/__init__.py", "",
            id="face-of-a-package",
        ),
        pytest.param(
            "from app.config import WORKFLOW_ID\nfrom app.keys import KEY", "app/ask.py", "",
            id="only-name-of-its-line",
        ),
        pytest.param(
            "from app.config import KEY, WORKFLOW_ID", "app/ask.py",
            '\n__all__ = ["WORKFLOW_ID"]\n',
            id="name-that-is-given-on",
        ),
        pytest.param(
            "from app.config import KEY, WORKFLOW_ID", "app/ask.py", "\nprint(WORKFLOW_ID)\n",
            id="name-that-is-used-elsewhere",
        ),
        pytest.param(
            "from app.config import KEY, WORKFLOW_ID  # noqa: F401", "app/ask.py", "",
            id="line-with-a-comment",
        ),
    ],
)  # fmt: skip
def test_a_name_stays(line: str, path: str, more: str) -> None:
    assert line in _after(line, path, more)


def test_a_module_stays_where_nothing_of_it_is_used_any_more() -> None:
    line = "from app.config import ANY, WORKFLOW_ID"
    source = _BODY.format(line=f"{line}\n\nKEY = 1").replace(
        "WORKFLOW_ID, ", "WORKFLOW_ID or ANY, "
    )
    migration = check(source.encode(), "a.py", Settings(target="responses"))
    assert migration.changed
    assert line in migration.result.decode()
