"""Blocks in the table."""
