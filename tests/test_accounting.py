"""Every dead call of a tree is in the JSON document, in exactly one bucket."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from callmend.findings import Bucket
from callmend.source import SUFFIXES
from tests.snippets import PLAIN, URL, function, run
from tests.test_leaves_alone import LEFT, SILENT
from tests.tools import callmend, repository

_SENT = f"const response = await fetch('{URL}', null);"
_KINDS = {
    "migrated": PLAIN,
    "ignored": function("// callmend-ignore", _SENT),
    "left": function(_SENT),
    "already_migrated": run(PLAIN).result.decode(),
}


def _files() -> dict[str, tuple[bytes, dict[str, int] | int]]:
    """Files by name, each with the calls that it is known to have, by bucket or in all."""
    files: dict[str, tuple[bytes, dict[str, int] | int]] = {}
    for name, case in LEFT.items():
        # Some are left by other settings only, but each has one call, whatever becomes of it.
        data = case.source if isinstance(case.source, bytes) else case.source.encode()
        files[f"left/{name}/{case.path}"] = (data, 1)
    for name, silent in SILENT.items():
        files[f"silent/{name}/{silent.path}"] = (silent.source.encode(), {})
    for bucket, source in _KINDS.items():
        files[f"{bucket}.ts"] = (source.encode(), {bucket: 1})
    everything = "\n".join(
        source.replace("function ask", f"function {bucket}") for bucket, source in _KINDS.items()
    )
    files["all.ts"] = (everything.encode(), dict.fromkeys(_KINDS, 1))
    return files


def test_the_calls_of_a_tree_are_the_sum_of_the_buckets(tmp_path: Path) -> None:
    files = _files()
    for name, (data, _) in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    repository(tmp_path)
    made = json.loads(callmend("check", "--format", "json", cwd=tmp_path).stdout)
    by_file = {file["path"]: file["findings"] for file in made["files"]}
    wrong = {}
    for name, (_, known) in files.items():
        counted = Counter(f["bucket"].replace("-", "_") for f in by_file.get(name, []))
        if known not in (dict(counted), counted.total()):
            wrong[name] = counted
    assert wrong == {}
    summary = made["summary"]
    buckets = [bucket.value.replace("-", "_") for bucket in Bucket]
    total = sum(k if isinstance(k, int) else sum(k.values()) for _, k in files.values())
    assert summary["calls"] == total == sum(summary[bucket] for bucket in buckets)
    assert sum(map(len, by_file.values())) == total
    assert summary["left"] == sum(summary["reasons"].values())
    assert summary["files"] == sum(Path(name).suffix.lower() in SUFFIXES for name in files)
