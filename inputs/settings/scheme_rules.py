"""Rules of a scheme: their names, and the range of their values, by kind of scheme."""

PAYROLL_RULES = {
    "employer_rate": (0.0, 1.0),
    "employee_rate": (0.0, 1.0),
    "base_floor": (0.0, 10.0),
    "base_ceiling": (0.0, 100.0),
    "compliance": (0.0, 1.0),
    "account_share": (0.0, 1.0),
    "retiree_account_credit": (0.0, 1e9),
    "retirement_age_male": (30.0, 99.0),
    "retirement_age_female": (30.0, 99.0),
    "min_credited_years_male": (0.0, 60.0),
    "min_credited_years_female": (0.0, 60.0),
    "administration": (0.0, 1.0),
    "account_spending": (0.0, 1.0),
}
OPTIONAL_RULES = {
    "account_conversion": ((0.0, 2.0), 1.0),
    "buys_missing_years_share": ((0.0, 1.0), 0.0),
    "pension_rate_share": ((0.0, 10.0), 1.0),
}
"""Rules that a payroll scheme may leave out: range, and value where nothing is said."""
COMMON_RULES = {
    "waiting_months": ((0.0, 12.0), 0.0),
    "administration_a_head": ((0.0, 1e9), 0.0),
    "administration_of_contributions": ((0.0, 1.0), 0.0),
}
"""Rules that any scheme may leave out: range, and value where nothing is said."""
PENSION_RULES = {"pension": (0.0, 10.0)}
"""Base of retired members who pay: their mean pension in local mean wages; where it is left out,
that of contributors."""
OWN_CHOICE_RULES = {"own_rate": (0.0, 1.0), "own_base": (0.0, 100.0)}
"""Rate, and base in local mean wages, of members who choose them themselves (table
``own_choice``)."""
PREMIUM_LIMIT = {"premium_income_limit": (0.0, 1.0)}
"""Share of income that a premium takes at most; the state pays what is above it."""
LIMITS_IN_MONEY = {
    "base_floor_money": ("base_floor", (0.0, 1e15)),
    "base_ceiling_money": ("base_ceiling", (0.0, 1e15)),
}
"""Limits of the contribution base as money a year, each with the rule in local mean wages that it
stands in place of, and its range."""
RETIREMENT_RULES = {
    "retiree_account_credit": 0.0,
    "retirement_age_male": 60.0,
    "retirement_age_female": 60.0,
    "min_credited_years_male": 0.0,
    "min_credited_years_female": 0.0,
    "account_spending": 0.0,
}
"""Rules on retirement and on personal accounts, with what stands for them where they are left out:
both are followed for the payroll scheme that covers ``retired`` alone."""
FLAT_RULES = {"premium": (0.0, 1e9), "subsidy": (0.0, 1e9), "administration": (0.0, 1.0)}
BENEFIT_RULES = {"deductible": (0.0, 1e12), "ceiling": (0.0, float("inf")), "rate": (0.0, 1.0)}
RULES_OF = {"payroll": PAYROLL_RULES, "flat": FLAT_RULES}
"""Rules that a scheme of each kind must have, with their range."""


def optional_rules(kind: str) -> dict[str, tuple[float, float]]:
    """Rules that a scheme of a kind may have beside those that it must have, with their range.

    >>> sorted(optional_rules("flat"))[-2:]
    ['premium_income_limit', 'waiting_months']
    """
    ranges = {name: limits for name, (limits, _) in COMMON_RULES.items()}
    if kind != "payroll":
        return ranges | PREMIUM_LIMIT
    ranges |= {name: limits for name, (limits, _) in OPTIONAL_RULES.items()}
    return (
        ranges
        | PENSION_RULES
        | OWN_CHOICE_RULES
        | {name: limits for name, (_, limits) in LIMITS_IN_MONEY.items()}
    )
