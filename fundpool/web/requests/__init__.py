"""What the page asks for, as plain data and as a policy file."""
