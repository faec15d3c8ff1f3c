"""Every assumption up and down, and every shock: does the sign make economic sense?

Assumptions of the base year are changed with the calibration done anew; what people can decide
(rules of the schemes, participation) is changed from the year after the base year on, with the
calibration of the unchanged case. The outcome is the closing balance of a scheme's pooled funds.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context

import pandas as pd

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.case.assumptions import parameters
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.settings.parameters import Parameter
from fundpool.models.calibration.multipliers import Calibration
from fundpool.models.projection.study import study
from validation.part import Check, Part, checks_table, markdown_table

YEARS = 8
PLAN = "province"
RELATIVE, ABSOLUTE = 0.1, 0.01
NOTHING = 1e-9
"""Changes of a balance smaller than this share of it count as none."""
LEVERS = ("schemes.", "participation.")
SECTIONS = ("economy.", "mobility.", "coverage.", "participation.", "solvency.", "pooling.",
            "schemes.")  # fmt: skip
"""Settings of scenarios and of the optimiser do not enter the one path that is looked at here."""
WORKERS = int(os.environ.get("VALIDATION_WORKERS", str(os.cpu_count() or 1)))


@dataclass(frozen=True)
class Expectation:
    """What a rise of an assumption should do to a scheme's closing balance.

    Attributes:
        signs: by scheme: 1, -1, 0 (nothing at all) or None (economics does not say).
        reason: why.
        directions: those in which the sign is expected.
    """

    signs: dict[str, int | None]
    reason: str
    directions: tuple[str, ...] = ("down", "up")


def both(employee: int | None, resident: int | None, reason: str) -> Expectation:
    """An expectation for the two schemes of the reference case."""
    return Expectation({"employee": employee, "resident": resident}, reason)


LOWERED = "lowered, those just above the new age go on paying (a limitation)"
EMPLOYED = "young contributors pay more than they cost"
EXPECTED: dict[str, Expectation] = {
    "economy.wage_growth": both(1, 0, "wages are the base of the one, not of the other"),
    "economy.medical_inflation": both(-1, -1, "care costs more"),
    "economy.interest": both(1, None, "reserves earn more; a debt costs more"),
    "economy.consumer_inflation": both(0, 0, "enters no cash flow"),
    "economy.premium_growth": both(0, 1, "premiums and subsidies rise"),
    "mobility.in_migration_growth": both(1, None, EMPLOYED),
    "coverage.employee_enrolment_growth": both(1, None, EMPLOYED),
    "coverage.employee_kept_on_move": both(1, None, EMPLOYED),
    "coverage.credited_density": both(
        None, None, "fewer earn retiree cover, more is paid to earn it"
    ),
    "coverage.prior_credit_share": both(-1, None, "more people earn retiree cover"),
    "participation.awareness": both(1, None, EMPLOYED),
    "participation.contract_coverage": both(1, None, EMPLOYED),
    "participation.voluntary_compliance": both(1, None, EMPLOYED),
    "participation.mandate_enforced": both(1, None, EMPLOYED),
    "participation.premium_elasticity": both(0, 0, "no rate changes in this case"),
    "participation.portability_effect": both(1, -1, "rights are portable: more take part at work"),
    "participation.direct_settlement_effect": both(
        1, 1, "care away is settled directly: fewer let cover lapse"
    ),
    "solvency.target_reserve_months": both(0, 0, "a yardstick, no cash flow"),
    "solvency.alert_years": both(0, 0, "a yardstick, no cash flow"),
    "solvency.horizon": both(0, 0, "a yardstick, no cash flow"),
    "pooling.moral_hazard.values.city": both(0, 0, "funds are pooled by province here"),
    "pooling.moral_hazard.values.province": both(-1, -1, "merged funds are used more"),
    "pooling.collection_effort.values.city": both(0, 0, "funds are pooled by province here"),
    "pooling.collection_effort.values.province": both(1, 1, "more is collected"),
    "schemes.employee.rules.employer_rate": both(1, None, "more is paid in"),
    "schemes.employee.rules.employee_rate": both(1, None, "more is paid in"),
    "schemes.employee.rules.base_floor": both(1, 0, "low wages pay on more"),
    "schemes.employee.rules.base_ceiling": both(1, 0, "high wages pay on more"),
    "schemes.employee.rules.compliance": both(1, 0, "more of the wage is declared"),
    "schemes.employee.rules.account_share": both(-1, 0, "less stays in the pooled fund"),
    "schemes.employee.rules.retiree_account_credit": both(-1, 0, "paid out of the pooled fund"),
    "schemes.employee.rules.retirement_age_male": Expectation(
        {"employee": 1}, f"longer paid in; {LOWERED}", ("up",)
    ),
    "schemes.employee.rules.retirement_age_female": Expectation(
        {"employee": 1}, f"longer paid in; {LOWERED}", ("up",)
    ),
    "schemes.employee.rules.min_credited_years_male": both(1, None, "fewer earn retiree cover"),
    "schemes.employee.rules.min_credited_years_female": both(1, None, "fewer earn retiree cover"),
    "schemes.employee.rules.administration": both(-1, 0, "an expense"),
    "schemes.employee.rules.account_spending": both(0, 0, "a book of its own"),
    "schemes.employee.settlement.offsite_penalty": both(1, None, "less is paid away from home"),
    "schemes.resident.rules.premium": both(None, 1, "more is paid in"),
    "schemes.resident.rules.subsidy": both(0, 1, "more is paid in"),
    "schemes.resident.rules.administration": both(0, -1, "an expense"),
    "schemes.resident.settlement.offsite_penalty": both(0, 1, "less is paid away from home"),
}
SHOCKS: dict[str, Expectation] = {
    "shock-epidemic": both(-1, -1, "more care, lower wages"),
    "shock-plant-closures": both(-1, None, "contributors are lost"),
    "shock-prices": both(-1, -1, "care costs more"),
    "shock-return": both(-1, None, "contributors are lost"),
}
UNSAID = both(None, None, "works both ways")


def balances(case: Case, calibration: Calibration | None = None) -> dict[str, float]:
    """Closing balance of each scheme's pooled funds after ``YEARS`` years."""
    funds = study(case, YEARS, calibration=calibration).pooled(PLAN).funds
    last = funds[funds["year"] == case.base_year + YEARS]
    return {str(name): float(value) for name, value in
            last.groupby("scheme")["balance"].sum().items()}  # fmt: skip


def moved(base: Case, path: str, value: float) -> Case | None:
    """The case with one assumption changed; None where the value is out of its range."""
    try:
        changed = base.with_values({in_force(base, path): value})
    except CaseError:
        return None
    return replace(changed, before=base) if path.startswith(LEVERS) else changed


def flattened(case: Case) -> Case:
    """The case with every assumption held at its long-run value, so that steps compare.

    Rules that every region sets for itself take the scheme's own value everywhere.
    """
    values = {
        path: case.value(path)
        for path in case.paths()
        if path.startswith(("economy.", "coverage."))
    } | last_values(case)
    effective = {
        in_force(case, path): path for path in case.paths() if in_force(case, path) != path
    }
    return case.with_values(
        values | {there: value_of(case, path) for there, path in effective.items()}
    )


def last_values(case: Case) -> dict[str, float]:
    """The last value of rules for which years are listed, but for those that regions set."""
    return {
        path: float(item.by_year[max(item.by_year)])
        for path, item in parameters(case)
        if path.startswith("schemes.") and in_force(case, path) == path
        if isinstance(item, Parameter) and item.by_year
    }


def in_force(case: Case, path: str) -> str:
    """The path of an assumption, or of the whole area's rule where every region has its own."""
    keys = path.split(".")
    if len(keys) != 4 or keys[2] != "rules":
        return path
    if not case.scheme(keys[1]).set_by_every_region(keys[3], case.base_year):
        return path
    return f"{path}.{case.regions.codes_at(case.levels[-1])[0]}"


def value_of(case: Case, path: str) -> float:
    """Value of an assumption, of a scheme's rule too."""
    table = case.assumptions()
    return float(table.loc[table["path"] == path, "value"].iloc[0])


@cache
def known_case(name: str) -> tuple[Case, Calibration]:
    """A bundled case with every assumption at its long-run value, and its calibration."""
    base = flattened(read_case(name))
    return base, study(base, 1).calibration


def effect(name: str, subject: str) -> tuple[float, dict[str, dict[str, float]]]:
    """Value of an assumption, and closing balances with it moved ``down`` and ``up``.

    Args:
        name: a bundled case.
        subject: path of an assumption, or a policy with a shock.
    """
    base, known = known_case(name)
    if subject in SHOCKS:
        return float("nan"), {"up": balances(base.with_policies([subject]), known)}
    value = value_of(base, subject)
    step = abs(value) * RELATIVE if value else ABSOLUTE
    figures = {}
    for direction, sign in (("down", -1.0), ("up", 1.0)):
        case = moved(base, subject, _whole(subject, value + sign * step, value))
        if case is not None:
            figures[direction] = balances(case, known if subject.startswith(LEVERS) else None)
    return value, figures


def sensitivity(name: str = "jiangsu") -> Part:
    """All assumptions and shocks of a case."""
    base = flattened(read_case(name))
    plain = balances(base)
    subjects = [*(path for path in base.paths() if path.startswith(SECTIONS)), *SHOCKS]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        effects = list(pool.map(effect, [name] * len(subjects), subjects))
    rows, checks = [], []
    for subject, (value, figures) in zip(subjects, effects, strict=True):
        expected = SHOCKS.get(subject, EXPECTED.get(subject, UNSAID))
        rows.append(_row(subject, value, figures, plain, expected))
        checks += _checks(subject, figures, plain, expected)
    wrong = [check for check in checks if not check.holds]
    text = "\n\n".join(
        [
            f"The Jiangsu case, {YEARS} years, pooled by province, every assumption held at its "
            f"long-run value and moved by a tenth of it ({ABSOLUTE:g} where it is nil); ages and "
            "years by one. Effects are in per cent of the scheme's closing balance; the last "
            "columns say what economics expects of a rise, where it says anything.",
            markdown_table(pd.DataFrame(rows)),
            f"{len(checks)} signs were expected and {len(checks) - len(wrong)} of them found.",
            checks_table(wrong) if wrong else "",
        ]
    ).strip()
    return Part(text, tuple(checks))


def _whole(path: str, wanted: float, value: float) -> float:
    """Ages, years and months move by one."""
    counted = ("age_", "years", "horizon", "months", "working_age")
    if any(word in path for word in counted) and value >= 1:
        return value + (1.0 if wanted > value else -1.0)
    return wanted


def _row(
    path: str, value: float, figures: dict[str, dict[str, float]],
    plain: dict[str, float], expected: Expectation,
) -> dict[str, str]:  # fmt: skip
    def effect(direction: str, scheme: str) -> str:
        if direction not in figures:
            return ""
        change = (figures[direction][scheme] - plain[scheme]) / abs(plain[scheme])
        return "0" if abs(change) < NOTHING else f"{100 * change:+.3f}"

    said = {1: "+", -1: "−", 0: "0", None: ""}
    return {
        "assumption": f"`{path}`",
        "value": "" if value != value else f"{value:g}",
        "employee, down": effect("down", "employee"),
        "employee, up": effect("up", "employee"),
        "resident, down": effect("down", "resident"),
        "resident, up": effect("up", "resident"),
        "expected": " ".join(
            f"{scheme} {said[sign]}" for scheme, sign in expected.signs.items() if sign is not None
        ),
        "because": expected.reason,
    }


def _checks(
    path: str, figures: dict[str, dict[str, float]], plain: dict[str, float], expected: Expectation
) -> list[Check]:
    result = []
    for scheme, sign in expected.signs.items():
        if sign is None:
            continue
        for direction, turn in (("down", -1), ("up", 1)):
            if direction not in figures or direction not in expected.directions:
                continue
            change = (figures[direction][scheme] - plain[scheme]) / abs(plain[scheme])
            seen = 0 if abs(change) < NOTHING else (1 if change > 0 else -1)
            result.append(
                Check(f"{path} {direction}: {scheme} {sign * turn:+d}", f"{seen:+d}",
                      seen == sign * turn, expected.reason)
            )  # fmt: skip
    return result
