"""The public Python API: what is exported, that `migrate` is pure, and what it answers."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import pairwise
from pathlib import Path

import pytest

import callmend
from callmend import Bucket, Edit, Finding, Migration, Reason, Settings, Span, migrate
from callmend.edits import apply
from tests.snippets import LIVE_URL, PLAIN, URL, calling, replaced


@pytest.mark.parametrize("name", callmend.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    assert getattr(callmend, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = callmend.nonsense


def test_the_package_is_typed() -> None:
    assert Path(callmend.__file__).with_name("py.typed").read_bytes() == b""


def test_importing_the_package_does_not_import_a_parser() -> None:
    code = "import sys, callmend; print(sorted(m for m in sys.modules if 'tree_sitter' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "first",
    ["import callmend", "import callmend.engine", "from callmend.engine import migrate as other"],
    ids=["nothing", "the-module", "from-the-module"],
)
def test_migrate_is_the_function_whatever_was_imported_first(first: str) -> None:
    code = f"{first}\nfrom callmend import migrate\nprint(callable(migrate))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "True\n"


def test_a_migration_says_what_was_done() -> None:
    migration = migrate(PLAIN.encode(), "src/ask.ts", Settings())

    assert isinstance(migration, Migration)
    assert migration.path == "src/ask.ts"
    assert migration.source == PLAIN.encode()
    assert migration.changed
    assert migration.failure is None
    [finding] = migration.findings
    assert isinstance(finding, Finding)
    assert finding.bucket is Bucket.MIGRATED
    assert finding.reason is None
    assert finding.rule == "CM101"
    assert migration.line(finding.span.start) == 2


def test_the_result_is_the_source_with_the_edits_made() -> None:
    migration = migrate(PLAIN.encode(), "a.ts")

    assert apply(migration.source, migration.edits) == migration.result
    assert all(isinstance(edit, Edit) for edit in migration.edits)
    assert all(one.end <= two.start for one, two in pairwise(migration.edits))


def test_the_findings_share_out_the_edits() -> None:
    migration = migrate((PLAIN + calling(f"axios.post('{URL}'") + PLAIN).encode(), "a.ts")

    shares = [edit for finding in migration.findings for edit in finding.edits]
    assert sorted(shares) == sorted(migration.edits)
    assert [bool(f.edits) for f in migration.findings] == [True, False, True]


def test_a_reason_is_given_exactly_where_a_call_is_left() -> None:
    migration = migrate((PLAIN + calling(f"apiFetch('{URL}'")).encode(), "a.ts")

    assert [finding.reason for finding in migration.findings] == [None, Reason.UNKNOWN_TRANSPORT]


def test_settings_are_optional() -> None:
    assert migrate(PLAIN.encode(), "a.ts") == migrate(PLAIN.encode(), "a.ts", Settings())


def test_the_same_input_gives_an_equal_answer() -> None:
    assert migrate(PLAIN.encode(), "a.ts") == migrate(PLAIN.encode(), "a.ts")


def test_migrate_reads_no_disk_and_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "callmend.toml").write_text("[[[ broken", encoding="utf-8")
    (tmp_path / "a.ts").write_text("other", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    migration = migrate(PLAIN.encode(), "a.ts")

    assert migration.changed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ts", "callmend.toml"]
    assert (tmp_path / "a.ts").read_text(encoding="utf-8") == "other"
    assert capfd.readouterr() == ("", "")


def test_values_are_frozen() -> None:
    migration = migrate(PLAIN.encode(), "a.ts")
    with pytest.raises(FrozenInstanceError):
        migration.path = "b.ts"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        migration.findings[0].rule = "CM999"  # type: ignore[misc]
    assert migration.path == "a.ts"
    with pytest.raises(FrozenInstanceError):
        Settings().target = "x"  # type: ignore[misc]


def test_a_rule_that_is_ignored_finds_nothing() -> None:
    migration = migrate(PLAIN.encode(), "a.ts", Settings(ignore=("CM1",)))
    assert migration.findings == ()
    assert not migration.changed


def test_only_the_selected_rules_find() -> None:
    source = (PLAIN + calling("fetch('https://api.openai.com/v1/workflows/wf_1/run'")).encode()
    everything = migrate(source, "a.ts")
    selected = migrate(source, "a.ts", Settings(select=("CM103",)))

    assert [finding.rule for finding in everything.findings] == ["CM101", "CM103"]
    assert [finding.rule for finding in selected.findings] == ["CM103"]
    assert PLAIN.encode() in selected.result


def test_the_base_url_replaces_every_address() -> None:
    base = "https://assistants.example:8443/openai/v1"
    result = migrate(PLAIN.encode(), "a.ts", Settings(base_url=base)).result.decode()

    assert "api.openai.com" not in result
    assert result.count(base) == 3
    assert f"'{base}/threads/runs'" in result


def test_code_with_another_base_url_is_not_changed_again() -> None:
    settings = Settings(base_url="https://assistants.example/v1")
    once = migrate(PLAIN.encode(), "a.ts", settings).result
    assert migrate(once, "a.ts", settings).result == once
    assert migrate(once, "a.ts").result == once


def test_a_literal_id_and_its_log_line_agree() -> None:
    source = replaced(PLAIN, "workflow_id: id", "workflow_id: 'wf_1'")
    settings = Settings(assistant_id="asst_abc123")
    result = migrate(source.encode(), "a.ts", settings).result.decode()
    assert "running assistant:', 'asst_abc123');" in result


def test_line_counts_the_lines_of_the_old_bytes() -> None:
    migration = Migration(path="a", source=b"a\nb\r\nc", result=b"")
    assert [migration.line(offset) for offset in range(7)] == [1, 1, 2, 2, 2, 3, 3]


PATHS = {
    "empty": "",
    "dot": ".",
    "root": "/",
    "bare": "a",
    "hidden": ".ts",
    "folder": "a.ts/",
    "upper-case": "a.TS",
    "non-ascii": "ü.tsx",
    "blank": "a b.ts",
    "line-end": "a\nb.ts",
    "windows": "C:\\a.ts",
    "long": "x" * 9999,
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_no_path_is_an_error_and_it_is_repeated_as_it_is(path: str) -> None:
    migration = migrate(PLAIN.encode(), path)
    assert migration.path == path
    assert migration.failure is None


def test_spans_are_values() -> None:
    assert Span(1, 2) == Span(1, 2)
    assert Span(1, 2) < Span(1, 3)
    assert len({Span(1, 2), Span(1, 2)}) == 1


def test_the_modules_of_the_public_names_can_be_imported_alone() -> None:
    for module in ("engine", "edits", "findings", "reasons", "settings", "verify"):
        assert importlib.import_module(f"callmend.{module}").__doc__


def test_reason_codes_are_unique_and_found_again() -> None:
    codes = [reason.code for reason in Reason]
    assert len(set(codes)) == len(codes)
    assert all(Reason.by_code(reason.code) is reason for reason in Reason)
    assert Reason.by_code("nonsense") is None


def test_the_live_address_is_written_by_default() -> None:
    assert LIVE_URL in migrate(PLAIN.encode(), "a.ts").result.decode()
