"""A run's parameters in OpenAI's own Python client as those of `responses.create`."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, document, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.style import detect
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.targets.python_edits import Change, Editor

Given = dict[str, cst.BaseExpression]
#: What has no counterpart, and why nothing is lost that the new API would do.
_DROPPED = {
    "truncation_strategy": "a response truncates nothing unless it is told to",
    "max_prompt_tokens": "a response has no limit for its input",
    "temperature": "models that reason reject it",
    "top_p": "models that reason reject it",
}
_OF_FUNCTION = frozenset({"name", "description", "parameters", "strict"})
#: What is mapped here; the rest is read where the call is written.
MAPPED = frozenset(
    {*_DROPPED, "tools", "tool_choice", "tool_resources", "response_format", "metadata",
     "max_completion_tokens", "parallel_tool_calls", "timeout"}
)  # fmt: skip


class Parameters:
    """Maps the parameters of one run.

    ``moved`` gives an expression as it stands in the call, ``check`` refuses one that may mean
    something else there. ``again`` tells that another call of the run was written already.
    """

    def __init__(
        self,
        program: Program,
        editor: Editor,
        moved: Callable[[cst.BaseExpression], str],
        check: Callable[[cst.BaseExpression], None],
        *,
        again: bool = False,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._editor = editor
        self._again = again
        self._quoted = editor.quoted
        self._moved = moved
        self._check = check
        self.notes: list[Note] = []

    def arguments(self, given: Given) -> list[tuple[str, Doc]]:
        """The arguments that follow the model and the instructions.

        Raises:
            RefusedError: one of them cannot be mapped.
        """
        found: list[tuple[str, Doc]] = []
        tools = self._tools(given)
        if tools is not None:
            found.append(("tools=", tools))
        if "tool_choice" in given:
            found.append(("tool_choice=", self._choice(given["tool_choice"])))
        if "parallel_tool_calls" in given:
            found.append(("parallel_tool_calls=", self._moved(given["parallel_tool_calls"])))
        if "response_format" in given:
            text = self._format(given["response_format"])
            found += [] if text is None else [("text=", text)]
        if "max_completion_tokens" in given:
            found.append(("max_output_tokens=", self._moved(given["max_completion_tokens"])))
        for name in ("metadata", "timeout"):
            if name in given:
                found.append((f"{name}=", self._moved(given[name])))
        for name, why in _DROPPED.items():
            if name in given:
                words = f"`{name}` is left out: {why}"
                self.notes.append(Note(self._tree.span(given[name]), words, always=True))
        return found

    def _dict(self, node: cst.BaseExpression, reason: Reason) -> Given:
        """The elements of a dict literal, or of a constant that is one, by their keys."""
        found = self._constant(node)
        refused = RefusedError(reason, self._tree.show_line(node))
        if not isinstance(found, cst.Dict):
            raise refused
        if has_comments(found):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(found))
        given = {key_of(element): element.value for element in found.elements}
        if None in given or len(given) != len(found.elements):
            raise refused
        return {str(name): value for name, value in given.items()}

    def _constant(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What a name stands for, where nothing may change it; else the name itself."""
        if not isinstance(node, cst.Name):
            return node
        found = self._program.resolver.definitions(node)
        if len(found) != 1 or not isinstance(found[0].value, (cst.List, cst.Dict)):
            return node
        mine, maybe = self._program.flow.uses(found[0])
        if not all(self._only_hands_on(use) for use in (*mine, *maybe)):
            raise RefusedError(Reason.TOOL_SETUP, self._tree.show_line(node))
        self._check(found[0].value)
        return found[0].value

    def _only_hands_on(self, use: cst.Name) -> bool:
        """Whether a use of a constant gives it to a call of the client, or puts it in a list."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Arg) and parent.keyword is not None:
            return parent.keyword.value in MAPPED
        return isinstance(parent, (cst.Element, cst.DictElement)) and parent.value is use

    def _word(self, node: cst.BaseExpression | None) -> str:
        value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
        return value if isinstance(value, str) else ""

    def _pairs(self, pairs: list[tuple[str, Doc]]) -> Group:
        return Group("{", tuple((self._quoted(n) + ": ", value) for n, value in pairs), "}")

    # tools

    def _tools(self, given: Given) -> Doc | None:
        resources: dict[str, Given] = {}
        if "tool_resources" in given:
            inside = self._dict(given["tool_resources"], Reason.TOOL_SETUP)
            resources = {n: self._dict(v, Reason.TOOL_SETUP) for n, v in inside.items()}
        if "tools" not in given:
            if resources:
                shown = self._tree.show_line(given["tool_resources"])
                raise RefusedError(Reason.TOOL_SETUP, shown)
            return None
        listed = self._constant(given["tools"])
        shown = self._tree.show_line(given["tools"])
        if not isinstance(listed, cst.List):
            raise RefusedError(Reason.TOOL_SETUP, shown)
        if has_comments(listed):
            raise RefusedError(Reason.COMMENT_LOST, shown)
        if not listed.elements:
            return None
        tools: list[tuple[str, Doc]] = []
        for element in listed.elements:
            if isinstance(element, cst.StarredElement):
                raise RefusedError(Reason.TOOL_SETUP, shown)
            tools.append(("", self._tool(element.value, resources)))
        new = Group("[", tuple(tools), "]")
        return new if resources else self._in_its_place(given["tools"], listed, new)

    def _in_its_place(self, node: cst.BaseExpression, old: cst.List, new: Group) -> Doc:
        """The tools; where a variable that nothing else uses has them, its name: it gets them.

        One of the module, if it is not private, may be imported by another file.
        """
        found = self._program.resolver.definitions(node)
        if not isinstance(node, cst.Name) or len(found) != 1:
            return new
        mine, maybe = self._program.flow.uses(found[0])
        shared = self._tree.function_of(found[0].node) is self._tree.module
        if [*mine, *maybe] != [node] or (shared and not node.value.startswith("_")):
            return new
        self._check(node)
        if not self._again:
            start, end = self._tree.chars(old)
            indent, column = self._editor.indent_at(start), self._program.text.column(start)
            text = render(new, detect(self._tree), indent, column)
            self._editor.changes.append(Change(start, end, text, statements=True))
        return node.value

    def _tool(self, tool: cst.BaseExpression, resources: dict[str, Given]) -> Doc:
        inside = self._dict(tool, Reason.TOOL_SETUP)
        word = self._word(inside.get("type"))
        refused = RefusedError(Reason.TOOL_SETUP, self._tree.show_line(tool))
        if word == "function" and set(inside) == {"type", "function"}:
            own = self._dict(inside["function"], Reason.TOOL_SETUP)
            if "name" not in own or set(own) - _OF_FUNCTION:
                raise refused
            pairs: list[tuple[str, Doc]] = [("type", self._quoted("function"))]
            pairs += [(name, self._laid_out(value)) for name, value in own.items()]
            # A response takes the parameters strictly unless it is told not to; a run did not.
            if "parameters" not in own:
                pairs.append(("parameters", "None"))
            if "strict" not in own:
                pairs.append(("strict", "False"))
            return self._pairs(pairs)
        if word == "code_interpreter" and set(inside) == {"type"}:
            container: list[tuple[str, Doc]] = [("type", self._quoted("auto"))]
            files = resources.get("code_interpreter", {}).get("file_ids")
            if files is not None:
                container.append(("file_ids", self._moved(files)))
            kind = ("type", self._quoted("code_interpreter"))
            return self._pairs([kind, ("container", self._pairs(container))])
        if word == "file_search" and set(inside) == {"type"}:
            stores = resources.get("file_search", {}).get("vector_store_ids")
            if stores is None:
                shown = f"{self._tree.show_line(tool)} names no vector store"
                raise RefusedError(Reason.TOOL_SETUP, shown)
            kind = ("type", self._quoted("file_search"))
            return self._pairs([kind, ("vector_store_ids", self._moved(stores))])
        raise refused

    def _laid_out(self, node: cst.BaseExpression) -> Doc:
        """An expression that may be broken in its own brackets."""
        if isinstance(node, (cst.Dict, cst.List)):
            return document(node)
        return self._moved(node)

    # the rest

    def _choice(self, node: cst.BaseExpression) -> Doc:
        if self._word(node):
            return self._moved(node)
        inside = self._dict(node, Reason.RUN_PARAMETER)
        if set(inside) == {"type", "function"}:
            own = self._dict(inside["function"], Reason.RUN_PARAMETER)
            if set(own) == {"name"}:
                kind = ("type", self._quoted("function"))
                return self._pairs([kind, ("name", self._moved(own["name"]))])
        if set(inside) == {"type"}:
            return self._moved(node)
        raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(node))

    def _format(self, node: cst.BaseExpression) -> Doc | None:
        if self._word(node) == "auto":
            return None
        inside = self._dict(node, Reason.RUN_PARAMETER)
        word = self._word(inside.get("type"))
        pairs: list[tuple[str, Doc]] = [("type", self._quoted(word))]
        if set(inside) == {"type", "json_schema"} and word == "json_schema":
            own = self._dict(inside["json_schema"], Reason.RUN_PARAMETER)
            known = {"name", "schema", "strict", "description"}
            if not {"name", "schema"} <= set(own) <= known:
                raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(node))
            pairs += [(name, self._laid_out(value)) for name, value in own.items()]
        elif set(inside) != {"type"} or word not in ("json_object", "text"):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(node))
        return self._pairs([("format", self._pairs(pairs))])
