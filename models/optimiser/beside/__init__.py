"""Policies and swaps that need no program, to hold plans against."""
