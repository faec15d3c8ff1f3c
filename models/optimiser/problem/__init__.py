"""A scheme's pools as the optimiser sees them, and fewer scenarios that stand for many."""
