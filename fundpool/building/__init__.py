"""Derives the tables of a case from published figures.

Pure functions on arrays and tables; a case's own ``build`` module says which figures go in.
"""
