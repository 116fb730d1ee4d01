"""Prefect's own programs, unmodified: what they do with a server and print is checked."""
