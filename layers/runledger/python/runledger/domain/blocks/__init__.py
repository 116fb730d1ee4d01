"""Blocks: their types, schemas and documents."""
