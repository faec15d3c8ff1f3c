"""Plans whose probability of a balance below zero is limited, and what regions make of them."""
