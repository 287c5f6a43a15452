"""What an Assistants call gives, followed through a file's functions, parameters and fields."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.kinds import ELEMENTS, FREE, PLAIN, READS, Kind, words_of
from callmend.languages.python.literals import logs
from callmend.languages.python.program import Program
from callmend.languages.python.returned_texts import is_returned_as_text
from callmend.languages.python.run_filters import RunFilters
from callmend.languages.python.scopes import Definition, targets_in
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.tree import dotted, is_condition, is_none
from callmend.reasons import Reason

_RUNNING = frozenset({"asyncio.run", "anyio.run"})
#: What a part's type is compared with, and what a conversation's parts of text are called.
_PART = "text"
_PARTS = ("input_text", "output_text")


class Handing:
    """Follows the values of one file's calls.

    ``changes`` are, by the number of the call that a value comes from, ranges of characters with
    what replaces them. ``compared`` are the comparisons of runs' statuses with words, and whether
    they hold for these words. ``kinds`` is what each followed expression is. ``answers`` tells that
    the file answers the functions that runs call.
    """

    def __init__(
        self, program: Program, calls: list[SdkCall], quote: str, *, answers: bool
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._calls = calls
        self._quote = quote
        self._answers = answers
        #: Where runs are asked what functions they call.
        self.required: list[cst.Attribute] = []
        self._sites = program.sites
        self._owner = 0
        self._fields: dict[str, Kind] = {}
        self._defined: dict[Definition, Kind] = {}
        self._shared: list[tuple[Definition, Kind]] = []
        self._params: list[tuple[cst.FunctionDef, cst.Param, Kind]] = []
        self.kinds: dict[cst.CSTNode, Kind] = {}
        self.changes: dict[int, list[tuple[int, int, str]]] = {}
        self._taken: set[tuple[int, int, str]] = set()
        #: The numbers of the calls that list messages of which only the first page is read.
        self.first_pages: set[int] = set()
        #: The numbers of those whose further pages are asked for as well.
        self.walked: set[int] = set()
        #: The numbers of those of which more than the first message is read.
        self.listed: set[int] = set()
        self.filters = RunFilters(program, quote)
        self.compared: list[tuple[cst.Comparison, frozenset[str], bool]] = []

    def follow(self, owner: int, node: cst.BaseExpression, kind: Kind) -> None:
        """Follow what a call gives; ``owner`` is its number, for the changes.

        Raises:
            RefusedError: it is used in a way that the new API's cannot be, or cannot be followed.
        """
        self._owner = owner
        self._follow(node, kind)

    def check(self) -> None:
        """Refuse names, fields and parameters that may hold another thing as well.

        Raises:
            RefusedError: one does.
        """
        for definition, kind in self._shared:
            for other in self._every(definition):
                if self._defined.get(other) is not kind and not is_none(other.value):
                    raise self._unclear(definition.node)
        for name, kind in self._fields.items():
            if kind in FREE:
                continue
            for target, value in self._assigned(name):
                if self._kind_of(value) is not kind and not is_none(value):
                    raise self._unclear(target)
        for function, param, kind in self._params:
            for call in self._sites.of(function).calls:
                given = self._sites.argument(call, function, param)
                if self._kind_of(given) is not kind:
                    raise self._unclear(call)

    def inside(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """The changes within a range of characters that is written anew; they are made there."""
        found = [
            change
            for changes in self.changes.values()
            for change in changes
            if start <= change[0] and change[1] <= end
        ]
        self._taken.update(found)
        return found

    def left(self, owner: int) -> list[tuple[int, int, str]]:
        """The changes of a call's value that are made where they stand."""
        return [change for change in self.changes.get(owner, ()) if change not in self._taken]

    def _kind_of(self, value: cst.BaseExpression | None) -> Kind | None:
        return None if value is None else self.kinds.get(value)

    def _unclear(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(node))

    def _refused(self, node: cst.CSTNode, kind: Kind) -> RefusedError:
        run = kind in (Kind.RUN, Kind.THREAD, Kind.ADDED)
        reason = Reason.RUN_NOT_FOLLOWED if run else Reason.ANSWER_NOT_UNDERSTOOD
        return RefusedError(reason, self._tree.show_line(node))

    def _change(self, start: int, end: int, new: str) -> None:
        self.changes.setdefault(self._owner, []).append((start, end, new))

    # one expression

    def _follow(self, node: cst.BaseExpression, kind: Kind) -> None:
        known = self.kinds.get(node)
        if known is not None:
            if known is not kind:
                raise self._unclear(node)
            return
        self.kinds[node] = kind
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Attribute) and parent.value is node:
            self._read(parent, kind)
        elif isinstance(parent, (cst.Await, cst.NamedExpr)):
            if isinstance(parent, cst.NamedExpr) and kind not in FREE:
                raise self._refused(parent, kind)
            self._follow(parent, kind)
        elif isinstance(parent, (cst.Assign, cst.AnnAssign)) and parent.value is node:
            self._assign(parent, kind)
        elif isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            self._loop(parent, kind)
        elif isinstance(parent, cst.Subscript) and parent.value is node:
            self._index(parent, kind)
        elif isinstance(parent, cst.Return):
            self._returned(parent, kind)
        elif isinstance(parent, cst.Element):
            self._element(parent, kind)
        elif isinstance(parent, cst.Arg):
            self._given(parent, kind)
        elif isinstance(parent, (cst.ListComp, cst.GeneratorExp)) and parent.elt is node:
            self._chosen(parent, kind)
        elif isinstance(parent, cst.Comparison):
            self._compare(parent, node, kind)
        elif not self._is_harmless(node, parent, kind):
            raise self._refused(parent or node, kind)

    def _is_harmless(
        self, node: cst.BaseExpression, parent: cst.CSTNode | None, kind: Kind
    ) -> bool:
        if kind in FREE or isinstance(parent, cst.Expr):
            return True
        if isinstance(parent, (cst.If, cst.While, cst.IfExp, cst.Assert)):
            return parent.test is node
        if isinstance(parent, cst.CompIf):
            return True
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, cst.BooleanOperation):
            return is_condition(self._tree, parent)
        if isinstance(parent, cst.FormattedStringExpression):
            return any(
                isinstance(around, cst.Call) and logs(self._program, around)
                for around in self._tree.ancestors(parent)
            )
        return False

    def _read(self, node: cst.Attribute, kind: Kind) -> None:
        name = node.attr.value
        if kind in PLAIN:
            return
        if kind is Kind.PART and name == "type":
            self._part_type(node)
            return
        if kind is Kind.RUN and name == "required_action" and self._answers:
            self.required.append(node)
            return
        change = self.filters.taken(self._owner, node) if kind is Kind.MESSAGE else None
        if change is not None:
            self._change(*change)
            return
        found = READS.get((kind, name))
        if found is None and (kind is Kind.THREAD or self._is_shown(node)):
            return
        if found is None or self._is_target(node):
            words = Reason.TOOL_LOOP if name == "required_action" else Reason.OTHER_READ
            raise RefusedError(words, self._tree.show_line(node))
        new, then = found
        if kind is Kind.PAGE:
            self.first_pages.add(self._owner)
        if not new:
            start, end = self._tree.whole(node.value)[1], self._tree.chars(node)[1]
            if self._program.text.text[start:end] != f".{name}":
                raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(node))
            is_text = kind is Kind.TEXT and is_returned_as_text(self._program, node)
            if is_text:  # what lists the messages tells no types of what is in them
                before = self._tree.whole(node.value)[0]
                self._change(before, before, "str(")
            self._change(start, end, ")" if is_text else "")
        elif new != name:
            self._change(*self._tree.chars(node.attr), new)
        if then is not None:
            self._follow(node, then)

    def _is_shown(self, node: cst.Attribute) -> bool:
        """`print(run.model_dump_json())`: what is only shown is shown as it is now."""
        call = self._tree.parent(node)
        dumps = node.attr.value in ("model_dump", "model_dump_json", "to_dict", "to_json")
        around = self._tree.around(call, cst.Call) if isinstance(call, cst.Call) else None
        return dumps and around is not None and logs(self._program, around)

    def _is_target(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        if isinstance(parent, (cst.AnnAssign, cst.AugAssign)):
            return parent.target is node
        return isinstance(parent, (cst.AssignTarget, cst.Del))

    def _index(self, node: cst.Subscript, kind: Kind) -> None:
        if kind not in (Kind.LIST, Kind.PARTS) or len(node.slice) != 1 or self._is_target(node):
            raise self._refused(node, kind)
        inner = node.slice[0].slice
        if isinstance(inner, cst.Slice):
            if kind is Kind.LIST:
                self.listed.add(self._owner)
            self._follow(node, kind)
            return
        # A response may add more than one message, so that only the first and the last are sure.
        place = "".join(self._tree.source(node.slice[0]).split())
        if place != "0" and (place != "-1" or kind is Kind.PARTS):
            raise self._refused(node, kind)
        if kind is Kind.LIST:
            self.filters.used(self._owner, node)
        if kind is Kind.LIST and place != "0":
            self.listed.add(self._owner)
        self._follow(node, ELEMENTS[kind])

    # names and fields

    def _assign(self, node: cst.Assign | cst.AnnAssign, kind: Kind) -> None:
        targets = [node.target] if isinstance(node, cst.AnnAssign) else []
        if isinstance(node, cst.Assign):
            targets = [target.target for target in node.targets]
        for target in targets:
            self._bind(target, node, node.value, kind)

    def _bind(
        self,
        target: cst.BaseExpression,
        node: cst.CSTNode,
        value: cst.BaseExpression | None,
        kind: Kind,
    ) -> None:
        if isinstance(target, cst.Name):
            self._named(Definition(target.value, node, value), kind)
        elif isinstance(target, cst.Attribute):
            self._field(target, kind)
        elif kind not in FREE:
            raise self._refused(node, kind)

    def _every(self, definition: Definition) -> list[Definition]:
        """All that is bound to the same name in the same scope."""
        node = definition.node
        if isinstance(node, cst.Param):
            function = self._tree.around(node, cst.FunctionDef)
            return [] if function is None else self._program.scopes.bound(function)[definition.name]
        return self._program.flow.every(definition.name, node)

    def _named(self, definition: Definition, kind: Kind) -> None:
        if self._defined.get(definition) is kind:
            return
        if definition not in self._every(definition):
            # It is declared `global` or `nonlocal` here.
            if kind in FREE:
                return
            raise self._unclear(definition.node)
        self._defined[definition] = kind
        mine, maybe = self._program.flow.uses(definition)
        for use in [*mine, *maybe]:
            self._follow(use, kind)
        if maybe and kind not in FREE:
            self._shared.append((definition, kind))

    def _field(self, target: cst.Attribute, kind: Kind) -> None:
        name = target.attr.value
        known = self._fields.get(name)
        if known is kind:
            return
        if known is not None or self._sites.is_method_name(name):
            if kind in PLAIN:
                return
            raise self._unclear(target)
        self._fields[name] = kind
        for node in self._tree.nodes:
            if isinstance(node, cst.Attribute) and node.attr.value == name:
                if not self._is_target(node) and not self._is_of_client(node):
                    self._follow(node, kind)

    def _is_of_client(self, node: cst.CSTNode) -> bool:
        """Whether a node is a part of the path from a client to its method."""
        return any(self._tree.is_inside(node, call.call.func) for call in self._calls)

    def _assigned(self, name: str) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression | None]]:
        """What the fields of a name are given."""
        for node in self._tree.nodes:
            targets: list[cst.BaseExpression] = []
            if isinstance(node, cst.Assign):
                targets = [target.target for target in node.targets]
            elif isinstance(node, (cst.AnnAssign, cst.AugAssign)):
                targets = [node.target]
            for target in targets:
                if isinstance(target, cst.Attribute) and target.attr.value == name:
                    if isinstance(node, cst.AnnAssign) and node.value is None:
                        continue
                    yield target, getattr(node, "value", None)

    # loops

    def _loop(self, node: cst.For | cst.CompFor, kind: Kind) -> None:
        element = ELEMENTS.get(kind)
        if kind in (Kind.PAGE, Kind.LIST, Kind.NUMBERED):
            self.listed.add(self._owner)
            self.filters.used(self._owner, node)
        if kind is Kind.PAGE:
            self.walked.add(self._owner)
        target: cst.BaseExpression = node.target
        if kind is Kind.NUMBERED and isinstance(target, cst.Tuple) and len(target.elements) == 2:
            element, target = Kind.MESSAGE, target.elements[1].value
        waits = node.asynchronous
        if element is None or not isinstance(target, cst.Name) or (waits and kind is not Kind.PAGE):
            raise self._refused(node.iter, kind)
        if waits is not None:  # `async for`: what is gone through becomes a list
            start, _ = self._tree.chars(waits)
            self._change(start, start + len(cst.Module(()).code_for_node(waits)), "")
        if isinstance(node, cst.For):
            for definition in targets_in(node):
                if definition.name == target.value:
                    self._named(definition, element)
            return
        around: cst.CSTNode = node
        while not isinstance(around, cst.BaseComp):
            around = self._tree.parent(around) or self._tree.module
        for use in self._program.scopes.uses(target.value):
            if self._tree.is_inside(use, around) and not self._tree.is_inside(use, node.iter):
                self._follow(use, element)

    def _chosen(self, node: cst.ListComp | cst.GeneratorExp, kind: Kind) -> None:
        """`[m for m in messages if ...]`, and `next(m for m in messages if ...)`."""
        if kind is not Kind.MESSAGE:
            raise self._refused(node, kind)
        if isinstance(node, cst.ListComp):
            with self.filters.chosen(node):
                self._follow(node, Kind.LIST)
            return
        arg = self._tree.parent(node)
        call = None if arg is None else self._tree.parent(arg)
        if not isinstance(call, cst.Call) or dotted(call.func) != "next":
            raise self._refused(node, kind)
        self._follow(call, Kind.MESSAGE)

    # functions

    def _returned(self, node: cst.Return, kind: Kind) -> None:
        for call in self._callers(node, kind):
            self._follow(call, kind)

    def _callers(self, node: cst.Return, kind: Kind) -> tuple[cst.Call, ...]:
        function = self._tree.function_of(node)
        if not isinstance(function, cst.FunctionDef):
            raise self._refused(node, kind)
        found = self._sites.of(function)
        if kind not in FREE and not (found.closed and found.calls):
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(node))
        return found.calls

    def _element(self, node: cst.Element, kind: Kind) -> None:
        """One of several things that are given back, or assigned, at once."""
        group = self._tree.parent(node)
        around = None if group is None else self._tree.parent(group)
        if isinstance(around, (cst.AssignTarget, cst.For, cst.CompFor)):
            return  # it is bound anew there
        if kind in FREE and not isinstance(around, (cst.Return, cst.Assign)):
            return
        if not isinstance(group, cst.Tuple):
            raise self._refused(node, kind)
        place = list(group.elements).index(node)
        if isinstance(around, cst.Assign):
            self._unpack(group, place, len(group.elements), kind)
        elif isinstance(around, cst.Return):
            for call in self._callers(around, kind):
                parent = self._tree.parent(call)
                value = parent if isinstance(parent, cst.Await) else call
                self._unpack(value, place, len(group.elements), kind)
        else:
            raise self._refused(node, kind)

    def _unpack(self, value: cst.BaseExpression, place: int, size: int, kind: Kind) -> None:
        assign = self._tree.parent(value)
        target = assign.targets[0].target if isinstance(assign, cst.Assign) else None
        if isinstance(target, (cst.Tuple, cst.List)) and isinstance(assign, cst.Assign):
            if len(target.elements) == size and len(assign.targets) == 1:
                self._bind(target.elements[place].value, assign, None, kind)
                return
        if kind not in FREE:
            raise self._refused(assign or value, kind)

    def _given(self, arg: cst.Arg, kind: Kind) -> None:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call):
            raise self._refused(arg, kind)
        name = self._program.scopes.imported(call.func) or dotted(call.func)
        if name == "len":
            self.filters.used(self._owner, call)
        if logs(self._program, call) or name in ("len", "bool", "str", "repr"):
            return
        if any(call is known.call for known in self._calls):
            return
        if name in _RUNNING or name.endswith(".run_until_complete"):
            self._follow(call, kind)
            return
        first = bool(call.args) and call.args[0] is arg
        if name in ("list", "reversed") and first and len(call.args) == 1:
            if kind in (Kind.LIST, Kind.PAGE) and (name == "list" or kind is Kind.LIST):
                if kind is Kind.PAGE:
                    self.walked.add(self._owner)
                self.listed.add(self._owner)
                self._follow(call, Kind.LIST)
                return
        if name == "enumerate" and first and kind in (Kind.LIST, Kind.PAGE):
            self._follow(call, Kind.NUMBERED)
            return
        if name == "hasattr" and kind is Kind.PART and self._asks_for(call, "text"):
            return
        function = self._sites.called(call)
        if function is not None:
            self._parameter(call, function, arg, kind)
        elif kind not in FREE:
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(call))

    def _asks_for(self, call: cst.Call, name: str) -> bool:
        value = call.args[-1].value
        return isinstance(value, cst.SimpleString) and value.evaluated_value == name

    def _parameter(
        self, call: cst.Call, function: cst.FunctionDef, arg: cst.Arg, kind: Kind
    ) -> None:
        param = self._sites.param(call, function, arg)
        closed = self._sites.of(function).closed
        if param is None or not closed:
            if kind in FREE:
                return
            raise RefusedError(Reason.ANSWER_HANDED_ON, self._tree.show_line(call))
        if kind not in FREE and not any(param is known for _, known, _ in self._params):
            self._params.append((function, param, kind))
        self._named(Definition(param.name.value, param, None), kind)

    # comparisons

    def _compare(self, node: cst.Comparison, side: cst.BaseExpression, kind: Kind) -> None:
        [target] = node.comparisons if len(node.comparisons) == 1 else [None]
        if target is None:
            raise self._refused(node, kind)
        other = target.comparator
        if node.left is side and dotted(other) == "None":
            return
        if kind is Kind.STATUS and node.left is side:
            words = words_of(other)
            if words:
                holds = isinstance(target.operator, (cst.Equal, cst.In))
                self.compared.append((node, words, holds))
        elif kind not in FREE:
            raise self._refused(node, kind)

    def _part_type(self, node: cst.Attribute) -> None:
        """`part.type == "text"`, which the parts of a conversation spell in two ways."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Comparison) and parent.left is node:
            target = parent.comparisons[0]
            equal = isinstance(target.operator, cst.Equal)
            if equal or isinstance(target.operator, cst.NotEqual):
                if len(parent.comparisons) == 1 and words_of(target.comparator) == {_PART}:
                    word = "in" if equal else "not in"
                    written = target.comparator
                    quote = written.quote if isinstance(written, cst.SimpleString) else self._quote
                    shown = ", ".join(f"{quote}{name}{quote}" for name in _PARTS)
                    start, end = self._tree.whole(node)[1], self._tree.whole(target.comparator)[1]
                    self._change(start, end, f" {word} ({shown})")
                    return
        raise self._refused(parent or node, Kind.PART)
