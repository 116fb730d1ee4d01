"""Task runs, flow runs and their states in the table."""
