"""Measurements: `python -m tests.bench`."""

import os

# Functions log each call; what is measured runs without.
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
