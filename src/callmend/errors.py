"""How an error that callmend itself makes is told on one line."""

from __future__ import annotations

import os


def described(error: Exception) -> str:
    """An exception on one line, with the place that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        place = f" ({os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno})"
    return " ".join(f"{type(error).__name__}: {error}".split()) + place
