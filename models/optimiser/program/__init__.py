"""The linear program: columns and rows in families, constraints, objectives, bounds, solving."""
