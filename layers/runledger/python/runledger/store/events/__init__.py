"""Events in the table, and the task runs that they report."""
