"""Reads template.yaml: functions, routes, tables and event sources as values."""
