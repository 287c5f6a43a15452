"""What a call becomes: one package per target."""
