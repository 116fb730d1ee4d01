"""Events: their model, their counts, and the task runs that they report."""
