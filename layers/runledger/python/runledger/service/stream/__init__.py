"""The table's stream: reactions to changes, and cascade deletes."""
