"""Templates: real Python files with metavariables (`__NAME__`), filled in on their tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache

import libcst as cst

from callmend.data import read_data
from callmend.languages.python.layout import broken_line
from callmend.languages.python.scopes import targets_in
from callmend.languages.python.style import Style
from callmend.languages.python.tree import Transformer, dotted, walk
from callmend.records import record

#: The base of every URL in the templates.
BASE_URL = "https://api.openai.com/v1"
#: The unit of indentation of the templates.
_STEP = "    "
_REMOVED = cst.RemovalSentinel.REMOVE


@record(frozen=True, slots=True)
class Fill:
    """What a template is filled in with.

    ``values`` are expressions by the metavariable's name without its underscores; None takes the
    enclosing argument, element or statement out. ``arguments`` are what `**__NAME__` in a call
    stands for. ``renames`` are new names for those that the template binds. ``base`` is what stands
    for the base URL inside of an f-string, ``functions`` what calls of the standard library become
    (`time.sleep`). ``waits`` tells that the code may await.
    """

    values: Mapping[str, str | None]
    renames: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    base: str = BASE_URL
    functions: Mapping[str, str] = field(default_factory=dict)
    annotation: str | None = None
    waits: bool = False


class Template:
    """One parsed template: the body of the file's only function, or the function itself.

    ``bound`` are the names that the body binds and that may have to be renamed, ``calls`` the
    functions of imported modules that it calls, ``asks`` tells that it sends requests of its own.
    """

    def __init__(self, source: str) -> None:
        module = cst.parse_module(source)
        functions = [node for node in module.body if isinstance(node, cst.FunctionDef)]
        self.function = functions[-1]
        body = cst.ensure_type(self.function.body, cst.IndentedBlock).body
        self.module = cst.Module(body)  # type: ignore[arg-type]  # a block's are a module's
        imported = {
            definition.name
            for node in walk(module)
            if isinstance(node, (cst.Import, cst.ImportFrom))
            for definition in targets_in(node)
        }
        called = {dotted(n.func) for n in walk(self.module) if isinstance(n, cst.Call)}
        self.calls = frozenset(name for name in called if name.split(".", 1)[0] in imported)
        self.asks = bool(called & {"__CLIENT__.get", "__URLOPEN__"})
        #: The name that the template gives an answer that is parsed where it is read.
        self.alias = _alias(self.module)
        self.bound = frozenset(
            definition.name
            for node in walk(self.module)
            for definition in targets_in(node)
            if not definition.name.startswith("__")
        )

    def render(self, fill: Fill, style: Style, indent: str, *, without_last: bool = False) -> str:
        """The filled template at an indent, with LF line ends and without the last one.

        ``without_last`` leaves the last statement out (a check that the file has already).
        """
        filled = self._without_absent(fill).visit(_Filler(fill, style))
        body = filled.body[:-1] if without_last else filled.body
        module = filled.with_changes(body=body, default_indent=style.indent, default_newline="\n")
        lines = module.code.strip("\n").split("\n")
        shifted = [indent + line if line.strip() else "" for line in lines]
        return "\n".join(broken_line(line, style) for line in shifted)

    def _without_absent(self, fill: Fill) -> cst.Module:
        """The template without the statements whose value is absent; comments above them stay."""
        body: list[cst.CSTNode] = []
        leading: list[cst.EmptyLine] = []
        for line in self.module.body:
            if _is_absent_line(line, fill):
                leading += line.leading_lines
                continue
            body.append(
                line.with_changes(leading_lines=[*leading, *line.leading_lines])
                if leading
                else line
            )
            leading = []
        return self.module.with_changes(body=body)


def _alias(module: cst.Module) -> str | None:
    for node in walk(module):
        if isinstance(node, cst.Assign) and isinstance(node.value, cst.Name):
            target = node.targets[0].target
            if node.value.value == "__PARSED__" and isinstance(target, cst.Name):
                return target.value
    return None


def _is_absent_line(line: cst.CSTNode, fill: Fill) -> bool:
    if not isinstance(line, cst.SimpleStatementLine) or not isinstance(line.body[0], cst.Assign):
        return False
    value = line.body[0].value
    if not isinstance(value, cst.Name) or not value.value.startswith("__"):
        return False
    return fill.values.get(value.value.strip("_"), "") is None


@cache
def load(target: str, name: str) -> Template:
    """A target's template by its name without the suffix."""
    return Template(read_data("targets", target, "templates", "python", f"{name}.py").decode())


def filler(fill: Fill, style: Style) -> cst.CSTTransformer:
    """What puts values in the place of metavariables, and the file's quotes and names."""
    return _Filler(fill, style)


class _Filler(Transformer):
    """Puts values in the place of metavariables, and the file's quotes and names."""

    def __init__(self, fill: Fill, style: Style) -> None:
        super().__init__()
        self._fill = fill
        self._style = style
        self._declared = False

    def _value(self, name: str) -> str | None:
        return self._fill.values[name.strip("_")]

    def _is_absent(self, node: cst.BaseExpression) -> bool:
        return (
            isinstance(node, cst.Name)
            and node.value.startswith("__")
            and node.value.strip("_") in self._fill.values
            and self._value(node.value) is None
        )

    def leave_Name(  # noqa: N802
        self,
        original_node: cst.Name,  # noqa: ARG002
        updated_node: cst.Name,
    ) -> cst.BaseExpression:
        name = updated_node.value
        if name.startswith("__") and name.strip("_") in self._fill.values:
            value = self._value(name)
            return updated_node if value is None else cst.parse_expression(value)
        return updated_node.with_changes(value=self._fill.renames.get(name, name))

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        # An attribute's own name is none of the template's.
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(  # noqa: N802
        self, original_node: cst.Arg, updated_node: cst.Arg
    ) -> cst.Arg | cst.RemovalSentinel | cst.FlattenSentinel[cst.Arg]:
        if original_node.keyword is not None:
            updated_node = updated_node.with_changes(keyword=original_node.keyword)
        if self._is_absent(original_node.value):
            return _REMOVED
        if original_node.star == "**" and isinstance(original_node.value, cst.Name):
            given = self._fill.arguments.get(original_node.value.value.strip("_"))
            if given is not None:
                calls = [cst.parse_expression(f"f({source})") for source in given]
                return cst.FlattenSentinel(
                    [cst.ensure_type(call, cst.Call).args[0] for call in calls]
                )
        return updated_node

    def leave_DictElement(  # noqa: N802
        self, original_node: cst.DictElement, updated_node: cst.DictElement
    ) -> cst.DictElement | cst.RemovalSentinel:
        return _REMOVED if self._is_absent(original_node.value) else updated_node

    def leave_Assign(  # noqa: N802
        self, original_node: cst.Assign, updated_node: cst.Assign
    ) -> cst.BaseSmallStatement:
        target = original_node.targets[0].target
        if not isinstance(target, cst.Name) or target.value != "__RESULT__" or self._declared:
            return updated_node
        self._declared = True
        if self._fill.annotation is None:
            return updated_node
        return cst.AnnAssign(
            target=updated_node.targets[0].target,
            annotation=cst.Annotation(cst.parse_expression(self._fill.annotation)),
            value=updated_node.value,
        )

    def leave_BooleanOperation(  # noqa: N802
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        return updated_node.left if self._is_absent(original_node.right) else updated_node

    def leave_Expr(  # noqa: N802
        self, original_node: cst.Expr, updated_node: cst.Expr
    ) -> cst.Expr:
        call = original_node.value
        if isinstance(call, cst.Call) and dotted(call.func) == "time.sleep":
            wait = cst.ensure_type(updated_node.value, cst.Call)
            if self._fill.waits:
                return updated_node.with_changes(value=cst.Await(wait))
        return updated_node

    def leave_Call(  # noqa: N802
        self, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.Call:
        known = self._fill.functions.get(dotted(original_node.func))
        if known is not None:
            updated_node = updated_node.with_changes(func=cst.parse_expression(known))
        before = original_node.args
        if not before or before[-1].star != "**" or not updated_node.args:
            return updated_node
        # The commas hold the line breaks: the last one's is another than those between.
        commas = [
            arg.comma.visit(self) if isinstance(arg.comma, cst.Comma) else arg.comma
            for arg in before
        ]
        between = commas[0] if len(before) > 1 else cst.Comma()
        last = len(updated_node.args) - 1
        args = [
            arg.with_changes(comma=commas[-1] if number == last else between)
            for number, arg in enumerate(updated_node.args)
        ]
        return updated_node.with_changes(args=args)

    def leave_ParenthesizedWhitespace(  # noqa: N802
        self,
        original_node: cst.ParenthesizedWhitespace,
        updated_node: cst.ParenthesizedWhitespace,
    ) -> cst.ParenthesizedWhitespace:
        steps = len(original_node.last_line.value) // len(_STEP)
        return updated_node.with_changes(last_line=cst.SimpleWhitespace(self._style.indent * steps))

    # strings

    def leave_SimpleString(  # noqa: N802
        self,
        original_node: cst.SimpleString,  # noqa: ARG002
        updated_node: cst.SimpleString,
    ) -> cst.BaseExpression:
        return cst.SimpleString(self._quoted(updated_node.value.replace(BASE_URL, self._plain())))

    def _plain(self) -> str:
        return self._fill.base

    def _quoted(self, source: str) -> str:
        quote = self._style.quote
        if '"' not in source or source.startswith('"""'):
            return source
        inside = source[source.index('"') + 1 : -1]
        if quote == '"' or quote in inside:
            return source
        return source[: source.index('"')] + quote + inside + quote

    def leave_FormattedString(  # noqa: N802
        self,
        original_node: cst.FormattedString,  # noqa: ARG002
        updated_node: cst.FormattedString,
    ) -> cst.BaseExpression:
        source = cst.Module(()).code_for_node(updated_node).replace(BASE_URL, self._fill.base)
        quote = self._style.quote
        if quote in source[2:-1] and quote == "'":
            quote = '"'
        return cst.parse_expression(f"f{quote}{source[2:-1]}{quote}")
