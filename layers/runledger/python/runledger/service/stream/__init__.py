"""The table's stream: reactions to changes, and cascading deletes."""
