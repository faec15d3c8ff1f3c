"""The models: a case goes in, projected funds come out.

Read the stages in this order; each is a function of the one before:

* ``pairs``: who lives where (home by residence), kept as a sparse list of pairs
* ``opening``: the people of the base year by pair, coverage status, sex and age
* ``rates``: what a year does to them: survivorship, births, moves, changes of cover
* ``population``: one year, step by step (the specification)
* ``held_cells``: which ages of which statuses anybody can have; a packed state keeps no others
* ``kernel``: the same year, fused and compiled (``kernel_people``, ``kernel_holdings``,
  ``cell_blocks``, ``vector_blocks``, ``plain_blocks`` are its pieces)
* ``compiled``: how functions are compiled, and (``compile_cache``, ``code_digest``) kept
* ``moving_people``: people and holdings carried on through one year after another
* ``credited_years``: insured time of contributors, and who earns retiree cover
* ``claims``: what their care costs, where it is given and which fund pays
* ``contributions``: what they and the state pay in
* ``accounts``: personal accounts, and their transfer on a move
* ``flows``: all of this for every county and year, before any pooling
* ``pooling``: which counties share a fund
* ``funds``: balances by pool, and the solvency measures
* ``calibration``: base-year multipliers, actual against expected
* ``projection``: the whole path, one call
* ``repricing``: the same flows under other economic paths
* ``sensitivity``: each assumption down and up
* ``experience``: actual against expected since the valuation, with credibility
* ``analysis_of_change``: why figures moved from one valuation to the next
"""
