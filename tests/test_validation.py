"""The validation holds, and its page says what its command prints."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.building.jiangsu.funds import relative
from fundpool.building.jiangsu.published import Published
from fundpool.inputs.case import read_case
from fundpool.inputs.case.variation import value_at
from fundpool.inputs.format.vocabulary import AGES
from validation import (
    from_2020,
    from_start,
    jiangsu_starts,
    moved_inputs,
    official_projections,
    outgo_decomposed,
    people_2020,
    weights,
)
from validation.__main__ import TOPICS, inserted, section
from validation.arrangements import ARRANGEMENTS, DOWN, NONE, UP, sign_of
from validation.backtest import compared, start_year_is_met
from validation.cohort_component import VitalRates, year_later
from validation.nation import figures, start_of_2022
from validation.part import Check, bound, figure, markdown_table, percent

DOCS = Path(__file__).parent.parent / "docs"
FAST = [name for name, topic in TOPICS.items() if not topic.slow]


@pytest.mark.parametrize("name", FAST)
def test_page_is_what_the_command_says(name: str) -> None:
    part = TOPICS[name].run()
    assert part.failed == ()
    assert part.checks
    assert section((DOCS / TOPICS[name].page).read_text("utf-8"), name) == part.text.strip()


def test_slow_parts_are_on_the_page() -> None:
    for name, topic in TOPICS.items():
        assert len(section((DOCS / topic.page).read_text("utf-8"), name)) > 200, name


def test_every_arrangement_has_a_policy_of_the_case() -> None:
    """Fourteen rows; every policy of the case but three stands in one of them."""
    policies = set(read_case("jiangsu-2009").policy_texts)
    named = {each.policy for each in ARRANGEMENTS}
    assert {each.row for each in ARRANGEMENTS} == set(range(1, 15))
    assert policies - named == {"as-it-came", "manual-claims", "zhenjiang"}
    assert named <= policies


def test_figures_of_the_nation_are_brought_to_jiangsu_as_said() -> None:
    """Members as the nation's; money a member times the province's part of it, by hand."""
    start = pd.Series({("employee", "members"): 27e6, ("resident", "members"): 53e6,
                       ("employee", "active share"): 0.75})  # fmt: skip
    found = from_2020.published_figures(start)
    nation = 344.55e6, 362.434e6, 370.945e6  # members of 2020, 2022, 2023
    assert found["employee", "members", 2023] == pytest.approx(
        27e6 * (nation[1] + nation[2]) / 2 / nation[0], rel=1e-4
    )
    share = [ratio / (1 + ratio) for ratio in (2.82, 2.71)]  # active per retired
    assert found["employee", "active share", 2023] == pytest.approx(0.75 + share[1] - share[0])
    part = relative(Published(), "revenue")
    assert found["employee", "pooled revenue", 2023] == pytest.approx(
        1658.027e9 * part * 27e6 / nation[0], rel=1e-4
    )
    assert found["employee", "care away", 2021] == pytest.approx(166.29 / 1293.6, rel=1e-3)
    assert ("resident", "balance", 2025) not in found.index


def test_jiangsu_as_it_was_is_kept_for_every_figure_compared() -> None:
    before = pd.read_csv(from_2020.BEFORE).set_index(["scheme", "what", "year"])["value"]
    found = from_2020.published_figures(
        pd.Series({(scheme, what): 1.0 for scheme in from_2020.SCHEMES
                   for what in ("members", "active share")})
    )  # fmt: skip
    assert set(found.index) <= set(before.index)


def test_a_change_has_a_sign_only_above_rounding() -> None:
    assert [sign_of(x, 10.0) for x in (2.0, -2.0, 1e-12)] == [UP, DOWN, NONE]


def test_the_census_of_2020_is_the_same_in_both_cases() -> None:
    """Ages by sex of the one are the counts of men and women by county of the other."""
    starts, census = people_2020.counted()
    counties = Published().census
    assert starts[:3] == [0, 1, 5]
    assert census[:, 0].sum(axis=1) == pytest.approx(counties["males"], abs=20)
    assert census[:, 1].sum(axis=1) == pytest.approx(counties["females"], abs=20)


def test_people_in_the_wrong_cell_by_hand() -> None:
    """Of 100 counted, 5 too many in one place and 10 too few in another: 15 per cent."""
    assert people_2020.misplaced(np.array([45.0, 50]), np.array([40.0, 60])) == 0.15


def test_every_value_in_use_lies_in_its_range() -> None:
    """A value of the case or of its assumptions; factors and powers hold one, points nought."""
    case, published = moved_inputs.plain_case(), Published()
    listed = moved_inputs.inputs_of_weight()
    assert len({one.name for one in listed}) == len(listed)
    for one in listed:
        entry = one.entry
        if "path" in entry:
            used = value_at(case, entry["path"])
        elif "rates" in entry:
            used = 0.0
        elif "assumption" in entry and not {"power", "factor"} & set(entry):
            known = published.assumptions[entry["assumption"]]
            used = known[entry.get("key", "value")]
        else:
            used = 1.0
        assert one.low <= used <= one.high, one.name
        assert one.low < one.high, one.name
        assert one.mark in weights.MARKS, one.name
        assert one.source, one.name


def test_weight_by_hand() -> None:
    """Level rates of 9 and 11 around 10 weigh 10 %, claims of 3 to 1 make 7.5 of 10 and 0."""
    entry = {"path": "x"}
    one = moved_inputs.Input("it", 0.0, 1.0, "assumed", "source", entry)
    found = [
        ({"a": level, "b": 5.0}, {"a": 3.0, "b": 1.0}) for level in (10.0, 9.0, 11.0)
    ]  # as it is, low, high
    row = weights.weighed([one], found).iloc[0]
    assert (row["a"], row["b"], row["weight"]) == pytest.approx((10.0, 0.0, 7.5))


def test_moved_rows_keep_the_others_and_powers_the_mean() -> None:
    table = pd.DataFrame({"kind": ["a", "a", "b"], "value": [1.0, 3.0, 5.0]})
    entry = {"name": "it", "where": {"kind": "a"}}
    assert list(moved_inputs.with_rows_moved(table, "value", entry, 2.0)["value"]) == [2, 6, 5]
    steeper = moved_inputs.with_rows_moved(table, "value", entry | {"power": True}, 2.0)
    assert list(steeper["value"]) == pytest.approx([0.4, 3.6, 5.0])
    with pytest.raises(ValueError, match="no such rows"):
        moved_inputs.with_rows_moved(table, "value", {"name": "it", "where": {"kind": "c"}}, 2.0)


def test_people_carried_back_live_to_be_those_counted() -> None:
    """A tenth dies a year: those of an age, two years before, are this many more and younger."""
    rates = np.full((2, AGES), -np.log(0.9))
    counted = np.arange(1.0, 2 * AGES + 1).reshape(1, 2, AGES)
    before = jiangsu_starts.carried_back(counted, rates, 2)
    assert before[..., :-2] * 0.81 == pytest.approx(counted[..., 2:])


def test_an_error_of_expenditure_is_the_product_of_its_factors() -> None:
    """1.1 times the members, twice the visits, stays at half their cost, and the rest.

    Published: a visit of 100 and a stay of 900, 1,000 a member; projected at published costs 1,100
    and as it is 650. Of 1.43 times the expenditure 1.1, 1.1 and 650 / 1,100 leave 2 paid.
    """
    kinds = outgo_decomposed.VISITS + outgo_decomposed.STAYS

    def use(*values: float) -> pd.Series:
        named = zip(kinds, values, strict=True)
        return pd.Series({("a", kind, 2020): value for kind, value in named})

    table = pd.DataFrame(
        [("a", "members", 2020, 10.0, 11.0), ("a", "expenditure", 2020, 100.0, 143.0)],
        columns=["scheme", "what", "year", "published", "now"],
    )
    known, projected = use(1.0, 100.0, 1.0, 900.0), use(2.0, 100.0, 1.0, 450.0)
    row = outgo_decomposed.decomposed(table, projected, known, "a").loc[2020]
    assert row.to_list() == pytest.approx([0.43, 0.1, 0.1, 650 / 1100 - 1, 1.0])


def test_weights_are_stated_beside_their_inputs() -> None:
    """A weight is put in, replaced, or taken out where it is too small to be listed."""
    text = 'a = 1\n[[input]]\nname = "{}"\n{}low = 0\n'
    for before, weight, after in (("", 2.04, "weight = 2\n"), ("weight = 3\n", 0.04, ""),
                                  ("weight = 3\n", 0.26, "weight = 0.3\n")):  # fmt: skip
        made = weights.with_weights(text.format("it", before), {"it": weight})
        assert made == text.format("it", after)


def test_a_start_year_knows_no_later_members() -> None:
    early, late = (jiangsu_starts.settings_of_start(year) for year in (2018, 2022))
    for year, made in ((2018, early), (2022, late)):
        settings, employee = made["settings"], made["schemes"]["employee"]
        assert settings["base_year"] == year
        assert settings["coverage"] == {}  # entry was fitted to members of 2021 to 2023
        growth = settings["economy"]["wage_growth"]["by_year"]
        assert sorted(growth) == [str(at) for at in range(year + 1, 2025)]
        relief = employee["rules"]["employer_rate"]["by_year"]
        assert relief == ({"2020": 0.0712, "2021": 0.08} if year == 2018 else {})
    assert from_start.note_of("employee", "care away", 2020, 2018) == "fitted"
    assert from_start.note_of("resident", "expenditure", 2023, 2018) == "divided as 2022"
    assert from_start.note_of("resident", "expenditure", 2023, 2022) == ""


def test_start_year_is_met_exactly() -> None:
    assert start_year_is_met(start_of_2022(figures())) < 1e-9


def test_errors_of_the_backtest_are_those_of_the_figures() -> None:
    """2023: 371 million members published; the error is the projected number over it less one."""
    table = compared(start_of_2022(figures()))
    row = table[(table["scheme"] == "employee") & (table["measure"] == "participants")].iloc[0]
    assert row["published"] == 371e6
    assert row["error"] == pytest.approx(row["projected"] / 371e6 - 1)
    assert table["year"].min() == 2023
    assert table["year"].max() == 2025


def test_a_wrong_engine_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a per cent more births in the engine, and the comparison fails."""
    from fundpool.models.population import demography
    from validation.population import population

    plain = demography.newborn_sex
    monkeypatch.setattr(
        "fundpool.models.population.preparation.newborn_sex", lambda *a: 1.005 * plain(*a)
    )
    assert len(population().failed) == 4


def test_an_official_projection_would_not_be_met_without_its_migrants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Japan gains 1.5 million people in thirty years, 1.4 % of those of 2050."""
    plain = official_projections.net_migrants
    monkeypatch.setattr(
        official_projections, "net_migrants",
        lambda country: {year: 0.0 * persons for year, persons in plain(country).items()},
    )  # fmt: skip
    total, _, _ = official_projections.errors("Japan")[2050]
    assert -0.03 < total < -0.012


def test_a_year_of_three_ages_by_hand() -> None:
    """m = 2/99 everywhere; infants who die live the part a of the year that goes with m, boys
    0.1089778, girls 0.1250718, others half. L[0] = 1 / (1 + (1 - a) m): 0.9823174 and 0.9826313.

    Of 100 and 50 women of ages 0 and 1, and 10 older, L[1]/L[0] = 0.99 (1 - a m) = 0.9874986 of
    the first are 1, 98.74986; the open age has (50 + 10) s with s = T[2]/T[1], for L[1] = 0.99 l[1]
    and T[2] = 0.98 * 49.5 l[1] = 48.51 l[1] so s = 48.51 / 49.5 = 0.98: 58.8. A tenth of a birth
    to women of age 1: 0.1 * (50 + 98.74986)/2 = 7.437493, half of them girls.
    """
    m = 2 / 99
    people = {"male": [0.0, 0.0, 0.0], "female": [100.0, 50.0, 10.0]}
    rates = VitalRates({sex: [m] * 3 for sex in people}, [0.0, 0.1, 0.0], 1.0)
    later = year_later(people, rates)
    assert later["female"] == pytest.approx([3.7187464 * 0.9826313, 98.74986, 58.8])
    assert later["male"] == pytest.approx([3.7187464 * 0.9823174, 0.0, 0.0])
    moved = VitalRates(rates.deaths, rates.births, 1.0, {"male": [1.0] * 3, "female": [-1.0] * 3})
    assert year_later(people, moved)["male"] == pytest.approx(
        [3.7187464 * 0.9823174 + 1.0, 1.0, 1.0]
    )


def test_text_goes_between_its_markers() -> None:
    page = (DOCS / TOPICS["lives"].page).read_text("utf-8")
    assert section(inserted(page, "lives", "new text"), "lives") == "new text"
    with pytest.raises(ValueError, match="once each"):
        inserted("no markers", "lives", "text")


def test_figures_as_printed() -> None:
    assert [figure(v) for v in (0.0, 1234567.0, 0.00012345, 12.3456, float("nan"))] == [
        "0", "1,235,000", "0.0001234", "12.35", "",
    ]  # fmt: skip
    assert percent(-0.0213) == "-2.1 %"
    assert bound(3e-14) == "below 1e-12"
    assert Check("a", "b", np.bool_(True)).holds
    import pandas as pd

    table = markdown_table(pd.DataFrame({"name": ["x"], "value": ["1,000"]}))
    assert table.splitlines()[1] == "| --- | ---: |"
