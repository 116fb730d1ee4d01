"""Filters: wire models, each of which compiles to a pure predicate (docs/contract/filters.md)."""
