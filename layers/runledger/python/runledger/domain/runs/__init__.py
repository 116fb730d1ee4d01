"""Task runs, flow runs, flows and their states."""
