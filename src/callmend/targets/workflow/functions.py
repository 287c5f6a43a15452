"""The function at the end of a file that gives an answer in the shape that the file reads."""

from __future__ import annotations

import re
from functools import cache

from callmend.languages.ecmascript.answer_fields import FIELDS
from callmend.languages.ecmascript.template import Capture, Fill, Template, render
from callmend.languages.ecmascript.transports import imported_from, module_of
from callmend.languages.ecmascript.tree import field, text
from callmend.languages.ecmascript.values import text_of
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import RESPONSE, text_response

_RESPONSE_TYPE = "RESPONSE_TYPE"
#: The parameter of a function that is given the base of its URLs, and its name there.
BASE_URL = "BASE_URL"
_BASE = b"baseUrl"
#: The parameter of a function that is given other responses too, and its name there.
_ADAPTS = "ADAPTS"
_FLAG = b"isWorkflow"
#: The parameter of a function that is given what ends its requests, and its name there.
_STOPS = "SIGNAL"
_SIGNAL = b"signal"
#: The parameters of a function of several lines, which they are for the sake of their types.
_HEAD = re.compile(rb"(function \w+\()\s+([\w\s,]+?)\s+(\) \{)")

#: What a file's style decides of a function.
_LAYOUT = re.compile(rb"""[\s;'"]|,(?=\s*[\])}])""")
#: Names of functions from migrations before that are looked for.
_MOST_KEPT = 5

#: Where the types of a function are axios' own.
_AXIOS_TYPES = re.compile(rb"(\bimport\(['\"])axios(['\"]\))")
#: Where a function sees that there is no text, and the words for that.
_NO_TEXT = re.compile(rb"^  if \([^\n]*(!text)\) \{\n", re.MULTILINE)
_NO_TEXT_WORDS = b"'no text'"
_NO_OBJECT_WORDS = b"(text ? 'no JSON object' : 'no text')"
#: How an object is parsed that may stand in a block of Markdown, as models write them.
_PARSING = rb"""  let fields: object | null = null;
  try {
    const parsed = JSON.parse(text.replace(/^\s*```\w*|```\s*$/g, ''));
    if (parsed instanceof Object && !Array.isArray(parsed)) {
      fields = parsed;
    }
  } catch {
    // What is no JSON is no object either.
  }
"""


class HelperFunction:
    """The function at the end of the file.

    ``shape`` is the code of the object that it gives. ``based``: it is given the base of its URLs,
    which is a setting of the file. ``flagged``: it is given other responses too, which it gives
    back as they are, and is told which. ``stopped``: it is given the signal that ends its requests.
    """

    def __init__(
        self,
        site: Site,
        template: Template,
        shape: bytes,
        *,
        based: bool = False,
        flagged: bool = False,
        stopped: bool = False,
    ) -> None:
        self._site = site
        self._template = template
        self._shape = shape
        self._based = based
        self._flagged = flagged
        self._stopped = stopped

    def name(self, base: bytes) -> bytes:
        """Its name: one for each function that is another one, whatever its layout.

        One that the file has from a migration before keeps its own.
        """
        known = (base, *(base + str(number).encode() for number in range(2, _MOST_KEPT)))
        kept = next((name for name in known if self._is_there(self._text(base, name))), None)
        if kept is not None:
            return kept
        return self._site.names.helper(base, _LAYOUT.sub(b"", self._text(base, base)))

    def appended(self, base: bytes, name: bytes) -> tuple[bytes, ...]:
        """Its text, none where the file has it."""
        code = self._text(base, name)
        return () if self._is_there(code) else (code,)

    def _is_there(self, code: bytes) -> bool:
        """Whether the file declares this function at its top, and the call means it by its name."""
        data, names = self._site.program.source.data, self._site.names
        if code not in data:
            return False
        for node in self._site.program.tree.root.named_children:
            name = field(node, "name") if node.type == "function_declaration" else None
            if name is not None and data.endswith(code, 0, node.end_byte):
                known = names.binding(name)
                stays = known is not None and known.is_stable
                return stays and names.visible(name, self._site.request.call)
        return False

    def _text(self, base: bytes, name: bytes) -> bytes:
        source = self._site.program.source
        statements = self._template.statements()
        # The text keeps its name, by which the shape calls it; so does the object.
        names = self._site.names
        inner = names.inside_helper(self._template.inner_names() - {b"text", FIELDS})
        base_url = names.inside_helper({_BASE}).get(_BASE, _BASE)
        flag = names.inside_helper({_FLAG}).get(_FLAG, _FLAG)
        signal = names.inside_helper({_SIGNAL}).get(_SIGNAL, _SIGNAL)
        shape = self._shape
        for old, new in inner.items():
            shape = re.sub(rb"(?<![\w.])" + old + rb"(?=\.)", new, shape)
        error = _axios_error(self._site)
        fill = Fill(
            style=self._site.style,
            values={
                **dict.fromkeys(self._template.metavariables()),
                _RESPONSE_TYPE: Capture(text_response(self._site)),
                "SHAPE": Capture(_quoted(shape, self._site.style.quote)),
                "POLL_TIMEOUT": Capture(str(self._site.settings.poll_timeout).encode()),
                "ERROR": Capture(error or b"Error"),
                "STATUS_TEXT": self._status_text(),
                # axios' own errors have it, and let nobody set it.
                "FLAGGED": Capture(b"true") if error is None else None,
                BASE_URL: Capture(base_url) if self._based else None,
                _ADAPTS: Capture(flag) if self._flagged else None,
                _STOPS: Capture(signal) if self._stopped else None,
            },
            eol=source.eol_at(len(source.data)),
            base_url=b"${" + base_url + b"}" if self._based else self._site.base_url,
            renames={base: name, RESPONSE: text_response(self._site), **inner},
        )
        code = render(self._template, statements[0].start_byte, statements[-1].end_byte, fill)
        module = _axios_module(self._site)
        if module is not None:
            code = _AXIOS_TYPES.sub(lambda found: found[1] + module + found[2], code)
        return code if self._site.style.types else _HEAD.sub(_joined, code, count=1)

    def _status_text(self) -> Capture | None:
        """The words of a failed run's status, as a server sends them, where the file reads such."""
        quote = self._site.style.quote
        read = b"statusText" in self._site.program.source.data
        return Capture(quote + b"Bad Gateway" + quote) if read else None


@cache
def fitted(template: Template) -> Template:
    """A template whose function parses the text, and fails where that is no JSON object.

    Raises:
        LookupError: it has no place for that, which is a mistake in callmend itself.
    """
    data = template.data
    found = _NO_TEXT.search(data)
    if found is None or _NO_TEXT_WORDS not in data:
        raise LookupError("no place where the text is missed")
    asked = data[found.start() : found.start(1)] + b"!" + FIELDS + data[found.end(1) :]
    asked = asked.replace(_NO_TEXT_WORDS, _NO_OBJECT_WORDS)
    return Template(data[: found.start()] + _PARSING + asked)


def _joined(head: re.Match[bytes]) -> bytes:
    """The head of a function on one line, as it is short without types."""
    return head[1] + b", ".join(re.split(rb",\s+", head[2])) + head[3]


def _axios_error(site: Site) -> bytes | None:
    """The class of axios' errors where the file asks `error instanceof AxiosError`, as code."""
    for node in site.program.tree.nodes:
        asked = field(node, "right")
        if asked is None or text_of(node, "operator") != b"instanceof":
            continue
        root = field(asked, "object") or asked
        binding = site.program.scopes.binding(root) if root.type == "identifier" else None
        if binding is None or imported_from(binding) != "axios":
            continue
        names = (text_of(asked, "property"), text(root), text_of(binding.declarator, "name"))
        # The function stands at the end of the file.
        outside = site.program.tree.function_of(binding.name_node) == site.program.tree.root
        if outside and b"AxiosError" in names:
            return text(asked)
    return None


def _axios_module(site: Site) -> bytes | None:
    """How the file spells the module axios where that is another way: `npm:axios@1`."""
    for binding in site.program.scopes.root.bindings.values():
        module = module_of(binding)
        if module not in (None, "axios") and imported_from(binding) == "axios":
            return (module or "").encode()
    return None


def _quoted(code: bytes, quote: bytes) -> bytes:
    return code.replace(b"'", quote)
