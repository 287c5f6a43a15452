"""One frozen settings object, made from the flags over callmend.toml or [tool.callmend].

`load` is the only place that checks a value, wherever it was given: an instance that came from it
holds an assistant id, a base URL and rule codes that can be written into source code as they are.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MAX_FILE_SIZE = 3_000_000
#: The specification's polling ends after 30 rounds of one second.
DEFAULT_POLL_TIMEOUT = 30
POLLING = ("specification", "robust")
OWN_FILE = "callmend.toml"
SHARED_FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is asked to do; every field has the default of a run without flags.

    ``max_file_size`` is in bytes. ``base_url`` has no trailing slash. ``select`` and ``ignore`` are
    rule codes or prefixes of them; an empty ``select`` means every rule. ``config_file`` is a path
    that the current directory or the root leads to. ``polling`` is one of `POLLING`,
    ``poll_timeout`` is in seconds and is for robust polling only; ``stream`` goes before both.
    ``on_text``, ``model_expr`` and ``instructions_expr`` are names or paths of members, ``model``
    and ``instructions`` the texts themselves; these five are for targets that use them.
    ``openai_clients`` are modules of the project whose exports are clients of OpenAI's SDK.
    ``mark`` asks for a comment above each call that is left.
    """

    target: str = "assistants"
    base_url: str = DEFAULT_BASE_URL
    polling: str = "specification"
    poll_timeout: int = DEFAULT_POLL_TIMEOUT
    stream: bool = False
    on_text: str | None = None
    model: str | None = None
    model_expr: str | None = None
    instructions: str | None = None
    instructions_expr: str | None = None
    assistant_id: str | None = None
    config_file: str | None = None
    openai_clients: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_size: int = DEFAULT_MAX_FILE_SIZE
    require_clean: bool = False
    mark: bool = False

    def selects(self, rule: str) -> bool:
        """Whether findings of the rule with this code are wanted."""
        if any(rule.startswith(code) for code in self.ignore):
            return False
        return not self.select or any(rule.startswith(code) for code in self.select)


class SettingsError(Exception):
    """A setting that cannot be used; the text is one line that says where, what and what to do."""


class _Expected(Exception):  # noqa: N818  # it reads as what it says: "expected ..."
    """What a value should have been."""


def load(
    start_dir: str,
    flags: Mapping[str, object],
    *,
    file: str | None = None,
    search: bool = True,
) -> Settings:
    """The settings of a run.

    Args:
        start_dir: Where the search for a settings file starts, which is the current directory. It
            goes up to the root of the git repository, or of the file system outside of one.
        flags: Values by the name of the field; None or an empty tuple is a flag that was not given.
        file: A settings file to use instead of searching for one.
        search: Whether to search at all.

    Raises:
        SettingsError: a key is unknown, or a value or a file cannot be used.
    """
    values: dict[str, object] = {}
    found = _read(file, named=True) if file is not None else _search(start_dir) if search else None
    if found is not None:
        values.update(found.checked(start_dir))
    for field, value in flags.items():
        if value is None or value == ():
            continue
        name = "--" + field.replace("_", "-")
        try:
            values[field] = _READERS[field](value)
        except _Expected as error:
            raise SettingsError(f"{name} {error}") from None
    return replace(Settings(), **values)  # type: ignore[arg-type]  # each reader gives its type


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody may have meant, or None."""
    from difflib import get_close_matches  # noqa: PLC0415  # only for a mistake

    by_folded = {name.casefold().replace("_", "-"): name for name in known}
    near = get_close_matches(word.casefold().replace("_", "-"), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def _hint(word: str, known: Sequence[str]) -> str:
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else f"there are {', '.join(known)}"


# --- values -----------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Expected(f"must be text that is not empty, not {_shown(value)}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) and v for v in values):
        raise _Expected(f"must be a list of texts that are not empty, not {_shown(value)}")
    return tuple(values)


# A module as an import names it, or the end of its path; nothing that leads out of a folder.
_MODULE = r"[^\s'\"`\\;,./](?:[^\s'\"`\\;,]*[^\s'\"`\\;,./])?"


def _modules(value: object) -> tuple[str, ...]:
    modules = tuple(text.removeprefix("./") for text in _texts(value))
    for module in modules:
        if not re.fullmatch(_MODULE, module):
            raise _Expected(
                "must name modules as imports do, such as @/lib/openai or app.clients, or by the "
                f"end of their path, such as src/lib/openai, not {_shown(module)}"
            )
    return modules


def _codes(value: object) -> tuple[str, ...]:
    from callmend.endpoints import catalogue  # noqa: PLC0415  # reads the catalogue's file

    rules = [endpoint.rule for endpoint in catalogue()]
    parts = (part.strip() for text in _texts(value) for part in text.split(","))
    codes = tuple(part.upper() for part in parts if part)
    for code in codes:
        if not any(rule.startswith(code) for rule in rules):
            raise _Expected(f"names the unknown rule {code!r}; {_hint(code, rules)}")
    return codes


def _target(value: object) -> str:
    from callmend.endpoints import catalogue  # noqa: PLC0415  # reads the catalogue's file

    known = [*dict.fromkeys(target for endpoint in catalogue() for target in endpoint.targets)]
    if not isinstance(value, str) or value not in known:
        raise _Expected(f"has no target {_shown(value)}; {_hint(str(value), known)}")
    return value


def _assistant_id(value: object) -> str:
    from callmend.origins import ASSISTANT_ID  # noqa: PLC0415  # only for this setting

    if not isinstance(value, str) or not ASSISTANT_ID.fullmatch(value):
        raise _Expected(
            "must be an assistant's id, `asst_` followed by letters and digits only, "
            f"not {_shown(value)}"
        )
    return value


# The patterns are text, because compiling them would cost every run 3 ms.
_LABEL = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_BASE_URL = (
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
    # What may stand in a path, less the quote that would end a string in the user's source code.
    r"(?:/(?:[a-z0-9._~!$&()*+,;=:@/-]|%[0-9a-f]{2})*)?"
)
_HIGHEST_PORT = 65_535


def _base_url(value: object) -> str:
    url = value if isinstance(value, str) else ""
    match = re.fullmatch(_BASE_URL, url, re.IGNORECASE)
    if match is None or int(match["port"] or 0) > _HIGHEST_PORT:
        raise _Expected(
            "must be an absolute http or https URL such as https://host.example/v1, without user "
            f"name, query, fragment, blanks or quotes, not {_shown(value)}"
        )
    return url.rstrip("/")


_SIZE = r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(?P<unit>[kmg]?)(?P<binary>i?)b?"


def _size(value: object) -> int:
    size = 0
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str) and (match := re.fullmatch(_SIZE, value.strip(), re.IGNORECASE)):
        step = 1024 if match["binary"] else 1000
        size = int(float(match["number"]) * step ** " kmg".index(match["unit"].lower() or " "))
    if size <= 0:
        raise _Expected(f"must be a number of bytes above 0, or like '3MB', not {_shown(value)}")
    return size


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Expected(f"must be true or false, not {_shown(value)}")
    return value


_LONGEST_POLL = 86_400


def _polling(value: object) -> str:
    if not isinstance(value, str) or value not in POLLING:
        raise _Expected(f"must be one of {', '.join(POLLING)}, not {_shown(value)}")
    return value


def _seconds(value: object) -> int:
    number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,6}", value) else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _LONGEST_POLL:
        raise _Expected(f"must be whole seconds from 1 to {_LONGEST_POLL}, not {_shown(value)}")
    return number


_MODEL = r"[A-Za-z0-9][A-Za-z0-9._:/-]*"


def _model(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_MODEL, value):
        raise _Expected(f"must be a model's name such as gpt-6-luna, not {_shown(value)}")
    from callmend.models import default_model, sources, status_of  # noqa: PLC0415  # its own file

    status = status_of(value)
    if not status.may_be_written:
        instead = status.instead or default_model()
        raise _Expected(
            f"names a model that new code must not call: {status.sentence} ({sources()[0]}); "
            f"OpenAI's advice is {instead}"
        )
    return value


def _instructions(value: object) -> str:
    text = _text(value)
    if not text.startswith("@"):
        return text
    try:
        with open(text[1:], encoding="utf-8") as stream:
            return _text(stream.read().rstrip("\r\n"))
    except OSError as error:
        raise _Expected(f"names a file that cannot be read: {text[1:]}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _Expected(f"names a file that is not UTF-8: {text[1:]}") from None


_NAME = r"[A-Za-z_$][A-Za-z0-9_$]*"


def _name(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(rf"{_NAME}(?:\.{_NAME})*", value):
        raise _Expected(
            f"must be a name or a path of members such as config.model, not {_shown(value)}"
        )
    return value


def _shown(value: object) -> str:
    """A value as its settings file would spell it, on one line and not too long."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."  # a line's width


_READERS: dict[str, Callable[[object], object]] = {
    "target": _target,
    "base_url": _base_url,
    "polling": _polling,
    "poll_timeout": _seconds,
    "stream": _flag,
    "on_text": _name,
    "model": _model,
    "model_expr": _name,
    "instructions": _instructions,
    "instructions_expr": _name,
    "assistant_id": _assistant_id,
    "config_file": _text,
    "openai_clients": _modules,
    "select": _codes,
    "ignore": _codes,
    "include": _texts,
    "exclude": _texts,
    "max_file_size": _size,
    "require_clean": _flag,
    "mark": _flag,
}
KEYS = tuple(field.replace("_", "-") for field in _READERS)


# --- files ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """A settings file with a table for callmend: ``where`` leads to the table."""

    path: str
    text: str
    where: tuple[str, ...]
    table: dict[str, object]

    def checked(self, start_dir: str) -> dict[str, object]:
        """The values by field, each checked."""
        values: dict[str, object] = {}
        for key, value in self.table.items():
            if key not in KEYS:
                raise self._error(key, f"unknown key {key!r}; {_hint(key, KEYS)}")
            field = key.replace("-", "_")
            if field == "instructions" and isinstance(value, str) and value.startswith("@"):
                value = "@" + os.path.join(os.path.dirname(self.path), value[1:])  # noqa: PLW2901
            try:
                values[field] = _READERS[field](value)
            except _Expected as error:
                raise self._error(key, f"{key} {error}") from None
        folder = os.path.dirname(self.path)
        # A path in a file means the same from wherever callmend is started.
        if isinstance(config := values.get("config_file"), str):
            values["config_file"] = _from(start_dir, os.path.join(folder, config))
        below = os.path.relpath(start_dir, folder).split(os.sep)
        if below not in ([os.curdir], [os.pardir]) and below[0] != os.pardir:
            for field in ("include", "exclude"):
                if isinstance(globs := values.get(field), tuple):
                    values[field] = tuple(moved for glob in globs for moved in _moved(glob, below))
        return values

    def _error(self, key: str, message: str) -> SettingsError:
        line = _line_of(self.text, (*self.where, key))
        return SettingsError(f"{_from(os.getcwd(), self.path)}:{line}: {message}")


def _search(start_dir: str) -> _File | None:
    """The nearest settings file, from the folder up to the root of its repository."""
    folder = os.path.abspath(start_dir)
    while True:
        for name in (OWN_FILE, SHARED_FILE):
            found = _read(os.path.join(folder, name), named=False)
            if found is not None:
                return found
        above = os.path.dirname(folder)
        if above == folder or os.path.lexists(os.path.join(folder, ".git")):
            return None
        folder = above


def _read(path: str, *, named: bool) -> _File | None:
    """The file's table for callmend; None where there is none and the file was not named."""
    path = os.path.abspath(path)
    shown = _from(os.getcwd(), path)
    shared = os.path.basename(path) == SHARED_FILE
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except (FileNotFoundError, NotADirectoryError) as error:
        if not named:
            return None
        raise SettingsError(f"{shown}: no such settings file") from error
    except OSError as error:
        raise SettingsError(f"{shown}: cannot be read: {error.strerror}") from error
    if shared and not named and b"callmend" not in data:
        return None
    where = ("tool", "callmend") if shared else ()
    text, document = _parse(shown, data)
    table: object = document
    for depth, key in enumerate(where):
        if not isinstance(table, dict):
            table = None
        elif key in table:
            table = table[key]
        elif named:
            raise SettingsError(f"{shown}: has no table [{'.'.join(where)}]")
        else:
            return None
        if not isinstance(table, dict):
            line = _line_of(text, where[: depth + 1])
            raise SettingsError(f"{shown}:{line}: {key} must be a table")
    return _File(path, text, where, table)  # type: ignore[arg-type]  # the loop leaves a dict


_TOML_PLACE = r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)"


def _parse(shown: str, data: bytes) -> tuple[str, dict[str, object]]:
    import tomllib  # noqa: PLC0415  # only where there is a settings file

    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{shown}:{line}: not UTF-8") from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.fullmatch(_TOML_PLACE, str(error))
        what = match["what"] if match else str(error)
        line = int((match and match["line"]) or text.count("\n") + 1)
        raise SettingsError(f"{shown}:{line}: broken TOML: {what}") from None


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The 1-based line on which a key is set: the last one before which it was not there yet.

    Whatever the key's spelling is: the lines above are parsed, so that a comment or a string that
    looks like the key is not taken for it.
    """
    import tomllib  # noqa: PLC0415  # only where there is a settings file

    lines = text.split("\n")
    for number in range(len(lines), 0, -1):
        if path[-1] not in lines[number - 1]:
            continue
        try:
            value: object = tomllib.loads("\n".join(lines[: number - 1]))
        except tomllib.TOMLDecodeError:
            continue
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return number
    return 1


def _moved(glob: str, below: list[str]) -> tuple[str, ...]:
    """A gitignore-style glob for the paths from a folder further down, given by its parts.

    A glob without a slash matches at any depth and stays as it is. Of any other, the parts that
    match the folder are taken off; when they do not match it, the glob matches nothing below it.
    """
    from fnmatch import fnmatchcase  # noqa: PLC0415  # only for globs in a folder's subfolder

    mark = "!" if glob.startswith("!") else ""
    body = glob.removeprefix("!")
    if "/" not in body.rstrip("/"):
        inside = any(fnmatchcase(part, body.rstrip("/")) for part in below)
        return (f"{mark}**",) if inside else (glob,)
    rests = [body.lstrip("/").split("/")]
    for part in below:
        further: list[list[str]] = []
        for head, *rest in rests:
            if head == "**":
                further.append([head, *rest])
                if rest and fnmatchcase(part, rest[0]):
                    further.append(rest[1:])
            elif fnmatchcase(part, head):
                further.append(rest)
        rests = further
        if any(rest in ([], [""], ["**"]) for rest in rests):
            return (f"{mark}**",)  # the folder itself matches, and so all that is in it
    return tuple(f"{mark}/{'/'.join(rest)}" for rest in rests) or (f"{mark}/\\*never",)


def _from(folder: str, path: str) -> str:
    """The path as seen from the folder, where it lies in it; the absolute path otherwise."""
    near = os.path.relpath(path, folder)
    return path if near.split(os.sep, 1)[0] == os.pardir else near
