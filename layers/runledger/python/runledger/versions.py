"""Whose behaviour this is: clients compare the versions with their own."""

PREFECT = "3.9.1"
API = "0.8.4"
