"""Jiangsu, the reference case: published figures, and the script that derives its tables."""
