"""Pages of the documentation, run and compared."""
