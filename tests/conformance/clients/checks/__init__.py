"""Checks by what they are about. Each runs stock programs, and looks at what the API then shows."""
