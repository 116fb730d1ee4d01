"""Runs, their states and orchestration: values and pure functions without I/O."""
