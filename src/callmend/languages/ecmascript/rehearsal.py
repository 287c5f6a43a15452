"""Whether a file finds the text in an adapted answer: its code behind the request is run on it.

Each way through the code, and through what calls its function in the file, is run on the answer
that would be written. Where the text arrives nowhere, or the code throws, the answer is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.answer_kept import missed_when_read, missed_when_told
from callmend.languages.ecmascript.answer_objects import CLASSES, Instance
from callmend.languages.ecmascript.answer_runs import GAVE_UP, AnswerRun, response_of
from callmend.languages.ecmascript.answer_syntax import Miss
from callmend.languages.ecmascript.answer_values import OTHER, Tree, Way, made
from callmend.languages.ecmascript.callees import calls_among, function_named
from callmend.languages.ecmascript.compared import MARKS
from callmend.languages.ecmascript.interpreter import Oracle, every_way
from callmend.languages.ecmascript.js_values import UNDEFINED, StuckError, Thing, Unknown
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import field, key_name, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: The code that stands for the live answer's id, and for its count of tokens, in a tree.
IDENTITY = b"identity"
USAGE = OTHER
_ERROR = re.compile("error|exception|fail", re.IGNORECASE)
_MOST_STEPS = 40_000
_MOST_CHAINS = 8
_MOST_CALLERS = 4


class Found(Enum):
    """Whether the text is found in an answer on each way that was run."""

    TEXT = "text"
    NOTHING = "nothing"
    UNSURE = "unsure"


@record(frozen=True, slots=True)
class Outcome:
    """How it went; ``node`` is where it went wrong, ``misses`` what was read and not there.

    ``throws`` tells that it ends there in an error, ``part`` leads to an object or list of the
    answer that is given in place of its text. ``parses`` is where the text is taken for JSON.
    ``spoilt`` tells that it is joined to something that is not there, ``alone`` that it arrives by
    itself, and nothing with it, ``doubled`` that it arrives twice in one place. ``unmet`` is what
    was read in vain on every way, though the text was found.
    """

    found: Found
    node: Node | None = None
    misses: tuple[Miss, ...] = ()
    throws: bool = False
    part: Way = ()
    parses: Node | None = None
    spoilt: bool = False
    alone: bool = False
    doubled: bool = False
    unmet: tuple[Miss, ...] = ()


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
            function = self.program.tree.function_of(_entry(chain[-1], self.program))
            callers = _callers(self.program, function)
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
            runs = self._runs(chain, tree)
            if len(chain) > 1 and any(run.tells_caller for run in runs):
                # What the caller's function does with it is seen when the caller is run.
                above = self._runs(chain, tree, above=True)
                if all(run.stuck is None for run in above):
                    runs = above
        except RecursionError:
            return Outcome(Found.UNSURE)
        return _judged(runs)

    def _runs(self, chain: tuple[Node, ...], tree: Tree, *, above: bool = False) -> list[AnswerRun]:
        """Each way through the code; a few where they are long.

        Raises:
            RecursionError: there are too many.
        """
        found: list[AnswerRun] = []
        steps = 0
        for run in every_way(lambda oracle: self._run(chain, tree, oracle, above=above)):
            found.append(run)
            steps += run.steps
            if steps > _MOST_STEPS:
                raise RecursionError
        return found

    def _run(
        self, chain: tuple[Node, ...], tree: Tree, oracle: Oracle, *, above: bool = False
    ) -> AnswerRun:
        run_id = "thread_6a1f/runs/run_6a1f" if self.again else "run_6a1f"
        identity = "resp_6a1f" if self.target == "responses" else run_id
        answer = made(tree, {IDENTITY: identity, USAGE: Unknown("usage")})
        run = AnswerRun(self.program, oracle, answer)
        for other in self.again:
            run.give(other, response_of(answer, self.what))
        value = response_of(answer, self.what)
        try:
            if above:
                run.give(chain[0], value)
                chain = chain[1:]
            for call in chain:
                entry = _entry(call, self.program)
                is_made = above and call == chain[0]
                if entry != call and not is_made:
                    run.give(call, value)
                run.enters(entry, value, really=entry != call or is_made)
                value = run.ended.returned
                goes_on = run.returns_text or run.keeps or _carries(value)
                if run.left or run.ended.threw or not goes_on:
                    break
        except StuckError as stuck:
            run.stuck = stuck.node
        except GAVE_UP:
            run.stuck = chain[-1]
        return run


def _carries(value: Any) -> bool:
    """Whether a function gives the response as a part of an object, as undici's `body` is one."""
    parts = value.values() if isinstance(value, dict) else ()
    return any(isinstance(part, Thing) and part.kind == "response" for part in parts)


def _entry(call: Node, program: Program) -> Node:
    """The call from which on the code behind one is run: that which its callback is given to.

    `await again(() => fetch(...))`, where the file has that function, and knows what it gives.
    """
    tree = program.tree
    while True:
        function = tree.function_of(call)
        _, arguments = tree.outer(function)
        around = None if arguments is None else tree.parent(arguments)
        if arguments is None or arguments.type != "arguments" or around is None:
            return call
        callee = field(around, "function")
        known = callee is not None and function_named(program.scopes, unwrapped(callee)) is not None
        if not known and text_of(around, "constructor") != b"Promise":
            return call
        call = around


def _callers(program: Program, function: Node) -> list[Node]:
    """The calls of a function, and those of a method on objects of its class."""
    found = callers_of(program, function)
    _, holder = program.tree.outer(function)
    if function.type == "method_definition" and holder is not None and holder.type == "object":
        return _calls_in(program, holder, text_of(function, "name"))
    if holder is not None and holder.type == "pair" and holder.parent is not None:
        return _calls_in(program, holder.parent, key_name(holder) or b"")
    made_by = next((n for n in program.tree.ancestors(function) if n.type in CLASSES), None)
    if function.type != "method_definition" or made_by is None:
        return found
    own, name = text_of(made_by, "name"), text_of(function, "name")
    members = [
        node
        for node in program.tree.nodes
        if node.type == "member_expression"
        and text_of(node, "property") == name
        and _is_made_by(field(node, "object"), own, program)
    ]
    return [*found, *calls_among(program.tree, members)]


def _calls_in(program: Program, holder: Node, name: bytes) -> list[Node]:
    """The calls of a function that a named object of the file holds: `api.ask(...)`."""
    _, declarator = program.tree.outer(holder)
    owner = None if declarator is None else field(declarator, "name")
    binding = None if owner is None else program.scopes.binding(owner)
    members = [program.tree.outer(use)[1] for use in (binding.references if binding else ())]
    named = [m for m in members if m is not None and text_of(m, "property") == name]
    return calls_among(program.tree, named)


def _is_made_by(owner: Node | None, name: bytes, program: Program) -> bool:
    """Whether an expression is a new object of a class, or the name of one."""
    inner = None if owner is None else unwrapped(owner)
    if inner is not None and inner.type == "identifier":
        binding = program.scopes.binding(inner)
        value = None if binding is None else field(binding.declarator, "value")
        inner = None if value is None else unwrapped(value)
    return inner is not None and text_of(inner, "constructor") == name != b""


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
    parses = next((run.parsed_at for run in runs if run.parsed_at), None)
    alone = all(run.text_is_alone for run in runs)
    doubled = any(run.text_is_doubled for run in runs)
    return Outcome(Found.TEXT, parses=parses, alone=alone, doubled=doubled, unmet=_unmet(runs))


def _unmet(runs: list[AnswerRun]) -> tuple[Miss, ...]:
    first, *others = ([*run.misses] for run in runs)
    missed = [{miss.node.id for miss in misses} for misses in others]
    return tuple(miss for miss in first if all(miss.node.id in each for each in missed))


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
        thrown = run.ended.thrown
        if isinstance(thrown, Unknown) and not _ERROR.search(thrown.shown):
            return Outcome(Found.UNSURE)  # `throw redirect(...)` may be what it does at its end
        if not misses and (run.tells or run.prints or run.keeps):
            return Outcome(Found.TEXT)
        return Outcome(Found.NOTHING, run.failed, misses, throws=True)
    returned = run.ended.returned
    part = None if isinstance(returned, str) else run.answer.way_of(returned)
    if part:
        return Outcome(Found.NOTHING, run.leaves, misses, part=part)
    if misses and run.gives_all:
        # The last resort of a file that finds no text.
        return Outcome(Found.NOTHING, misses[-1].node, misses)
    if misses and run.text_is_spoilt:
        return Outcome(Found.NOTHING, misses[-1].node, misses, spoilt=True)
    is_none = returned in (UNDEFINED, None, "")
    if run.returns_text and not isinstance(returned, Instance):
        return Outcome(Found.TEXT)
    lost = [miss for miss in misses if _is_lost(run, miss, is_none=is_none)]
    if lost and run.leaves is not None and run.leaves.type == "return_statement":
        return Outcome(Found.NOTHING, lost[-1].node, misses)
    if run.tells or run.keeps:
        kept = missed_when_read(run) if run.keeps and not run.tells else []
        missed = (*kept, *missed_when_told(run))
        return Outcome(Found.NOTHING, missed[-1].node, missed) if missed else Outcome(Found.TEXT)
    if run.asked and not (is_none and misses):
        return Outcome(Found.TEXT)
    if misses:
        return Outcome(Found.NOTHING, misses[-1].node, misses)
    if run.prints:
        return Outcome(Found.TEXT)
    if is_none or isinstance(returned, Unknown | Thing):
        return Outcome(Found.UNSURE)
    return Outcome(Found.NOTHING, run.leaves, misses)


def _is_lost(run: AnswerRun, miss: Miss, *, is_none: bool) -> bool:
    """Whether what is missed shows that a function returns something else than the text it reads.

    What is read of the text itself, as of an object; where the text is only kept, also what is read
    of the answer's parts, and what tells how the run ended.
    """
    if is_none and miss.way in run.answer.texts:
        return True
    is_kept = run.keeps and not run.tells
    return is_kept and (miss.way != () or miss.name in MARKS)


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
