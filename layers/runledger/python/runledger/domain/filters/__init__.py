"""Which runs are wanted: wire models whose meaning is one pure predicate (contract, filters)."""
