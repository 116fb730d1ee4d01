"""Prefect's own programs, unmodified, against a server: what they print is checked."""
