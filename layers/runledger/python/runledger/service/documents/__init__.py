"""Use cases of named documents."""
