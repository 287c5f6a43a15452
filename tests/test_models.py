"""The catalogue of models: dates as the sources give them, and what may be written."""

from __future__ import annotations

import importlib.util
import re
from datetime import date
from pathlib import Path

import pytest

from callmend.models import Standing, default_model, sources, status_of


@pytest.mark.parametrize(
    ("model", "standing", "ends"),
    [
        ("gpt-6-luna", Standing.LIVE, None),
        ("gpt-6.2-astra", Standing.LIVE, None),
        ("gpt-4", Standing.RETIRED, "2026-10-23"),
        ("gpt-3.5-turbo", Standing.RETIRED, "2026-10-23"),
        ("gpt-4o", Standing.RETIRING, "2027-01-14"),
        ("gpt-5", Standing.RETIRING, "2026-12-11"),
        ("ft:gpt-4o:me::1", Standing.UNKNOWN, None),
        ("", Standing.UNKNOWN, None),
    ],
)
def test_a_models_status_is_that_of_the_sources(
    model: str, standing: Standing, ends: str | None
) -> None:
    found = status_of(model)
    assert (found.standing, found.ends) == (standing, ends)


def test_each_date_that_the_package_of_openai_tells_is_known() -> None:
    package = importlib.util.find_spec("openai")
    if package is None or package.origin is None:
        pytest.skip("the package openai is not there")
    text = (Path(package.origin).parent / "types/shared/chat_model.py").read_text()
    _, _, told = text.partition("Deprecated values:")
    found = re.findall(
        r'- ((?:"[^"]+",?\s+)*"[^"]+"):\s+Announced\s+shutdown\s+date:\s+([\d-]+)', told
    )
    assert len(found) == told.count("Announced") > 10
    dates = {name: ends for names, ends in found for name in re.findall(r'"([^"]+)"', names)}
    # A later package may announce more, but nothing that is over already.
    over = {name for name, ends in dates.items() if ends <= "2026-11-23"}
    known = {name for name in dates if status_of(name).ends is not None}
    assert over <= known
    assert {name: status_of(name).ends for name in known} == {n: dates[n] for n in known}


def test_a_retiring_model_is_retired_from_its_day_on() -> None:
    assert status_of("gpt-5", date(2026, 12, 10)).standing is Standing.RETIRING
    assert status_of("gpt-5", date(2026, 12, 11)).standing is Standing.RETIRED


def test_neither_a_retired_nor_a_retiring_model_may_be_written() -> None:
    assert not status_of("gpt-4").may_be_written
    assert not status_of("gpt-4o").may_be_written
    assert status_of("ft:gpt-4o:me::1").may_be_written


def test_the_default_is_live_and_the_sources_are_openais() -> None:
    assert status_of(default_model()).standing is Standing.LIVE
    assert all("openai.com" in source for source in sources())


def test_the_sentence_names_the_date() -> None:
    assert status_of("gpt-4").sentence == "gpt-4 was shut down on 2026-10-23"
    assert status_of("gpt-4o").sentence == "gpt-4o is shut down on 2027-01-14"
