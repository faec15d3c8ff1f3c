"""The models: a case goes in, projected funds come out.

Packages along the flow; each imports only from those above it in this list
(``tests/test_layout.py`` holds the order):

* ``axes``: what arrays are indexed by
* ``terms``, ``economy``, ``pooling``: what a case says of each year; wages, prices and interest;
  who shares a fund
* ``coverage``: who is insured, and who retires
* ``population``: people from one year to the next
* ``claims``, ``contributions``: what care costs, what benefit rules pay of it; what comes in
* ``flows``: all of this for every county and year, before any pooling
* ``funds``, ``calibration``: the balance of every pool, its measures; base-year totals are met
* ``projection``: the whole path, one call
* ``analysis``, ``scenarios``: sensitivities, changes, policies; many scenarios
* ``optimiser``, ``risk``: plans of rates and swaps; ruin and required reserves

After ``terms`` the years are projected without reading the case again.

A year that is compiled stands beside its readable specification: ``population.year`` and
``population.compiled``, ``claims.year`` and ``claims.compiled``.
"""
