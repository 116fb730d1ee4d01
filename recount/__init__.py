"""Repairs the counts by state type of a table that is in use (docs/deploy.md)."""
