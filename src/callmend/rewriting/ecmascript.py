"""TypeScript and JavaScript: every dead call of a file into its bucket, with the file's edits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from callmend.calls import RefusedError
from callmend.edits import Edit, Span
from callmend.endpoints import Status, catalogue
from callmend.findings import Bucket, Diagnostic, Finding, Note
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.harmless import is_harmless
from callmend.languages.ecmascript.identity import id_expression, origin
from callmend.languages.ecmascript.ignores import find_ignores
from callmend.languages.ecmascript.invented import accounted, invented_requests
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.obstacles import refuse_host, refuse_transport, refuse_url
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import (
    comment_text,
)
from callmend.languages.ecmascript.strays import Stray
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    show,
    span,
    text,
)
from callmend.origins import Origin, Where
from callmend.reasons import Reason
from callmend.rewriting.assistants import assistants_findings, claimed
from callmend.rewriting.fallbacks import fallback_notes
from callmend.rewriting.orphans import orphan_notes
from callmend.rewriting.planned import Planned, already, at_the_end, by_bytes, left, migrated
from callmend.rewriting.shown_urls import ShownUrls, shown_urls
from callmend.rewriting.throws import throw_notes
from callmend.rewriting.unused_constants import unused_constants
from callmend.settings import Settings
from callmend.source import Language, SourceFile
from callmend.targets.choice import plan
from callmend.targets.plans import Plan
from callmend.verify import Facts

#: What a client is asked by, whatever the path, and what stands where a member is read or taken.
_GENERIC = re.compile(rb"\.\s*(?:post|request)\s*[(<]")
_MEMBER = re.compile(rb"(?<![/\w'\"`-])workflows\b")
_PUBLIC_WORDS = (b"VITE_", b"NEXT_PUBLIC_", b"REACT_APP_", b"dangerouslyAllowBrowser")


def facts(file: SourceFile, language: Language) -> tuple[Program, Facts]:
    """A file's program, and what the verification asks of it."""
    program = Program(file, language)
    return program, _facts(program)


def _facts(program: Program) -> Facts:
    errors = tuple(span(node) for node in program.tree.errors())
    return Facts(errors, tuple(text(node) for node in program.tree.comments))


def find_and_plan(
    file: SourceFile, language: Language, settings: Settings, program: Program | None = None
) -> Planned:
    """Every dead call of a file, and the edits of those that are rewritten."""
    obstacle = file.obstacle(settings.max_file_size)
    if obstacle in (Reason.FILE_TOO_LARGE, Reason.BINARY_FILE):
        return Planned(
            tuple(by_bytes(file, obstacle, settings)), (), (), Facts((), ()), frozenset()
        )
    program = program if program is not None else Program(file, language)
    program.client_modules = settings.openai_clients
    return _FilePlanner(program, settings, obstacle).planned()


def _each_edit_once(findings: list[Finding]) -> list[Finding]:
    """The findings with an edit that several calls share (of one headers object) in the first."""
    seen: set[Edit] = set()
    once = []
    for finding in findings:
        own = tuple(edit for edit in finding.edits if edit not in seen)
        seen.update(own)
        once.append(finding if own == finding.edits else replace(finding, edits=own))
    return once


def _swapped(finding: Finding, swaps: dict[Edit, Edit]) -> Finding:
    """The finding with other edits in place of some."""
    if not any(edit in swaps for edit in finding.edits):
        return finding
    edits = dict.fromkeys(swaps.get(edit, edit) for edit in finding.edits)
    return replace(finding, edits=tuple(sorted(edits)))


class _FilePlanner:
    """Plans one file's calls one after the other; names given to one are taken for the next."""

    def __init__(self, program: Program, settings: Settings, obstacle: Reason | None) -> None:
        self._program = program
        self._settings = settings
        self._obstacle = obstacle
        self._names = Names(program.scopes)
        self._plans: dict[Span, Plan] = {}

    def planned(self) -> Planned:
        elsewhere = claimed(self._program, self._settings)
        invented = invented_requests(self._program)
        by_path = self._by_path()
        every = accounted(self._program, [*invented, *by_path])
        requests = [r for r in every if r.call.id not in elsewhere]
        wanted = [r for r in requests if self._settings.selects(r.endpoint.rule)]
        findings = [*map(self._finding, wanted), *self._strays(invented, by_path)]
        findings = self._covered(findings)
        findings += self._in_errors(findings)
        given = (self._settings, self._names, self._obstacle, self._plans)
        findings += assistants_findings(self._program, *given)
        for found, mending in self._mended():
            findings.append(found)
            self._plans.update({} if mending is None else {found.span: mending})
        findings.sort(key=lambda finding: finding.span)
        findings, diagnostics = self._silenced(findings)
        findings = self._silenced_with(findings)
        findings = _each_edit_once(findings)
        findings = self._with_keys(findings)
        edits = [edit for finding in findings for edit in finding.edits]
        rewritten = {f.span for f in findings if f.bucket is Bucket.MIGRATED} & self._plans.keys()
        done = [request for request in wanted if span(request.call) in rewritten]
        shown = ShownUrls({}, (), ())
        if all(f.bucket is not Bucket.LEFT for f in findings):
            shown = shown_urls(self._program, done, edits)
            findings = [_swapped(finding, shown.swaps) for finding in findings]
            edits = [edit for finding in findings for edit in finding.edits]
        parts = (self._program, self._plans, done, edits, rewritten)
        constants, stays = unused_constants(*parts, shown.freed)
        stays = [*stays, *shown.notes, *orphan_notes(self._program, [*edits, *constants])]
        types, types_told = self._body_types([*edits, *constants])
        stays += types_told
        shared = [*constants, *types, *self._at_the_end(rewritten)]
        if shared or stays:
            # What several calls share belongs to the first of them.
            first = next(i for i, f in enumerate(findings) if f.bucket is Bucket.MIGRATED)
            own = findings[first]
            more, told = (*own.edits, *shared), (*own.notes, *stays)
            findings[first] = replace(own, edits=tuple(sorted(more)), notes=told)
        replaced = _superseded(done)
        superseded = {
            text(node)
            for node in self._program.tree.comments
            if replaced and comment_text(node) in replaced
        }
        superseded |= {text(node) for at in rewritten for node in self._plans[at].superseded}
        return Planned(
            tuple(findings),
            tuple(diagnostics),
            tuple(sorted([*edits, *shared])),
            _facts(self._program),
            frozenset(superseded),
            tuple(self._origins(findings, wanted)),
        )

    def _body_types(self, edits: list[Edit]) -> tuple[list[Edit], list[Note]]:
        if not edits or not self._program.tree.language.has_types:
            return [], []
        # a module, which JavaScript never needs
        from callmend.rewriting.body_types import body_types  # noqa: PLC0415

        return body_types(self._program, edits)

    def _mended(self) -> Iterator[tuple[Finding, Plan | None]]:
        """The wrong calls of the Responses API, each with its plan if it is mended."""
        if b"responses" not in self._program.source.data:
            return
        # a dozen modules, which a file without that word never needs
        from callmend.rewriting.mend import mended  # noqa: PLC0415

        yield from mended(self._program, self._settings, self._names, self._obstacle)

    def _with_keys(self, findings: list[Finding]) -> list[Finding]:
        if not any(word in self._program.source.data for word in _PUBLIC_WORDS):
            return findings
        # two modules, which a file without such a word never needs
        from callmend.rewriting.shown_keys import with_keys  # noqa: PLC0415

        return with_keys(self._program, findings)

    def _origins(self, findings: list[Finding], requests: list[Request]) -> Iterator[Origin]:
        """Where the calls that speak the new API take their id from."""
        if self._settings.target != "assistants":
            return
        speaking = (Bucket.MIGRATED, Bucket.ALREADY_MIGRATED)
        spans = {finding.span for finding in findings if finding.bucket in speaking}
        for request in requests:
            # The id in a poll's path is the run's.
            of_path = None if request.endpoint.part else request.path_id
            expression = id_expression(self._program, request.call) or of_path
            if span(request.call) in spans and expression is not None:
                found = origin(self._program, expression)
                in_url = found.where is Where.LITERAL and expression == of_path
                written = request.path_text if in_url else None
                yield found if written is None else replace(found, value=written)

    def _finding(self, request: Request) -> Finding:
        where = span(request.call)
        try:
            done = self._plan(request)
        except RefusedError as refused:
            return left(request.endpoint, where, refused.reason, refused.detail)
        if done is None:
            return already(request.endpoint, where)
        told = fallback_notes(self._program, request.call)
        told += throw_notes(self._program, request, done)
        self._plans[where] = done = replace(done, notes=(*done.notes, *told))
        return migrated(request.endpoint, where, done)

    def _covered(self, findings: list[Finding]) -> list[Finding]:
        """The findings, as migrated where the plan of another call changes them too."""
        covering = [(at, done) for done in self._plans.values() for at in done.covers]
        own = dict(at for at, _ in covering)
        told = {at[0]: done.covered for at, done in covering}
        reported = own.keys() & {f.span for f in findings if f.bucket is Bucket.LEFT}
        taken = {edit for where in reported for edit in own[where]}
        return [
            Finding(f.rule, f.endpoint, f.span, Bucket.MIGRATED, told[f.span], edits=own[f.span])
            if f.span in reported
            else replace(f, edits=tuple(edit for edit in f.edits if edit not in taken))
            for f in findings
        ]

    def _plan(self, request: Request) -> Plan | None:
        refuse_host(request)
        if self._obstacle is not None:
            raise RefusedError(self._obstacle)
        refuse_url(self._program, request)
        if request.certainty is Certainty.CANDIDATES:
            # Few files have such a list.
            from callmend.languages.ecmascript.tried import refuse_list  # noqa: PLC0415

            refuse_list(self._program, request)
        by_sdk = request.transport in (Transport.SDK, Transport.SDK_POST)
        if by_sdk and request.endpoint.part:
            refuse_transport(self._program, request)
        endpoint = request.endpoint
        finishing = endpoint.id == "threads-runs"
        if not finishing and self._settings.target not in endpoint.targets:
            raise RefusedError(Reason.PART_OF_A_FLOW, endpoint.path)
        if finishing and not request.transport.is_fetch:
            return None
        if not by_sdk and request.transport not in (Transport.HELPER, Transport.OFETCH):
            refuse_transport(self._program, request)
        for node in descendants(request.url):
            if node.type == "comment":
                detail = f"in line {node.start_point[0] + 1}"
                raise RefusedError(Reason.COMMENT_LOST, detail)
            # What decides on a URL goes with it.
            condition = field(node, "condition") if node.type == "ternary_expression" else None
            if condition is not None and not is_harmless(self._program.scopes, condition):
                raise RefusedError(Reason.URL_NOT_CERTAIN, f"`{show(condition)}`")
        around = self._program.tree.function_of(request.call)
        for error in self._program.tree.errors():
            if error.type == "ERROR" and is_inside(request.call, error):
                raise RefusedError(Reason.SYNTAX_ERROR, f"in line {error.start_point[0] + 1}")
            # Outside of functions it is the same level: how the parser recovers there depends on
            # what follows, so an edit would move the error.
            top = around == self._program.tree.root
            if self._program.tree.function_of(error) == around if top else is_inside(error, around):
                raise RefusedError(Reason.SYNTAX_ERROR, f"in line {error.start_point[0] + 1}")
        done = plan(self._program, request, self._settings, self._names)
        if done is not None:
            self._refuse_errors(request, done.edits)
        return done

    def _refuse_errors(self, request: Request, edits: tuple[Edit, ...]) -> None:
        """Refuse where code that could not be read would be replaced, moved or repeated."""
        touched = [span(request.call), *(edit.span for edit in edits)]
        tree = self._program.tree
        if tree.function_of(request.call) == tree.root:
            # Outside of functions an error leaves open where a statement starts and ends.
            touched += [
                Span(
                    above.end_byte if (above := statement.prev_named_sibling) else 0,
                    below.start_byte if (below := statement.next_named_sibling) else len(tree.data),
                )
                for statement in tree.root.named_children
                if any(span(statement).touches(edit.span) for edit in edits)
            ]
        for error in self._program.tree.errors():
            if any(where.touches(span(error)) for where in touched):
                raise RefusedError(Reason.SYNTAX_ERROR, f"in line {error.start_point[0] + 1}")

    def _strays(self, invented: list[Request], by_path: list[Request]) -> Iterator[Finding]:
        """Dead URLs and made-up methods that no call was found for."""
        for stray in (*self._program.strays(by_path), *self._lost_methods(invented)):
            endpoint = stray.endpoint
            retired = endpoint.status is Status.RETIRED
            if retired or not self._settings.selects(endpoint.rule):
                continue
            reason = Reason.URL_EXPORTED if stray.exported else Reason.URL_NOT_FOLLOWED
            reason = reason if endpoint.path else Reason.SDK_INVENTED
            detail = "" if stray.exported or self._obstacle is not None else stray.lost_at
            yield left(endpoint, span(stray.node), self._obstacle or reason, detail)
        yield from self._commands()

    def _commands(self) -> Iterator[Finding]:
        """Dead endpoints that a command asks which the program gives to a shell."""
        if b"curl" not in self._program.source.data:
            return
        # a module, which a file without such a command never needs
        from callmend.languages.ecmascript.shell_commands import shell_commands  # noqa: PLC0415

        for command in shell_commands(self._program):
            endpoint = command.endpoint
            if endpoint.status is not Status.RETIRED and self._settings.selects(endpoint.rule):
                reason = self._obstacle or Reason.UNKNOWN_TRANSPORT
                detail = "" if self._obstacle is not None else f"`{command.runner}`: curl"
                yield left(endpoint, span(command.node), reason, detail)

    def _by_path(self) -> list[Request]:
        if _GENERIC.search(self._program.source.data) is None:
            return []
        # a module, which a file without such a call never needs
        from callmend.languages.ecmascript.sdk_paths import requests_by_path  # noqa: PLC0415

        return requests_by_path(self._program)

    def _lost_methods(self, invented: list[Request]) -> list[Stray]:
        if _MEMBER.search(self._program.source.data) is None:
            return []
        # a module, which a file without such a member never needs
        from callmend.languages.ecmascript.lost_methods import lost_methods  # noqa: PLC0415

        return lost_methods(self._program, invented)

    def _in_errors(self, others: list[Finding]) -> list[Finding]:
        """Dead URLs in code that the grammar could not read, where no call was found."""
        found: list[Finding] = []
        for error in self._program.tree.errors():
            for endpoint in catalogue():
                if "{}" in endpoint.path or not endpoint.unresolved:
                    continue
                needle = f"{endpoint.hosts[0]}{endpoint.path}".encode()
                at = self._program.source.data.find(needle, error.start_byte, error.end_byte)
                where = Span(max(at, 0), max(at, 0) + len(needle))
                known = [f.span for f in (*others, *found)]
                if at < 0 or any(call.touches(where) for call in known):
                    continue
                if self._settings.selects(endpoint.rule) and not self._in_comment(where):
                    found.append(left(endpoint, where, Reason.SYNTAX_ERROR, ""))
        return found

    def _in_comment(self, where: Span) -> bool:
        return any(
            node.type in ("comment", "jsx_text") and span(node).contains(where)
            for node in self._program.tree.nodes
        )

    def _silenced(self, findings: list[Finding]) -> tuple[list[Finding], list[Diagnostic]]:
        diagnostics = []
        for ignore in find_ignores(self._program.tree):
            for number, finding in enumerate(findings):
                if not (
                    ignore.reach.contains(Span(finding.span.start, finding.span.start))
                    and ignore.silences(finding.rule)
                    and finding.bucket is not Bucket.IGNORED
                ):
                    continue
                message = "silenced by a callmend-ignore comment"
                findings[number] = Finding(
                    finding.rule, finding.endpoint, finding.span, Bucket.IGNORED, message
                )
                break
            else:
                message = "this callmend-ignore silences nothing"
                diagnostics.append(Diagnostic("unused-ignore", ignore.comment, message))
        return findings, diagnostics

    def _silenced_with(self, findings: list[Finding]) -> list[Finding]:
        """The findings; where one of several that are changed together is silenced, all are."""
        silent = {f.span for f in findings if f.bucket is Bucket.IGNORED}
        groups = [{at, *(s for s, _ in done.covers)} for at, done in self._plans.items()]
        quiet = {at for group in groups if len(group) > 1 and group & silent for at in group}
        message = "changed only together with a call that a callmend-ignore comment silences"
        return [
            Finding(f.rule, f.endpoint, f.span, Bucket.IGNORED, message)
            if f.span in quiet and f.bucket is Bucket.MIGRATED
            else f
            for f in findings
        ]

    def _at_the_end(self, rewritten: set[Span]) -> Iterator[Edit]:
        """The functions that rewritten calls need, at the end of the file.

        A name stands for one function, which calls in several styles would each have in their own.
        """
        plans = (self._plans[where] for where in sorted(rewritten))
        functions = (function for done in plans for function in done.appended)
        yield from at_the_end(self._program.source, functions)


def _superseded(requests: list[Request]) -> set[str]:
    return {comment for request in requests for comment in request.endpoint.comments}
