"""Tells where a file takes the text of the answer for JSON, which a model gives if it is asked."""

from __future__ import annotations

from tree_sitter import Node

from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import show, span
from callmend.languages.ecmascript.values import text_of


def parse_note(parses: Node) -> Note:
    """The note on a call that parses the text."""
    told = "parses the answer's text: the instructions of the model have to ask for JSON"
    return Note(span(parses), f"`{show(parses)}` {told}", always=True)


def parse_notes(program: Program, answer: Answer) -> list[Note]:
    """The notes on what parses the text that is read in place, or the variable that takes it."""
    result = answer.result
    binding = None if result is None else program.scopes.binding(result)
    uses = [] if binding is None else binding.references
    found = []
    for node in (answer.reads, *uses):
        _, arguments = program.tree.outer(node)
        call = None if arguments is None else program.tree.parent(arguments)
        if call is not None and text_of(call, "function") == b"JSON.parse":
            found.append(parse_note(call))
    return found
