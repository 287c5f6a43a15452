"""Whether a file finds the text in an adapted answer: its code behind the request is run on it.

Each way through the code, and through what calls its function in the file, is run on the answer
that would be written. Where the text arrives nowhere, or the code throws, the answer is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.answer_runs import AnswerRun, Miss, response_of
from callmend.languages.ecmascript.answer_values import Tree, is_text, made
from callmend.languages.ecmascript.interpreter import Oracle, every_way
from callmend.languages.ecmascript.js_values import UNDEFINED, StuckError, Unknown, texts_in
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import field, unwrapped
from callmend.records import record

#: The code that stands for the live answer's id, and for its count of tokens, in a tree.
IDENTITY = b"identity"
USAGE = b"usage"
_IDS = {"responses": "resp_6a1f"}
_MOST_STEPS = 40_000
_MOST_CHAINS = 8
_MOST_CALLERS = 4
_FAILURES = (RecursionError, TypeError, ValueError, AttributeError, IndexError, KeyError)


class Found(Enum):
    """Whether the text is found in an answer on each way that was run."""

    TEXT = "text"
    NOTHING = "nothing"
    UNSURE = "unsure"


@record(frozen=True, slots=True)
class Outcome:
    """How it went; ``node`` is where it went wrong, ``misses`` what was read and not there.

    ``throws`` tells that it ends there in an error.
    """

    found: Found
    node: Node | None = None
    misses: tuple[Miss, ...] = ()
    throws: bool = False


@record(frozen=True, slots=True)
class Rehearsal:
    """What is run: the code behind a request, and behind those that give the same answer ``again``.

    ``what`` is what the request gives: a response, its JSON, or an object with that as its `data`.
    ``through`` are the calls of its function that get the answer, None where all of its calls do.
    """

    program: Program
    call: Node
    target: str
    what: What = What.RESPONSE
    again: tuple[Node, ...] = ()
    through: tuple[Node, ...] | None = None

    def outcome(self, tree: Tree) -> Outcome:
        """How the file does with an answer: one request whose text is found is enough."""
        found = [self._of(call, tree) for call in (self.call, *self.again)]
        for wanted in (Found.TEXT, Found.UNSURE, Found.NOTHING):
            for outcome in found:
                if outcome.found is wanted:
                    return outcome
        return found[0]

    def _of(self, call: Node, tree: Tree) -> Outcome:
        """How what is behind one request does, on each way outwards."""
        found = [self._along(chain, tree) for chain in self._chains(call)]
        for wanted in (Found.NOTHING, Found.UNSURE):
            for outcome in found:
                if outcome.found is wanted:
                    return outcome
        return found[0] if found else Outcome(Found.UNSURE)

    def _chains(self, call: Node) -> list[tuple[Node, ...]]:
        """The calls through which the answer comes, from the request's own outwards."""
        chains: list[tuple[Node, ...]] = []
        waiting: list[tuple[Node, ...]] = [(call,)]
        while waiting and len(chains) < _MOST_CHAINS:
            chain = waiting.pop(0)
            function = self.program.tree.function_of(chain[-1])
            callers = callers_of(self.program, function)
            if len(chain) == 1 and self.through is not None:
                callers = list(self.through)
            more = [call for call in callers if call not in chain]
            if not more or len(chain) > _MOST_CALLERS or function == self.program.tree.root:
                chains.append(chain)
            else:
                waiting += [(*chain, call) for call in more]
        return chains

    def _along(self, chain: tuple[Node, ...], tree: Tree) -> Outcome:
        try:
            runs = [*every_way(lambda oracle: self._run(chain, tree, oracle))]
        except RecursionError:
            return Outcome(Found.UNSURE)
        return _judged(runs)

    def _run(self, chain: tuple[Node, ...], tree: Tree, oracle: Oracle) -> AnswerRun:
        answer = made(tree, {IDENTITY: _IDS.get(self.target, "run_6a1f"), USAGE: Unknown("usage")})
        run = AnswerRun(self.program, oracle, answer)
        for other in self.again:
            run.give(other, response_of(answer, self.what))
        value = response_of(answer, self.what)
        try:
            for call in chain:
                run.function = self.program.tree.function_of(call)
                run.ended = run.run_from(call, value)
                value = run.ended.returned
                if run.ended.threw or not any(map(is_text, texts_in(value))):
                    break
                if run.steps > _MOST_STEPS:
                    raise StuckError(call)
        except StuckError as stuck:
            run.stuck = stuck.node
        except _FAILURES:
            run.stuck = run.function
        return run


def _judged(runs: list[AnswerRun]) -> Outcome:
    """What all ways together say."""
    outcomes = [*_each(runs)]
    wrong = [outcome for _, outcome in outcomes if outcome.found is Found.NOTHING]
    certain = [o for run, o in outcomes if o.found is Found.NOTHING and _is_certain(run)]
    if certain:
        return certain[0]
    if wrong and len(wrong) == len(outcomes):
        return wrong[0]
    if any(outcome.found is Found.UNSURE for _, outcome in outcomes):
        return Outcome(Found.UNSURE)
    return Outcome(Found.TEXT)


def _each(runs: list[AnswerRun]) -> Iterator[tuple[AnswerRun, Outcome]]:
    for run in runs:
        yield run, _outcome(run)


def _outcome(run: AnswerRun) -> Outcome:
    misses = tuple(run.misses)
    if run.stuck is not None:
        return Outcome(Found.UNSURE)
    if run.garbled is not None:
        return Outcome(Found.NOTHING, run.garbled, misses)
    if run.ended.threw:
        return Outcome(Found.NOTHING, run.failed, misses, throws=True)
    if run.shown(run.function):
        return Outcome(Found.TEXT)
    returned = run.ended.returned
    if run.asked and (returned not in (UNDEFINED, None, "") or not misses):
        return Outcome(Found.TEXT)
    if misses:
        return Outcome(Found.NOTHING, misses[-1].node, misses)
    if returned in (UNDEFINED, None, ""):
        return Outcome(Found.UNSURE)
    return Outcome(Found.NOTHING, None, misses)


def _is_certain(run: AnswerRun) -> bool:
    """Whether a way is taken for certain, as nothing unknown decides, or fails by a miss."""
    if not run.oracle.taken:
        return True
    failed = run.failed
    if not run.ended.threw or failed is None:
        return False
    owner = field(failed, "object")
    missed = {miss.node.id for miss in run.misses}
    return failed.id in missed or (owner is not None and unwrapped(owner).id in missed)
