"""The responses target for OpenAI's own Python client: one run becomes one `responses.create`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, dedented, render
from callmend.languages.python.literals import is_logged
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import Owner, SdkCall, keywords
from callmend.languages.python.style import detect
from callmend.languages.python.template import Fill, load
from callmend.languages.python.tree import dotted, unawaited
from callmend.languages.python.values import key_of
from callmend.models import default_model, sources
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor

_NOT_SENT = (
    "the assistant's id went: the instructions, model and tools that OpenAI kept for it are gone; "
    "give the instructions with --instructions or write them into the call"
)
_OWNERS = {
    Owner.AZURE: Reason.AZURE_CLIENT,
    Owner.OTHER_HOST: Reason.CLIENT_OTHER_HOST,
    Owner.HOST_UNKNOWN: Reason.CLIENT_HOST_UNKNOWN,
    Owner.UNKNOWN: Reason.CLIENT_UNKNOWN,
}
_READ = re.compile(r"\.data\[0\]\.content\[0\]\.text\.value")
_TAKEN = frozenset({"assistant_id", "thread_id", "thread", "instructions", "model",
                    "poll_interval_ms"})  # fmt: skip
_MADE_UP_TAKEN = frozenset({"workflow_id", "input", "inputs", "version"})
_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "sleep"})


class SdkFlow:
    """Plans the flow of one call that starts a run.

    ``calls`` are the other calls of the flow, which go with it.
    """

    def __init__(
        self, program: Program, start: SdkCall, every: Sequence[SdkCall], settings: Settings
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._start = start
        self._every = every
        self._settings = settings
        self._style = detect(program.tree)
        self._editor = Editor(program, None, self._style, settings)
        self._function = self._tree.function_of(start.call)
        self._notes: list[Note] = []
        self.calls: list[SdkCall] = []

    def plan(self) -> Plan:
        """The edits of the flow.

        Raises:
            RefusedError: something of it is not certain.
        """
        start = self._start
        if start.owner in _OWNERS:
            raise RefusedError(_OWNERS[start.owner], f"`{self._tree.show(start.client)}`")
        given = keywords(start.call)
        taken = _MADE_UP_TAKEN if start.made_up else _TAKEN
        wrong = ["*"] if given is None else [name for name in given if name not in taken]
        if given is None or wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        run = self._variable(start)
        statement = self._line_of(start.call)
        messages = self._made_up_messages(given) if start.made_up else self._messages(given, run)
        loop = self._loop(run, statement)
        guarded = self._read_made_up(run) if start.made_up else self._read(run, given, loop)
        self._replace(given, messages)
        self._check_behind(run, loop or statement, statement, guarded=guarded)
        edits = tuple(sorted(self._editor.edits()))
        return Plan(edits, "becomes responses.create", tuple(self._notes))

    # the start

    def _variable(self, call: SdkCall) -> str:
        """The name that a call's result is assigned to."""
        value: cst.CSTNode = call.call
        parent = self._tree.parent(value)
        if isinstance(parent, cst.Await):
            value, parent = parent, self._tree.parent(parent)
        elif call.awaited:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
            if isinstance(target, cst.Name):
                return target.value
        raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))

    def _line_of(self, node: cst.CSTNode) -> cst.SimpleStatementLine:
        statement = self._tree.statement_of(node)
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(node))
        return statement

    def _index(self, statement: cst.CSTNode) -> int:
        """A statement's place in the block of the start, -1 where it is not in it."""
        block = self._tree.block_of(self._line_of(self._start.call))
        return next((i for i, other in enumerate(block) if other is statement), -1)

    # the messages

    def _made_up_messages(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        value = given.get("input") or given.get("inputs")
        if isinstance(value, cst.Dict) and len(value.elements) == 1:
            value = value.elements[0].value
        if value is None or isinstance(value, (cst.Dict, cst.List)):
            raise RefusedError(Reason.NO_MESSAGE, self._tree.show_line(self._start.call))
        return [self._moved(value)]

    def _messages(self, given: dict[str, cst.BaseExpression], run: str) -> list[Doc]:
        if "thread" in given:
            return self._listed(given["thread"])
        thread = given.get("thread_id")
        name = dotted(thread) if thread is not None else ""
        if not name.endswith(".id") or name.count(".") != 1:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(self._start.call))
        name = name.removesuffix(".id")
        definition = self._flow.definition(name, self._start.call)
        maker = self._maker(definition)
        found: list[Doc] = []
        created = keywords(maker.call)
        if created is None or set(created) - {"messages"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(maker.call))
        if "messages" in created:
            found += self._items(created["messages"])
        self._take(maker)
        found += self._added(definition, name, run)
        if not found:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        return found

    def _maker(self, definition: object) -> SdkCall:
        value = definition.value if isinstance(definition, Definition) else None
        made = None if value is None else unawaited(value)
        for call in self._every:
            if call.call is made and call.method == "threads.create":
                place = self._index(self._line_of(call.call))
                if 0 <= place < self._index(self._line_of(self._start.call)):
                    return call
        raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(self._start.call))

    def _take(self, call: SdkCall) -> None:
        """Remove the statement of a call that goes."""
        statement = self._line_of(call.call)
        for node in self._tree.below(statement):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        self.calls.append(call)
        self._editor.changes.append(self._editor.line_of(statement))

    def _added(self, definition: object, name: str, run: str) -> list[Doc]:
        """The messages that are added to the thread, all uses of which must be known."""
        assert isinstance(definition, Definition)  # noqa: S101  # `_maker` has seen it
        mine, maybe = self._flow.uses(definition)
        if maybe:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(maybe[0]))
        found: list[Doc] = []
        start = self._index(self._line_of(self._start.call))
        for use in mine:
            call = next((c for c in self._every if self._tree.is_inside(use, c.call)), None)
            if call is None or dotted(self._tree.parent(use) or use) != f"{name}.id":
                raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(use))
            if call is self._start or call.method in ("threads.messages.list",
                                                     "threads.runs.retrieve"):  # fmt: skip
                continue
            if call.method != "threads.messages.create":
                raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(call.call))
            place = self._index(self._line_of(call.call))
            if place < 0:
                raise RefusedError(Reason.MESSAGE_CONDITIONAL, self._tree.show_line(call.call))
            if place > start:
                raise RefusedError(Reason.MESSAGE_LATER, self._tree.show_line(call.call))
            found.append(self._message_of(call))
            self._take(call)
        del run
        return found

    def _message_of(self, call: SdkCall) -> Doc:
        given = keywords(call.call)
        if given is None or set(given) != {"thread_id", "role", "content"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(call.call))
        small = self._line_of(call.call).body[0]
        if isinstance(small, cst.Assign):
            target = small.targets[0].target
            if not isinstance(target, cst.Name) or self._program.scopes.uses(target.value):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(call.call))
        elif not isinstance(small, cst.Expr):
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(call.call))
        self._check_moved(given["content"])
        return self._item(given["role"], given["content"], call.call)

    def _check_moved(self, node: cst.BaseExpression) -> None:
        """Refuse a message that would be computed later than it is and be another one then."""
        for inner in self._tree.below(node):
            if isinstance(inner, (cst.Await, cst.NamedExpr)):
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))
            if isinstance(inner, cst.Name) and self._program.scopes.scope_of(inner.value, inner):
                here = self._flow.definition(inner.value, inner)
                if here != self._flow.definition(inner.value, self._start.call):
                    raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{inner.value}`")

    def _listed(self, thread: cst.BaseExpression) -> list[Doc]:
        if not isinstance(thread, cst.Dict) or len(thread.elements) != 1:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(thread))
        if key_of(thread.elements[0]) != "messages":
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(thread))
        return self._items(thread.elements[0].value)

    def _items(self, messages: cst.BaseExpression) -> list[Doc]:
        Messages(self._program).check(messages)
        if not isinstance(messages, cst.List):
            return [f"*{self._moved(messages)}"]
        found: list[Doc] = []
        for element in messages.elements:
            value = element.value
            if isinstance(element, cst.StarredElement) or not isinstance(value, cst.Dict):
                found.append(f"*{self._moved(value)}")
                continue
            fields = {key_of(e): e.value for e in value.elements}
            found.append(self._item(fields["role"], fields["content"], value))
        return found

    def _item(
        self, role: cst.BaseExpression, content: cst.BaseExpression, where: cst.CSTNode
    ) -> Doc:
        words = role.evaluated_value if isinstance(role, cst.SimpleString) else None
        parts = isinstance(self._program.resolver.single(content), (cst.List, cst.Dict))
        if words not in ("user", "assistant") or parts:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(where))
        quoted = self._editor.quoted
        elements = (
            (quoted("role") + ": ", quoted(str(words))),
            (quoted("content") + ": ", self._moved(content)),
        )
        return Group("{", elements, "}")

    def _moved(self, node: cst.BaseExpression) -> str:
        start, end = self._tree.whole(node)
        indent = self._editor.indent_at(start)
        return dedented(self._program.text.text[start:end].replace("\r\n", "\n"), indent)

    # waiting

    def _loop(self, run: str, statement: cst.SimpleStatementLine) -> cst.While | None:
        """The file's own loop that waits for a run, which goes; None where the client polls."""
        method = self._start.method
        if method.endswith("_poll") or self._start.made_up:
            self._only_defined_once(run, [])
            return None
        block = list(self._tree.block_of(statement))
        index = self._index(statement)
        follower = block[index + 1] if index + 1 < len(block) else None
        if method not in ("threads.runs.create", "threads.create_and_run") or not isinstance(
            follower, cst.While
        ):
            reason = (
                Reason.ASSISTANTS_STREAM if "stream" in method else Reason.POLLING_NOT_UNDERSTOOD
            )
            raise RefusedError(reason, self._tree.show_line(self._start.call))
        wrong = RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(follower.test))
        test = " ".join(self._tree.source(follower.test).split())
        if not re.fullmatch(rf"{run}\.status (?:!=|in|not in) .+", test) or follower.orelse:
            raise wrong
        retrieved: list[cst.CSTNode] = []
        for line in follower.body.body:
            small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
            value = getattr(small, "value", None)
            call = unawaited(value) if isinstance(value, cst.BaseExpression) else None
            if isinstance(small, cst.Assign) and isinstance(call, cst.Call):
                known = next((c for c in self._every if c.call is call), None)
                if known is not None and known.method == "threads.runs.retrieve":
                    self.calls.append(known)
                    retrieved.append(small)
                    continue
            if isinstance(small, cst.Expr) and isinstance(call, cst.Call):
                name = self._program.scopes.imported(call.func) or dotted(call.func)
                if name in _SLEEPS or is_logged(self._program, call.args[0]) if call.args else 0:
                    continue
            raise wrong
        self._only_defined_once(run, retrieved)
        for node in self._tree.below(follower):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        return follower

    def _only_defined_once(self, run: str, also: Sequence[cst.CSTNode]) -> None:
        for definition in self._flow.every(run, self._start.call):
            if self._tree.is_inside(self._start.call, definition.node):
                continue
            if not any(definition.node is node for node in also):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, f"`{run}` is assigned again")

    # reading

    def _uses(self, name: str, within: cst.CSTNode | None) -> list[cst.Name]:
        """The reads of a name in this function, those in the loop that goes left out."""
        found = []
        for use in self._program.scopes.uses(name):
            if within is not None and self._tree.is_inside(use, within):
                continue
            if self._tree.function_of(use) is self._function:
                found.append(use)
            elif self._program.scopes.scope_of(name, use) is self._function:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(use))
        return found

    def _read(self, run: str, given: dict[str, cst.BaseExpression], loop: cst.While | None) -> bool:
        """Replace the reading; whether it stands under a test of the status."""
        threads = {f"{run}.thread_id", dotted(given["thread_id"]) if "thread_id" in given else ""}
        lists = []
        for call in self._every:
            named = keywords(call.call) or {}
            if call.method == "threads.messages.list" and "thread_id" in named:
                if self._tree.function_of(call.call) is self._function:
                    if dotted(named["thread_id"]) in threads:
                        lists.append((call, named))
        if len(lists) != 1:
            raise RefusedError(Reason.ANSWER_NOT_READ, self._tree.show_line(self._start.call))
        call, named = lists[0]
        if set(named) - {"thread_id", "limit", "run_id"}:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        chain = self._chain(call)
        for use in self._uses(run, loop):
            self._run_use(use, call)
        return self._read_text(chain, run)

    def _read_text(self, chain: cst.BaseExpression, run: str) -> bool:
        """Replace the expression that reads; under a test of the status check for the text."""
        self._editor.changes.append(Change(*self._tree.chars(chain), f"{run}.output_text"))
        guarded = self._is_guarded(chain, run)
        if guarded:
            start = self._tree.chars(self._line_of(chain))[0]
            indent = self._editor.indent_at(start)
            fill = Fill(values={"RUN": run})
            text = load("responses", "sdk_text").render(fill, self._style, indent)
            text = f"{text.removeprefix(indent)}\n{indent}"
            self._editor.changes.append(Change(start, start, text, statements=True))
        return guarded

    def _chain(self, call: SdkCall) -> cst.BaseExpression:
        """The expression that reads the newest message's text."""
        value = self._tree.parent(call.call)
        outer = value if isinstance(value, cst.Await) else call.call
        parent = self._tree.parent(outer)
        if isinstance(parent, cst.Assign):
            name = self._variable(call)
            definition = next(d for d in self._flow.every(name, call.call) if d.node is parent)
            mine, maybe = self._flow.uses(definition)
            if maybe or len(mine) != 1:
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(call.call))
            self._take(call)
            return self._text_chain(mine[0])
        self.calls.append(call)
        return self._text_chain(outer)

    def _text_chain(self, root: cst.BaseExpression) -> cst.BaseExpression:
        node: cst.BaseExpression = root
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is node:
            node, parent = parent, self._tree.parent(parent)
        path = "".join(self._tree.source(node).split())
        head = "".join(self._tree.source(root).split())
        if root.lpar:
            head = f"({head})"
        if not path.startswith(head) or not _READ.fullmatch(path[len(head) :]):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))
        return node

    def _run_use(self, use: cst.Name, reading: SdkCall) -> None:
        if self._tree.is_inside(use, reading.call):
            return
        parent = self._tree.parent(use)
        name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
        if name == "status":
            return
        if name == "last_error" and isinstance(parent, cst.Attribute):
            self._editor.replace(parent.attr, "error")
            return
        raise RefusedError(Reason.OTHER_READ, self._tree.show_line(parent or use))

    def _read_made_up(self, run: str) -> bool:
        """The made-up client's answer: one path that starts with `output`."""
        found: list[cst.BaseExpression] = []
        for use in self._uses(run, None):
            parent = self._tree.parent(use)
            name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
            if name == "status" or is_logged(self._program, use):
                continue
            if name not in ("output", "output_text"):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(parent or use))
            node: cst.BaseExpression = use
            around: cst.CSTNode | None = parent
            while isinstance(around, (cst.Attribute, cst.Subscript)) and around.value is node:
                node, around = around, self._tree.parent(around)
            if isinstance(around, cst.Call) and around.func is node:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(around))
            found.append(node)
        if len(found) != 1:
            reason = Reason.OTHER_READ if found else Reason.ANSWER_NOT_READ
            raise RefusedError(reason, self._tree.show_line(self._start.call))
        return self._read_text(found[0], run)

    def _is_guarded(self, node: cst.CSTNode, run: str) -> bool:
        return any(
            guard.holds and re.fullmatch(rf"{run}\.status == ['\"]completed['\"]", guard.condition)
            for guard in self._flow.guards(node)
        )

    # the new call

    def _replace(self, given: dict[str, cst.BaseExpression], messages: Sequence[Doc]) -> None:
        start = self._start
        arguments: list[tuple[str, Doc]] = [("model=", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            arguments.append(("instructions=", instructions))
        else:
            self._notes.append(Note(self._tree.span(start.call), _NOT_SENT, always=True))
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            only = only.elements[1][1] if only.elements[0][1].endswith(('user"', "user'")) else only  # type: ignore[union-attr]
        if len(messages) == 1 and isinstance(only, str):
            arguments.append(("input=", only.removeprefix("*")))
        else:
            items = tuple(("", message) for message in messages)
            arguments.append(("input=", Group("[", items, "]")))
        place = self._tree.chars(start.call)
        indent = self._editor.indent_at(place[0])
        client = self._tree.source(start.client)
        new = Group(f"{client}.responses.create(", tuple(arguments), ")")
        text = render(new, self._style, indent, self._program.text.column(place[0]))
        for node in self._tree.below(start.call):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        self._editor.changes.append(Change(*place, text, statements=True))

    def _model(self, given: dict[str, cst.BaseExpression]) -> str:
        settings = self._settings
        where = self._tree.span(self._start.call)
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            return settings.model_expr
        if settings.model is not None:
            return self._editor.quoted(settings.model)
        if "model" in given:
            return self._moved(given["model"])
        name = default_model()
        why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
        self._notes.append(Note(where, why, always=True))
        return self._editor.quoted(name)

    def _instructions(self, given: dict[str, cst.BaseExpression]) -> str | None:
        settings = self._settings
        if settings.instructions_expr is not None:
            self._check_visible(settings.instructions_expr, "instructions-expr")
            return settings.instructions_expr
        if settings.instructions is not None:
            return self._editor.literal(settings.instructions)
        return self._moved(given["instructions"]) if "instructions" in given else None

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._start.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")

    def _check_behind(
        self, run: str, last: cst.CSTNode, statement: cst.SimpleStatementLine, *, guarded: bool
    ) -> None:
        """What the new answer has to be, behind the call; a loop that waited goes."""
        indent = self._editor.indent_at(self._tree.chars(statement)[0])
        end = self._tree.chars(last)[1]
        start = self._tree.chars(statement.body[0])[1]
        text = ""
        if not guarded:
            fill = Fill(values={"RUN": run})
            text = "\n" + load("responses", "sdk").render(fill, self._style, indent)
        if last is statement:
            start = end
        if text or start != end:
            self._editor.changes.append(Change(start, end, text, statements=True))
