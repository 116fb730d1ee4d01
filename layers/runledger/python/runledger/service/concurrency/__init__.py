"""Use cases of concurrency limits."""
