"""The science: pure functions and small value objects on plain arrays.

* ``lifetable``: life tables, survivorship ratios, graduation of abridged rates
* ``mobility``: migration schedules, Markov transitions, turnover
* ``severity``: cost distributions with limited expected values
* ``benefits``: benefit rules as formulas, their expectation, coordination of two of them
* ``aggregate_loss``: compound Poisson distributions by FFT
* ``benefit_layers``: benefits of several funds on top of each other, limits of what is borne
* ``person_year``: what formulas on a year's total cost, and on stays by number, pay;
  ``year_lattices``: the same for many formulas and prices at once
* ``layers_above``: what a layer pays of a year of what a benefit by claim or by stay leaves
* ``person_rules``: a scheme's rule by year, stay or claim, with its limit of what a person bears;
  ``person_payments``: what one fund pays by it
* ``contribution_base``: expected wages between floor and ceiling
* ``credited_years``: share of a group with enough insured time
* ``run_off``: claims paid and outstanding
* ``solvency``: reserve months, level rates, actuarial balance, short-range test
* ``risk``: ruin, value at risk, required reserves
* ``evenness``: Gini, Theil and their like
* ``sharing``: Shapley value, nucleolus and core of a game of costs
"""
