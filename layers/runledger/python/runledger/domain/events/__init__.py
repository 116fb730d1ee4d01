"""Events: their form, counts, and the task runs that they report."""
