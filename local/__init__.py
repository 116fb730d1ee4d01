"""The local server: serves the routes, functions and table of template.yaml on one machine."""
