"""Tests of the case format."""
