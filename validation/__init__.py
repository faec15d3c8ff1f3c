"""The model against the world: published figures, closed forms, second implementations.

``python -m validation`` runs everything and prints it; ``--only NAME`` runs one part;
``--write docs/validation.md`` puts the result between the page's markers. Ends with status 1 when a
check fails. Differences from published figures are printed as they are: nothing is fitted to them.
"""
