"""TypeScript, TSX, JavaScript and JSX through tree-sitter."""
