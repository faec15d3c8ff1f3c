"""Small cases that tests are worked out on."""
