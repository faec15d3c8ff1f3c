"""Sentences and words of the report, in the reader's language."""
