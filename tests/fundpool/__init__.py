"""Tests of the command line, reports and archive."""
