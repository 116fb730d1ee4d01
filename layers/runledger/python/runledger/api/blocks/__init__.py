"""Bodies of blocks."""
