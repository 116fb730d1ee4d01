"""Prefect's site, as its Python package brings it, before an API: what `make ui` starts."""
