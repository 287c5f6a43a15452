"""The run as one JSON document; docs/json.md describes it, `SCHEMA` is its version.

A key is never renamed or given another meaning without a new `SCHEMA`; keys may be added.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callmend.reports.text import Places, printable
from callmend.run import outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callmend.edits import Span
    from callmend.explain import Topic
    from callmend.findings import Diagnostic, Finding, Migration
    from callmend.mentions import Mention
    from callmend.run import Mode, Run

SCHEMA = 1
#: Goes up when keys are added.
SCHEMA_MINOR = 2


def report(
    run: Run, mode: Mode, version: str, notices: tuple[str, ...], patches: Mapping[str, bytes]
) -> bytes:
    """The document, in UTF-8, with a newline at its end.

    Args:
        run: What the run found.
        mode: The command, which says whether files were written.
        version: callmend's own.
        notices: What a reader of the text form would be told once.
        patches: For `diff`, the patch of each changed file by its path; else empty.
    """
    files = [_file(migration, patches) for migration in run.migrations]
    counts = run.counts
    listed = sum(len(migration.findings) for migration in run.migrations)
    if sum(counts.values()) != listed:
        raise AssertionError(f"{counts} do not add up to {listed} findings")
    document = {
        "schema": SCHEMA,
        "schema_minor": SCHEMA_MINOR,
        "version": version,
        "command": mode.value,
        "summary": {
            "files": run.looked_at,
            "changed": len(run.changed),
            "written": len(run.written),
            "calls": listed,
            **{name.replace("-", "_"): count for name, count in counts.items()},
            "mentions": None if run.mentions is None else len(run.mentions),
            "reasons": run.reasons,
            "seconds": round(run.seconds, 3),
            "exit_code": run.exit_code(mode),
        },
        "files": files,
        "mentions": None if run.mentions is None else list(map(_mention, run.mentions)),
        "notices": [*notices, *run.remarks],
        "errors": [
            {"path": printable(problem.path) or None, "message": problem.message}
            for problem in run.problems
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _mention(mention: Mention) -> dict[str, object]:
    return {
        "path": printable(mention.path),
        "rule": mention.endpoint.rule,
        "endpoint": mention.endpoint.id,
        **_fate(mention.endpoint.rule),
        "message": mention.endpoint.summary,
        "url": mention.url,
        "span": {
            "start": mention.span.start,
            "end": mention.span.end,
            "start_line": mention.line,
            "start_column": mention.column,
            "end_line": mention.end_line,
            "end_column": mention.end_column,
        },
    }


def _file(migration: Migration, patches: Mapping[str, bytes]) -> dict[str, object]:
    places = Places(migration)
    patch = patches.get(migration.path)
    return {
        "path": printable(migration.path),
        "changed": migration.changed,
        "findings": [_finding(places, migration, finding) for finding in migration.findings],
        "diagnostics": [_diagnostic(places, remark) for remark in migration.diagnostics],
        "marked": migration.marked,
        "failure": migration.failure,
        **({} if patch is None else {"patch": _text(patch)}),
    }


def _finding(places: Places, migration: Migration, finding: Finding) -> dict[str, object]:
    reason = finding.reason
    return {
        "rule": finding.rule,
        "endpoint": finding.endpoint,
        **_fate(finding.rule),
        "bucket": outcome(migration, finding),
        "reason": reason and reason.code,
        "message": finding.message,
        "detail": finding.detail,
        "advice": reason and reason.said_in(migration.path)[1],
        "span": _span(places, finding.span),
        "notes": [{"text": note.text, "span": _span(places, note.span)} for note in finding.notes],
        "edits": [
            {**_span(places, edit.span), "replacement": _text(edit.text)} for edit in finding.edits
        ],
    }


def _fate(rule: str) -> dict[str, str | None]:
    """What became of a rule's endpoint, and when it ended or ends, from the catalogue."""
    from callmend.endpoints import by_rule  # noqa: PLC0415  # not for a run without candidates

    endpoint = by_rule(rule)
    if endpoint is None:
        return {"status": None, "ends": None}
    return {"status": endpoint.status.value, "ends": endpoint.ends}


def _diagnostic(places: Places, remark: Diagnostic) -> dict[str, object]:
    return {
        "code": remark.code,
        "message": remark.message,
        "span": _span(places, remark.span),
    }


def _span(places: Places, span: Span) -> dict[str, int]:
    start_line, start_column = places.position(span.start)
    end_line, end_column = places.position(span.end)
    return {
        "start": span.start,
        "end": span.end,
        "start_line": start_line,
        "start_column": start_column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def explanation(known: Iterable[Topic], topic: str | None, content: str, version: str) -> bytes:
    """The document of `explain`: the topics there are, and the text of one."""
    document = {
        "schema": SCHEMA,
        "schema_minor": SCHEMA_MINOR,
        "version": version,
        "command": "explain",
        "topics": [{"name": entry.name, "title": entry.title} for entry in known],
        "topic": topic,
        "text": content,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
