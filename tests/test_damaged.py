"""Files that are cut off or damaged at random: no error of callmend's own, nothing half done."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings

_HERE = Path(__file__).parent
_FILES = sorted(
    path
    for folder in ("goldens", "goldens_adapted", "goldens_python", "goldens_responses", "shapes")
    for path in (_HERE / folder).glob("*/input.*")
)
_EVERY = 9
_DAMAGES = 4


def _damaged(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    until = min(len(data), at + chance.randrange(60))
    match chance.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 2:
            return data[:at] + data[until:]
        case _:
            return data[:until] + data[at:]


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("path", _FILES[::_EVERY], ids=lambda path: path.parent.name)
def test_a_damaged_file_is_whole_or_stays_as_it_is(path: Path, target: str) -> None:
    chance = Random(path.parent.name + target)  # noqa: S311  # not for secrets
    for _ in range(_DAMAGES):
        data = _damaged(path.read_bytes(), chance)
        migration = migrate(data, path.name, Settings(target=target))
        assert migration.failure is None, data
        is_migrated = any(f.bucket is Bucket.MIGRATED for f in migration.findings)
        assert migration.changed is is_migrated
        for finding in migration.findings:
            assert (finding.bucket is Bucket.LEFT) is (finding.reason is not None)


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_call_is_left_where_the_parser_recovers_in_another_way_then(target: str) -> None:
    source = (_HERE / "shapes" / "helper-ky-instance" / "input.ts").read_bytes()
    cut = source[: source.index(b"export async function moderate") + len("export async function m")]
    cut += b"oderate(text: st"
    migration = migrate(cut, "a.ts", Settings(target=target))
    assert [f.reason for f in migration.findings] == [Reason.SYNTAX_ERROR]
    assert "becomes" not in migration.findings[0].message
    assert migration.failure is None
    assert not migration.changed
