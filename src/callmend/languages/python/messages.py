"""Messages in Python: whether an expression is certainly a list of {role, content}, or a text."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason

_ROLES = frozenset({"user", "assistant"})
#: What gives one list of a dict of lists.
_LOOKUPS = frozenset({"get", "setdefault"})
#: What may be done with such a dict besides, and what only reads it.
_OF_TABLES = frozenset({*_LOOKUPS, "clear", "keys", "pop"})
#: What a request keeps for a person, in Django and Starlette.
_SESSIONS = frozenset({"request.session", "self.request.session"})
_READERS = frozenset({"bool", "json.dump", "json.dumps", "len", "list", "print", "str"})


class Messages:
    """Judges expressions of one file."""

    def __init__(self, program: Program) -> None:
        self._tree = program.tree
        self._flow = program.flow
        self._scopes = program.scopes
        self._resolver = program.resolver
        #: The dicts of lists that are being checked.
        self._tables: set[str] = set()

    def is_text(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is certainly a string."""
        if isinstance(node, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)):
            return True
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            return self.is_text(node.left) or self.is_text(node.right)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            return node.func.attr.value in ("strip", "format") and self.is_text(node.func.value)
        definitions = self._resolver.definitions(node)
        if len(definitions) != 1:
            return False
        found = definitions[0]
        annotation = getattr(found.node, "annotation", None)
        if isinstance(annotation, cst.Annotation):
            if self._tree.source(annotation.annotation) == "str":
                return True
        return found.value is not None and self.is_text(found.value)

    def check(self, node: cst.BaseExpression, depth: int = 0) -> None:
        """Check that an expression is certainly a list of {role, content}.

        Raises:
            RefusedError: naming what is no such list.
        """
        wrong = RefusedError(Reason.HISTORY_SHAPE, f"`{self._tree.show(node)}`")
        if depth > 6:
            raise wrong
        if isinstance(node, cst.List):
            for element in node.elements:
                if isinstance(element, cst.StarredElement):
                    self.check(element.value, depth + 1)
                else:
                    self._check_message(element.value)
        elif isinstance(node, cst.ListComp):
            if not self._is_dumped(node):
                self._check_message(node.elt)
        elif isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Slice):
            self.check(node.value, depth + 1)
        elif isinstance(node, (cst.BinaryOperation, cst.BooleanOperation)) and isinstance(
            node.operator, (cst.Add, cst.Or)
        ):
            self.check(node.left, depth + 1)
            self.check(node.right, depth + 1)
        elif isinstance(node, cst.Call) and dotted(node.func) in ("list", "reversed"):
            self.check(node.args[0].value if node.args else node, depth + 1)
        elif isinstance(node, cst.Name):
            self._check_named(node, wrong, depth)
        elif _path(node):
            self._check_kept(node, wrong, depth)
        elif isinstance(node, cst.Call) and _method(node) == "copy" and not node.args:
            self.check(cst.ensure_type(node.func, cst.Attribute).value, depth + 1)
        elif self._session_key(node):
            self._check_session(cst.ensure_type(node, cst.Call), wrong, depth)
        elif not self._is_empty_list(node):
            self._check_element(node, wrong, depth)

    def _check_named(self, node: cst.Name, wrong: RefusedError, depth: int) -> None:
        definitions = self._resolver.definitions(node)
        if len(definitions) != 1 or definitions[0].value is None:
            raise wrong
        if not isinstance(definitions[0].node, (cst.Assign, cst.AnnAssign)):
            raise wrong
        self.check(definitions[0].value, depth + 1)
        mine, maybe = self._flow.uses(definitions[0])
        for use in (*mine, *maybe):
            self._check_use(use, wrong)

    def _check_use(self, use: cst.CSTNode, wrong: RefusedError) -> None:
        """Check that a use of a list of messages leaves it one."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Subscript):
            if isinstance(self._tree.parent(parent), (cst.AssignTarget, cst.AugAssign)):
                raise wrong
        if not isinstance(parent, cst.Attribute):
            return
        call = self._tree.parent(parent)
        if parent.attr.value == "append" and isinstance(call, cst.Call) and call.args:
            self._check_message(call.args[0].value)
        elif parent.attr.value == "extend" and isinstance(call, cst.Call) and call.args:
            self.check(call.args[0].value)
        elif parent.attr.value not in ("copy", "index", "count", "clear", "pop"):
            raise wrong

    def _check_kept(self, node: cst.BaseExpression, wrong: RefusedError, depth: int) -> None:
        """Check a list that an object keeps: `self.history`, `st.session_state["messages"]`.

        What the file assigns to it and appends to it has to be messages, wherever it does.
        """
        path, assigned = _path(node), False
        for other in self._tree.nodes:
            if not isinstance(other, (cst.Attribute, cst.Subscript)) or _path(other) != path:
                continue
            parent = self._tree.parent(other)
            around = None if parent is None else self._tree.parent(parent)
            if isinstance(parent, cst.AssignTarget) and isinstance(around, cst.Assign):
                self.check(around.value, depth + 1)
                assigned = True
            elif isinstance(parent, cst.AnnAssign) and parent.target is other:
                if parent.value is not None:
                    self.check(parent.value, depth + 1)
                    assigned = True
            elif isinstance(parent, (cst.AssignTarget, cst.AugAssign)):
                raise wrong
            else:
                self._check_use(other, wrong)
        if not assigned:
            raise wrong

    def _session_key(self, node: cst.CSTNode) -> str:
        """The path of `session.get("history", [])`, and of `session["history"]`; else empty."""
        owner: cst.BaseExpression | None = None
        if isinstance(node, cst.Subscript):
            owner, path = node.value, _path(node)
        elif isinstance(node, cst.Call) and _method(node) in _LOOKUPS and len(node.args) == 2:
            owner, key = cst.ensure_type(node.func, cst.Attribute).value, node.args[0].value
            written = isinstance(key, cst.SimpleString) and dotted(owner)
            path = f"{dotted(owner)}.{key.raw_value}" if written else ""  # type: ignore[attr-defined]
        if owner is None or not path:
            return ""
        is_flasks = self._scopes.imported(owner) == "flask.session"
        return path if is_flasks or dotted(owner) in _SESSIONS else ""

    def _check_session(self, node: cst.Call, wrong: RefusedError, depth: int) -> None:
        """Check a list that a web framework keeps for a person, as one that an object keeps."""
        self.check(node.args[1].value, depth + 1)
        path = self._session_key(node)
        owner = cst.ensure_type(node.func, cst.Attribute).value
        if path in self._tables:
            return
        self._tables.add(path)
        assigned = False
        for other in self._tree.nodes:
            if isinstance(other, cst.Attribute) and other.attr.value == "update":
                if dotted(other.value) == dotted(owner):
                    raise wrong
            if isinstance(other, (cst.Call, cst.Subscript)) and self._session_key(other) == path:
                self._check_element_use(other, wrong, depth)
                assigned = assigned or isinstance(self._tree.parent(other), cst.AssignTarget)
        self._tables.discard(path)
        if not assigned:
            raise wrong

    def _check_element(self, node: cst.BaseExpression, wrong: RefusedError, depth: int) -> None:
        """Check a list in a dict of the file: `chats[user]`, `chats.setdefault(user, [])`.

        What the file puts into the dict, and into its lists, has to be messages, wherever it does.
        """
        table: cst.BaseExpression | None = None
        if isinstance(node, cst.Subscript):
            table = node.value
        elif isinstance(node, cst.Call) and _method(node) in _LOOKUPS and len(node.args) == 2:
            self.check(node.args[1].value, depth + 1)
            table = cst.ensure_type(node.func, cst.Attribute).value
        path = "" if table is None else dotted(table)
        if table is None or not path or len(self._resolver.definitions(table)) != 1:
            raise wrong
        if path in self._tables:
            return
        self._tables.add(path)
        for other in self._tree.nodes:
            if isinstance(other, (cst.Attribute, cst.Name)) and dotted(other) == path:
                self._check_table(other, wrong, depth)
        self._tables.discard(path)

    def _check_table(self, table: cst.CSTNode, wrong: RefusedError, depth: int) -> None:
        """Check one place where a dict of lists stands."""
        parent = self._tree.parent(table)
        around = None if parent is None else self._tree.parent(parent)
        if isinstance(parent, cst.AssignTarget) and isinstance(around, cst.Assign):
            self._check_made(around.value, wrong)
        elif isinstance(parent, cst.AnnAssign) and parent.target is table:
            self._check_made(parent.value, wrong)
        elif isinstance(parent, cst.Subscript) and parent.value is table:
            self._check_element_use(parent, wrong, depth)
        elif isinstance(parent, cst.Attribute) and parent.value is table:
            if not isinstance(around, cst.Call) or parent.attr.value not in _OF_TABLES:
                raise wrong
            if parent.attr.value in _LOOKUPS:
                for given in around.args[1:]:
                    self.check(given.value, depth + 1)
                self._check_element_use(around, wrong, depth)
        elif isinstance(parent, cst.Arg) and parent.value is table:
            if not isinstance(around, cst.Call) or dotted(around.func) not in _READERS:
                raise wrong
        elif not isinstance(parent, (cst.ComparisonTarget, cst.NameItem, cst.For)):
            raise wrong

    def _check_element_use(
        self, element: cst.BaseExpression, wrong: RefusedError, depth: int
    ) -> None:
        """Check what is done with one list of a dict of lists."""
        parent = self._tree.parent(element)
        around = None if parent is None else self._tree.parent(parent)
        if isinstance(parent, cst.AssignTarget) and isinstance(around, cst.Assign):
            self.check(around.value, depth + 1)
        elif isinstance(parent, cst.Assign):
            for target in parent.targets:
                if not isinstance(target.target, cst.Name):
                    raise wrong
                mine, maybe = self._flow.uses(Definition(target.target.value, parent, element))
                for use in (*mine, *maybe):
                    self._check_use(use, wrong)
        elif isinstance(parent, (cst.AugAssign, cst.NamedExpr, cst.Return, cst.BooleanOperation)):
            raise wrong
        else:
            self._check_use(element, wrong)

    def _check_made(self, value: cst.BaseExpression | None, wrong: RefusedError) -> None:
        """Check that a dict has nothing in it when it is made, or makes empty lists."""
        if isinstance(value, cst.Dict) and not value.elements:
            return
        if not isinstance(value, cst.Call):
            raise wrong
        name = self._scopes.imported(value.func) or dotted(value.func)
        factory = value.args[0].value if name == "collections.defaultdict" and value.args else None
        if isinstance(factory, cst.Lambda):
            factory = factory.body
        empty = factory is not None and (dotted(factory) == "list" or self._is_empty_list(factory))
        if not empty and (name != "dict" or value.args):
            raise wrong

    def _is_empty_list(self, node: cst.BaseExpression) -> bool:
        """Whether a list is made that has nothing in it: `deque(maxlen=20)`, `[]`."""
        if isinstance(node, cst.List):
            return not node.elements
        name = self._scopes.imported(node.func) if isinstance(node, cst.Call) else ""
        given = node.args if isinstance(node, cst.Call) else ()
        return name == "collections.deque" and all(arg.keyword is not None for arg in given)

    def _is_dumped(self, node: cst.ListComp) -> bool:
        """Whether elements are `m.model_dump()` of a model that has a role and a content."""
        call, loop = node.elt, node.for_in
        if not isinstance(call, cst.Call) or call.args or not isinstance(call.func, cst.Attribute):
            return False
        dumps = call.func.attr.value in ("model_dump", "dict")
        if not dumps or dotted(call.func.value) != dotted(loop.target) or loop.inner_for_in:
            return False
        model = self._element_class(loop.iter)
        if model is None or any(self._resolver.class_named(b.value) for b in model.bases):
            return False
        fields = {
            inner.target.value: inner.annotation.annotation
            for inner in self._tree.below(model.body)
            if isinstance(inner, cst.AnnAssign) and isinstance(inner.target, cst.Name)
        }
        return set(fields) == {"role", "content"} and all(
            isinstance(inner.evaluated_value, str) and inner.evaluated_value in _ROLES
            for inner in self._tree.below(fields["role"])
            if isinstance(inner, cst.SimpleString)
        )

    def _element_class(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class of this file that a list's elements are of, by the list's annotation."""
        annotation: cst.BaseExpression | None = None
        if isinstance(node, cst.Attribute):
            owner = self._resolver.instance_of(node.value)
            declared = [] if owner is None else self._tree.below(owner.body)
            for inner in declared:
                if isinstance(inner, cst.AnnAssign) and dotted(inner.target) == node.attr.value:
                    annotation = inner.annotation.annotation
        else:
            found = self._resolver.definitions(node)
            given = getattr(found[0].node, "annotation", None) if len(found) == 1 else None
            annotation = given.annotation if isinstance(given, cst.Annotation) else None
        if not isinstance(annotation, cst.Subscript) or len(annotation.slice) != 1:
            return None
        index = annotation.slice[0].slice
        if dotted(annotation.value).rsplit(".", 1)[-1].lower() not in ("list", "sequence"):
            return None
        return self._resolver.class_named(index.value) if isinstance(index, cst.Index) else None

    def _check_message(self, node: cst.BaseExpression) -> None:
        shown = f"`{self._tree.show(node)}`"
        if not isinstance(node, cst.Dict):
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        by_name = {key_of(element): element for element in node.elements}
        if set(by_name) != {"role", "content"}:
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        role = by_name["role"]
        for value in _alternatives(role.value):
            if isinstance(value, cst.SimpleString) and value.evaluated_value not in _ROLES:
                # CreateMessageRequest.role is `user` or `assistant` only.
                raise RefusedError(Reason.HISTORY_SHAPE, f"the role {self._tree.show(value)}")


def _method(call: cst.Call) -> str:
    """The name of the method that a call is of."""
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""


def _path(node: cst.BaseExpression) -> str:
    """A path of attributes and literal keys, with dots between; empty for anything else."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 1:
        index = node.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
            owner = dotted(node.value)
            return f"{owner}.{index.value.raw_value}" if owner else ""
        return ""
    return dotted(node)


def _alternatives(node: cst.BaseExpression) -> Sequence[cst.BaseExpression]:
    if isinstance(node, cst.IfExp):
        return [*_alternatives(node.body), *_alternatives(node.orelse)]
    return [node]
