"""The responses target for workflow calls in Python."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.find import Request
from callmend.languages.python.layout import Doc
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.template import Template, load
from callmend.languages.python.tree import dotted
from callmend.models import default_model, sources
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_reading import Names, Reading

TARGET = "responses"
_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None for a call of the Assistants API.

    Raises:
        RefusedError: the call is left, and why.
    """
    if request.endpoint.id == "threads-runs":
        return None
    return ResponsesCall(program, request, settings, names).plan()


class ResponsesCall(CallPlan):
    """`POST /v1/responses`, whose answer is there at once."""

    path = "/responses"
    keeps_id = False
    # Response in the OpenAPI document: `error` is required, and null.
    blank_error = True
    becomes = "becomes POST /v1/responses"

    def _template(self) -> Template:
        return load(TARGET, "answer")

    def _values(self, reading: Reading) -> dict[str, str | None]:
        del reading
        return {}

    def _id_element(self, key: str) -> list[str]:
        elements = [f"{self._quoted('model', key)}: {self._model(key)}"]
        instructions = self._instructions(key)
        if instructions is not None:
            elements.append(f"{self._quoted('instructions', key)}: {instructions}")
        else:
            where = self._parts.workflow_id or self._request.call
            self._notes.append(Note(self._tree.span(where), _NOT_SENT, always=True))
        self._drop_id()
        return elements

    def _input_element(self, key: str, *, broken: bool = False) -> tuple[str, Doc]:
        name = self._quoted("input", key) + ": "
        if self._parts.history is None:
            return name, self._moved(self._parts.message)
        return name, self._messages(key, broken=broken)

    # the model and the instructions

    def _model(self, key: str) -> str:
        settings = self._settings
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            why = f"the model is `{settings.model_expr}`, as --model-expr says"
            source = settings.model_expr
        elif settings.model is not None:
            why, source = f"the model is {settings.model}, as --model says", ""
            source = self._editor.literal(settings.model, key)
        else:
            name = default_model()
            why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
            source = self._editor.literal(name, key)
        self._notes.append(Note(self._tree.span(self._request.call), why, always=True))
        return source

    def _instructions(self, key: str) -> str | None:
        settings = self._settings
        if settings.instructions_expr is not None:
            self._check_visible(settings.instructions_expr, "instructions-expr")
            return settings.instructions_expr
        if settings.instructions is not None:
            return self._editor.literal(settings.instructions, key)
        return None

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._request.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")

    def _drop_id(self) -> None:
        """Remove a local variable that only the workflow's id read."""
        element, path_id = self._parts.workflow_id, self._parts.path_id
        in_path = None if path_id is None else path_id.node
        value = in_path if element is None else element.value
        place = self._parts.body.place
        stays = place is not None and value is not None and not self._tree.is_inside(value, place)
        if not isinstance(value, cst.Name) or (stays and value is not in_path):
            return
        for definition in self._program.resolver.definitions(value):
            mine, maybe = self._program.flow.uses(definition)
            local = not isinstance(self._tree.function_of(definition.node), cst.Module)
            if local and [*mine, *maybe] == [value] and self._is_inert(definition):
                self._editor.remove_statement(definition)

    def _is_inert(self, definition: Definition) -> bool:
        value = definition.value
        if not isinstance(definition.node, cst.Assign) or value is None:
            return False
        if isinstance(value, cst.Call):
            return self._program.scopes.imported(value.func) in _ENVIRONMENT
        if isinstance(value, cst.Subscript):
            return self._program.scopes.imported(value.value) == "os.environ"
        return isinstance(value, cst.SimpleString) or bool(dotted(value))
