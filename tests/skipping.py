"""Skips that are errors where nothing may be skipped: CI sets CALLMEND_NO_SKIPS."""

from __future__ import annotations

import os
from importlib import import_module
from typing import NoReturn

import pytest


def skip(reason: str) -> NoReturn:
    """Skip the test with its reason shown, or fail where CI has to run it."""
    if os.environ.get("CALLMEND_NO_SKIPS"):
        pytest.fail(f"skipped where nothing may be skipped: {reason}")
    pytest.skip(reason)


def needs(*modules: str) -> None:
    """Import these modules, or skip what cannot run without them."""
    for module in modules:
        try:
            import_module(module)
        except ImportError:
            skip(f"could not import {module!r}")
