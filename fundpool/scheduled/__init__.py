"""Reports on a schedule: many cases in one call, one status, and word of how they ended."""
