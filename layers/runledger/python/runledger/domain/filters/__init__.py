"""Which runs are wanted: wire models whose meaning is one pure predicate.

See docs/contract/filters.md.
"""
