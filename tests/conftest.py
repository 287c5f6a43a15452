"""What holds for a whole run of the tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Keep Python's garbage collector from going through 20,000 collected tests over and over."""
    gc.collect()
    gc.freeze()
