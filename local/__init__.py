"""Runledger on one machine: the routes, the functions and the table of template.yaml."""
