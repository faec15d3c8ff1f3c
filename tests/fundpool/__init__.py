"""Tests of what people use: command line, report, summary."""
