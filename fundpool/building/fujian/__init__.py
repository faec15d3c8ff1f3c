"""Fujian, a second province, with nothing of its own published but the census: tables by script."""
