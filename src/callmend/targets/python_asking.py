"""How a run is asked for that a function of a Python file starts: by that function, or a twin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.find import Certainty, Request, url_of
from callmend.languages.python.functions import arguments_of
from callmend.languages.python.layout import document, has_comments, render, spliced
from callmend.languages.python.postings import Asked, Posting
from callmend.languages.python.program import Program
from callmend.languages.python.raw_parts import other_user
from callmend.languages.python.request import RequestReader
from callmend.languages.python.scopes import numbered, parameters
from callmend.languages.python.style import Style
from callmend.languages.python.through import Senders
from callmend.languages.python.tree import dotted, is_none
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change, Editor

_BODIES = frozenset({"json", "data", "content"})
#: Decorators by which a function asks as often as it is called, and those that only try again.
_POST = re.compile(r"(?<![a-z])post(?![a-z])")
_SIGNATURE = re.compile(
    r"^(?P<head>[ \t]*(?:async )?def \w+)\(\n[ \t]+(?P<inside>[^\n#]*[^,\s])\n"
    r"[ \t]*\)(?P<tail>[^\n#]*:)$",
    re.MULTILINE,
)
_WORD = re.compile(r"\bPOST\b")
_PLAIN = frozenset({"staticmethod", "classmethod"})
_RETRIES = re.compile(r"(?:^|[._])(?:retry|backoff)")


class Sending:
    """The function of one call that sends a request, and the header that it lacks.

    ``beta`` is the header that the live API wants.

    Raises:
        RefusedError: the function's headers are not certain.
    """

    def __init__(
        self,
        program: Program,
        request: Request,
        posting: Posting | Asked,
        settings: Settings,
        style: Style,
        beta: tuple[str, str],
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._posting = posting
        self._style = style
        self._settings = settings
        self._beta = beta
        url = url_of(posting.inner, posting.client) or posting.path
        self._inner = Request(
            request.endpoint, Certainty.CERTAIN, posting.inner, url, posting.client, ()
        )
        given = [a.value for a in posting.inner.args if _keyword(a) == "headers"]
        reader = RequestReader(program, self._inner)
        self._literal = reader.headers_of(posting.client, given[0] if given else None)
        known = None if self._literal is None else self._literal.value(beta[0].lower())
        text = None if known is None else program.resolver.text(known.value)
        self._sends_beta = text == beta[1]
        if not self._sends_beta and b"OpenAI-Beta" in program.source.data:
            raise RefusedError(Reason.BETA_HEADER, "`OpenAI-Beta`")

    def _refused(self, detail: str) -> RefusedError:
        name = self._posting.function.name.value
        told = f"`{name}` is no function by which the run can be asked for: {detail}"
        return RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, told)

    # the header

    def header(self, dead: frozenset[cst.CSTNode]) -> list[Change]:
        """The changes after which the function sends the header for the live path.

        ``dead`` are the dead calls of the file: where there are others, they go without it.

        Raises:
            RefusedError: it is not certain what is sent for which path.
        """
        posting, literal, beta = self._posting, self._literal, self._beta
        if self._sends_beta:
            return []
        self._check_gathered()
        editor = Editor(self._program, self._inner, self._style, self._settings)
        if self._serves_alone(dead):
            editor.add_headers(literal, dict([beta]))
        else:
            path = self._path_where_it_is_sent()
            if len(self._program.scopes.bound(posting.through.functions[-1]).get(path, [])) != 1:
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{path}` is changed")
            editor.add_header_where(literal, beta, f"{editor.quoted('threads/')} in {path}")
        return editor.changes

    def _check_gathered(self) -> None:
        """Refuse to name headers beside a `**` in which a call of the file gives some."""
        inner = self._posting.inner
        if "**" not in [a.star for a in inner.args] or "headers" in map(_keyword, inner.args):
            return
        for function in self._posting.through.functions:
            for call in self._program.sites.of(function).calls:
                if "headers" in map(_keyword, call.args):
                    shown = self._tree.show_line(call)
                    raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, shown)

    def _path_where_it_is_sent(self) -> str:
        """The parameter for the path of the function that sends the request itself."""
        if len(self._posting.through.functions) == 1:
            return self._posting.names[0]
        known = self._program.resolver.value(self._inner.url).constants
        own = self._program.scopes.bound(self._posting.through.functions[-1])
        names = [
            d.name for d in known if isinstance(d.node, cst.Param) and d in own.get(d.name, ())
        ]
        if len(names) != 1:
            shown = self._tree.show(self._inner.call)
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{shown}`")
        return names[0]

    def _serves_alone(self, dead: frozenset[cst.CSTNode]) -> bool:
        """Whether only dead calls use the functions that send."""
        return other_user(self._program, self._posting.through, dead) is None


class Asking(Sending):
    """The function of one call that posts, and how the same API is asked by GET."""

    def __init__(
        self,
        program: Program,
        request: Request,
        posting: Posting,
        settings: Settings,
        style: Style,
        beta: tuple[str, str],
    ) -> None:
        super().__init__(program, request, posting, settings, style, beta)
        self._posted = posting

    # the request

    def arguments(self, known: Asked | None) -> tuple[list[str], list[Change]]:
        """The functions that ask and post, as the adapted answer's function is given them.

        With the function that the file is given for it, where the one that posts cannot ask, and
        the file has none: ``known`` is a call of that.

        Raises:
            RefusedError: it is not certain that one can ask as the function posts.
        """
        posted = self._posted
        own = self._tree.source(posted.call.func)
        method = posted.names[2]
        if known is not None and known.function is not posted.function:
            asks = self._handed("GET", self._tree.source(known.call.func), known)
            return [asks, self._handed("POST", own, posted)], []
        if method is not None:
            self._check_bodiless()
            return [self._handed("GET", own, posted), self._handed("POST", own, posted)], []
        if len(posted.through.functions) > 1:
            step, name = self._step()
            return [self._handed("GET", name, step), self._handed("POST", own, posted)], []
        twin = self._twin_name()
        asks = own.removesuffix(self._posting.function.name.value) + twin
        asking = [self._handed("GET", asks, posted), self._handed("POST", own, posted)]
        return asking, [self._twin(twin)]

    def _step(self) -> tuple[Asked, str]:
        """The call by which a function hands its path on to one that is given the method too.

        With what that one is called where the run is asked for.

        Raises:
            RefusedError: there is none that can ask.
        """
        sent, (path, body, _) = self._posted.through, self._posted.names
        function, step = sent.functions[1], sent.steps[1]
        given = arguments_of(function, step)
        of = {dotted(value): name for name, value in given.items()}
        method = next((n for n, v in given.items() if self._program.resolver.text(v) == "POST"), "")
        unsent = [v for n, v in given.items() if n not in (method, of.get(path))]
        refused = self._refused(f"`{self._tree.show(step)}`")
        if not method or path not in of or len(unsent) > 1:
            raise refused
        for value in unsent:
            named = [n.value for n in self._tree.below(value) if isinstance(n, cst.Name)]
            if named != [body]:
                raise refused
        if not Senders(self._program).give_json(sent.functions[1:], self._posted.call):
            raise refused
        awaited = function.asynchronous is not None
        own, called = self._posted.call.func, step.func
        name = self._tree.source(called)
        if isinstance(own, cst.Attribute) and isinstance(called, cst.Attribute):
            if dotted(called.value) not in ("self", "cls"):
                raise refused
            name = f"{self._tree.source(own.value)}.{called.attr.value}"
        elif not isinstance(own, cst.Name) or not isinstance(called, cst.Name):
            raise refused
        if awaited is not self._posted.awaited:
            raise refused
        return Asked(
            step, given[of[path]], sent.client, awaited, function, sent.inner,
            (of[path], None, method), sent, unsent[0] if unsent else None,
        ), name  # fmt: skip

    def _check_bodiless(self) -> None:
        """Refuse to call a function without a body that cannot do without."""
        name = self._posting.names[1]
        own = [p for p in parameters(self._posting.function) if p.name.value == name]
        sent = [a for a in self._posting.inner.args if dotted(a.value) == name]
        if name is None:
            return
        default = own[0].default if own else None
        senders = Senders(self._program)
        if [_keyword(a) for a in sent] != ["json"] and default is not None:
            if senders.sends_nothing(self._posting.through, name):
                return
        if default is None or not is_none(default) or [_keyword(a) for a in sent] != ["json"]:
            raise self._refused(f"`{name}` is asked for")

    def _handed(self, method: str, function: str, posting: Posting | Asked) -> str:
        """A function that is given a path, for POST with a body, as a call hands these on."""
        body = posting.body.given if isinstance(posting, Posting) else posting.unsent
        given = arguments_of(posting.function, posting.call)
        at_method = given.get(posting.names[2] or "")
        args, bare = [], True
        for number, arg in enumerate(posting.call.args):
            if arg.star:
                raise self._refused(f"`{self._tree.show(arg)}`")
            new = None
            if arg.value is posting.path:
                new = "path"
            elif arg.value is body:
                new = "body" if method == "POST" else ""
            elif arg.value is at_method:
                new = f"{self._style.quote}{method}{self._style.quote}"
            elif not self._is_stable(arg.value):
                raise self._refused(f"`{self._tree.show(arg)}` would be asked for twice")
            bare = bare and arg.keyword is None and new in ("path", "body", "")
            if new == "":
                if any(other.keyword is None for other in posting.call.args[number + 1 :]):
                    raise self._refused(f"`{self._tree.show(posting.call)}`")
                continue
            keyword = "" if arg.keyword is None else f"{arg.keyword.value}="
            args.append(keyword + (self._tree.source(arg.value) if new is None else new))
        names = ["path", "body"] if method == "POST" else ["path"]
        if bare and args == names:
            return function
        return f"lambda {', '.join(names)}: {function}({', '.join(args)})"

    def _is_stable(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is the same when it is evaluated again, and no name of ours."""
        if isinstance(node, (cst.SimpleString, cst.Integer, cst.Float)):
            return True
        return bool(dotted(node)) and dotted(node).split(".")[0] not in ("path", "body")

    # the function beside the one that posts

    def _twin_name(self) -> str:
        name = self._posting.function.name.value
        asks = _POST.sub("get", name, count=1)
        asks = asks if asks != name else f"{name}_get"
        taken = {node.name.value for node in self._tree.every(cst.FunctionDef)}
        for place in (self._posting.call, self._posting.function):
            for around in self._tree.ancestors(place):
                if isinstance(around, (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.Module)):
                    taken.update(self._program.scopes.bound(around))
        return numbered(asks, taken.__contains__)

    def _twin(self, name: str) -> Change:
        """The insertion of a function that asks as the one that posts does, below that one."""
        function = self._posting.function
        self._check_repeatable()
        changes = [(*self._tree.chars(function.name), name)]
        changes += [*self._by_get(), *self._without_body(), *self._words()]
        within = self._tree.chars(function.decorators[0] if function.decorators else function)[0]
        start, end = within, self._tree.chars(function)[1]
        text = self._program.text
        indent = text.text[text.line_range(text.line(start))[0] : start]
        changes = [*self._laid_out(changes)]
        twin = _SIGNATURE.sub(self._joined, spliced(text.text, start, end, changes), count=1)
        blank = 1 if indent else 2
        place = text.line_range(text.line(end))
        behind = len(text.text[slice(*place)].rstrip("\r\n"))
        at = place[0] + behind
        return Change(at, at, "\n" * (blank + 1) + indent + twin, statements=True)

    def _joined(self, signature: re.Match[str]) -> str:
        """A signature on one line, where its parameters stood on one of their own and it fits."""
        line = signature["head"] + "(" + signature["inside"] + ")" + signature["tail"]
        return line if len(line) <= self._style.width else signature[0]

    def _check_repeatable(self) -> None:
        """Refuse to repeat a function that does more than to send its request."""
        function = self._posting.function
        for decorator in function.decorators:
            inner = decorator.decorator
            named = dotted(inner.func if isinstance(inner, cst.Call) else inner)
            if named not in _PLAIN and not _RETRIES.search(named):
                raise self._refused(f"`{self._tree.show(decorator)}`")
        for node in self._tree.own(function.body):
            target = node.target if isinstance(node, (cst.AssignTarget, cst.AugAssign)) else None
            if isinstance(node, (cst.Global, cst.Nonlocal)) or (
                target is not None and not isinstance(target, (cst.Name, cst.Tuple))
            ):
                raise self._refused(f"`{self._tree.show(node)}`")

    def _by_get(self) -> Iterator[tuple[int, int, str]]:
        """The changes of the request's method, and of its headers."""
        inner, client = self._posting.inner, self._posting.client
        quote = self._style.quote
        if client.method == "post":
            if not isinstance(inner.func, cst.Attribute):
                raise self._refused(f"`{self._tree.show(inner.func)}`")
            yield (*self._tree.chars(inner.func.attr), "get")
        else:
            [method, *_] = [*(a for a in inner.args if _keyword(a) == "method"), *inner.args]
            yield (*self._tree.chars(method.value), f"{quote}GET{quote}")
        editor = Editor(self._program, self._inner, self._style, self._settings)
        if not self._sends_beta:
            editor.add_headers(self._literal, dict([self._beta]))
        start, end = self._tree.chars(self._posting.function)
        for change in editor.changes:
            if not start <= change.start <= change.end <= end:
                raise self._refused(f"`{self._tree.show(inner)}`: its headers")
            yield change.start, change.end, change.text

    def _without_body(self) -> Iterator[tuple[int, int, str]]:
        """The changes after which nothing is sent."""
        name, function, inner = self._posting.names[1], self._posting.function, self._posting.inner
        if name is None:
            return
        [arg] = [a for a in inner.args if _keyword(a) in _BODIES]
        for node in self._tree.below(function.body):
            if isinstance(node, cst.Name) and node.value == name:
                parent = self._tree.parent(node)
                if isinstance(parent, cst.Arg) and parent.keyword is node:
                    continue
                if not self._tree.is_inside(node, arg):
                    raise self._refused(f"`{name}` is used for more than the body")
        given = function.params
        listed: list[cst.Param | cst.ParamStar | cst.ParamSlash] = [
            *given.posonly_params, *given.params, *given.kwonly_params
        ]  # fmt: skip
        [param] = [p for p in listed if isinstance(p, cst.Param) and p.name.value == name]
        if param in given.posonly_params or given.kwonly_params[:1] == [param]:
            raise self._refused(f"`{self._tree.show(param)}`")
        yield self._taken_out(param, [*parameters(function)])
        yield self._taken_out(arg, inner.args)

    def _taken_out(
        self, node: cst.Param | cst.Arg, listed: Sequence[cst.Param | cst.Arg]
    ) -> tuple[int, int, str]:
        """The change that takes a parameter or an argument out of its list, with its comma."""
        at = [other is node for other in listed].index(True)
        if at == 0:
            return self._start(node), self._start(listed[1]) if listed[1:] else self._end(node), ""
        return self._end(listed[at - 1]), self._end(node), ""

    def _start(self, node: cst.Param | cst.Arg) -> int:
        return self._tree.chars(node)[0]

    def _end(self, node: cst.Param | cst.Arg) -> int:
        if isinstance(node, cst.Arg):
            return self._tree.whole(node.value)[1]
        annotation = None if node.annotation is None else node.annotation.annotation
        return self._tree.whole(node.default or annotation or node.name)[1]

    def _words(self) -> Iterator[tuple[int, int, str]]:
        """The changes of what the function says of itself."""
        function, inner = self._posting.function, self._posting.inner
        docstring = function.get_docstring() is not None and isinstance(
            function.body, cst.IndentedBlock
        )
        first = next(iter(function.body.body)) if docstring else None
        if first is not None:
            said = f'"""Ask by GET as `{function.name.value}` does by POST."""'
            yield (*self._tree.chars(first), said)
        for node in self._tree.below(function.body):
            if not isinstance(node, (cst.SimpleString, cst.FormattedStringText)):
                continue
            if self._tree.is_inside(node, inner) or (first and self._tree.is_inside(node, first)):
                continue
            source = self._tree.source(node)
            if _WORD.search(source):
                yield (*self._tree.chars(node), _WORD.sub("GET", source))

    def _laid_out(self, changes: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
        """The changes, those of the request's expression as one that is laid out."""
        whole: cst.BaseExpression = self._posting.inner
        for parent in self._tree.ancestors(self._posting.inner):
            chained = isinstance(parent, cst.Attribute) and parent.value is whole
            if not chained and not (isinstance(parent, cst.Call) and parent.func is whole):
                break
            assert isinstance(parent, (cst.Attribute, cst.Call))  # noqa: S101  # one of the two
            whole = parent
        start, end = self._tree.chars(whole)
        text = self._program.text
        within = [c for c in changes if start <= c[0] and c[1] <= end]
        yield from (c for c in changes if c not in within)
        new = spliced(text.text, start, end, within)
        expression = cst.parse_expression(new)
        if has_comments(expression) or '"""' in new or "'''" in new:
            yield start, end, new
            return
        first, last = text.line_range(text.line(start))[0], text.line_range(text.line(end))[1]
        line = text.text[first:start]
        indent = line[: len(line) - len(line.lstrip())]
        behind = len(text.text[end:last].rstrip("\r\n"))
        shown = render(document(expression), self._style, indent, len(line), behind)
        yield start, end, shown


def _keyword(arg: cst.Arg) -> str:
    """The name of a keyword argument, empty for any other."""
    return "" if arg.keyword is None else arg.keyword.value
