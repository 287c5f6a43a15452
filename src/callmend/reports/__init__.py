"""What a run prints: one module for each form, none of which knows how a rewrite was made."""
