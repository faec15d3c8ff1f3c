"""Columns of the first page's tables as formulas on other sheets of the workbook.

Formulas speak of ``table[column]``; ``[@column]`` is a column of the same row, and ``{column}``
stands for the text that the row has in its column ``column``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fundpool.decision import SOON
from fundpool.models.flows.record import CARE_GROUPS
from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.places import UNCHANGED


@dataclass(frozen=True)
class Gathered:
    """A column that the workbook works out from other tables.

    Attributes:
        tables: the other tables; without one of them the column holds numbers.
        formula: of a row.
    """

    tables: tuple[str, ...]
    formula: str


def summed(table: str, columns: tuple[str, ...], *criteria: str) -> str:
    """Sum of columns over the rows of a table that meet criteria."""
    where = "".join(f",{item}" for item in criteria)
    return "+".join(f"SUMIFS({table}[{name}]{where})" for name in columns)


def _of_row(table: str, *keys: str) -> tuple[str, ...]:
    return tuple(f"{table}[{key}],[@{key}]" for key in keys)


def _less(table: str, columns: tuple[str, ...], *criteria: str) -> str:
    where = "".join(f",{item}" for item in criteria)
    return "".join(f"-SUMIFS({table}[{name}]{where})" for name in columns)


def _today(table: str) -> tuple[str, ...]:
    """Rows of a table for the row's scheme and year under the plan of today, which is first."""
    return (*_of_row(table, "scheme", "year"), f"{table}[plan],INDEX({table}[plan],1)")


_TOTALS = _today("totals")
_INFLOWS = ("contributions", "interest", *OTHER_INCOME)
_INCOME = summed("totals", _INFLOWS, *_TOTALS) + _less("totals", ("account_credits",), *_TOTALS)
_OUTGO = summed("totals", OUTGO, *_TOTALS)
_PLAN = _of_row("places", "scheme", "plan")
_LESS, _MORE = (f'places[rate_change],"{sign}"&{number!r}' for sign, number in
                (("<", -UNCHANGED), (">", UNCHANGED)))  # fmt: skip
_DRY = 'places[dry_year],">0"'
_FUNDS = (*_today("funds"), 'funds[level],"<>*adjustment fund"')
_BELOW = (*_FUNDS, 'funds[balance],"<0"')
_RATES = _of_row("overview", "scheme", "plan")
_FIRST_YEAR = (*_of_row("funds", "scheme", "plan"), "funds[year],MIN(totals[year])")
_MORE_MONEY = "[@rate_change]*[@base]"


_COLLECTED = summed("funds", ("contributions",), *_FIRST_YEAR) + _less(
    "funds", ("account_credits",), *_FIRST_YEAR
)


def _share_of_places(weight: str, *criteria: str) -> str:
    chosen, everyone = (summed("places", (weight,), *_PLAN, *more) for more in (criteria, ()))
    return f"{chosen}/{everyone}"


def _mean_income(where: str) -> str:
    """Mean disposable income of the insured of places that meet a condition on the rate."""
    return (
        "SUMPRODUCT((places[scheme]=[@scheme])*(places[plan]=[@plan])"
        f"*(places[rate_change]{where})*places[insured]*places[disposable_income])"
        f"/SUMPRODUCT((places[scheme]=[@scheme])*(places[plan]=[@plan])"
        f"*(places[rate_change]{where})*places[insured])"
    )


_CARE = tuple(f'care[{key}],IF([@{key}]="all","*",[@{key}])' for key in ("half", "people"))

GATHERED: Mapping[str, Mapping[str, Gathered]] = {
    "funds_now": {
        "opening_balance": Gathered(("totals",), summed("totals", ("opening_balance",), *_TOTALS)),
        "income": Gathered(("totals",), _INCOME),
        "outgo": Gathered(("totals",), _OUTGO),
        "net": Gathered(("totals",), _INCOME + _less("totals", OUTGO, *_TOTALS)),
        "months_of_outgo": Gathered(
            ("totals",),
            f"12*{summed('totals', ('opening_balance',), *_TOTALS)}/({_OUTGO})",
        ),
        "contributors_per_retired": Gathered(
            ("funds", "people"),
            f"{summed('funds', ('contributors',), *_today('funds'))}"
            "/SUMIFS(people[retired],people[year],MIN(people[year]))",
        ),
    },
    "decision": {
        "funds": Gathered(("overview",), summed("overview", ("pools",), *_RATES)),
        "first_dry": Gathered(
            ("places",),
            f'_xlfn.MINIFS(places[dry_year],{",".join(_PLAN)},{_DRY},places[insured],">0")',
        ),
        **{
            f"dry_within_{n}": Gathered(
                ("places", "totals"),
                _share_of_places(
                    "insured", _DRY, f'places[dry_year],"<"&(MIN(totals[year])+{n})'
                ),
            )
            for n in SOON
        },
        "dry_by_end": Gathered(("places",), _share_of_places("insured", _DRY)),
        "all_last_probability": Gathered(
            ("scenario_shares",),
            "1-" + summed("scenario_shares", ("any_ruin",),
                          *_of_row("scenario_shares", "scheme", "plan")),
        ),
        "income_rate": Gathered(("overview",), summed("overview", ("income_rate_mean",), *_RATES)),
        "level_rate": Gathered(("overview",), summed("overview", ("level_rate_mean",), *_RATES)),
        "rate_change": Gathered(
            ("overview",),
            summed("overview", ("level_rate_mean",), *_RATES)
            + _less("overview", ("income_rate_mean",), *_RATES),
        ),
        "paying_less": Gathered(("places",), _share_of_places("insured", _LESS)),
        "paying_more": Gathered(("places",), _share_of_places("insured", _MORE)),
        "income_less": Gathered(("places",), _mean_income(f"<{-UNCHANGED!r}")),
        "income_more": Gathered(("places",), _mean_income(f">{UNCHANGED!r}")),
        **{
            f"{group}_{way}": Gathered(("places",), _share_of_places(group, where))
            for group in CARE_GROUPS
            for way, where in (("less", _LESS), ("more", _MORE))
        },
        "base": Gathered(
            ("funds", "totals"), summed("funds", ("contribution_base",), *_FIRST_YEAR)
        ),
        "payers": Gathered(("funds", "totals"), summed("funds", ("contributors",), *_FIRST_YEAR)),
        "more_money": Gathered(("overview",), _MORE_MONEY),
        "more_each": Gathered(("overview",), f"{_MORE_MONEY}/[@payers]"),
        "collected_each": Gathered(("funds", "totals"), f"({_COLLECTED})/[@payers]"),
        "needed_each": Gathered(
            ("funds", "totals"), f"({_COLLECTED}+{_MORE_MONEY})/[@payers]"
        ),
    },
    "money_lacking": {
        "funds": Gathered(("funds",), f"COUNTIFS({','.join(_FUNDS)})"),
        "funds_below_zero": Gathered(("funds",), f"COUNTIFS({','.join(_BELOW)})"),
        "lacking": Gathered(("funds",), "0" + _less("funds", ("balance",), *_BELOW)),
    },
    "government": {
        "amount": Gathered(("totals",), summed("totals", ("{column}",), *_TOTALS)),
        "outgo_share": Gathered(
            ("totals",), f"{summed('totals', ('{column}',), *_TOTALS)}/({_OUTGO})"
        ),
    },
    "own_share": {
        **{
            name: Gathered(("care",), summed("care", (name,), *_CARE))
            for name in ("persons", "cost", "paid")
        },
        "own_share": Gathered(("care",), "([@cost]-[@paid])/[@cost]"),
    },
    "rate_errors": {
        "level_rate": Gathered(
            ("overview",),
            summed("overview", ("level_rate_mean",), "overview[scheme],[@scheme]",
                   "overview[plan],INDEX(overview[plan],1)"),
        ),
        "rate_error": Gathered(
            ("overview",),
            "SQRT(([@income_error]*[@present_income])^2+([@outgo_error]*[@present_outgo])^2)"
            "/[@present_base]",
        ),
    },
}  # fmt: skip
"""Columns of the tables of the first page that are formulas on other sheets, by table."""
