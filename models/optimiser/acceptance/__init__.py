"""What regions are to accept of a plan, as limits of its program."""
