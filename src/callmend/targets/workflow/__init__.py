"""Rewriting a workflow call where it stands: what the targets share."""
