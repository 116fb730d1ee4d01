"""Use cases of task runs and flow runs."""
