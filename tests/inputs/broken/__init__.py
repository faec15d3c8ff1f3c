"""Mistakes in a case, and what is said of each."""
