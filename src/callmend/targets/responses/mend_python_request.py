"""What a wrong call of the Responses API sends in Python, mended into what the API takes."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.python.find import Request
from callmend.languages.python.inputs import INPUT_KEYS
from callmend.languages.python.program import Program
from callmend.languages.python.style import detect
from callmend.languages.python.values import key_of
from callmend.languages.python.wrong import WrongCall
from callmend.models import default_model, sources, status_of
from callmend.reasons import Reason
from callmend.responses_facts import (
    GIVE_INSTRUCTIONS,
    LEAST_TOKENS,
    MESSAGES,
    PARTS,
    RENAMED,
    ROLES,
    SAMPLED,
    SAMPLING,
    TAKEN,
    WRONG_IDS,
    is_gone,
)
from callmend.settings import Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import Names
from callmend.targets.responses.mend_python_anew import Anew, check_harmless

#: Arguments of the SDK's method that are none of the body.
_OF_THE_SDK = frozenset({"timeout", "extra_headers", "extra_query"})
_LIST_METHODS = frozenset({"append", "insert"})
#: Fields that both a workflow's run and the Responses API have.
_OF_BOTH = frozenset({"input", "instructions", "metadata", "model", "stream", "user"})


class MendedRequest:
    """The edits of what one call sends: an editor's, or those that write it anew."""

    def __init__(
        self,
        program: Program,
        wrong: WrongCall,
        request: Request,
        settings: Settings,
        names: Names,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._wrong = wrong
        self._request = request
        self._settings = settings
        self._names = names
        self._style = detect(program.tree)
        self.notes: list[Note] = []
        self.edits: tuple[Edit, ...] = ()

    def mend(self, editor: Editor) -> None:
        """Note the changes.

        Raises:
            RefusedError: what is sent is not certainly right after them.
        """
        self._editor = editor
        wrong = self._wrong
        if wrong.literal is not None and wrong.literal.shared:
            detail = f"{self._tree.show_line(wrong.literal.obj)} is used by something else too"
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, detail)
        if wrong.hidden is not None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(wrong.hidden))
        if self._is_of_a_workflow():
            anew = Anew(self._program, wrong, self._request, self._settings, self._names)
            self.edits = anew.edits()
            self.notes += anew.notes
            return
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

    def _is_of_a_workflow(self) -> bool:
        """Whether a workflow's run is asked for, with its input: a dict or other fields.

        A text and a list are what the Responses API takes itself.
        """
        fields = self._wrong.fields
        names = set(fields)
        if not names & WRONG_IDS or MESSAGES in names or names & (self._known() - _OF_BOTH):
            return False
        given = fields.get("input")
        if given is None:
            return bool(names & INPUT_KEYS)
        meant = self._program.resolver.single(given.value)
        return isinstance(meant, cst.Dict) and bool(meant.elements)

    def _known(self) -> frozenset[str]:
        return TAKEN | _OF_THE_SDK if self._wrong.client is None else TAKEN

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
        check_harmless(self._program, member)
        said = is_gone(name, self._tree.show(member))
        settings = self._settings
        if settings.instructions is None and settings.instructions_expr is None:
            said += GIVE_INSTRUCTIONS if said.endswith("is not sent") else ""
        self.notes.append(Note(self._tree.span(member), said, always=True))

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
            self.notes.append(Note(where, why, always=True))
        else:
            for text in self._program.resolver.value(model.value).texts:
                if not (status := status_of(text)).may_be_written:
                    note = f"{status.sentence}; the call goes on naming it"
                    self.notes.append(Note(self._tree.span(model), note, always=True))
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
