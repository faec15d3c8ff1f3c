"""Jiangsu at the end of 2009, the world of the source paper: tables by script."""
