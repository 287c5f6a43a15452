"""From a parsed file to findings and edits, one module per family of languages."""
