"""Checks of deployments: served ones, those in work pools, and their schedules."""
