"""The request of `POST /v1/responses`: the body's members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.request import RequestParts
from callmend.languages.ecmascript.statements import member_removal
from callmend.languages.ecmascript.template import Capture, load
from callmend.languages.ecmascript.tree import items, key_name, show, span
from callmend.targets.responses.choices import Choice
from callmend.targets.workflow.request import RequestPlan
from callmend.targets.workflow.site import Site

TARGET = "responses"
#: Models that reason reject these unless their effort is `none`
#: (https://developers.openai.com/api/docs/guides/latest-model).
_REJECTED = (b"temperature", b"top_p")


class ResponsesRequest(RequestPlan):
    """`workflow_id` becomes `model` (and `instructions`), `input` becomes the list or the text."""

    def __init__(
        self, site: Site, parts: RequestParts, model: Choice, instructions: Choice | None
    ) -> None:
        name = "question.ts" if parts.history is None else "request.ts"
        super().__init__(site, parts, load(TARGET, name))
        self._model = model
        self._instructions = instructions

    def _values(self) -> Mapping[str, Capture | None]:
        instructions = self._instructions
        return {
            "MODEL": self._model.code,
            "INSTRUCTIONS": None if instructions is None else instructions.code,
        }

    def _body(self) -> Iterator[Edit]:
        given = {key_name(member): member for member in items(self._parts.body)}
        new = [b"model"]
        new += [b"instructions"] if self._instructions is not None else []
        if self._parts.workflow_id is not None:
            yield self._exchanged(self._parts.workflow_id, new)
            new = []
        self._keep_comments(
            self._parts.input,
            [n for n in (self._parts.message, self._parts.history) if n is not None],
        )
        yield self._exchanged(self._parts.input, [*new, b"input"])
        going = [b"model", *_REJECTED]
        going += [b"instructions"] if self._instructions is not None else []
        for name in going:
            member = given.get(name)
            if member is None:
                continue
            if name in _REJECTED:
                told = f"{show(member)} went: models that reason reject it"
                self.notes.append(Note(span(member), told, always=True))
            yield member_removal(self._source, self._parts.body, member)
        if self._site.settings.stream:
            yield from self._streaming()
