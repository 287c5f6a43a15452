"""The report: what becomes of each shape on each target. `python -m tests.shapes [NAME ...]`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from fnmatch import fnmatch

from callmend.settings import load
from tests import invariants
from tests.server import running_server
from tests.shapes.corpus import KINDS, shapes
from tests.shapes.document import FILE, document
from tests.shapes.judging import TARGETS, judge, shows_the_answer
from tests.shapes.running import drive


def main() -> int:
    """Print the table; 1 where a rewrite is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.shapes", description=__doc__)
    parser.add_argument("names", nargs="*", help="names or patterns of shapes; all if none")
    parser.add_argument("--target", action="append", choices=TARGETS)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--outcome", help="only rows with this outcome: left, WRONG, ...")
    parser.add_argument("--show", action="store_true", help="also print each result's text")
    parser.add_argument(
        "--imagined",
        action="store_true",
        help="run the inputs with the dead endpoint answering as their authors imagined it",
    )
    parser.add_argument("--document", action="store_true", help="write docs/shapes.md, run nothing")
    given = parser.parse_args()
    if given.document:
        FILE.write_text(document(), encoding="utf-8")
        return 0
    chosen = [
        shape
        for shape in shapes(given.kind)
        if not given.names or any(fnmatch(shape.name, name) for name in given.names)
    ]
    if given.imagined:
        with running_server() as server:
            driven = [s for s in chosen if s.answers is not None]
            ran = drive(server, [(s, s.source) for s in driven], imagining=True)
        for shape in driven:
            for one, outcome in zip(shape.drives, ran[shape.name].outcomes, strict=True):
                if shows_the_answer(outcome, one):
                    print(f"{shape.name}: the answer")
                else:
                    print(f"{shape.name}: NO ANSWER at {one.expects}: {outcome.data}")
        return 0
    wrong = 0
    for target in given.target or TARGETS:
        with running_server() as server:
            verdicts = judge(server, chosen, target)
        for verdict in verdicts:
            wrong += verdict.is_wrong
            if given.outcome in (None, verdict.outcome):
                name = f"{verdict.shape.kind:14}{verdict.shape.name:44}"
                print(f"{name} {target:11}{verdict.outcome:14}{' '.join(verdict.detail.split())}")
                if given.show:
                    given_too = verdict.shape.settings
                    settings = load("", {**given_too, "target": target}, search=False)
                    source, path = verdict.shape.source, verdict.shape.path
                    print(invariants.migrated(source, path, settings).result.decode())
        wanted = [v for v in verdicts if v.shape.kind == "migrate"]
        counts = ", ".join(f"{n} {o}" for o, n in Counter(v.outcome for v in wanted).most_common())
        done = sum(v.outcome == "migrated" for v in wanted)
        share = 100 * done / max(1, len(wanted))
        print(f"\n{target}: {done} of {len(wanted)} migrated ({share:.0f} %): {counts}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
