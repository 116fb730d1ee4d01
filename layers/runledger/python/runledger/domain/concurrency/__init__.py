"""Concurrency limits: how slots are counted, and answers to requests for slots."""
