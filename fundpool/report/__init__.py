"""The solvency report."""
