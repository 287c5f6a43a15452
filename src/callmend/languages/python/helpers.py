"""Templates of whole functions that a file is given, with parts that only some files need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import libcst as cst

from callmend.data import read_data
from callmend.languages.python.scopes import targets_in
from callmend.languages.python.style import Style
from callmend.languages.python.template import Fill, filler
from callmend.languages.python.tree import Transformer, dotted, walk


class HelperTemplate:
    """One parsed template: the functions and classes of a file, without its imports.

    ``defined`` are the names of its own functions and classes. An `if __NAME__:` is settled when
    it is filled in, and so are parameters whose annotation is absent.
    """

    def __init__(self, source: str) -> None:
        module = cst.parse_module(source)
        imports = [node for node in walk(module) if isinstance(node, (cst.Import, cst.ImportFrom))]
        self.body = [
            node for node in module.body if isinstance(node, (cst.FunctionDef, cst.ClassDef))
        ]
        self._module = module.with_changes(body=self.body, header=(), footer=())
        self._imported = {d.name for node in imports for d in targets_in(node)}
        self.defined = [node.name.value for node in self.body]
        self._settled: dict[frozenset[tuple[str, bool]], cst.Module] = {}

    def settled(self, flags: Mapping[str, bool]) -> cst.Module:
        """The code with its flags settled."""
        key = frozenset(flags.items())
        if key not in self._settled:
            settled = self._module.visit(_Settler(flags))
            self._settled[key] = cst.ensure_type(settled, cst.Module)
        return self._settled[key]

    def calls(self, code: cst.Module) -> frozenset[str]:
        """The functions of imported modules that settled code calls or names."""
        attributes = [node for node in walk(code) if isinstance(node, cst.Attribute)]
        inner = {id(node.value) for node in attributes}
        named = {dotted(node) for node in attributes if id(node) not in inner}
        return frozenset(name for name in named if name.split(".", 1)[0] in self._imported)

    def render(self, code: cst.Module, fill: Fill, style: Style) -> str:
        """Settled code filled in, with LF line ends and a last one."""
        if None in fill.values.values():
            code = cst.ensure_type(code.visit(_Absent(fill)), cst.Module)
        module = cst.ensure_type(code.visit(filler(fill, style)), cst.Module)
        if fill.functions:
            module = cst.ensure_type(module.visit(_Named(fill)), cst.Module)
        module = module.with_changes(default_indent=style.indent, default_newline="\n")
        return module.code.strip("\n") + "\n"


def awaiting(code: cst.Module) -> cst.Module:
    """The code of functions that wait, for each piece too of what `__CHUNKS__` stands for."""
    return cst.ensure_type(code.visit(_Awaiting()), cst.Module)


class _Awaiting(Transformer):
    def leave_FunctionDef(  # noqa: N802
        self,
        original_node: cst.FunctionDef,  # noqa: ARG002
        updated_node: cst.FunctionDef,
    ) -> cst.FunctionDef:
        return updated_node.with_changes(asynchronous=cst.Asynchronous())

    def leave_For(  # noqa: N802
        self, original_node: cst.For, updated_node: cst.For
    ) -> cst.For:
        if dotted(original_node.iter) != "__CHUNKS__":
            return updated_node
        return updated_node.with_changes(asynchronous=cst.Asynchronous())


@cache
def load_helper(target: str, name: str) -> HelperTemplate:
    """A target's template of a function by its name without the suffix."""
    source = read_data("targets", target, "templates", "python", f"{name}.py").decode()
    return HelperTemplate(source)


class _Settler(Transformer):
    """Puts the statements of an `if __FLAG__:` in its place, or those of its `else`."""

    def __init__(self, flags: Mapping[str, bool]) -> None:
        super().__init__()
        self._flags = flags

    def leave_If(  # noqa: N802
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement] | cst.RemovalSentinel:
        test = original_node.test
        if not isinstance(test, cst.Name) or not test.value.startswith("__"):
            return updated_node
        body: Sequence[cst.CSTNode] = ()
        if self._flags[test.value.strip("_")]:
            body = updated_node.body.body
        elif isinstance(updated_node.orelse, cst.Else):
            body = updated_node.orelse.body.body
        if not body:
            return cst.RemovalSentinel.REMOVE
        first = body[0]
        if updated_node.leading_lines:
            first = first.with_changes(leading_lines=updated_node.leading_lines)
        return cst.FlattenSentinel([first, *body[1:]])  # type: ignore[list-item]

    def leave_IndentedBlock(  # noqa: N802
        self,
        original_node: cst.IndentedBlock,  # noqa: ARG002
        updated_node: cst.IndentedBlock,
    ) -> cst.IndentedBlock:
        # What is settled may leave the function where the template goes on.
        for number, line in enumerate(updated_node.body):
            if isinstance(line, cst.SimpleStatementLine):
                if isinstance(line.body[-1], (cst.Raise, cst.Return)):
                    return updated_node.with_changes(body=updated_node.body[: number + 1])
        return updated_node


class _Absent(Transformer):
    """Takes the parameters out whose annotation is absent."""

    def __init__(self, fill: Fill) -> None:
        super().__init__()
        self._values = fill.values

    def leave_Param(  # noqa: N802
        self, original_node: cst.Param, updated_node: cst.Param
    ) -> cst.Param | cst.RemovalSentinel:
        annotation = original_node.annotation
        name = annotation.annotation if annotation is not None else None
        if isinstance(name, cst.Name) and self._values.get(name.value.strip("_"), "") is None:
            return cst.RemovalSentinel.REMOVE
        return updated_node

    def leave_Parameters(  # noqa: N802
        self, original_node: cst.Parameters, updated_node: cst.Parameters
    ) -> cst.Parameters:
        if updated_node.star_kwarg is not None or not updated_node.params:
            return updated_node
        # The last comma holds the line break before the bracket.
        before = original_node.star_kwarg or original_node.params[-1]
        *first, last = updated_node.params
        return updated_node.with_changes(params=[*first, last.with_changes(comma=before.comma)])


class _Named(Transformer):
    """Spells names of modules as the file does, where they are not called: annotations, bases."""

    def __init__(self, fill: Fill) -> None:
        super().__init__()
        self._functions = fill.functions

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        known = self._functions.get(dotted(original_node))
        return updated_node if known is None else cst.parse_expression(known)
