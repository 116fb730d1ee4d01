"""Bodies of named documents."""
