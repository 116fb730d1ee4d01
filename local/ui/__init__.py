"""Prefect's UI, from its Python package, for any API: the server of `make ui`."""
