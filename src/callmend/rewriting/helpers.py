"""Assistants flows whose calls stand in helpers: taken into one function, and migrated there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.edits import Edit, Span, apply, compose
from callmend.findings import Bucket, Finding
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.inlining import Inlining, shortened
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import span, text
from callmend.rewriting.planned import at_the_end
from callmend.source import Language
from callmend.targets.plans import Plan

#: What another part of callmend may have to say something about.
_ELSEWHERE = (b"callmend-ignore", b"/responses", b"/workflows", b".workflows")
#: How the comments that callmend writes start.
_NEW = (b"// Stored thread_... ids ended", b"// Gives a response's events without")
#: A file with more helpers than this is no one flow's.
_MOST_STEPS = 12


def taken_in(
    program: Program,
    calls: Callable[[Program], list[Call]],
    find: Callable[[Program, dict[Span, Plan]], list[Finding]],
) -> list[Finding] | None:
    """The findings of flows in helpers, all of which are migrated; None where they are not.

    ``calls`` gives the calls of the old API of a program, ``find`` its findings, and the plans of
    those that need functions at the end of the file.
    """
    data = program.source.data
    edits: tuple[Edit, ...] = ()
    language = program.tree.language
    starts = [call for call in calls(program) if call.op.starts_a_run]
    if not starts or any(word in data for word in _ELSEWHERE):
        return None
    now, names, numbered = program, list[bytes](), set[bytes]()
    for _ in range(_MOST_STEPS):
        step = Inlining(now)
        found = step.step([call.node for call in calls(now)])
        if found is None:
            break
        names.append(found[0])
        numbered |= step.numbered
        edits = compose(edits, found[1], len(data))
        now = _program(now, language, found[1])
    if not names:
        return None
    plans: dict[Span, Plan] = {}
    findings = find(now, plans)
    if not findings or any(f.bucket is not Bucket.MIGRATED for f in findings):
        return None
    functions = (function for done in plans.values() for function in done.appended)
    last = [edit for finding in findings for edit in finding.edits]
    last = sorted([*last, *at_the_end(now.source, functions)])
    edits = compose(edits, last, len(data))
    done = _program(now, language, last)
    numbered = {name for name in numbered if name not in _words(program)}
    short = shortened(done, numbered)
    if short:
        edits = compose(edits, short, len(data))
        done = _program(done, language, short)
    if _comments(done) != _comments(program):
        return None
    if len(starts) > 1 and len(findings) != len(starts):
        return None
    shares = _shares(program, starts, edits)
    if not all(shares):
        return None
    return [
        _finding(start, findings, names, share) for start, share in zip(starts, shares, strict=True)
    ]


def _shares(program: Program, starts: list[Call], edits: Sequence[Edit]) -> list[tuple[Edit, ...]]:
    """The edits of each start of a run: those in the function around it, the rest the first's."""
    within = [span(program.tree.function_of(start.node)) for start in starts]
    shares: list[list[Edit]] = [[] for _ in starts]
    for edit in edits:
        around = [n for n, each in enumerate(within) if each.contains(edit.span)]
        shares[around[0] if around else 0].append(edit)
    return [tuple(share) for share in shares]


def _program(before: Program, language: Language, edits: list[Edit]) -> Program:
    source = before.source.changed(apply(before.source.data, edits))
    return Program(source, language)


def _words(program: Program) -> set[bytes]:
    return {text(n) for n in program.tree.nodes if "identifier" in n.type}


def _comments(program: Program) -> list[bytes]:
    return [text(n) for n in program.tree.nodes if n.type == "comment" and not _is_new(n)]


def _is_new(comment: Node) -> bool:
    return text(comment).startswith(_NEW)


def _finding(
    start: Call, findings: list[Finding], names: list[bytes], edits: tuple[Edit, ...]
) -> Finding:
    """One finding for the flow, at its run, with what is said of all that it is made of."""
    where = span(start.site)
    notes = [replace(note, span=where) for finding in findings for note in finding.notes]
    shown = ", ".join(f"`{name.decode('utf-8', 'replace')}`" for name in names)
    what = "; ".join(dict.fromkeys(f.message.partition("; ")[2] for f in findings))
    return Finding(
        rule=start.endpoint.rule,
        endpoint=start.endpoint.id,
        span=where,
        bucket=Bucket.MIGRATED,
        message=f"{start.endpoint.summary}; {what}, with {shown} taken into what called them",
        notes=tuple(dict.fromkeys(notes)),
        edits=edits,
    )
