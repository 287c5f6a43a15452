"""Python: every dead call of a file into its bucket, with the file's edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit, Span
from callmend.endpoints import Status
from callmend.findings import Bucket, Diagnostic, Finding
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.identity import id_expression, id_in_url, made_up_id, origin
from callmend.languages.python.ignores import find_ignores
from callmend.languages.python.imports import Imports
from callmend.languages.python.lost_methods import lost_members
from callmend.languages.python.lost_paths import LostPaths
from callmend.languages.python.placing import above
from callmend.languages.python.posted import posted_requests
from callmend.languages.python.program import Program, parsed
from callmend.languages.python.raw import is_raw
from callmend.languages.python.sdk import SdkCall, find_sdk_calls
from callmend.languages.python.strays import find_strays
from callmend.languages.python.text import Text, decode
from callmend.origins import Origin
from callmend.reasons import Reason
from callmend.rewriting.mend_python import Mended
from callmend.rewriting.planned import Planned, already, left, migrated
from callmend.rewriting.python_accounts import (
    accounted,
    covered,
    reason_for,
    silenced_together,
)
from callmend.rewriting.python_fallbacks import fallback_notes
from callmend.rewriting.python_layout import laid_out
from callmend.rewriting.python_raw import raw_findings
from callmend.rewriting.python_unparsed import unparsed
from callmend.settings import Settings
from callmend.source import Language, SourceFile
from callmend.targets.plans import Plan
from callmend.targets.python_choice import plan
from callmend.targets.python_comments import check_comments
from callmend.targets.python_reading import Names
from callmend.verify import Facts

#: Endpoints that Python calls are written for whatever the catalogue's targets, which are those of
#: every language: what is half migrated, and the workflow's id in the path.
_ALSO_WRITTEN = frozenset({"threads-runs", "workflows-id-runs", "workflows-id-run"})


def facts(file: SourceFile, language: Language) -> tuple[Program | None, Facts]:
    """A file's program, and what the verification asks of it; no program where it is no Python."""
    del language
    text = decode(file.data)
    program = None if text is None else parsed(file, text)
    if program is None:
        return None, Facts((Span(0, len(file.data)),), ())
    return program, Facts((), program.comments)


def find_and_plan(
    file: SourceFile, language: Language, settings: Settings, program: Program | None = None
) -> Planned:
    """Every dead call of a file, and the edits of those that are rewritten."""
    obstacle = file.obstacle(settings.max_file_size)
    if obstacle in (Reason.FILE_TOO_LARGE, Reason.BINARY_FILE):
        return _unparsed(file, obstacle, settings)
    if program is None:
        program, _ = facts(file, language)
    if program is None:
        text = decode(file.data)
        if text is None:
            return _unparsed(file, Reason.NOT_UTF8, settings)
        return _unparsed(file, Reason.SYNTAX_ERROR, settings, text)
    program.client_modules = settings.openai_clients
    return _FilePlanner(program, settings, obstacle).planned()


def _unparsed(
    file: SourceFile, reason: Reason, settings: Settings, text: Text | None = None
) -> Planned:
    found = tuple(unparsed(file, reason, settings, text))
    return Planned(found, (), (), Facts((), ()), frozenset())


class _FilePlanner:
    """Plans one file's calls one after the other; imports are added once for all."""

    def __init__(self, program: Program, settings: Settings, obstacle: Reason | None) -> None:
        self._program = program
        self._tree = program.tree
        self._settings = settings
        self._obstacle = obstacle
        self._names = Names(Imports(program))
        self._sdk_calls: list[SdkCall] = []
        #: The plans, by the call's span.
        self._plans: dict[Span, Plan] = {}

    def planned(self) -> Planned:
        """The whole file."""
        posted = posted_requests(self._program)
        requests = accounted(self._program, posted)
        if self._settings.target == "responses":
            requests = [request for request in requests if not is_raw(request)]
        wanted = [r for r in requests if self._settings.selects(r.endpoint.rule)]
        findings = covered([*map(self._finding, wanted), *self._strays(posted)], self._plans)
        mended = Mended(self._program, self._settings, self._obstacle, self._names)
        findings += mended.findings()
        findings += self._of_the_library()
        findings += raw_findings(
            self._program, self._settings, self._obstacle, self._names, self._plans, posted
        )
        findings.sort(key=lambda finding: finding.span)
        findings, diagnostics = self._silenced(findings)
        findings = silenced_together(findings, self._plans)
        findings = mended.with_function(findings)
        rewritten = [i for i, f in enumerate(findings) if f.bucket is Bucket.MIGRATED]
        added = self._names.imports.edits(self._names.modules) if rewritten else []
        if rewritten:
            made = [edit for finding in findings for edit in finding.edits]
            added += self._names.imports.unused([*made, *added])
        if added:
            # The imports belong to the first call that needs one.
            first = rewritten[0]
            edits = tuple(sorted((*findings[first].edits, *added)))
            findings[first] = replace(findings[first], edits=edits)
        for number, inserted in self._placed(findings, added).items():
            imports = {each.start: each for each in added if each.start == each.end}
            joint = [imports[each.end] for each in inserted if each.end in imports]
            if joint:
                # A function goes where an import does, right below the others.
                left = tuple(each for each in findings[first].edits if each not in joint)
                findings[first] = replace(findings[first], edits=left)
                added = [each for each in added if each not in joint]
            places = {each.end for each in inserted}
            put = {e.start: e for e in findings[number].edits if e.start == e.end in places}
            # A statement that goes where a function does stands right below that.
            kept = [each for each in findings[number].edits if each not in put.values()]
            for each in (_below(each, joint) for each in inserted):
                statement = put.get(each.end)
                behind = b"" if statement is None else statement.text
                kept.append(replace(each, text=each.text + behind))
            findings[number] = replace(findings[number], edits=tuple(sorted(kept)))
        if rewritten:
            findings = laid_out(self._program, findings)
        every = sorted({edit for finding in findings for edit in finding.edits})
        return Planned(
            tuple(findings),
            tuple(diagnostics),
            tuple(every),
            Facts((), self._program.comments),
            frozenset(),
            tuple(self._origins(findings, wanted)),
        )

    def _of_the_library(self) -> list[Finding]:
        """The findings of all calls of OpenAI's own library."""
        selects = self._settings.selects
        every = find_sdk_calls(self._program)
        self._sdk_calls = calls = [c for c in every if selects(c.endpoint.rule)]
        if not calls and not lost_members(self._program, every):
            return []
        # A dozen modules, which a file that sends its requests itself does not need.
        from callmend.rewriting.python_assistants import sdk_findings  # noqa: PLC0415

        return sdk_findings(
            self._program, calls, self._settings, self._obstacle, self._names, self._plans
        )

    def _placed(self, findings: list[Finding], imports: list[Edit]) -> dict[int, list[Edit]]:
        """The functions that the rewritten calls need, each above the first that needs it."""
        #: The call, what it and others at the same place need, by that place.
        needed: dict[int, tuple[int, list[bytes]]] = {}
        known: set[bytes] = set()
        for number, finding in enumerate(findings):
            if finding.bucket is not Bucket.MIGRATED:
                continue
            plan = self._plans.get(finding.span)
            appended = () if plan is None else plan.appended
            new = [code for code in appended if code not in known]
            known.update(new)
            if new:
                place = above(self._program, self._call_at(finding.span), [""]).end
                needed.setdefault(place, (number, []))[1].extend(new)
        placed: dict[int, list[Edit]] = {}
        every = {edit for finding in findings for edit in finding.edits}
        # Of what goes to the very place, only an import goes above.
        others = [e for e in every if e in imports or e.start < e.end or e.start not in needed]
        for number, codes in needed.values():
            call = self._call_at(findings[number].span)
            functions = [code.decode() for code in codes]
            placed[number] = [above(self._program, call, functions, others)]
        return placed

    def _call_at(self, where: Span) -> cst.CSTNode:
        calls = self._tree.every(cst.Call)
        return next(node for node in calls if self._tree.span(node) == where)

    def _origins(self, findings: list[Finding], requests: list[Request]) -> Iterator[Origin]:
        """Where the calls that speak the new API take their id from."""
        if self._settings.target != "assistants":
            return
        speaking = (Bucket.MIGRATED, Bucket.ALREADY_MIGRATED)
        spans = {finding.span for finding in findings if finding.bucket in speaking}
        for request in requests:
            if self._tree.span(request.call) in spans:
                expression = id_expression(self._program, request)
                if expression is not None:
                    yield origin(self._program, expression)
                elif self._settings.assistant_id is None:
                    # Where one is given, it is written in the place of the one in the URL.
                    in_url = id_in_url(self._program, request)
                    if in_url is not None and not request.endpoint.part:
                        yield in_url
        for call in self._sdk_calls:
            if call.made_up and call.starts_a_run and self._tree.span(call.call) in spans:
                expression = made_up_id(call.call)
                if expression is not None:
                    yield origin(self._program, expression)

    def _finding(self, request: Request) -> Finding:
        where = self._tree.span(request.call)
        endpoint = request.endpoint
        before = list(self._names.modules)
        try:
            done = self._plan(request)
        except RefusedError as refused:
            self._names.modules[:] = before
            return left(endpoint, where, refused.reason, refused.detail)
        if done is None:
            return already(endpoint, where)
        if endpoint.status is Status.NEVER_EXISTED:
            told = fallback_notes(self._program, request.call)
            done = replace(done, notes=(*done.notes, *told))
        self._plans[where] = done
        return migrated(endpoint, where, done)

    def _plan(self, request: Request) -> Plan | None:
        if request.certainty is Certainty.HOST_UNKNOWN:
            shown = self._tree.show(request.url)
            raise RefusedError(Reason.UNRESOLVED_HOST, f"`{shown}`")
        if self._obstacle is not None:
            raise RefusedError(self._obstacle)
        if request.certainty is Certainty.SOMETIMES:
            listed = request.loop is not None
            some = Reason.URL_CANDIDATES if listed else Reason.URL_NOT_CERTAIN
            raise RefusedError(some, self._other_base(request))
        reason = reason_for(request)
        if reason is not None:
            raise RefusedError(reason, f"`{self._tree.show(request.url)}`")
        # What the assistants target writes is as dead as the rest to the other target.
        written = request.endpoint.id in _ALSO_WRITTEN and self._settings.target == "assistants"
        if self._settings.target not in request.endpoint.targets and not written:
            raise RefusedError(Reason.PART_OF_A_FLOW, request.endpoint.path)
        done = plan(self._program, request, self._settings, self._names)
        check_comments(self._program, () if done is None else done.edits)
        return done

    def _other_base(self, request: Request) -> str:
        """Where something else takes the place of what a URL is made of."""
        known = Counter(each.name for each in request.constants)
        again = [each for each in request.constants if known[each.name] > 1]
        return self._tree.show_line(again[-1].node) if again else ""

    def _strays(self, posted: list[Request]) -> list[Finding]:
        """The dead URLs that no call was found for."""
        found = []
        requests = [*self._program.requests, *posted]
        urls = find_strays(self._program, requests)
        strays = [*urls, *LostPaths(self._program, requests, urls).found()]
        for stray in sorted(strays, key=lambda each: self._tree.order(each.node)):
            if not self._settings.selects(stray.endpoint.rule):
                continue
            lost = stray.lost
            reason = Reason.URL_EXPORTED if lost is None else Reason.URL_NOT_FOLLOWED
            detail = "" if lost is None else self._tree.show_line(lost)
            where = self._tree.span(stray.node)
            found.append(left(stray.endpoint, where, self._obstacle or reason, detail))
        return found

    def _silenced(self, findings: list[Finding]) -> tuple[list[Finding], list[Diagnostic]]:
        diagnostics = []
        for ignore in find_ignores(self._tree):
            for number, finding in enumerate(findings):
                if (
                    ignore.reach.contains(Span(finding.span.start, finding.span.start))
                    and ignore.silences(finding.rule)
                    and finding.bucket is not Bucket.IGNORED
                ):
                    message = "silenced by a callmend-ignore comment"
                    findings[number] = Finding(
                        finding.rule, finding.endpoint, finding.span, Bucket.IGNORED, message
                    )
                    break
            else:
                message = "this callmend-ignore silences nothing"
                diagnostics.append(Diagnostic("unused-ignore", ignore.comment, message))
        return findings, diagnostics


def _below(function: Edit, imports: Sequence[Edit]) -> Edit:
    """A function that is inserted, with the import that goes to the same place above it."""
    above = b"".join(each.text for each in imports if each.start == function.end)
    return replace(function, text=above + function.text)
