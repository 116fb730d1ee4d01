"""Adds, lists and revokes keys of callers (docs/deploy.md)."""
