"""Conditions around a call that hold wherever it has run, and those that may have changed."""

from __future__ import annotations

import pytest

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.settled import is_negated, key_of, settled_by
from callmend.languages.ecmascript.tree import field
from callmend.source import Language, SourceFile

_CALL = "await fetch('https://api.openai.com/v1/workflows/runs', { method: 'POST' });"
#: Code with a call under a condition and another condition behind, and what the second gives.
_KNOWN = {
    "the-same-again": ("if (mode === 'a') { $CALL } if (mode === 'a') {}", True),
    "its-opposite": ("if (mode === 'a') { $CALL } if (mode !== 'a') {}", False),
    "in-the-else-branch": ("if (mode === 'a') {} else { $CALL } if (mode == 'a') {}", False),
    "behind-an-if-that-left": ("if (mode === 'a') return; $CALL if (mode !== 'a') {}", True),
    "one-of-two-that-hold": ("if (mode === 'a' && deep) { $CALL } if (deep) {}", True),
    "one-of-two-that-do-not": ("if (mode === 'a' || deep) return; $CALL if (deep) {}", False),
    "a-negation": ("if (!deep) { $CALL } if (deep) {}", False),
}
_OPEN = {
    "of-another-value": "if (mode === 'a') { $CALL } if (mode === 'b') {}",
    "of-a-name-that-is-set-again": "let m = mode; if (m) { $CALL } m = 'b'; if (m) {}",
    "of-another-name-like-it": "{ const m = 1; if (m) { $CALL } } const m = 2; if (m) {}",
    "one-of-two-of-which-one-holds": "if (mode === 'a' || deep) { $CALL } if (deep) {}",
    "of-a-member": "if (mode.a) { $CALL } if (mode.a) {}",
    "of-a-call": "if (deep()) { $CALL } if (deep()) {}",
    "around-another-call": "$CALL if (mode === 'a') {} if (mode === 'a') {}",
}


def _asked(code: str) -> bool | None:
    """What is known of the last condition when the call has run."""
    source = f"export async function ask(mode, deep) {{ {code.replace('$CALL', _CALL)} }}\n"
    program = Program(SourceFile("a.ts", source.encode()), Language.TYPESCRIPT)
    [request] = program.requests
    last = [node for node in program.tree.nodes if node.type == "if_statement"][-1]
    condition = field(last, "condition")
    assert condition is not None
    key = key_of(program.scopes, condition)
    known = None if key is None else settled_by(program, request.call).get(key)
    return known if known is None else known != is_negated(condition)


@pytest.mark.parametrize(("code", "holds"), _KNOWN.values(), ids=_KNOWN)
def test_a_condition_is_known(code: str, holds: bool) -> None:
    assert _asked(code) is holds


@pytest.mark.parametrize("code", _OPEN.values(), ids=_OPEN)
def test_a_condition_is_not_known(code: str) -> None:
    assert _asked(code) is None
