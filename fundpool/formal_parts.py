"""Formal parts of a report as plain data: slots, provisions, warning bands, budgets, errors.

What a person states comes from the section ``report`` of case.toml; what is not stated is None.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fundpool.alerts import OF_ACCOUNTS
from fundpool.inputs.settings.report import ReportTexts
from fundpool.models.funds.books import OUTGO

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.projection.study import Projection

DATES = ("date_of_information", "date_of_report", "signed_on")
BAND_YEARS = (0, 1, 5, 10)
"""Years after the valuation date at whose ends funds are sorted into warning bands."""

Row = dict[str, Any]


def formal_parts(projection: "Projection") -> dict[str, Any]:
    """Entries of summary.json on formal parts.

    >>> from fundpool import examples
    >>> parts = formal_parts(examples.projection("county"))
    >>> parts["slots"]["prepared_by"] is None, [row["rule"] for row in parts["provisions"]][:1]
    (True, ['employer_rate'])

    Args:
        projection: of the plan that holds today.

    Returns:
        ``slots``, text or None by name; ``decisions``, rows what, by, due; ``provisions``
        (:func:`provisions`); ``warning_bands`` (:func:`warning_bands`); ``budgets``
        (:func:`budgets_compared`); ``rate_errors`` (:func:`rate_errors`).
    """
    case = projection.case
    stated = case.settings.report
    slots = {name: stated.text(name) or None for name in (*ReportTexts.model_fields, *DATES)}
    return {
        "slots": {"valuation_date": f"{case.base_year}-12-31"} | slots,
        "decisions": [
            {"what": item.what, "by": item.by, "due": item.due or None} for item in stated.decisions
        ],
        "provisions": provisions(case),
        "warning_bands": warning_bands(projection),
        "budgets": budgets_compared(projection),
        "rate_errors": rate_errors(projection),
    }


def provisions(case: "Case") -> list[Row]:
    """Rules of every scheme.

    Rows: scheme; rule; value; by_year, values in force from later years on; source; status.
    """
    return [
        {
            "scheme": scheme.name,
            "rule": name,
            "value": rule.value,
            "by_year": {str(year): value for year, value in sorted(rule.by_year.items())},
            "source": rule.source,
            "status": rule.status,
        }
        for scheme in case.schemes
        for name, rule in scheme.file.rules.items()
    ]


def band_limits(case: "Case") -> list[tuple[str, float]]:
    """Warning bands of a case, the lowest first: its alert rules of the measure
    ``month_end_reserve``, name and limit in months of outgo."""
    rules = case.settings.alerts.items()
    bands = [(name, rule.limit) for name, rule in rules if rule.measure == OF_ACCOUNTS]
    return sorted(bands, key=lambda band: band[1])


def warning_bands(projection: "Projection") -> list[Row]:
    """Funds and insured by warning band.

    A fund is in the lowest band whose limit its reserve months are under; ``above`` is no band,
    ``below_zero`` a negative balance.

    Rows: scheme; year, at whose end; band; limit, None of the two that have none; funds;
    insured, persons of the first projected year. Empty without bands in the case.
    """
    limits = band_limits(projection.case)
    if not limits:
        return []
    persons = projection.measures.set_index(["scheme", "pool"])["persons"]
    base = projection.case.base_year
    bands: list[tuple[str, float | None]] = [("below_zero", None), *limits, ("above", None)]
    rows = []
    for scheme, of_scheme in projection.funds.groupby("scheme", sort=False):
        for after in BAND_YEARS:
            of_year = of_scheme[of_scheme["year"] == base + max(after, 1)]
            funds: list[tuple[str, float]] = []
            for fund in of_year.to_dict("records"):
                if (scheme, fund["pool"]) not in persons.index:
                    continue  # an adjustment fund insures nobody
                months, balance = _reserve(fund, opening=after == 0)
                under = [name for name, limit in limits if months < limit]
                name = "below_zero" if balance < 0 else under[0] if under else "above"
                funds.append((name, float(persons[scheme, fund["pool"]])))
            if not funds:
                continue
            rows += [
                {
                    "scheme": str(scheme), "year": base + after, "band": name, "limit": limit,
                    "funds": sum(of_fund == name for of_fund, _ in funds),
                    "insured": sum((people for of_fund, people in funds if of_fund == name), 0.0),
                }
                for name, limit in bands
            ]  # fmt: skip
    return rows


def _reserve(fund: Mapping[Any, Any], opening: bool) -> tuple[float, float]:
    """Reserve months and balance of a fund at the end of a year, or at the start of the first.

    Those of the start are months of the first year's outgo.
    """
    if not opening:
        return float(fund["reserve_months"]), float(fund["balance"])
    outgo = float(sum(fund[name] for name in OUTGO))
    balance = float(fund["opening_balance"])
    return (12.0 * balance / outgo if outgo > 0 else float("inf")), balance


def budgets_compared(projection: "Projection") -> list[Row]:
    """Budgets of the case beside what is projected.

    Rows: scheme; year; budget_income, projected_income, budget_outgo, projected_outgo;
    source. Income includes interest and leaves out what goes to personal accounts.
    """
    from fundpool.decision import income_and_outgo

    rows = []
    for scheme, budget in projection.case.settings.report.budgets.items():
        figures = income_and_outgo(projection, scheme, budget.year)
        if figures is None:
            continue
        rows.append(
            {
                "scheme": scheme, "year": budget.year, "budget_income": budget.income,
                "projected_income": figures[0], "budget_outgo": budget.outgo,
                "projected_outgo": figures[1], "source": budget.source,
            }
        )  # fmt: skip
    return rows


def rate_errors(projection: "Projection") -> list[Row]:
    """What the errors of the backtest would make of the level rate of all funds of a scheme.

    Income and outgo of every year off by their relative errors ``e_i`` and ``e_o``, each by
    itself, move the rate by ``e_o PV(outgo) / PV(base)`` and ``e_i PV(income) / PV(base)``;
    independent errors add in squares. Discounted by the economy's interest, flows at mid-year.

    Rows: scheme; income_error, outgo_error; level_rate, mean over funds; present_income,
    present_outgo, present_base, the present values; rate_error, one standard error of the rate;
    source; status. Empty without errors in the case.
    """
    case = projection.case
    interest = case.settings.economy.interest
    overview = projection.overview.set_index("scheme")["level_rate_mean"]
    rows = []
    for scheme, errors in case.settings.report.backtest.items():
        yearly = projection.funds[projection.funds["scheme"] == scheme].groupby("year").sum(
            numeric_only=True
        )  # fmt: skip
        discount, outgo, income, base = 1.0, 0.0, 0.0, 0.0
        for year, flows in yearly.to_dict("index").items():
            growth = 1.0 + interest.at(int(str(year)))
            middle = discount / growth**0.5
            outgo += middle * sum(flows[name] for name in OUTGO)
            income += middle * (flows["contributions"] - flows["account_credits"])
            base += middle * flows["contribution_base"]
            discount /= growth
        if base <= 0 or scheme not in overview.index:
            continue
        moved = ((errors.outgo * outgo) ** 2 + (errors.income * income) ** 2) ** 0.5 / base
        rows.append(
            {
                "scheme": scheme, "income_error": errors.income, "outgo_error": errors.outgo,
                "level_rate": float(overview[scheme]), "present_income": float(income),
                "present_outgo": float(outgo), "present_base": float(base), "rate_error": moved,
                "source": errors.source, "status": errors.status,
            }
        )  # fmt: skip
    return rows
