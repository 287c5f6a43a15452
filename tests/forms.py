"""What callmend writes for each golden, in each form of the new code, for the tests that run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from callmend.settings import Settings
from tests.invariants import migrated
from tests.test_goldens import Golden, cases, goldens, made

#: The forms of the new code, by the settings that ask for them. The first is the goldens' own.
FORMS: dict[str, dict[str, object]] = {
    "specification": {},
    "robust": {"polling": "robust"},
    "stream": {"stream": True},
    "responses": {"target": "responses"},
    "responses-stream": {"target": "responses", "stream": True},
}
DEFAULT = "specification"
#: Variants that are no code of their language: their types are not all taken out, or an import
#: stands in a function, or a `yield` in one that is no generator.
_NO_CODE = {
    "commonjs-typescript": "javascript",
    "fixture": "javascript",
    "generator": "in-a-closure",
    "grammar-gap-above": "javascript",
    "grammar-gap-below": "javascript",
    "names-are-taken-around": "javascript",
    "top-level-of-a-module": "in-a-",
}


@dataclass(frozen=True)
class Pair:
    """A file before and after the migration, as text with its BOM and line ends."""

    name: str
    path: str
    before: str
    after: str


def pairs(form: str, variants: Iterable[str] = (), every: int = 1) -> list[Pair]:
    """The goldens, and every n-th golden of each variant, in a form of the new code.

    A golden that is about one form is only in that one; all others are in each. What is left alone
    or migrated already is not among them, and neither is a variant that is no valid code of its
    language, which no compiler could say anything about.
    """
    wanted = set(variants)
    chosen = [("", golden) for golden in goldens().values()]
    chosen = [(v, g) for v, g in chosen if _form(g) in (DEFAULT, form)]
    of_variants = ((v, g) for g, v in cases() if v in wanted and _form(g) in (DEFAULT, form))
    chosen += _thinned(of_variants, every)
    found = []
    for variant, given in chosen:
        if variant and _NO_CODE.get(given.name, "nothing") in variant:
            continue
        golden = made(given, variant) if variant else given
        after = _written(golden, form)
        if after != golden.source:
            name = f"{golden.name}[{variant}]" if variant else golden.name
            found.append(Pair(name, golden.path, golden.source.decode(), after.decode()))
    return found


def _thinned(chosen: Iterator[tuple[str, Golden]], every: int) -> list[tuple[str, Golden]]:
    """Every n-th of each variant, another n-th for each variant."""
    by_variant: dict[str, list[Golden]] = {}
    for variant, golden in chosen:
        by_variant.setdefault(variant, []).append(golden)
    return [
        (variant, golden)
        for number, (variant, group) in enumerate(sorted(by_variant.items()))
        for golden in group[number % every :: every]
    ]


def _form(golden: Golden) -> str:
    """The form that a golden's own settings ask for."""
    settings = golden.settings or Settings()
    for form, given in reversed(FORMS.items()):
        if all(getattr(settings, name) == value for name, value in given.items()):
            return form
    return DEFAULT


def _written(golden: Golden, form: str) -> bytes:
    """What the golden becomes: its own expected bytes where the form is its own."""
    if form == _form(golden):
        return golden.expected
    settings = replace(golden.settings or Settings(), **FORMS[form])  # type: ignore[arg-type]
    migration = migrated(golden.source, golden.path, settings)
    assert migration.failure is None, (golden.name, migration.failure)
    return migration.result
