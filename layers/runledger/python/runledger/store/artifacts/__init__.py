"""Artifacts in the table."""
