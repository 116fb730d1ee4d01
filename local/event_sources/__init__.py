"""Functions that run beside requests: stream mappings and schedules."""
