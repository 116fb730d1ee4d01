"""Versions of the reference; clients compare them with their own."""

PREFECT = "3.9.1"
API = "0.8.4"
