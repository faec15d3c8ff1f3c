"""The source paper's arrangements on the 2009 case: sign expected, sign found, size.

Each is a policy of the case. Where the case itself holds the arrangement, the policy is its
opposite and the effect is turned round.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.solvency import discount_factors
from fundpool.building.jiangsu_2009.published import Published2009
from fundpool.inputs.case import read_case
from fundpool.inputs.case.policies import policy_contents, read_policy
from fundpool.models.analysis.care_away import care_away
from fundpool.models.analysis.endurance import endurance_table
from fundpool.models.analysis.policies import figures, followed
from fundpool.models.axes.statuses import LOCAL_RESIDENT
from fundpool.models.projection.study import Projection, Study, study
from validation.part import Check, Part, markdown_table

YEARS = 15
CASE = "jiangsu-2009"
UP, DOWN, NONE = 1, -1, 0
STILL = 1e-9
"""Relative change up to which nothing has changed."""

UNITS = {
    "out_of_pocket_share": (100.0, "points", "own share of the cost of care, migrants"),
    "from_home": (1e-9, "bn CNY", "paid for migrants by funds at home"),
    "from_host": (1e-9, "bn CNY", "paid for migrants where they live"),
    "work_insured_migrants": (1e-3, "thousand", "migrants insured through work, 2024"),
    "retiree_share": (100.0, "points", "movers who earn retiree cover"),
    "retirees_earned": (1e-3, "thousand", "movers who earn retiree cover"),
    "accounts_moved": (1e-9, "bn CNY", "account money moved"),
    "duplicate_avoided": (1e-6, "m CNY", "double payment avoided"),
    "level_rate": (100.0, "points", "level rate, payroll schemes"),
    "level_rate_flat": (100.0, "points of income", "level rate, flat schemes"),
    "gini": (1.0, "", "Gini of level rates between funds"),
    "account_credits": (1e-9, "bn CNY", "credited to personal accounts"),
    "pooled_contributions": (1e-9, "bn CNY", "pooled contributions of the employee scheme"),
    "local_members": (1e-3, "thousand", "in the resident scheme of another place, 2024"),
    "forgone": (1e-3, "thousand stays a year", "hospital care migrants go without"),
    "cost_forgone": (1e-9, "bn CNY a year", "care migrants go without"),
    "journeys": (1e-3, "thousand stays a year", "journeys home for hospital care"),
    "dry_in_five": (1.0, "funds", "funds dry within five years of the shock"),
}  # fmt: skip
"""Figures: factor, unit, words."""


@dataclass(frozen=True)
class Arrangement:
    """One expectation of a row of the paper's arrangements.

    Attributes:
        row: number of the arrangement.
        title: the arrangement.
        policy: policy of the case.
        figure: what is expected to change.
        sign: how.
        opposite: whether the policy takes the arrangement away.
        why: a sentence on the size, or on a sign that is not as expected.
        explained: whether the sign is known not to be as expected, for the reason in ``why``.
    """

    row: int
    title: str
    policy: str
    figure: str
    sign: int
    opposite: bool = False
    why: str = ""
    explained: bool = False


RESERVES = (
    "no fund more than without the shock: employee funds of 2009 hold nearly two years of payments"
)

ARRANGEMENTS = (
    Arrangement(1, "rural scheme, care away reimbursed later", "rural-settled-away",
                "out_of_pocket_share", UP, True),
    Arrangement(1, "rural scheme, care away reimbursed later", "rural-settled-away", "from_home",
                DOWN, True),
    Arrangement(2, "employee scheme: less to accounts, outpatient side", "account-reform",
                "account_credits", DOWN),
    Arrangement(2, "employee scheme: less to accounts, outpatient side", "account-reform",
                "out_of_pocket_share", DOWN),
    Arrangement(3, "rural and resident scheme merged", "merge-residents", "out_of_pocket_share",
                DOWN),
    Arrangement(3, "rural and resident scheme merged", "merge-residents", "level_rate_flat", UP),
    Arrangement(4, "migrant scheme for all with a contract", "migrant-contract",
                "out_of_pocket_share", DOWN, why="few join: a contract, awareness and an employer "
                "who pays are all needed, and who joins leaves the scheme at home"),
    Arrangement(4, "migrant scheme, no contract needed", "migrant-comprehensive",
                "out_of_pocket_share", DOWN),
    Arrangement(4, "migrant scheme, no contract needed", "migrant-comprehensive",
                "work_insured_migrants", UP),
    Arrangement(5, "outpatient care beside hospital care", "migrant-outpatient",
                "out_of_pocket_share", DOWN),
    Arrangement(6, "awareness", "awareness", "work_insured_migrants", UP),
    Arrangement(6, "contracts", "contracts", "work_insured_migrants", UP),
    Arrangement(6, "less turnover", "lasting-jobs", "work_insured_migrants", UP),
    Arrangement(6, "income: a lower rate", "lower-rate", "work_insured_migrants", UP),
    Arrangement(6, "no fear of losing rights", "rights-kept", "work_insured_migrants", UP),
    Arrangement(7, "territorial rule", "direct-settlement", "forgone", UP, True),
    Arrangement(7, "territorial rule", "direct-settlement", "cost_forgone", UP, True),
    Arrangement(7, "territorial rule", "direct-settlement", "journeys", UP, True),
    Arrangement(7, "territorial rule", "direct-settlement", "out_of_pocket_share", UP, True),
    Arrangement(8, "portable accounts", "portable", "accounts_moved", UP),
    Arrangement(8, "portable accounts", "portable", "retiree_share", DOWN, why="while insured time "
                "restarts, who keeps cover on a move begins at nought, but who loses it and enters "
                "again brings 95 % of the mean time of their age: more reach retirement in the "
                "scheme, fewer with enough years"),
    Arrangement(9, "insured time recognised", "recognised-time", "retiree_share", UP),
    Arrangement(9, "insured time recognised", "recognised-time", "retirees_earned", UP),
    Arrangement(10, "tiered packages", "tiered-packages", "out_of_pocket_share", DOWN),
    Arrangement(10, "tiered packages", "tiered-packages", "work_insured_migrants", UP),
    Arrangement(11, "dual enrolment", "dual-enrolment", "out_of_pocket_share", DOWN,
                why="few hold both: one in five migrants of the employee scheme"),
    Arrangement(11, "home fund settles first", "home-first", "from_home", UP),
    Arrangement(11, "home fund settles first", "home-first", "out_of_pocket_share", NONE),
    Arrangement(11, "quota on the total", "reimbursement-quota", "out_of_pocket_share", UP),
    Arrangement(12, "provincial adjustment fund", "provincial-adjustment", "gini", DOWN),
    Arrangement(12, "one provincial fund", "provincial-pooling", "gini", DOWN),
    Arrangement(12, "one provincial fund", "provincial-pooling", "level_rate", UP),
    Arrangement(12, "staged pooling", "staged-pooling", "gini", DOWN),
    Arrangement(13, "epidemic", "shock-epidemic", "level_rate", UP),
    Arrangement(13, "epidemic", "shock-epidemic", "dry_in_five", UP, why=RESERVES,
                explained=True),
    Arrangement(13, "plant closures", "shock-plant-closures", "dry_in_five", UP,
                why=RESERVES,
                explained=True),
    Arrangement(13, "plant closures", "shock-plant-closures", "pooled_contributions", DOWN),
    Arrangement(13, "return of migrants", "shock-return", "from_host", DOWN),
    Arrangement(13, "jump in prices", "shock-prices", "level_rate", UP),
    Arrangement(14, "mandate", "mandate", "work_insured_migrants", UP),
    Arrangement(14, "contribution base supervised", "declared-base", "pooled_contributions", UP),
    Arrangement(14, "no registration asked", "open-to-all", "local_members", UP),
    Arrangement(14, "no registration asked", "open-to-all", "from_host", UP),
)  # fmt: skip


def measured(projection: Projection, done: Study) -> dict[str, float]:
    """Every figure of ``UNITS`` of a projection."""
    flows, case = projection.flows, projection.case
    discount = np.asarray(discount_factors(flows.paths.interest, flows.paths.interest.size))
    employee = case.scheme_number("employee")
    credits = flows.account_credits[employee, 1:].sum(axis=1)
    paid_in = flows.contributions[employee, 1:].sum(axis=1)
    moved = ~np.eye(flows.retiring.shape[-1], dtype=bool)
    away = care_away(case, done.calibration, case.base_year + 1)
    year = min((shock.year for shock in case.shocks), default=2013)
    stood = endurance_table([projection], year)
    return figures(projection) | {
        "retirees_earned": float(flows.retiring[1:, 1][:, moved].sum()),
        "account_credits": float(credits @ discount),
        "pooled_contributions": float((paid_in - credits) @ discount),
        "local_members": float(flows.by_status[-1, :-1, LOCAL_RESIDENT].sum()),
        "forgone": float(away["forgone"].sum()),
        "cost_forgone": float(away["cost_forgone"].sum()),
        "journeys": float(away["home"].sum()),
        "dry_in_five": float(stood["within_five"].iloc[0]),
    }


def effects(names: list[str]) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Figures of the case, and what each policy changes of them."""
    case = read_case(CASE)
    base = study(case, YEARS)
    plain = measured(base.pooled(case.usual_pooling), base)
    change: dict[str, dict[str, float]] = {}
    for name in names:
        policy = read_policy(*policy_contents(name, case.policy_texts))
        measures = []
        for laid in filter(None, (name, policy.against)):
            changed = case.with_policies([laid])
            done = followed(base, changed, YEARS)
            measures.append(measured(done.pooled(changed.usual_pooling), done))
        beside = measures[1] if policy.against else plain
        change[name] = {figure: measures[0][figure] - beside[figure] for figure in UNITS}
    return plain, change


def sign_of(change: float, level: float) -> int:
    """Which way a figure moved; 0 if by less than a billionth of it.

    >>> sign_of(-2.0, 10.0), sign_of(1e-12, 10.0)
    (-1, 0)
    """
    return 0 if abs(change) <= STILL * abs(level) else int(np.sign(change))


def without_contract() -> float:
    """Share of workers outside farming without a contract, by industries of 2010."""
    published = Published2009()
    contract = published.assumed("industry_contract")
    by_county = published.non_farm_mix @ np.array([contract[n] for n in published.industries])
    workers = (published.units["workers"] - published.units["agriculture"]).to_numpy(float)
    return 1.0 - float(np.average(by_county, weights=workers))


def arrangements() -> Part:
    """The table of arrangements, with a check for every sign."""
    plain, change = effects(sorted({each.policy for each in ARRANGEMENTS}))
    words = {UP: "rises", DOWN: "falls", NONE: "unchanged"}
    rows, checks = [], []
    for each in ARRANGEMENTS:
        factor, unit, about = UNITS[each.figure]
        moved = change[each.policy][each.figure] * (-1.0 if each.opposite else 1.0)
        seen = sign_of(moved, plain[each.figure])
        size = "0" if seen == NONE else f"{moved * factor:+,.3g}"
        rows.append(
            {
                "row": each.row,
                "arrangement": each.title,
                "policy": each.policy + (" (turned round)" if each.opposite else ""),
                "what": about,
                "expected": words[each.sign],
                "found": words[seen],
                "size": f"{size} {unit}".strip(),
                "note": each.why,
            }
        )
        checks.append(
            Check(f"{each.row}. {each.title}: {about} {words[each.sign]}", size,
                  (seen == each.sign) != each.explained, "source paper and its literature")
        )  # fmt: skip
    right = sum(row["expected"] == row["found"] for row in rows)
    base = ", ".join(
        f"{UNITS[name][2]} {plain[name] * UNITS[name][0]:,.4g} {UNITS[name][1]}"
        for name in ("out_of_pocket_share", "work_insured_migrants", "forgone", "cost_forgone",
                     "journeys")
    )  # fmt: skip
    without = without_contract()
    text = (
        f"Projected {YEARS} years by county pools from the end of 2009, each policy beside the "
        "case without it. Money is a present value over these years unless it says a year; care "
        "away is that of the people of 2009 under the rules of 2010. "
        f"{right} of {len(checks)} signs are as expected. The case itself: {base}. A scheme for "
        f"those with a contract leaves out {100 * without:.0f} % of workers outside farming, and "
        "family members who do not work.\n\n" + markdown_table(pd.DataFrame(rows))
    )
    return Part(text, tuple(checks))
