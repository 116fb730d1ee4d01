"""Deployments: schedules, parameters and their schemas."""
