"""Filters: wire models, each of which compiles to a pure predicate (contract, filters)."""
