"""The files that modules are, and which modules the setting `openai-clients` names."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs")
_ALIASES = ("@/", "~/")
#: What an import in TypeScript and JavaScript may leave out of a file's path.
_SUFFIX = re.compile(r"(?:/index)?(?:\.[cm]?[jt]sx?)?$")
#: How Deno, Bun and pages name a package: by its registry, or by the address of a copy of it.
_REGISTERED = re.compile(
    r"(?:npm:/?|https://(?:esm\.sh|esm\.run|cdn\.skypack\.dev|unpkg\.com|cdn\.jsdelivr\.net/npm)/"
    r"(?:v\d+/)?)"
    r"(?P<name>(?:@[\w.-]+/)?[\w-][\w.-]*)(?:@[^/?]+)?(?:/\+esm)?(?P<path>/[^?]*)?(?:\?.*)?"
)
#: OpenAI's own package in the registries of Deno; another author's had the name before version 4.
_OPENAIS = re.compile(
    r"jsr:/?@openai/openai(?:@[^/]+)?|https://deno\.land/x/openai(?:@v(?:[4-9]|\d\d)[^/]*)?/mod\.ts"
)
#: How many parts of a path outside of the current directory are shown.
_MOST_SHOWN = 2


def package_of(module: str) -> str:
    """The package that a module specifier names with its registry, else the specifier itself.

    `npm:openai@4` and `https://esm.sh/openai@4.77?target=deno` are `openai`.
    """
    if _OPENAIS.fullmatch(module):
        return "openai"
    named = _REGISTERED.fullmatch(module)
    return module if named is None else named["name"] + (named["path"] or "").rstrip("/")


def names_module(entries: Collection[str], module: str, path: str) -> bool:
    """Whether the setting's entries name the module that a file imports.

    ``module`` is as the import spells it, in Python with its dots; ``path`` is the file's. A module
    that is given by its place (`../lib/openai`, `.clients`) is named by any end of its path
    (`lib/openai`, `src/lib/openai`, `app.clients`), another one by its whole name alone.
    """
    if not entries:
        return False
    joint = _joint(path)
    place = _place(module, path)
    if place is None:
        return any(_bare(entry, joint) == _bare(module, joint) for entry in entries)
    whole = joint + joint.join(place)
    return any(whole.endswith(joint + _bare(entry, joint)) for entry in entries)


def setting_for(module: str, path: str) -> str:
    """The line of a settings file that names the module, for a message."""
    joint = _joint(path)
    place = _place(module, path)
    entry = _bare(module, joint)
    if place is not None:
        here = _parts(os.getcwd())
        inside = place[: len(here)] == here and len(place) > len(here)
        entry = joint.join(place[len(here) :] if inside else place[-_MOST_SHOWN:])
    return f'`openai-clients = ["{entry}"]`'


def _joint(path: str) -> str:
    return "." if path.endswith(".py") else "/"


def _place(module: str, path: str) -> list[str] | None:
    """The parts of the absolute path of a module that is given by its place; None for another."""
    if not module.startswith("."):
        return None
    folder = _parts(os.path.dirname(os.path.abspath(path)))
    if _joint(path) == ".":
        behind = module.lstrip(".")
        above = len(module) - len(behind) - 1
        return folder[: len(folder) - above] + (behind.split(".") if behind else [])
    for part in _bare(module, "/").split("/"):
        if part == "..":
            folder = folder[:-1]
        elif part != ".":
            folder = [*folder, part]
    return folder


def _parts(path: str) -> list[str]:
    return [part for part in path.replace(os.sep, "/").split("/") if part]


def _bare(module: str, joint: str) -> str:
    return _SUFFIX.sub("", module) if joint == "/" else module


def files_of(importer: str, module: str) -> list[str]:
    """The paths that a module specifier may mean, most likely first."""
    if importer.endswith(".py"):
        return _python_files(importer, module)
    if module.startswith("."):
        bases = [os.path.join(os.path.dirname(importer), module)]
    elif module.startswith(_ALIASES):
        bases = []
        folder = os.path.dirname(importer)
        while True:
            bases += [os.path.join(folder, "src", module[2:]), os.path.join(folder, module[2:])]
            if folder in ("", "/", "."):
                break
            folder = os.path.dirname(folder)
    else:
        return []
    found = []
    for base in bases:
        stem, suffix = os.path.splitext(base)
        # `./config.js` may mean config.ts: TypeScript's own ESM spelling.
        stems = [base, stem] if suffix in (".js", ".mjs", ".cjs", ".jsx") else [base]
        found += [base] if suffix in _SUFFIXES else []
        found += [root + ending for root in stems for ending in _SUFFIXES]
        found += [os.path.join(base, "index" + ending) for ending in _SUFFIXES]
    return [os.path.normpath(path).replace(os.sep, "/") for path in found]


def _python_files(importer: str, module: str) -> list[str]:
    """The paths of a Python module as `from module import ...` names it: dots lead upwards."""
    name = module.lstrip(".")
    dots = len(module) - len(name)
    folder = os.path.dirname(importer)
    folders = []
    if dots:
        for _ in range(dots - 1):
            folder = os.path.dirname(folder)
        folders = [folder]
    else:
        while folder not in ("", "/", "."):
            folders.append(folder)
            folder = os.path.dirname(folder)
        folders.append(folder)
    bases = [os.path.join(above, *name.split(".")) for above in folders if name or dots]
    found = []
    for base in bases:
        found += [base.rstrip("/") + ".py"] if name else []
        found.append(os.path.join(base, "__init__.py"))
    return [os.path.normpath(path).replace(os.sep, "/") for path in found]
