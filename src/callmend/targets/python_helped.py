"""The function of a Python file that an adapted call's response goes through, and its call."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.clients import Library
from callmend.languages.python.helpers import HelperTemplate, awaiting, load_helper
from callmend.languages.python.layout import document, has_comments, render
from callmend.languages.python.readers import Readings
from callmend.languages.python.scopes import numbered
from callmend.languages.python.shape_code import FIELDS, Shape
from callmend.languages.python.template import Fill
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason
from callmend.targets.python_edits import Change
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_spelling import RESPONSES, function_style, literal_style

#: The function's template, by the library and whether its calls are awaited.
TEMPLATES = {
    (Library.REQUESTS, False): "adapter_requests",
    (Library.HTTPX, False): "adapter_httpx",
    (Library.HTTPX, True): "adapter_httpx_async",
    (Library.AIOHTTP, True): "adapter_aiohttp",
    (Library.URLLIB, False): "adapter_urllib",
}
_SESSIONS = {
    (Library.REQUESTS, False): ("requests", "Session"),
    (Library.HTTPX, False): ("httpx", "Client"),
    (Library.HTTPX, True): ("httpx", "AsyncClient"),
    (Library.AIOHTTP, True): ("aiohttp", "ClientSession"),
}
_FUNCTION, _CLASS = "workflow_answer", "WorkflowAnswer"


class HelpedCall(CallPlan):
    """Plans one call whose response goes through a function of the file."""

    #: The folder of the target's templates.
    target = ""
    #: What the function calls the live answer.
    live = ""
    #: The code of the id by which an answer is asked for again, where it is more than its own.
    identity: str | None = None
    #: Whether the file asks for the answer again.
    _polls = False

    # the call

    def _wrap(self, name: str, whole: cst.Await | cst.Call | None = None) -> None:
        """Make one of the changes in the sending call, which puts it into the function's call.

        ``whole`` is what goes into it, where that is more than the call.
        """
        sender = self._parts.sender
        start, end = self._tree.chars(sender if whole is None else whole)
        text = self._program.text.text
        call = self._editor.taken(start, end)
        more = self._arguments()
        prefix, suffix = self._awaited(sender if whole is None else whole)
        opens = self._client.library is Library.URLLIB and whole is None
        if opens:
            opened = len(self._tree.source(sender.func))
            new = name + call[opened:]
        else:
            new = f"{name}({call}" + "".join(f", {source}" for source in more) + ")"
        indent = self._editor.indent_at(start)
        if self._is_laid_out_freely(call):
            expression = cst.parse_expression(new)
            line_start, _ = self._program.text.line_range(self._program.text.line(start))
            _, line_end = self._program.text.line_range(self._program.text.line(end))
            behind = len(text[end:line_end].rstrip("\r\n")) + len(suffix)
            column = start - line_start + len(prefix)
            new = render(document(expression), self._style, indent, column, behind)
            if "\n" in new and suffix:
                inner = indent + self._style.indent
                column = len(inner) + len("await ")
                new = render(document(expression), self._style, inner, column)
                prefix, suffix = f"(\n{inner}await ", f"\n{indent})"
        elif call.split("\n", 1)[0].endswith("(") and not _has_long_string(call):
            if not opens:
                inner = indent + self._style.indent
                shifted = call.replace("\n", "\n" + self._style.indent)
                lines = [inner + source + "," for source in (shifted, *more)]
                new = "\n".join([f"{name}(", *lines, f"{indent})"])
        changed = Change(start, end, prefix + new + suffix, statements=True)
        self._editor.changes.append(changed)

    def _is_laid_out_freely(self, call: str) -> bool:
        """Whether a formatter has laid a call out, or it stands on one line; without comments."""
        expression = cst.ensure_type(unawaited(cst.parse_expression(call)), cst.Call)
        if has_comments(expression) or _has_long_string(call):
            return False
        if "\n" not in call:
            return True
        # What has become too long is not as a formatter left it either.
        deeper = len(self._style.indent)
        lines = call.split("\n")
        if any(len(line) + deeper > self._style.width for line in lines[1:]):
            return True
        if len(lines) == 3 and lines[0].endswith("("):
            # Nor is what has become so short that it stands on one line.
            inner = len(lines[2]) - len(lines[2].lstrip()) + deeper
            joined = "".join([lines[0], lines[1].strip(), lines[2].strip(), ","])
            if inner + len(joined) <= self._style.width:
                return True
        return bool(expression.args) and isinstance(expression.args[-1].comma, cst.Comma)

    def _awaited(self, whole: cst.BaseExpression) -> tuple[str, str]:
        """What stands around the function's call where it is awaited and the old call was not."""
        parent = self._tree.parent(whole)
        if self._client.awaited:
            return ("await ", "") if isinstance(parent, cst.WithItem) else ("", "")
        if not self._waits():
            return "", ""
        if isinstance(parent, (cst.Attribute, cst.Subscript)):
            return "(await ", ")"
        return "await ", ""

    def _waits(self) -> bool:
        """Whether a client without `await` is asked in async code, and the run is waited for."""
        function = self._tree.function_of(self._parts.sender)
        is_async = isinstance(function, cst.FunctionDef) and function.asynchronous is not None
        return is_async and not self._client.awaited and self.beta is not None

    def _arguments(self) -> list[str]:
        """What the function is given behind the request: what it polls with."""
        if self.beta is None or self._client.library is Library.URLLIB:
            return []
        given = []
        receiver = self._client.receiver
        if receiver is not None and not self._client.function:
            if not dotted(receiver):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(receiver)}`")
            given.append(self._tree.source(receiver))
        for arg in self._parts.carried:
            if any(isinstance(n, (cst.Await, cst.NamedExpr)) for n in self._tree.below(arg)):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{self._tree.show(arg)}`")
            name = "timeout" if arg.keyword is None else arg.keyword.value
            start, end = self._tree.whole(arg.value)
            given.append(f"{name}={self._tree.text.text[start:end]}")
        return given

    # the function

    def _helper(self, shape: Shape, readings: Readings, *, throws: bool) -> tuple[str, str]:
        """The function's name and its code."""
        client = self._client
        template = load_helper(self.target, TEMPLATES[client.library, client.awaited])
        members = readings.members
        parent = self._tree.parent(self._parts.sender)
        code = template.settled(
            {
                "THROWS": throws,
                "OK": "ok" in members,
                "HEADERS_READ": "headers" in members,
                "URL_READ": "url" in members,
                "JSON": "json" in members,
                "TEXT": "text" in members,
                "READ": "read" in members,
                "RAISE": "raise_for_status" in members,
                "WITH": isinstance(parent, cst.WithItem),
                "POLLED": self._polls,
            }
        )
        if self._waits():
            code = awaiting(code)
        fill = self._fill(template, code, shape)
        return self._named(template.render(code, fill, function_style(self._style)), template)

    def _with_fields(self, shape: Shape) -> tuple[Shape, tuple[bytes, ...]]:
        """The shape as the file spells it, and the function by which it gets fields, if any."""
        if shape.fields is None:
            return shape, ()
        template = load_helper("responses", FIELDS)
        name = numbered(FIELDS, self._spelling().taken().__contains__)
        code = template.settled({})
        fill = Fill(
            values={}, renames={FIELDS: name},
            functions=self._spelling().functions(template.calls(code)),
        )  # fmt: skip
        asked = ", ".join(f"`{field}`" for field in shape.fields) or "its fields"
        told = f"the answer is read as an object: the model has to be asked for JSON with {asked}"
        self._notes.append(Note(self._tree.span(self._parts.sender), told, always=True))
        written = template.render(code, fill, function_style(self._style))
        elements = tuple(e.replace(f"{FIELDS}(", f"{name}(") for e in shape.elements)
        return replace(shape, elements=elements), (written.encode(),)

    def _named(self, written: str, template: HelperTemplate) -> tuple[str, str]:
        """The name of a function, one for each that is written differently, and its code."""
        known = self._names.helpers.get(written)
        if known is not None:
            return known, self._renamed(written, known, template)
        taken = self._spelling().taken()
        name = numbered(
            _FUNCTION, lambda n: n in taken or _CLASS + n.removeprefix(_FUNCTION) in taken
        )
        self._names.helpers[written] = name
        return name, self._renamed(written, name, template)

    def _renamed(self, written: str, name: str, template: HelperTemplate) -> str:
        number = name.removeprefix(_FUNCTION)
        renamed = written.replace(_FUNCTION, name)
        if _CLASS in template.defined:
            renamed = renamed.replace(_CLASS, _CLASS + number)
        return renamed

    def _fill(self, template: HelperTemplate, code: cst.Module, shape: Shape) -> Fill:
        client = self._client
        key = (client.library, client.awaited)
        own = client.receiver is not None and not client.function
        module = client.library.value
        polls = self.beta is not None
        urllib = client.library is Library.URLLIB
        takes = bool(self._parts.carried) and (polls or urllib)
        functions = {}
        for named in sorted(template.calls(code)):
            home, _, last = named.rpartition(".")
            if named == "time.sleep" and self._waits():
                home = "asyncio"
            functions[named] = self._spelt(home, last)
        if not own and not urllib and polls:
            for method in ("get", "post"):
                functions[f"__CLIENT__.{method}"] = self._spelt(module, method)
        response = RESPONSES.get(client.library)
        width = literal_style(self._style, 8)
        identity = self.identity if self._polls else None
        quoted = shape.code(self.live, identity).replace('"', self._style.quote)
        laid_out = render(document(cst.parse_expression(quoted)), width, "", len("given = "))
        return Fill(
            values={
                "RESPONSE": None if response is None else self._spelt(*response),
                "SESSION": self._spelt(*_SESSIONS[key]) if own and polls and not urllib else None,
                "ANY": self._spelt("typing", "Any") if takes else None,
                "CLIENT": "client" if own else "__CLIENT__",
                "SHAPE": laid_out,
                "POLL_TIMEOUT": str(self._settings.poll_timeout),
            },
            arguments={"OPTIONS": ["**options"] if takes else []},
            functions=functions,
            waits=self._waits(),
        )

    def _spelt(self, module: str, name: str) -> str:
        """What the file calls a name of a module at its top level; an import is added if needed."""
        return self._spelling().of(module, name)

    def _add(self, missing: str | None) -> None:
        self._spelling().add(missing)


def _has_long_string(source: str) -> bool:
    """Whether a string of several lines may be in an expression: its lines cannot be shifted."""
    return '"""' in source or "'''" in source
