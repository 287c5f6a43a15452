"""Notes on keys that everybody who opens a page can read, put to the first call of the file."""

from __future__ import annotations

from dataclasses import replace

from callmend.findings import Bucket, Finding, Note
from callmend.languages.ecmascript.keys import exposed_keys
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import span


def with_keys(program: Program, findings: list[Finding]) -> list[Finding]:
    """The findings, the first that is not ignored with a note for each key that a browser shows."""
    told = [number for number, f in enumerate(findings) if f.bucket is not Bucket.IGNORED]
    found = (
        program.tree.root.descendant_for_byte_range(
            findings[number].span.start, findings[number].span.end
        )
        for number in told
    )
    calls = [node for node in found if node is not None]
    if not calls:
        return findings
    notes = [Note(span(place), what, always=True) for place, what in exposed_keys(program, calls)]
    if not notes:
        return findings
    first = told[0]
    changed = list(findings)
    changed[first] = replace(findings[first], notes=(*findings[first].notes, *notes))
    return changed
