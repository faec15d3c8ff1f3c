"""Statuses that a case names: dependants of members and people covered outside the schemes.

Two counties, one age alive: 1,000 men of 30 in Ash, 1,000 stayers in Birch and 200 there from Ash.
Every person makes 2 claims of 1,000 in mean (Birch: 1,500) a year; the scheme pays 80 %.
"""

from pathlib import Path

import numpy as np
import pytest

import fundpool
from fundpool.inputs.format.findings import CaseError
from fundpool.models.axes.statuses import EMPLOYEE, HOME_RESIDENT
from fundpool.models.flows import CountyFlows
from fundpool.models.projection import Projection
from tests.cases.small import SmallCase, small_case

SOURCE = {"source": "worked example", "status": "assumed"}


def family_insurance(spouse_pays: float = 0.0) -> SmallCase:
    """Everybody in one payroll scheme or outside it: half work, the others live on those who do.

    Of those who work a tenth (in Birch two tenths) are civil servants, whom no fund insures; of
    the others three quarters are co-insured spouses, the rest dependants of civil servants.
    """
    case = small_case()
    case.settings["schemes"] = ["employee"]
    case.settings["statuses"] = {
        "member": {"kind": "employee", "title": "Mitglieder", **SOURCE},
        "civil_servant": {"kind": "employee", "title": "Beamte", "outside": True, **SOURCE},
        "spouse": {
            "kind": "home_resident", "title": "Familienversicherte", "pays": spouse_pays, **SOURCE,
        },
        "aided": {"kind": "home_resident", "title": "Beihilfe", "outside": True, **SOURCE},
    }  # fmt: skip
    del case.schemes["resident"]
    scheme = case.schemes["employee"]
    scheme["statuses_paying"] = ["employee", "home_resident"]
    scheme["statuses_covered"] = ["employee", "retired", "retired_elsewhere", "home_resident"]
    scheme["rules"]["account_share"]["value"] = 0.0
    cover = case.tables["coverage"]
    keys = ["region", "tie", "sex", "age_from", "age_to"]
    rows = []
    for key in cover[keys].drop_duplicates().itertuples(index=False):
        outside = 0.2 if key.region == "birch" else 0.1
        mix = {"member": 0.5 * (1 - outside), "civil_servant": 0.5 * outside,
               "spouse": 0.375, "aided": 0.125}  # fmt: skip
        if key.age_from != 16:
            mix = {"spouse": 0.75, "aided": 0.25}
        rows += [(*key, status, share) for status, share in mix.items()]
    case.tables["coverage"] = cover.iloc[:0].reindex(range(len(rows)))
    for number, name in enumerate([*keys, "cover", "share"]):
        case.tables["coverage"][name] = [row[number] for row in rows]
    case.tables["fund_balances"] = case.tables["fund_balances"].query("scheme == 'employee'")
    return case


def projected(case: SmallCase, folder: Path) -> Projection:
    return fundpool.project(fundpool.read_case(case.write(folder / "case")), years=3)


@pytest.fixture(scope="module")
def projection(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    return projected(family_insurance(), tmp_path_factory.mktemp("family"))


def test_the_base_year_by_hand(projection: Projection) -> None:
    """Ash: 450 members, 50 civil servants, 375 spouses, 125 outside. Birch: 1,200 residents.

    The 75 spouses from Ash who live in Birch are insured at home: they claim half as often, seven
    tenths of it in Birch (paid by 70 %, three quarters claimed), two tenths in Ash.
    """
    flows: CountyFlows = projection.flows
    assert flows.by_named[0, 0] == pytest.approx([450, 50, 375, 125])
    assert flows.by_named[0, 1] == pytest.approx([480, 120, 450, 150])
    assert flows.persons[0, 0, :2] == pytest.approx([450 + 375 + 75, 480 + 375])
    assert flows.contributors[0, 0, :2] == pytest.approx([450, 480])
    # a tenth of wages of 50,000 and of 100,000
    assert flows.contribution_base[0, 0, :2] == pytest.approx([450 * 50_000, 480 * 100_000])
    assert flows.contributions[0, 0, :2] == pytest.approx([2_250_000, 4_800_000])
    away = 75 * 2 * 0.5 * (0.7 * 1_500 * 0.7 * 0.75 + 0.2 * 1_000 * 0.8)
    birch = (400 + 375 + 80 * 0.5) * 2 * 1_500 * 0.8
    assert flows.claims_incurred[0, 0, :2] == pytest.approx([825 * 2 * 1_000 * 0.8 + away, birch])


def test_people_are_conserved(projection: Projection) -> None:
    """Members, dependants and people outside are the residents, in every county and year."""
    flows = projection.flows
    assert flows.by_named.sum(axis=2)[:, :2] == pytest.approx(flows.residents[:, :2], rel=1e-12)
    parts = flows.by_named[..., :2].sum(axis=2), flows.by_named[..., 2:].sum(axis=2)
    for part, kind in zip(parts, (EMPLOYEE, HOME_RESIDENT), strict=True):
        assert part == pytest.approx(flows.by_status[..., kind], rel=1e-12)
    people = projection.people
    assert people["spouse"].sum() == pytest.approx(flows.by_named[:, :2, 2].sum())
    assert people["none"].sum() == 0.0


def test_a_reduced_contribution(tmp_path: Path) -> None:
    """A spouse who pays a fifth: 450 of them belong to Ash, as much as 90 full contributions."""
    flows = projected(family_insurance(0.2), tmp_path).flows
    assert flows.contributors[0, 0, 0] == pytest.approx(450 + 450)
    assert flows.contributions[0, 0, 0] == pytest.approx((450 + 90) * 5_000)
    assert flows.contribution_base[0, 0, 0] == pytest.approx((450 + 90) * 50_000)


def test_names_alone_change_nothing(tmp_path: Path) -> None:
    """Every status of the worked example under another name that pays in full."""
    plain = projected(small_case(), tmp_path / "plain").flows
    case = small_case()
    case.settings["statuses"] = {
        "worker": {"kind": "employee", "title": "Workers", **SOURCE},
        "at_home": {"kind": "home_resident", "title": "At home", **SOURCE},
    }
    cover = case.tables["coverage"]
    cover["cover"] = cover["cover"].replace({"employee": "worker", "home_resident": "at_home"})
    named = projected(case, tmp_path / "named").flows
    for name in ("persons", "contributors", "contributions", "subsidies", "claims_incurred"):
        np.testing.assert_allclose(getattr(named, name), getattr(plain, name), rtol=1e-12)


def test_what_cannot_be_meant(tmp_path: Path) -> None:
    case = family_insurance()
    statuses = case.settings["statuses"]
    statuses["dual"] = {"kind": "employee", "title": "Beamte", **SOURCE}
    statuses["aided"]["pays"] = 0.5
    statuses["spouse"]["kind"] = "nobody"
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    columns = [finding.column for finding in refused.value.findings if finding.column]
    assert {
        "statuses.dual", "statuses.dual.title", "statuses.civil_servant.title",
        "statuses.aided.pays", "statuses.spouse.kind",
    } <= set(columns)  # fmt: skip


def test_the_kind_of_a_divided_status_is_no_cover(tmp_path: Path) -> None:
    case = family_insurance()
    cover = case.tables["coverage"]
    cover["cover"] = cover["cover"].replace("member", "employee")
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    assert {finding.column for finding in refused.value.findings} == {"cover"}
