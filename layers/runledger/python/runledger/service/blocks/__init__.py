"""Use cases of blocks."""
