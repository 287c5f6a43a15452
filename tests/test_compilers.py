"""Compilers, linters and formatters find nothing in the new code that the old one did not have.

Each tool runs once over all files, before and after the migration; the tests compare what it said.
"""

from __future__ import annotations

import difflib
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.forms import DEFAULT, FORMS, Pair, pairs
from tests.js_tools import COMPILERS, FOLDER, MODULES, ask, run
from tests.test_goldens_adapted import GOLDENS as ADAPTED
from tests.test_goldens_adapted import SHAPES
from tests.test_goldens_adapted import TARGETS as ADAPTED_TARGETS
from tests.test_streams import GOLDENS as STREAMED
from tests.variants import SINGLE

_GENERATED = [*SINGLE, "double-quotes+tabs+crlf", "no-semicolons+4-spaces+bom"]
#: Those of them that are another style.
_STYLES = [name for name in _GENERATED if not name.startswith("in-a-")]
#: A line of the compiler's output that starts a diagnostic.
_DIAGNOSTIC = re.compile(r"(before|after)/(\d+)/\S+?\((\d+),\d+\): error (TS\d+): (.*)")
#: Diagnostics that name what the file does not declare, or leaves unassigned in another branch: it
#: may be named more often afterwards.
_UNDECLARED = frozenset(
    {
        "TS2304",
        "TS2339",
        "TS2454",
        "no-undef",
        "no-use-before-define",
        "@typescript-eslint/no-use-before-define",
    }
)
#: The compiler's codes for what is no code at all.
_SYNTAX = re.compile(r"TS1\d\d\d")
#: The compiler's other code for an undeclared name, where it has a proposal.
_PROPOSING = "TS2552"


@dataclass(frozen=True)
class Found:
    """One thing that a tool found: its rule or code, what it says, and the line it says it of."""

    rule: str
    message: str
    line: str

    def key(self) -> tuple[str, str]:
        """What makes two of them the same: places in the message may move."""
        return self.rule, re.sub(r"line \d+ column \d+", "another line", self.message)


def new_in(before: list[Found], after: list[Found]) -> list[Found]:
    """What was found after and not before; what is found more often counts, too."""
    known = Counter(found.key() for found in before)
    new = []
    for found in after:
        key = found.key()
        if known[key] > 0:
            if found.rule not in _UNDECLARED:
                known[key] -= 1
        else:
            new.append(found)
    return new


def _said(news: dict[str, list[Found]]) -> str:
    return "\n".join(
        f"{name}: {found.rule} {found.message} | {found.line}"
        for name, group in news.items()
        for found in group
    )


# --- TypeScript -------------------------------------------------------------------------------


def compiled(
    version: int, files: list[Pair], folder: Path
) -> tuple[list[list[Found]], list[list[Found]]]:
    """The diagnostics of each file before and after, by one run of a compiler over all of them."""
    for index, pair in enumerate(files):
        for state, text in (("before", pair.before), ("after", pair.after)):
            path = folder / state / str(index) / pair.path
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8", newline="")
    for name in ("tsconfig.json", "globals.d.ts"):
        shutil.copy(FOLDER / name, folder)
    (folder / "node_modules").symlink_to(MODULES)
    done = run([str(COMPILERS[version]), "-p", ".", "--pretty", "false"], cwd=folder)
    assert done.returncode in (0, 1, 2), done.stderr
    results: dict[str, list[list[Found]]] = {
        state: [[] for _ in files] for state in ("before", "after")
    }
    for line in done.stdout.splitlines():
        found = _DIAGNOSTIC.match(line)
        if found is None:
            # Further lines of a diagnostic are indented; one of no file is a fault of this test.
            assert line.startswith(" "), line
            continue
        state, number, row, code, message = found.groups()
        pair = files[int(number)]
        lines = (pair.before if state == "before" else pair.after).splitlines()
        if code == _PROPOSING:
            code, message = "TS2304", message.partition(" Did you mean")[0]
        results[state][int(number)].append(Found(code, message, lines[int(row) - 1].strip()))
    # After a syntax error a compiler looks no further, and would find nothing in any file.
    syntax = [
        d
        for group in results.values()
        for found in group
        for d in found
        if _SYNTAX.fullmatch(d.rule)
    ]
    assert not syntax, syntax
    return results["before"], results["after"]


#: What a compiler finds new and callmend leaves, and why: by golden (or a file's suffix) and code.
ACCEPTED_TYPES: dict[tuple[str, str], str] = {
    (".jsx", "TS2345"): (
        "a component whose state has lost its type with all others, and takes no text afterwards"
    ),
    ("robust-result-is-null-where-nothing-came", "TS2322"): (
        "the file itself sets a text to null, which its `any` answer hid"
    ),
    ("guard-of-an-else-if", "TS2367"): (
        "a known fault of streams: both conditions are repeated where the second follows from "
        "the first"
    ),
}


def _is_accepted_type(pair: Pair, found: Found) -> bool:
    # Who checks JavaScript does not ask for the types that only TypeScript can write.
    if found.rule.startswith("TS70") and "js" in pair.path.rpartition(".")[2]:
        return True
    return any(
        found.rule == code and name in (pair.name.partition("[")[0], pair.path[-len(name) :])
        for name, code in ACCEPTED_TYPES
    )


def some(form: str, files: list[Pair]) -> list[Pair]:
    """All files of the goldens' own form; of another the goldens about it and some others."""
    own = form.partition("-")[0]
    return [
        pair
        for number, pair in enumerate(files)
        if form == DEFAULT or number % 3 == 0 or pair.name.startswith((own, "guard"))
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", COMPILERS)
def test_strict_typescript_finds_nothing_new(version: int, form: str, tmp_path: Path) -> None:
    # A part of the variants, as the others would say the same; the older compiler is slower.
    files = some(form, pairs(form, _GENERATED, every=4 if version == 7 else 16))
    assert len(files) > (150 if version == 7 else 60)
    before, after = compiled(version, files, tmp_path)
    news = {
        pair.name: [found for found in new_in(old, new) if not _is_accepted_type(pair, found)]
        for pair, old, new in zip(files, before, after, strict=True)
    }
    assert not any(news.values()), _said(news)


def adapted(target: str) -> list[Pair]:
    """The goldens whose answer goes through a function of the file, on one target."""
    found = []
    for folder in sorted(ADAPTED.iterdir()):
        [source] = (SHAPES / folder.name).glob("input.*")
        after = (folder / (target + source.suffix)).read_text(encoding="utf-8")
        found.append(Pair(folder.name, source.name, source.read_text(encoding="utf-8"), after))
    for folder in sorted(STREAMED.iterdir()):
        [source] = folder.glob("input.*")
        after = source.with_stem(target).read_text(encoding="utf-8")
        found.append(Pair(folder.name, source.name, source.read_text(encoding="utf-8"), after))
    return found


@pytest.mark.parametrize("target", ADAPTED_TARGETS)
@pytest.mark.parametrize("version", COMPILERS)
def test_typescript_finds_nothing_new_in_adapted_files(
    version: int, target: str, tmp_path: Path
) -> None:
    files = adapted(target)
    before, after = compiled(version, files, tmp_path)
    news = {
        pair.name: [found for found in new_in(old, new) if not _is_accepted_type(pair, found)]
        for pair, old, new in zip(files, before, after, strict=True)
    }
    assert not any(news.values()), _said(news)


@pytest.mark.parametrize("version", COMPILERS)
def test_most_goldens_are_without_any_diagnostic_afterwards(version: int, tmp_path: Path) -> None:
    typed = [pair for pair in pairs("specification") if re.search(r"\.[mc]?tsx?$", pair.path)]
    _, after = compiled(version, typed, tmp_path)
    # Some leave a variable unassigned in one branch as their input does, or name what is nowhere.
    clean = sum(not found for found in after)
    assert clean >= len(typed) * 0.8, f"{clean} of {len(typed)}"


@pytest.mark.parametrize("version", COMPILERS)
def test_the_compilers_would_find_a_wrong_type(version: int, tmp_path: Path) -> None:
    [pair] = [pair for pair in pairs("specification") if pair.name == "no-guard"]
    wrong = pair.after.replace("let pollAttempts = 0", "let pollAttempts: string = 0")
    before, after = compiled(version, [Pair(pair.name, pair.path, pair.before, wrong)], tmp_path)
    codes = {found.rule for found in new_in(before[0], after[0])}
    assert "TS2322" in codes


# --- ESLint -----------------------------------------------------------------------------------

#: What ESLint finds new and callmend leaves, and why.
ACCEPTED: dict[tuple[str, str], str] = {
    ("names-are-taken-where-it-does-not-matter", "no-shadow"): (
        "a name that a closure of the file declares for itself stays free for the new code: that "
        "is what this golden is about"
    ),
    ("resolve-is-a-name-of-the-file", "no-shadow"): (
        "`resolve` is the parameter of the specification's own one-line promise, in which nothing "
        "of the file stands"
    ),
    ("switch-case", "no-case-declarations"): (
        "the case has no braces, and callmend adds none around statements of the file; the golden "
        "`switch-case-with-braces` shows that a case with braces keeps them"
    ),
    ("method-of-an-object", "no-unused-vars"): (
        "an assistant's id means nothing to the Responses API; that it is a parameter stays"
    ),
    ("names-in-short", "no-shadow"): (
        "a name of the new code's own loop, in which nothing of the file stands"
    ),
    ("reading-is-the-last-line-without-newline", "no-useless-assignment"): (
        "the file's own empty text, which the new reading does not need any more"
    ),
    ("url-is-in-an-object-of-constants", "no-unused-vars"): (
        "the object has another address in it, which is not callmend's to remove"
    ),
}


def _is_accepted(pair: Pair, found: Found) -> bool:
    golden = pair.name.partition("[")[0]
    return (golden, found.rule.removeprefix("@typescript-eslint/")) in ACCEPTED


def linted(texts: list[tuple[str, str]]) -> list[list[Found]]:
    """What ESLint finds in each of the files, which are given by path and text."""
    given = [{"path": path, "text": text.removeprefix("\ufeff")} for path, text in texts]
    return [[Found(*found) for found in group] for group in ask("lint.mjs", given)]


@pytest.mark.parametrize("form", FORMS)
def test_eslint_finds_nothing_new(form: str) -> None:
    files = some(form, pairs(form, _GENERATED, every=30))
    results = linted([(pair.path, text) for pair in files for text in (pair.before, pair.after)])
    news: dict[str, list[Found]] = {}
    used = set()
    for pair, old, new in zip(files, results[::2], results[1::2], strict=True):
        if any(found.rule == "fatal" for found in old):
            assert pair.name.startswith(("grammar-gap", "spec-blocks-bare")), (pair.name, old)
            continue
        found_new = new_in(old, new)
        used |= {
            (pair.name, found.rule.removeprefix("@typescript-eslint/"))
            for found in found_new
            if _is_accepted(pair, found)
        }
        news[pair.name] = [found for found in found_new if not _is_accepted(pair, found)]
    assert not any(news.values()), _said(news)
    assert len(news) > 60
    if form == DEFAULT:
        # The others are of other forms.
        assert len(used) >= 4, "an exception is not needed any more"


#: What ESLint finds new in these files and callmend leaves, and why: by rule and by what it is in.
ACCEPTED_ADAPTED: dict[tuple[str, str], str] = {
    ("@typescript-eslint/no-explicit-any", "<any>"): (
        "the answer of a method or helper whose type is not known: it has whatever shape the file "
        "reads, as what `json()` gives has"
    ),
    ("@typescript-eslint/no-explicit-any", "client: any,"): (
        "the client that a function asks by may be ky or got, whose types differ"
    ),
    ("no-unused-vars", "const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;"): (
        "the workflow's id is read from the environment together with the key, in a pattern that "
        "is the file's own"
    ),
    ("@typescript-eslint/no-unused-vars", "const { question, visitor } = await req.json();"): (
        "what has no counterpart is taken out of the request together with the message, in a "
        "pattern that is the file's own: that nothing reads it any more is told"
    ),
}


@pytest.mark.parametrize("target", ADAPTED_TARGETS)
def test_eslint_finds_nothing_new_in_adapted_files(target: str) -> None:
    files = adapted(target)
    results = linted([(pair.path, text) for pair in files for text in (pair.before, pair.after)])
    news = {
        pair.name: [
            found
            for found in new_in(*each)
            if not any(rule == found.rule and part in found.line for rule, part in ACCEPTED_ADAPTED)
        ]
        for pair, *each in zip(files, results[::2], results[1::2], strict=True)
    }
    assert not any(news.values()), _said(news)


def test_eslint_would_find_what_it_is_asked_for() -> None:
    typed = "export const f = (b: number) => {\n  let a = 1;\n  const c = (b: number) => b;\n};\n"
    plain = "export const f = (b) => {\n  let a = g;\n  const c = (b) => b;\n};\n"
    in_typed, in_plain = linted([("a.ts", typed), ("a.js", plain)])
    assert {found.rule for found in in_typed} == {
        "@typescript-eslint/no-shadow",
        "@typescript-eslint/no-unused-vars",
        "prefer-const",
    }
    assert {found.rule for found in in_plain} == {
        "no-shadow",
        "no-undef",
        "no-unused-vars",
        "prefer-const",
    }


# --- Prettier ---------------------------------------------------------------------------------

#: As wide as the widest line of the specification's replacement. Nothing in a file says which
#: width its author has, and the specification's lines are what was asked for.
_WIDTH = 240
#: Goldens whose own layout is not Prettier's around the call, and what the new lines follow there.
NOT_PRETTIER: dict[str, str] = {
    "await-in-parentheses": "parentheses of the file that Prettier takes away are kept",
    "casts-in-angle-brackets": "a cast of the file is moved as it is",
    "code-on-the-lines-of-the-braces": "code of the file shares lines with the new code",
    "double-quotes-where-the-call-is": "the call has other quotes than most of the file",
    "id-is-an-expression": "an expression of the file in double quotes is copied as it is",
    "guard-of-an-else-if": "a condition of the file is repeated as it is",
    "guards-spelt-differently": "a condition of the file is repeated as it is",
    "message-is-a-sum-over-several-lines": "the message is moved as it is",
    "whole-call-on-one-line": "the call's own line goes on being one line",
    "url-has-other-quotes-than-the-file": "the URL keeps the quotes that it has",
    "responses-trailing-commas": "as `trailing-commas`",
    "robust-in-javascript-with-trailing-commas": "as `trailing-commas`",
    "trailing-commas": "the golden has calls whose arguments are not laid out as Prettier does",
    "body-keeps-its-other-fields": "the body's other fields stand as they stood",
}
#: Lines of the new code that are not Prettier's form in any file, and why.
NOT_PRETTIER_LINES: tuple[tuple[str, str], ...] = (
    (
        r"`[^`]*'[^`]*(`|$)",
        "single quotes inside of a template literal, as the specification has them, also where "
        "the file has double ones",
    ),
    (r"for \(let ended = false; !ended; \) \{", "a loop without a last part: Prettier has `;)`"),
)


def implied_options(text: str) -> dict[str, Any]:
    """Prettier's options as the style of a file implies them."""
    indents = re.findall(r"^([ \t]+)[^\s*]", text, re.MULTILINE)
    spaces = [len(indent) for indent in indents if not indent.startswith("\t")]
    tight = len(re.findall(r"\{\w[^{}\n]*[:,][^{}\n]*\w\}", text))
    wrapped, bare = len(re.findall(r"\(\w+\) =>", text)), len(re.findall(r"\b\w+ =>", text))
    ended = re.findall(
        r"^\s*(?:const|let|return|throw|import)\b.*?[\w)'\"`\]}](;?)\s*(?://.*)?$",
        text,
        re.MULTILINE,
    )
    return {
        "useTabs": any(indent.startswith("\t") for indent in indents),
        "tabWidth": min(spaces, default=2),
        "semi": ended.count(";") >= ended.count(""),
        "singleQuote": text.count("'") >= text.count('"'),
        "trailingComma": "all" if re.search(r",\r?\n\s*[}\])]", text) else "none",
        "bracketSpacing": len(re.findall(r"\{ \S", text)) >= tight,
        "arrowParens": "always" if wrapped > bare else "avoid",
        "quoteProps": "preserve",
        "endOfLine": "auto",
        "printWidth": _WIDTH,
    }


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").splitlines()


def _changed(old: list[str], new: list[str], *, side: int) -> set[int]:
    """The lines of one side, by number, that are not on the other."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: set[int] = set()
    for tag, *bounds in matcher.get_opcodes():
        if tag != "equal":
            lines.update(range(bounds[2 * side], bounds[2 * side + 1]))
    return lines


@cache
def _reformatted(form: str) -> list[tuple[Pair, list[str]]]:
    """Each file, and the lines that callmend inserted and Prettier changes."""
    files = some(form, pairs(form, _STYLES, every=20))
    given = [
        {
            "path": pair.path,
            "text": pair.after.removeprefix("\ufeff"),
            "options": implied_options(pair.before),
        }
        for pair in files
    ]
    found = []
    for pair, text in zip(files, ask("format.mjs", given), strict=True):
        assert isinstance(text, str), (pair.name, text)
        after = _lines(pair.after)
        inserted = _changed(_lines(pair.before), after, side=1)
        moved = _changed(after, _lines(text), side=0)
        found.append((pair, [after[number] for number in sorted(inserted & moved)]))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_prettier_leaves_the_inserted_lines_as_they_are(form: str) -> None:
    wrong = []
    for pair, lines in _reformatted(form):
        if pair.name.partition("[")[0] in NOT_PRETTIER:
            continue
        wrong += [
            f"{pair.name}: {line}"
            for line in lines
            if not any(re.search(pattern, line) for pattern, _ in NOT_PRETTIER_LINES)
        ]
    assert not wrong, "\n".join(wrong)


def test_what_is_not_prettiers_form_is_needed() -> None:
    found = [each for form in FORMS for each in _reformatted(form)]
    moved = {pair.name.partition("[")[0] for pair, lines in found if lines}
    assert not NOT_PRETTIER.keys() - moved, "Prettier has nothing against these any more"
    rest = [line for pair, lines in found for line in lines]
    for pattern, _ in NOT_PRETTIER_LINES:
        assert any(re.search(pattern, line) for line in rest), pattern


def test_prettier_would_change_another_style() -> None:
    [pair] = [pair for pair in pairs("specification") if pair.name == "no-guard"]
    options = implied_options(pair.before) | {"semi": False, "useTabs": True}
    [text] = ask("format.mjs", [{"path": pair.path, "text": pair.after, "options": options}])
    after = _lines(pair.after)
    inserted = _changed(_lines(pair.before), after, side=1)
    assert len(inserted & _changed(after, _lines(text), side=0)) > 40
