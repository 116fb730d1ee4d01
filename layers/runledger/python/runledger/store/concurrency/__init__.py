"""Concurrency limits, slots and leases in the table."""
