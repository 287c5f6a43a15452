"""A wrong call of the Responses API in Python, mended where it stands by the smallest edits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.data import read_data
from callmend.edits import Edit
from callmend.endpoints import Endpoint
from callmend.findings import Note
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.program import Program
from callmend.languages.python.style import detect
from callmend.languages.python.values import key_of
from callmend.languages.python.wrong import Reading, WrongCall, leads_to_text, operands
from callmend.models import default_model, sources, status_of
from callmend.reasons import Reason
from callmend.responses_facts import (
    GIVE_INSTRUCTIONS,
    LEAST_TOKENS,
    MESSAGES,
    OTHER_USAGE,
    PARTS,
    RENAMED,
    ROLES,
    SAMPLED,
    SAMPLING,
    TAKEN,
    THERE,
    WRONG_IDS,
    is_gone,
)
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor

_FUNCTION = "response_text"
_EMPTY = ('""', "''", "None")
#: Arguments of the SDK's method that are none of the body.
_OF_THE_SDK = frozenset({"timeout", "extra_headers", "extra_query"})
_OF_A_MISSING_KEY = frozenset(
    {"KeyError", "IndexError", "TypeError", "AttributeError", "LookupError"}
)
_LIST_METHODS = frozenset({"append", "insert"})


def function_name(program: Program) -> str:
    """The name of the function that gives a response's text: one that the file does not have."""
    name, number = _FUNCTION, 2
    while re.search(rf"\b{name}\b", program.text.text):
        name, number = f"{_FUNCTION}_{number}", number + 1
    return name


def function(program: Program, name: str, before: cst.CSTNode) -> Edit:
    """The function, put before the statement of the module that holds a node."""
    style = detect(program.tree)
    template = read_data("targets", "responses", "templates", "python", "text.py").decode()
    code = template[template.index("def ") :].replace(_FUNCTION, name)
    code = re.sub(r"^( {4})+", lambda m: style.indent * (len(m[0]) // 4), code, flags=re.MULTILINE)
    if style.quote == "'":
        code = re.sub(r'(?<!")"([^"\n]*)"(?!")', r"'\1'", code)
    tree = program.tree
    chain = [before, *tree.ancestors(before)]
    statement = next(n for n in chain if tree.parent(n) is tree.module)
    first = statement
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
        first = statement.decorators[0]
    start, _ = program.text.line_range(program.text.line(tree.chars(first)[0]))
    while start > 0:
        above, _ = program.text.line_range(program.text.line(start - 1))
        if not program.text.text[above:start].startswith("#"):
            break
        start = above
    offset = program.text.offset(start)
    eol = program.source.eol_at(offset).decode("ascii")
    above_it = program.text.text[:start].replace("\r\n", "\n")
    blank = len(above_it) - len(above_it.rstrip("\n")) - 1
    lead = "\n" * max(0, 2 - blank) if above_it.strip() else ""
    text = (lead + code.rstrip("\n") + "\n\n\n").replace("\n", eol)
    return Edit(offset, offset, program.text.encode(text))


class Mending:
    """Plans one call."""

    def __init__(
        self, program: Program, wrong: WrongCall, endpoint: Endpoint, settings: Settings, name: str
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._wrong = wrong
        self._settings = settings
        self._name = name
        self._style = detect(program.tree)
        request = Request(endpoint, Certainty.CERTAIN, wrong.call, wrong.call, wrong.client, ())
        self._editor = Editor(program, request, self._style, settings)
        self._notes: list[Note] = []
        #: Whether the function is called.
        self.calls_function = False

    def plan(self) -> Plan:
        """The edits that mend the call.

        Raises:
            RefusedError: the call is left, and why.
        """
        stream = self._wrong.fields.get("stream")
        if stream is not None and self._tree.source(stream.value) != "False":
            raise RefusedError(Reason.STREAMING, self._tree.show_line(stream))
        done = []
        self._readings()
        if self._wrong.is_asked_wrong:
            self._request()
            done.append("its body is one that the API takes")
        if self.calls_function:
            done.append("its text is read where it is")
            what = f"the text is read by `{self._name}`"
            self._notes.append(Note(self._tree.span(self._wrong.call), what))
        message = "; now " + ", and ".join(done)
        return Plan(tuple(sorted(self._editor.edits())), message, tuple(self._notes))

    # what is read

    def _readings(self) -> None:
        wrong = self._wrong
        if wrong.refused is not None:
            raise wrong.refused
        if not wrong.dead:
            if not wrong.alive:
                raise RefusedError(Reason.ANSWER_NOT_READ)
            return
        if wrong.client is not None and wrong.literal is None:
            if any(reading.names[0] == "choices" for reading in wrong.dead):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD)
        places: list[cst.CSTNode] = []
        for reading in wrong.dead:
            if any(self._tree.is_inside(reading.node, place) for place in places):
                continue
            if not leads_to_text(reading):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(reading.node))
            places.append(self._exchange(reading))
        for reading in wrong.others:
            if reading.names[0] not in THERE or reading.names[-1] in OTHER_USAGE:
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(reading.node))
        self.calls_function = True

    def _exchange(self, reading: Reading) -> cst.BaseExpression:
        """Exchange one reading, with the guesses beside it; gives what is replaced."""
        top: cst.BaseExpression = reading.node
        for parent in self._tree.ancestors(top):
            if not isinstance(parent, cst.BooleanOperation) or not isinstance(
                parent.operator, cst.Or
            ):
                break
            top = parent
        place, fallback = top, None
        others = [each for each in operands(top) if not self._is_reading(each)]
        if others:
            if not isinstance(top, cst.BooleanOperation) or others != [top.right]:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(top))
            if self._tree.source(top.right) not in _EMPTY:
                place, fallback = top.left, top.right
        self._check_comments(place)
        self._check_handlers(place)
        second = ""
        default = self._default(place)
        if fallback is not None:
            second = ", " + self._style.quote * 2
        elif default is not None and self._tree.source(default) not in _EMPTY:
            second = f", {self._tree.source(default)}"
        elif self._sees_an_empty_text(place):
            second = ", " + self._style.quote * 2
        answer = self._tree.source(reading.answer)
        if self._wrong.client is None:
            answer += ".model_dump()"
        start, end = self._tree.whole(place)
        code = f"{self._name}({answer}{second})"
        around = self._tree.around(place, cst.FormattedString)
        if around is not None and around.end[:1] in code:
            # Before Python 3.12 an f-string's own quotes cannot stand in it.
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(place))
        self._editor.changes.append(Change(start, end, code))
        return place

    def _is_reading(self, node: cst.BaseExpression) -> bool:
        return any(node is reading.node for reading in self._wrong.dead)

    def _default(self, place: cst.BaseExpression) -> cst.BaseExpression | None:
        """The default of the last reading of a place."""
        last = list(operands(place))[-1]
        return next((r.default for r in self._wrong.dead if r.node is last), None)

    def _check_comments(self, place: cst.BaseExpression) -> None:
        for node in self._tree.below(place):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")

    def _check_handlers(self, place: cst.BaseExpression) -> None:
        """Refuse where the file handles a missing key: what is no answer is another error.

        Raises:
            RefusedError: it does, and handles nothing else.
        """
        for around in self._tree.ancestors(place):
            if isinstance(around, (cst.FunctionDef, cst.Lambda)):
                return
            if not isinstance(around, cst.Try) or not self._tree.is_inside(place, around.body):
                continue
            caught = {
                node.value
                for handler in around.handlers
                if handler.type is not None
                for node in self._tree.below(handler.type)
                if isinstance(node, cst.Name)
            }
            every = any(handler.type is None for handler in around.handlers)
            if caught and not every and caught <= _OF_A_MISSING_KEY:
                detail = f"{self._tree.show_line(place)}, whose missing keys are handled"
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)

    def _sees_an_empty_text(self, place: cst.BaseExpression) -> bool:
        """Whether the file itself asks if what it read is empty."""
        node: cst.CSTNode = place
        if self._is_asked(node):
            return True
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.Attribute, cst.Call)):
            node, parent = parent, self._tree.parent(parent)
        if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
            return False
        target = parent.targets[0].target
        if not isinstance(target, cst.Name):
            return False
        every = self._program.flow.every(target.value, target)
        mine = [definition for definition in every if definition.node is parent]
        return any(
            self._is_asked(use)
            for definition in mine
            for uses in self._program.flow.uses(definition)
            for use in uses
        )

    def _is_asked(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, (cst.If, cst.While, cst.IfExp)):
            return parent.test is node
        return False

    # what is sent

    def _request(self) -> None:
        wrong = self._wrong
        if wrong.literal is not None and wrong.literal.shared:
            detail = f"{self._tree.show_line(wrong.literal.obj)} is used by something else too"
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, detail)
        if wrong.hidden is not None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(wrong.hidden))
        self._check_input()
        gone: list[cst.DictElement | cst.Arg] = []
        for name, member in wrong.fields.items():
            if name in RENAMED:
                self._rename(name, member)
            elif name in WRONG_IDS or (name in SAMPLING and not self._is_sampled()):
                self._say_gone(name, member)
                gone.append(member)
            elif name in ("tools", "tool_choice") or (
                name not in TAKEN and not (wrong.client is None and name in _OF_THE_SDK)
            ):
                raise RefusedError(Reason.BODY_FIELD, f"`{name}`")
        self._take_out(gone)

    def _taken(self) -> frozenset[str]:
        """What may stay as it is; tools may be nested as in Chat Completions."""
        taken = TAKEN - {"tools", "tool_choice"}
        return taken | _OF_THE_SDK if self._wrong.client is None else taken

    def _check_input(self) -> None:
        fields = self._wrong.fields
        given = fields.get("input")
        if MESSAGES in fields and given is not None:
            raise RefusedError(Reason.BODY_FIELD, "`messages` and `input` are both sent")
        if MESSAGES in fields:
            self._check_messages(fields[MESSAGES].value)
        elif given is None:
            raise RefusedError(Reason.NO_MESSAGE, "neither `input` nor `messages` is sent")
        else:
            value = self._program.resolver.single(given.value)
            if isinstance(value, (cst.Dict, cst.Integer, cst.Float)):
                raise RefusedError(Reason.NO_MESSAGE, self._tree.show_line(given))
            if isinstance(value, cst.List):
                self._check_messages(given.value)

    def _check_messages(self, node: cst.BaseExpression) -> None:
        """Refuse what is not certainly a list of `{role, content}`.

        Raises:
            RefusedError: naming what is no such list.
        """
        value = node
        if isinstance(node, cst.Name):
            found = self._program.resolver.definitions(node)
            if len(found) != 1 or found[0].value is None:
                raise RefusedError(Reason.HISTORY_SHAPE, f"`{self._tree.show(node)}`")
            value = found[0].value
            for uses in self._program.flow.uses(found[0]):
                for use in uses:
                    self._check_use(use, node)
        if isinstance(value, cst.ListComp):
            self._check_message(value.elt)
        elif isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
            self._check_messages(value.left)
            self._check_messages(value.right)
        elif isinstance(value, cst.List):
            for element in value.elements:
                if isinstance(element, cst.StarredElement):
                    self._check_messages(element.value)
                else:
                    self._check_message(element.value)
        else:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{self._tree.show(node)}`")

    def _check_use(self, use: cst.Name, sent: cst.Name) -> None:
        """Refuse a use of a list by which it may get more than messages."""
        parent = self._tree.parent(use)
        call = None if parent is None else self._tree.parent(parent)
        if use is sent or isinstance(parent, (cst.StarredElement, cst.Comparison)):
            return
        if isinstance(parent, cst.Attribute) and isinstance(call, cst.Call):
            if parent.attr.value in _LIST_METHODS and call.args:
                self._check_message(call.args[-1].value)
                return
        if isinstance(parent, cst.Subscript) and not isinstance(
            call, (cst.AssignTarget, cst.AugAssign, cst.Del)
        ):
            return
        detail = f"`{self._tree.show(sent)}` may get more in {self._tree.show_line(parent or use)}"
        raise RefusedError(Reason.HISTORY_SHAPE, detail)

    def _check_message(self, node: cst.BaseExpression) -> None:
        shown = f"`{self._tree.show(node)}`"
        if not isinstance(node, cst.Dict):
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        by_name = {key_of(each): each for each in node.elements}
        if set(by_name) != {"role", "content"}:
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        role, content = by_name["role"].value, by_name["content"].value
        if isinstance(role, cst.SimpleString) and role.raw_value not in ROLES:
            raise RefusedError(Reason.HISTORY_SHAPE, f"the role {self._tree.source(role)}")
        if isinstance(content, (cst.Dict, cst.Integer, cst.Float)):
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        for element in content.elements if isinstance(content, cst.List) else ():
            part = element.value
            kinds = (
                [self._program.resolver.text(e.value) for e in part.elements if key_of(e) == "type"]
                if isinstance(part, cst.Dict)
                else []
            )
            if len(kinds) != 1 or kinds[0] not in PARTS:
                detail = f"the part `{self._tree.show(part)}`"
                raise RefusedError(Reason.HISTORY_SHAPE, detail)

    def _rename(self, name: str, member: cst.DictElement | cst.Arg) -> None:
        new = RENAMED[name]
        if name != MESSAGES:
            value = self._tree.source(member.value)
            limits = [key for key, other in RENAMED.items() if other == new] + [new]
            several = sum(key in self._wrong.fields for key in limits) > 1
            if several or (value.isdigit() and int(value) < LEAST_TOKENS):
                raise RefusedError(Reason.BODY_FIELD, self._tree.show_line(member))
        if isinstance(member, cst.Arg) and member.keyword is not None:
            self._editor.replace(member.keyword, new)
        elif isinstance(member, cst.DictElement):
            key = self._tree.source(member.key)
            if not isinstance(member.key, cst.SimpleString):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(member))
            self._editor.replace(member.key, self._editor.quoted(new, key))

    def _is_sampled(self) -> bool:
        model = self._wrong.fields.get("model")
        if model is None:
            return False
        texts = self._program.resolver.value(model.value).texts
        return all(text.startswith(SAMPLED) for text in texts)

    def _say_gone(self, name: str, member: cst.DictElement | cst.Arg) -> None:
        effects = (cst.Await, cst.Yield, cst.NamedExpr, cst.Call)
        for node in self._tree.below(member.value):
            is_env = isinstance(node, cst.Call) and self._program.scopes.imported(node.func) in (
                "os.getenv",
                "os.environ.get",
            )
            if isinstance(node, effects) and not is_env:
                raise RefusedError(
                    Reason.BODY_FIELD, f"`{self._tree.show(member.value)}` is computed"
                )
        said = is_gone(name, self._tree.show(member))
        settings = self._settings
        if settings.instructions is None and settings.instructions_expr is None:
            said += GIVE_INSTRUCTIONS if said.endswith("is not sent") else ""
        self._notes.append(Note(self._tree.span(member), said, always=True))

    def _take_out(self, gone: list[cst.DictElement | cst.Arg]) -> None:
        """Take fields out, and put what is new in their place where there is something new."""
        new = [*self._new(gone)]
        for name, code in new:
            text = self._field(name, code)
            if gone:
                self._editor.changes.append(Change(*self._tree.chars(gone.pop(0)), text))
                continue
            first = next(iter(self._wrong.fields.values()))
            start, _ = self._tree.chars(first)
            line, _ = self._program.text.line_range(self._program.text.line(start))
            own_line = not self._program.text.text[line:start].strip()
            joint = f",\n{self._editor.indent_at(start)}" if own_line else ", "
            self._editor.changes.append(Change(start, start, text + joint))
        for change in self._merged([self._removal(member) for member in gone]):
            self._editor.changes.append(change)

    def _removal(self, member: cst.DictElement | cst.Arg) -> Change:
        """The removal of a field with the comma that is its own."""
        members = list(self._wrong.fields.values())
        at = next(i for i, each in enumerate(members) if each is member)
        start, _ = self._tree.chars(member)
        if at + 1 < len(members):
            return Change(start, self._tree.chars(members[at + 1])[0], "")
        end = self._tree.whole(member.value)[1]
        if at == 0:
            return Change(start, end, "")
        return Change(self._tree.whole(members[at - 1].value)[1], end, "")

    @staticmethod
    def _merged(changes: list[Change]) -> list[Change]:
        merged: list[Change] = []
        for change in sorted(changes):
            if merged and change.start < merged[-1].end:
                # Only the last one starts at the end of the field before it, which goes as well.
                raise RefusedError(Reason.BODY_FIELD, "two fields at the end go")
            merged.append(change)
        return merged

    def _field(self, name: str, code: str) -> str:
        first = next(iter(self._wrong.fields.values()))
        if isinstance(first, cst.Arg):
            return f"{name}={code}"
        return f"{self._editor.quoted(name, self._tree.source(first.key))}: {code}"

    def _new(self, gone: list[cst.DictElement | cst.Arg]) -> Iterator[tuple[str, str]]:
        settings, fields = self._settings, self._wrong.fields
        where = self._tree.span(self._wrong.call)
        model = fields.get("model")
        if model is None:
            code, why = self._model()
            yield "model", code
            self._notes.append(Note(where, why, always=True))
        else:
            for text in self._program.resolver.value(model.value).texts:
                if not (status := status_of(text)).may_be_written:
                    note = f"{status.sentence}; the call goes on naming it"
                    self._notes.append(Note(self._tree.span(model), note, always=True))
        ids = [name for name, member in fields.items() if name in WRONG_IDS and member in gone]
        if ids and "instructions" not in fields:
            if settings.instructions_expr is not None:
                self._check_visible(settings.instructions_expr, "instructions-expr")
                yield "instructions", settings.instructions_expr
            elif settings.instructions is not None:
                yield "instructions", self._literal(settings.instructions)

    def _model(self) -> tuple[str, str]:
        settings = self._settings
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            return settings.model_expr, (
                f"the model is `{settings.model_expr}`, as --model-expr says"
            )
        if settings.model is not None:
            why = f"the model is {settings.model}, as --model says"
            return self._literal(settings.model), why
        name = default_model()
        why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
        return self._literal(name), why

    def _literal(self, words: str) -> str:
        quote = self._style.quote
        escaped = words.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        return quote + escaped.replace(quote, "\\" + quote) + quote

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._wrong.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")
