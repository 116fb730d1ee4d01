"""Moves the items of a table into a file, and of a file into a table (docs/move.md)."""
