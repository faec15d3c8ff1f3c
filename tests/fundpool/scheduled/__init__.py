"""Many cases in one call and word of how they ended."""
