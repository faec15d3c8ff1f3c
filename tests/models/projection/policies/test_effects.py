"""What policies change, how long funds endure, and which policies are refused."""

import math
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.endurance import endurance, months_survived
from fundpool.models.analysis.policies import figures, policy_effects
from fundpool.models.projection.study import Projection, Study, study
from tests.cases.policies import (
    RURAL,
    SOURCE,
    case_with,
    policy,
    policy_case,
    shock,
)
from tests.cases.small import given


def test_the_law_in_force_is_the_base_and_policies_turn_it_back(jiangsu: Case) -> None:
    """Rules of Jiangsu by year as published, and what stood before them as policies."""
    before = jiangsu.with_policies(["manual-claims", "rights-lost"])
    for year in (2024, 2025, 2030):
        employee, other = jiangsu.scheme("employee"), before.scheme("employee")
        assert employee.account_on_move(year) == "transfer"
        assert employee.time_recognised(year)
        turned = year > jiangsu.base_year
        assert other.account_on_move(year) == ("surrender" if turned else "transfer")
        assert other.time_recognised(year) != turned
        for name in ("employee", "resident"):
            assert jiangsu.scheme(name).regime(year) == "direct"
            assert before.scheme(name).regime(year) == ("manual" if turned else "direct")
    employee, city = jiangsu.scheme("employee"), "320100"
    assert employee.rule("account_share", city, 2025) == 0.20
    assert employee.benefit("outpatient", city, 2025).bands == ((0.0, 0.75),)
    assert employee.offsite_penalty(2025) == 0.05
    ages = [employee.rule("retirement_age_male", city, year) for year in (2028, 2029, 2033, 2037)]
    assert ages == [60, 61, 62, 63]


def test_months_survived() -> None:
    """From 12 to 6 to -6: the second year's half; from nothing at once; never."""
    assert months_survived(np.array([6.0, -6.0]), 12.0) == pytest.approx(18.0)
    assert months_survived(np.array([-1.0]), 0.0) == 0.0
    assert months_survived(np.array([1.0, 1.0]), 1.0) == math.inf


def test_endurance_counts_funds(base: Projection) -> None:
    """At the end of 2021 the two resident funds owe money; they started with some."""
    found = endurance(base, 2021)
    assert (found.funds, found.dry_before, found.within_year) == (4, 0, 2)
    months = [
        12 * before / (before - after)
        for before, after in ((50_000, -380_888.58775), (80_000, -635_008.0))
    ]
    assert found.shortest == pytest.approx(min(months))


def test_effects_are_differences_from_the_case_without(tmp_path: Path) -> None:
    case = policy_case()
    case.policies["tried"] = shock(regions=["birch"], migrants_return=0.5)
    plain = read_case(case.write(tmp_path / "case"))
    base = study(plain, 2)
    effects = policy_effects(base, ["tried"])
    again = figures(study(plain.with_policies(["tried"]), 2).pooled("county"))
    assert effects.base == figures(base.pooled("county"))
    held = effects.policies.set_index("name").loc["tried"]
    assert {key: held[key] for key in again} == pytest.approx(again, nan_ok=True)
    assert effects.changes.loc["tried", "insured_migrants"] == pytest.approx(
        again["insured_migrants"] - effects.base["insured_migrants"]
    )
    assert set(effects.endurance["plan"]) == {"county", "city", "province"}


def test_policies_keep_the_calibration_of_the_case_without(jiangsu: Case) -> None:
    base = study(jiangsu, 1)
    for name in ("rural-cooperative", "tiered-packages"):
        changed: Study = study(jiangsu.with_policies([name]), 1)
        known = [scheme.name for scheme in jiangsu.schemes]
        for scheme in known:
            assert np.array_equal(
                changed.calibration.multipliers.claims[
                    [s.name for s in changed.case.schemes].index(scheme)
                ],
                base.calibration.multipliers.claims[known.index(scheme)],
            )


def test_people_and_accounts_balance_under_every_policy_of_jiangsu(jiangsu: Case) -> None:
    """Conservation in one projected year, all policies that can stand together at once."""
    names = ["zhenjiang", "tiered-packages", "merge-residents", "shock-return", "shock-epidemic",
             "provincial-adjustment"]  # fmt: skip
    flows = study(jiangsu.with_policies(names), 6).flows
    start, end = flows.residents[:-1], flows.residents[1:]
    change = flows.births[1:] - flows.deaths[1:] + flows.moved_in[1:] - flows.moved_out[1:]
    assert end == pytest.approx(start + change, rel=1e-9)
    out = flows.accounts_out[:, 1:].sum()
    into = (flows.accounts_in + flows.accounts_to_pool + flows.accounts_surrendered)[:, 1:].sum()
    assert into == pytest.approx(out, rel=1e-9)
    assert flows.settlement.sum() == pytest.approx(flows.claims_incurred.sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"cases": {}}, "tried.toml, column cases: found 'cases'; expected a known setting"),
        ({"case": {"economy": {"inflation": {"value": 1.0}}}}, "expected a known setting"),
        ({"add_schemes": ["rurals"]}, "expected a scheme of the case. Did you mean 'rural'?"),
        ({"pooling": "nation"}, "expected levels of the case"),
        ({"add_schemes": ["rural"]}, "expected a status that no other scheme covers"),
        (
            {
                "shocks": [
                    {"title": "x", "year": 2021, **SOURCE, "regions": ["nowhere"], "price": 2}
                ]
            },
            "expected a region of the case",
        ),
        ({"shocks": [{"title": "x", "year": 2021, **SOURCE}]}, "a shock that changes something"),
        ({"shocks": [{"title": "x", "year": 2021, **SOURCE, "jobs_lost": 2.0}]}, "jobs_lost"),
        (
            {"schemes": {"resident": {"reimbursement_quota": given(1.5)}}},
            "1.5 is not a number from 0 to 1",
        ),
    ],
)
def test_a_broken_policy_is_refused(
    tmp_path: Path, contents: dict[str, object], message: str
) -> None:
    with pytest.raises(CaseError) as refused:
        case_with(tmp_path, policy(**contents))
    assert message in str(refused.value)


def test_an_unknown_policy_is_refused(jiangsu: Case) -> None:
    with pytest.raises(CaseError, match="Did you mean 'mandate'"):
        jiangsu.with_policies(["mandaat"])


def test_funds_that_run_dry_are_weighed_by_their_insured(base: Projection) -> None:
    """In 2021 both resident funds run dry and no employee fund does (see the fund table)."""
    table = base.funds
    dry = set(table[table["balance"] < 0]["scheme"])
    assert dry == {"resident"}
    insured = table.groupby("scheme")["persons"].sum()
    found = figures(base)
    assert (found["funds"], found["funds_exhausted"]) == (4, 2)
    assert found["exhausted_share"] == pytest.approx(insured["resident"] / insured.sum())


def test_a_policy_may_be_measured_against_another(tmp_path: Path) -> None:
    """A merger of schemes that the case holds merged already, against the case that keeps them."""
    case = policy_case()
    case.policies["apart"] = policy(**RURAL) | {"name": "apart"}
    merged = policy(**RURAL, case={"mergers": [
        {"scheme": "rural", "into": "resident", "year": 2022, **SOURCE}]})  # fmt: skip
    case.policies["tried"] = merged | {"against": "apart"}
    plain = read_case(case.write(tmp_path / "case"))
    effects = policy_effects(study(plain, 3), ["apart", "tried"])
    kept, done = (figures(study(plain.with_policies([name]), 3).pooled("county"))
                  for name in ("apart", "tried"))  # fmt: skip
    for name in ("funds", "funds_exhausted", "level_rate_flat", "from_home"):
        assert effects.changes.loc["tried", name] == pytest.approx(done[name] - kept[name]), name
        assert effects.changes.loc["apart", name] == pytest.approx(kept[name] - effects.base[name])
    assert effects.bases["apart"] == effects.base
    # what is measured is the merger, not that the scheme was apart before it
    alone = policy_effects(study(plain, 3), ["tried"])
    assert alone.changes.loc["tried", "funds"] == 0


def test_a_policy_is_measured_against_one_that_exists(tmp_path: Path) -> None:
    for name in ("nowhere", "tried"):
        with pytest.raises(CaseError, match="against"):
            case_with(tmp_path / name, policy(pooling="city", against=name))
