"""Finding and reading dead calls in Python, on LibCST's trees; knows no target."""
