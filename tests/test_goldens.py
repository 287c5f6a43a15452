"""Golden pairs by byte, their generated variants, and the invariants on every one of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from callmend.findings import Migration
from callmend.reports.diff import patch
from callmend.settings import Settings
from tests.invariants import check, migrated, nodes_of
from tests.snippets import specification
from tests.tools import FIXTURE_APP, git
from tests.variants import VARIANTS, apply

GOLDENS = Path(__file__).with_name("goldens")
_USUAL_FINDINGS = "CM101 migrated\n"


@dataclass(frozen=True)
class Golden:
    """A pair of files: what is given, what has to come out, and what is found on the way."""

    name: str
    path: str
    source: bytes
    expected: bytes
    findings: str = _USUAL_FINDINGS
    settings: Settings | None = None


@cache
def goldens() -> dict[str, Golden]:
    """Every folder of tests/goldens and the fixture's component, by name."""
    found = [_read(folder) for folder in sorted(GOLDENS.iterdir())]
    return {golden.name: golden for golden in [*found, _fixture()]}


def _read(folder: Path) -> Golden:
    [source] = folder.glob("input.*")
    findings, settings = folder / "findings.txt", folder / "settings.toml"
    return Golden(
        name=folder.name,
        path=source.name,
        source=source.read_bytes(),
        expected=source.with_stem("expected").read_bytes(),
        findings=findings.read_text() if findings.exists() else _USUAL_FINDINGS,
        settings=Settings(**tomllib.loads(settings.read_text())) if settings.exists() else None,
    )


def block(name: str, depth: int) -> list[str]:
    """The lines of one of the specification's blocks, those of blanks emptied."""
    lines = specification()[name].removesuffix("\n").split("\n")
    return ["  " * depth + line if line.strip() else "" for line in lines]


def _fixture() -> Golden:
    """The fixture with the specification's line ranges replaced by its new blocks."""
    source = (FIXTURE_APP / "components" / "cms" / "AIAssistant.tsx").read_bytes()
    lines = source.decode().split("\n")
    # Line 183 and 237 close the blocks; in the fixture an `else` follows on the next line.
    expected = [
        *lines[:158],
        *block("new request", 3)[:-1],
        *lines[183:230],
        *block("new reading", 3)[:-1],
        *lines[237:],
    ]
    return Golden("fixture", "AIAssistant.tsx", source, "\n".join(expected).encode())


# --- variants

#: What a golden is about, and so cannot be varied in.
_ENDS = dict.fromkeys(("crlf", "no-final-newline"), "is about its own line ends")
_INDENT = dict.fromkeys(("tabs", "4-spaces"), "is about its own indentation")
_NAMES = dict.fromkeys(("renamed", "not-ascii"), "`assistantMessage` is callmend's name here")
_START = dict.fromkeys(("bom", "not-ascii"), "is about how the file starts")
_WRAPPED = dict.fromkeys(("in-a-block", "in-a-closure"), "cannot stand in a function")
_APPENDED = dict.fromkeys(_WRAPPED, "a function is put at the end of the file")
_SEMICOLONS = {"no-semicolons": "is about its own semicolons"}
#: Variants that a golden does not have, and why.
NOT_MEANT: dict[str, dict[str, str]] = {
    "bom-and-crlf-and-no-final-newline": {**_ENDS, **_START, **_WRAPPED},
    "code-on-the-lines-of-the-braces": _SEMICOLONS,
    "component-in-tsx-with-generics": _NAMES,
    "hashbang-and-directive": {**_START, **_WRAPPED},
    "method-of-an-object": _NAMES,
    "mixed-line-ends-headers-crlf": _ENDS,
    "mixed-line-ends-one-crlf-far-away": _ENDS,
    "mixed-line-ends-reading-crlf": _ENDS,
    "mixed-line-ends-request-crlf": _ENDS,
    "no-semicolons-and-used-in-place-behind-a-hazard": _NAMES,
    "one-blank-indent": {**_INDENT, **_WRAPPED},
    "responses-model-and-instructions-are-expressions": dict.fromkeys(
        ("renamed", "not-ascii"), "its settings name the file's own names"
    ),
    "responses-stream-used-in-place": _NAMES,
    "responses-used-in-place": _NAMES,
    "robust-used-in-place": _NAMES,
    "semicolons-and-a-bracket-behind": _SEMICOLONS,
    "tabs-and-semicolons-and-double-quotes": {**_INDENT, **_WRAPPED},
    "used-in-place-in-a-call": _NAMES,
    "used-in-place-in-a-return": _NAMES,
    "used-in-place-with-a-fallback": {
        **_NAMES,
        "double-quotes": "its fallback stands in a template literal, and moves out of it",
    },
    "whole-call-on-one-line": _NAMES,
}


def _is_javascript(path: str) -> bool:
    return path.endswith(("js", "jsx"))


def cases() -> Iterator[tuple[Golden, str]]:
    """Each golden with the name of each of its variants."""
    for golden in goldens().values():
        for variant, names in VARIANTS.items():
            unmeant = NOT_MEANT.get(golden.name, {})
            if golden.settings is not None and golden.settings.stream:
                unmeant = {**unmeant, **_APPENDED}
            if not any(name in unmeant for name in names) and not (
                "javascript" in names and _is_javascript(golden.path)
            ):
                yield golden, variant


def made(golden: Golden, variant: str) -> Golden:
    """A golden's variant."""
    source, path = apply(VARIANTS[variant], golden.source, golden.path)
    expected, _ = apply(VARIANTS[variant], golden.expected, golden.path)
    return Golden(golden.name, path, source, expected, golden.findings, golden.settings)


# --- tests


def found_in(migration: Migration) -> str:
    """The findings as findings.txt has them."""
    lines = []
    for finding in migration.findings:
        words = [finding.rule, finding.bucket.value]
        words += [] if finding.reason is None else [finding.reason.code]
        lines.append(" ".join(words) + "\n")
    return "".join(lines)


@pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
def test_golden(golden: Golden) -> None:
    migration = check(golden.source, golden.path, golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings


@pytest.mark.parametrize(
    ("golden", "variant"), [pytest.param(g, v, id=f"{g.name}[{v}]") for g, v in cases()]
)
def test_variant(golden: Golden, variant: str) -> None:
    golden = made(golden, variant)
    migration = check(golden.source, golden.path, golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings


# --- the goldens themselves


def test_the_specifications_own_pairs_are_its_blocks_byte_for_byte() -> None:
    blocks = specification()
    bare, whole = goldens()["spec-blocks-bare"], goldens()["spec-blocks"]
    assert bare.source.decode() == blocks["old request"] + "\n" + blocks["old reading"]
    expected = [*block("new request", 0), "", *block("new reading", 0), ""]
    assert bare.expected.decode() == "\n".join(expected)
    old = [
        re.sub(r"^(?=.)", "  ", blocks[n], flags=re.MULTILINE)
        for n in ("old request", "old reading")
    ]
    new = ["\n".join([*block(n, 1), ""]) for n in ("new request", "new reading")]
    rest = re.split("|".join(map(re.escape, old)), whole.source.decode())
    assert [len(part) > 0 for part in rest] == [True, True, True]
    assert whole.expected.decode() == rest[0] + new[0] + rest[1] + new[1] + rest[2]


def test_what_is_not_meant_names_goldens_and_variants_that_exist() -> None:
    assert not NOT_MEANT.keys() - goldens().keys()
    single = {name for names in VARIANTS.values() for name in names}
    for golden, unmeant in NOT_MEANT.items():
        assert not unmeant.keys() - single, golden


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_another_file(variant: str) -> None:
    changed = [made(golden, name) for golden, name in cases() if name == variant]
    same = [g.name for g in changed if (g.source, g.path) == _given(g.name)]
    # A fragment has no string, semicolon or name to vary now and then.
    assert len(same) <= len(changed) // 3, same


def _given(name: str) -> tuple[bytes, str]:
    return goldens()[name].source, goldens()[name].path


# --- names

#: Every name that the new code declares.
DECLARED = (
    "threadMessages",
    "runId",
    "threadId",
    "status",
    "pollAttempts",
    "maxAttempts",
    "statusResponse",
    "statusData",
    "messagesResponse",
    "messagesData",
    "latestMessage",
)
_SIGNATURE = "userMessage: string)"
_FIRST = "  let assistantMessage = '';\n"
_LAST = "  return assistantMessage;\n"
#: Where a name may stand: a part of the golden, and what it becomes.
TAKEN = {
    "declared-beside": (_FIRST, _FIRST + "  const NAME = 1;\n"),
    "declared-below": (_LAST, "  var NAME = 1;\n" + _LAST),
    "declared-by-a-pattern": (_FIRST, _FIRST + "  const { a: [NAME] } = config;\n"),
    "a-parameter": (_SIGNATURE, "userMessage: string, NAME = 1)"),
    "a-const-of-the-module": ("export async", "const NAME = 1;\nexport async"),
    "an-import": ("export async", "import { NAME } from './name';\nexport async"),
    "a-function-of-the-module": ("export async", "function NAME() {}\nexport async"),
    "a-global-that-is-read": (_LAST, "  log(NAME);\n" + _LAST),
    "a-global-that-is-read-in-a-closure": (_LAST, "  log(() => [NAME]);\n" + _LAST),
    "a-global-that-is-written": (_LAST, "  NAME = 1;\n" + _LAST),
    "a-global-in-short": (_LAST, "  log({ NAME });\n" + _LAST),
    "in-the-message": ("userMessage,", "userMessage + NAME,"),
    "in-the-id": ("config.workflowId", "config[NAME]"),
    "in-the-key": ("${config.apiKey}", "${config[NAME]}"),
}
NOT_TAKEN = {
    "a-property": (_LAST, "  log({ NAME: 1 }.NAME);\n" + _LAST),
    "declared-in-a-closure": (_LAST, "  log((NAME: string) => NAME);\n" + _LAST),
    "declared-in-a-block": (_FIRST, _FIRST + "  {\n    let NAME = 1;\n    log(NAME);\n  }\n"),
    "of-another-function": ("export async", "const f = (NAME: string) => NAME;\nexport async"),
    "a-type-of-a-property": ("export async", "type T = { NAME: string };\nexport async"),
    "in-a-string": (_LAST, "  log('NAME', `NAME`);\n" + _LAST),
    "in-a-comment": (_LAST, "  // NAME\n" + _LAST),
}


def _with_name(text: str, place: tuple[str, str], name: str) -> str:
    old, new = place
    assert old in text
    # The message and the id stand in several places of the new code; the rest is in one.
    return text.replace(old, new.replace("NAME", name))


def _suffixed(text: bytes, name: bytes) -> bytes:
    """The text with the new code's own name changed; nothing else may have that name yet."""
    parts = []
    position = 0
    for node in nodes_of(text, "a.ts"):
        if text[node.start_byte : node.end_byte] == name and not node.children:
            if node.type == "identifier":
                parts += [text[position : node.end_byte], b"2"]
                position = node.end_byte
            elif node.type == "shorthand_property_identifier":
                parts += [text[position : node.end_byte], b": " + name + b"2"]
                position = node.end_byte
    return b"".join([*parts, text[position:]])


@pytest.mark.parametrize("name", DECLARED)
@pytest.mark.parametrize("place", TAKEN)
def test_a_name_that_is_taken_gets_a_suffix(name: str, place: str) -> None:
    golden = goldens()["no-guard"]
    source = _with_name(golden.source.decode(), TAKEN[place], name)
    expected = _with_name(
        _suffixed(golden.expected, name.encode()).decode(), _moved(TAKEN[place]), name
    )
    assert check(source.encode(), "a.ts").result.decode() == expected


def _moved(place: tuple[str, str]) -> tuple[str, str]:
    """Where the message stands in the new code."""
    old, new = place
    return (old, new) if old != "userMessage," else ("content: userMessage", "content: " + new[:-1])


@pytest.mark.parametrize("name", [*DECLARED, "resolve"])
@pytest.mark.parametrize("place", NOT_TAKEN)
def test_a_name_that_is_free_stays(name: str, place: str) -> None:
    golden = goldens()["no-guard"]
    source = _with_name(golden.source.decode(), NOT_TAKEN[place], name)
    expected = _with_name(golden.expected.decode(), NOT_TAKEN[place], name)
    assert check(source.encode(), "a.ts").result.decode() == expected


@pytest.mark.parametrize("place", TAKEN)
def test_resolve_needs_no_suffix_as_nothing_of_the_file_stands_beside_it(place: str) -> None:
    golden = goldens()["no-guard"]
    source = _with_name(golden.source.decode(), TAKEN[place], "resolve")
    expected = _with_name(golden.expected.decode(), _moved(TAKEN[place]), "resolve")
    assert check(source.encode(), "a.ts").result.decode() == expected


# --- the patch


def test_every_patch_applied_by_git_is_the_result(tmp_path: Path) -> None:
    every = [*goldens().values(), *(made(golden, variant) for golden, variant in cases())]
    patches = []
    results: dict[str, bytes] = {}
    for number, golden in enumerate(every):
        migration = migrated(golden.source, golden.path, golden.settings)
        path = f"{number}/{golden.name} é.{golden.path.rpartition('.')[2]}"
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_bytes(migration.source)
        results[path] = migration.result
        patches.append(patch(path, migration.source, migration.result, migration.edits))
    git("init", "-q", cwd=tmp_path)
    git("apply", "--whitespace=nowarn", "-", cwd=tmp_path, stdin=b"".join(patches))
    assert [p for p, result in results.items() if (tmp_path / p).read_bytes() != result] == []
