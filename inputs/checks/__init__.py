"""What must hold across the tables of a case, and numbers that cannot be meant."""
