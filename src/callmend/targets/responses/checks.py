"""What throws where a run is no answer: failed, unfinished, or without a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.answers import Form
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.flows import Flow
from callmend.languages.ecmascript.assistants.loops import Loop
from callmend.languages.ecmascript.assistants.streams import Stream
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.template import Capture, Fill, Template, render
from callmend.languages.ecmascript.tree import BLOCKS, field, is_inside, items, show_line, text
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason


class Checks:
    """Decides which check one flow needs, and where it stands."""

    def __init__(
        self,
        program: Program,
        flow: Flow,
        template: Template,
        fill: Callable[[dict[str, Capture | None], bytes], Fill],
    ) -> None:
        self._tree = program.tree
        self._source = program.source
        self._scopes = program.scopes
        self._flow = flow
        self._template = template
        self._fill = fill

    def by_statement(
        self, name: bytes, texts: dict[bytes, bytes] | None = None
    ) -> dict[int, list[bytes]]:
        """The checks by the id of the statement that listed the messages.

        ``texts`` are the names of the code that puts the text together, where the SDK does not.
        """
        flow = self._flow
        asked = self._is_asked()
        if texts is not None:
            return self._gathered(name, texts, asked=asked)
        if flow.checked and asked:
            return {}
        start = b"if (!$NO_TEXT" if flow.checked else b"if ($NOT_COMPLETED"
        which = "NO_TEXT" if flow.checked else "NOT_COMPLETED"
        if not flow.checked and not asked:
            start, which = b"if ($NO_ANSWER", "NO_ANSWER"
        node = self._template.find("if_statement", start)
        found: dict[int, list[bytes]] = {}
        for call in flow.lists:
            statement = self._tree.statement_of(call.node)
            block = self._tree.parent(statement)
            if block is None or block.type not in BLOCKS:
                raise RefusedError(Reason.NEEDS_BRACES, show_line(statement))
            fill = self._fill({which: Capture(name)}, self._source.indent_at(statement.start_byte))
            made_check = render(self._template, node.start_byte, node.end_byte, fill)
            found.setdefault(statement.id, []).append(made_check)
        return found

    def _gathered(
        self, name: bytes, texts: dict[bytes, bytes], *, asked: bool
    ) -> dict[int, list[bytes]]:
        """The check, and what puts the text of a raw answer together."""
        statement = self._tree.statement_of(self._flow.lists[0].node)
        block = self._tree.parent(statement)
        if block is None or block.type not in BLOCKS:
            raise RefusedError(Reason.NEEDS_BRACES, show_line(statement))
        given: dict[str, Capture | None] = {
            "NOT_COMPLETED": Capture(name),
            "SAID": Capture(name),
            "RAW_TEXT": Capture(texts[b"answerText"]),
        }
        fill = self._fill(given, self._source.indent_at(statement.start_byte))
        fill = replace(fill, renames=texts)
        first = self._template.find("lexical_declaration", b"let answerText")
        last = self._template.find("expression_statement", b"answerText = finalText")
        parts = [(first.start_byte, last.end_byte)]
        if not self._flow.checked:
            node = self._template.find("if_statement", b"if ($NOT_COMPLETED")
            parts.insert(0, (node.start_byte, node.end_byte))
        if not asked:
            node = self._template.find("if_statement", b"if (!$RAW_TEXT")
            parts.append((node.start_byte, node.end_byte))
        lines = [render(self._template, start, end, fill) for start, end in parts]
        return {statement.id: lines}

    def behind(self, name: bytes) -> dict[int, list[bytes]]:
        """What has to stand behind a loop in which a completed run was answered, by the loop's id.

        The loop went on for every status that it did not know; a response with one is the end.
        """
        found: dict[int, list[bytes]] = {}
        for loop in self._flow.loops:
            inside = [c for c in self._flow.lists if is_inside(c.node, loop.node)]
            if not inside or _leaves_next(loop.node):
                continue
            node = self._template.find("if_statement", b"if ($NOT_COMPLETED")
            if all(self._leaves(call, loop) for call in inside):
                # Nothing is completed here any more, and a comparison would not compile.
                node = self._template.find("throw_statement", b"throw new Error(`OpenAI response ")
            fill = self._fill(
                {"NOT_COMPLETED": Capture(name)}, self._source.indent_at(loop.node.start_byte)
            )
            found[loop.node.id] = [render(self._template, node.start_byte, node.end_byte, fill)]
        return found

    def _leaves(self, call: Call, loop: Loop) -> bool:
        """Whether the branch of a loop that a call stands in ends by leaving the function."""
        for parent in self._tree.ancestors(call.node):
            if parent == loop.node:
                return False
            if parent.type == "statement_block":
                return items(parent)[-1].type in ("return_statement", "throw_statement")
        return False

    def of_events(self, stream: Stream) -> list[Edit]:
        """What throws for an event that ends a stream without an answer, first in its loop."""
        starts = []
        failed = b"thread.run.failed" in stream.handled
        incomplete = b"thread.run.incomplete" in stream.handled
        if not failed and not incomplete:
            starts.append(b"if ($EVENT.type === 'response.failed' ||")
        elif not failed:
            starts.append(b"if ($EVENT.type === 'response.failed')")
        elif not incomplete:
            starts.append(b"if ($EVENT.type === 'response.incomplete')")
        starts.append(b"if ($EVENT.type === 'error'")
        first = next((n for n in stream.body.named_children), None)
        if first is None:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(stream.loop))
        indent = self._source.indent_at(first.start_byte)
        fill = self._fill({"EVENT": Capture(stream.event)}, indent)
        lines = b""
        for start in starts:
            node = self._template.find("if_statement", start)
            lines += render(self._template, node.start_byte, node.end_byte, fill)
            lines += fill.eol + indent
        return [Edit(first.start_byte, first.start_byte, lines)]

    def left_over(self, checks: dict[int, list[bytes]]) -> list[tuple[Node, list[bytes]]]:
        """The checks whose statement stays, with that statement."""
        statements = {s.id: s for s in (self._tree.statement_of(c.node) for c in self._flow.lists)}
        return [(statements[key], put) for key, put in checks.items()]

    def _is_asked(self) -> bool:
        """Whether the person's code itself minds that there may be no text."""
        readings = self._flow.answers.readings
        if any(reading.form in (Form.PRESENT, Form.ABSENT) for reading in readings):
            return True
        return all(self._is_minded(r.node) for r in readings if r.form is Form.TEXT)

    def _is_minded(self, node: Node) -> bool:
        if b"?." in text(node):
            return True
        _, parent = self._tree.outer(node)
        if parent is None:
            return False
        if parent.type == "binary_expression":
            return text_of(parent, "operator") in (b"||", b"??")
        name = field(parent, "name") if parent.type == "variable_declarator" else None
        if parent.type == "assignment_expression":
            name = field(parent, "left")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None:
            return False
        # `const answer = ...; if (!answer) ...`
        return any(
            (outer := self._tree.outer(use)[1]) is not None
            and outer.type in ("if_statement", "unary_expression")
            for use in binding.references
        )


def _leaves_next(loop: Node) -> bool:
    """Whether what stands behind a loop says itself that there is no answer."""
    follower = loop.next_named_sibling
    while follower is not None and follower.type == "comment":
        follower = follower.next_named_sibling
    return follower is not None and follower.type in ("throw_statement", "return_statement")
