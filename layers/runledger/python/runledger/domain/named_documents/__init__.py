"""Named documents: nouns whose documents are found by name."""
