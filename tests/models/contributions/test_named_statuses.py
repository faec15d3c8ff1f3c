"""Statuses that a case names: dependants of members and people covered outside the schemes.

Two counties, one age alive: 1,000 men of 30 in Ash, 1,000 stayers in Birch and 200 there from Ash.
Every person makes 2 claims of 1,000 in mean (Birch: 1,500) a year; the scheme pays 80 %.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fundpool
from fundpool.inputs.case import check_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.settings.scheme_file import read_scheme
from fundpool.inputs.settings.sections import read_settings
from fundpool.languages import language
from fundpool.models.axes.statuses import (
    EMPLOYEE,
    HOME_RESIDENT,
    LOCAL_RESIDENT,
    NONE,
    RURAL_RESIDENT,
)
from fundpool.models.coverage import cover_on_move, cover_on_return, home_cover
from fundpool.models.flows import CountyFlows
from fundpool.models.projection import Projection
from fundpool.report.document.html import html_page
from fundpool.report.sections.report import report_document
from fundpool.report.words.cover import cover_labels, statuses_shown
from fundpool.summary import summary
from tests.cases.countries import german
from tests.cases.small import SmallCase, given, small_case

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
    names = {"employee": "worker", "home_resident": "at_home"}
    cover["cover"] = cover["cover"].replace(names)
    for scheme in case.schemes.values():
        for key in ("statuses_paying", "statuses_covered"):
            scheme[key] = [names.get(kind, kind) for kind in scheme[key]]
    named = projected(case, tmp_path / "named").flows
    for name in ("persons", "contributors", "contributions", "subsidies", "claims_incurred"):
        np.testing.assert_allclose(getattr(named, name), getattr(plain, name), rtol=1e-12)


@pytest.mark.parametrize(
    ("key", "words", "wrong"),
    [
        ("statuses_covered", ["member", "spouse"], []),
        ("statuses_covered", ["employee", "home_resident"], []),
        ("statuses_covered", ["member", "civil_servant", "spouse"], ["civil_servant"]),
        ("statuses_covered", ["member", "employee", "spouse"], ["employee"]),
        ("statuses_covered", ["member", "spuse", "spouse"], ["spuse"]),
        ("statuses_covered", ["spouse"], ["employee"]),  # who would pay without cover
        ("statuses_paying", ["member"], []),
        ("statuses_paying", ["member", "spouse"], ["spouse"]),
        ("statuses_paying", ["member", "driver", "trainee"], []),
        ("statuses_paying", ["member", "driver"], ["driver"]),  # without the trainees
        ("statuses_paying", ["member", "driver", "trainee", "pupil"], ["pupil"]),
    ],
)
def test_schemes_speak_of_named_statuses(key: str, words: list[str], wrong: list[str]) -> None:
    """All of a kind that are not outside are covered by one scheme; all that pay are named."""
    made = family_insurance()
    made.settings["statuses"] |= {
        "driver": {"kind": "migrant", "title": "Drivers", **SOURCE},
        "trainee": {"kind": "migrant", "title": "Trainees", "pays": 0.5, **SOURCE},
        "pupil": {"kind": "migrant", "title": "Pupils", "pays": 0.0, **SOURCE},
    }
    settings, findings = read_settings(made.settings)
    assert settings is not None
    assert findings == []
    contents = made.schemes["employee"] | {
        "statuses_paying": ["member"], "statuses_covered": ["member", "spouse", "migrant"]
    }  # fmt: skip
    contents[key] = [*words, *(["migrant"] if key == "statuses_covered" else [])]
    scheme, findings = read_scheme("employee", contents, tuple(settings.services),
                                   settings.statuses)  # fmt: skip
    errors = [finding for finding in findings if finding.severity == "error"]
    assert [finding.value for finding in errors] == wrong
    if not wrong:
        assert scheme is not None
        kinds = [settings.statuses[word].kind if word in settings.statuses else word
                 for word in contents[key]]  # fmt: skip
        assert getattr(scheme, key) == list(dict.fromkeys(kinds))


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


def findings_of(case: SmallCase, folder: Path) -> dict[str, str]:
    """Severity of every finding by the setting that it names."""
    findings = fundpool.check_case(case.write(folder / "case"))
    return {str(finding.column): finding.severity for finding in findings}


@pytest.mark.parametrize(
    ("name", "changes", "path"),
    [
        ("spouse", {"dependant_of": "membr"}, "statuses.spouse.dependant_of"),
        ("spouse", {"dependant_of": "aided"}, "statuses.spouse.dependant_of"),
        ("spouse", {"dependant_of": "civil_servant"}, "statuses.spouse.outside"),
        ("spouse", {"kind": "home_resident"}, "statuses.spouse.kind"),
        ("aided", {"dependant_of": ""}, "statuses.aided.dependant_of"),
        ("spouse", {"pays": 0.5}, "statuses.spouse.pays"),
        ("spouse", {"title_local": "x"}, "statuses.spouse.title_local"),
    ],
)
def test_dependants_that_cannot_be(
    name: str, changes: dict[str, object], path: str, tmp_path: Path
) -> None:
    case = with_dependants()
    case.settings["statuses"]["member"]["title_local"] = "x"
    case.settings["statuses"][name] |= changes
    assert findings_of(case, tmp_path).get(path) == "error"


def test_settings_without_effect_are_said_together(tmp_path: Path) -> None:
    case = with_dependants()
    case.settings["statuses"]["child"] = {
        "kind": "local_resident", "title": "Kinder", "dependant_of": "member", **SOURCE,
    }  # fmt: skip
    case.settings["coverage"]["local_resident_lapse_rate"] = given(0.1)
    findings = findings_of(case, tmp_path)
    assert findings["statuses.child"] == "warning"
    assert findings["coverage.local_resident_lapse_rate"] == "warning"


def test_a_title_of_a_divided_status_is_refused(tmp_path: Path) -> None:
    case = with_dependants()
    case.settings["status_titles"] = {"employee": "Alle"}
    # and no word of the table is wrong because of it
    assert findings_of(case, tmp_path) == {"status_titles.employee": "error"}


def test_the_kind_of_a_divided_status_is_no_cover(tmp_path: Path) -> None:
    case = family_insurance()
    cover = case.tables["coverage"]
    cover["cover"] = cover["cover"].replace("member", "employee")
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    assert {finding.column for finding in refused.value.findings} == {"cover"}


def with_dependants(kept: float = 1.0, fallback: float = 1.0) -> SmallCase:
    """The same with dependants who are insured where they live, as their members are."""
    case = family_insurance()
    statuses = case.settings["statuses"]
    for name, member in (("spouse", "member"), ("aided", "civil_servant")):
        statuses[name] |= {"kind": "local_resident", "dependant_of": member}
    del statuses["spouse"]["pays"]
    scheme = case.schemes["employee"]
    scheme["statuses_paying"] = ["employee"]
    scheme["statuses_covered"] = ["employee", "retired", "retired_elsewhere", "local_resident"]
    cover = case.settings["coverage"]
    cover["employee_kept_on_move"], cover["fallback_resident"] = given(kept), given(fallback)
    cover["resident_lapse_rate"] = cover["local_resident_lapse_rate"] = given(0.0)
    return case


def test_dependants_by_hand(tmp_path: Path) -> None:
    """Dependants from Ash who live in Birch are insured there and claim half as often."""
    flows = projected(with_dependants(), tmp_path).flows
    assert flows.by_named[0, 0] == pytest.approx([450, 50, 375, 125])
    assert flows.by_named[0, 1] == pytest.approx([480, 120, 450, 150])
    assert flows.persons[0, 0, :2] == pytest.approx([450 + 375, 480 + 450])
    assert flows.contributors[0, 0, :2] == pytest.approx([450, 480])
    assert flows.contributions[0, 0, :2] == pytest.approx([2_250_000, 4_800_000])
    birch = (400 + 375 + (80 + 75) * 0.5) * 2 * 1_500 * 0.8
    assert flows.claims_incurred[0, 0, :2] == pytest.approx([825 * 2 * 1_000 * 0.8, birch])
    # all who move keep their cover: members with their work, dependants with them
    people = flows.by_status[:, :2].sum(axis=1)
    assert flows.moved_in[1:, :2].sum() > 100
    insured = flows.by_status[:, :2, [EMPLOYEE, LOCAL_RESIDENT]].sum(axis=(1, 2))
    assert insured == pytest.approx(people.sum(axis=1), rel=1e-12)


def test_dependants_lose_cover_as_often_as_workers(tmp_path: Path) -> None:
    """Six of ten keep theirs on a move, two become dependants, two are left without."""
    case = with_dependants(kept=0.6, fallback=0.5)
    flows = projected(case, tmp_path).flows
    assert flows.moved_in[1, :2] == pytest.approx([19.6, 98.0])
    assert flows.by_status[1, :2, NONE] == pytest.approx([0.2 * 19.6, 0.2 * 98.0])
    assert flows.by_status[..., HOME_RESIDENT].sum() == 0.0


def test_who_stays_without_members_falls_back_on_home() -> None:
    """Beside a scheme at home a dependant's row is that of a worker, with their own cover."""
    home = home_cover(np.array([0.25]))
    for matrix in (cover_on_move(0.6, 0.5, home, True), cover_on_return(0.6, 0.5, home, True)):
        worker, dependant = matrix[0, EMPLOYEE], matrix[0, LOCAL_RESIDENT]
        assert dependant[LOCAL_RESIDENT] == worker[EMPLOYEE] == 0.6
        for status in (NONE, HOME_RESIDENT, RURAL_RESIDENT):
            assert dependant[status] == worker[status]
    np.testing.assert_array_equal(cover_on_move(0.6, 0.5, home)[0, LOCAL_RESIDENT], home[0])


def test_dependants_from_abroad_are_dependants(tmp_path: Path) -> None:
    """A hundred men join Ash in the mix of its residents: nobody has cover of a home."""
    case = with_dependants()
    case.tables["net_migration"] = pd.DataFrame(
        [("ash", 2021, "male", 31, 100.0)], columns=["region", "year", "sex", "age", "persons"]
    )
    case.settings["tables"]["net_migration"] = {"source": "x", "status": "assumed"}
    flows = projected(case, tmp_path).flows
    plain = projected(with_dependants(), tmp_path / "plain").flows
    more = flows.by_status[1] - plain.by_status[1]
    assert more[0].sum() == pytest.approx(100.0)
    assert more[0, [NONE, HOME_RESIDENT]] == pytest.approx([0.0, 0.0])
    assert more[0, LOCAL_RESIDENT] > 10.0


def test_who_comes_from_outside_is_insured_as_stayers_are(tmp_path: Path) -> None:
    """Everybody is insured, half a million outside as well, of whom many come."""
    people = projected(german(), tmp_path).people
    assert people["moved_in"].sum() > 500_000
    assert people["none"].abs().max() <= 1e-9 * people["persons"].max()
    assert people["home_resident"].sum() == 0.0


def test_the_report_has_the_names_of_the_case(tmp_path: Path) -> None:
    case = with_dependants()
    case.settings["statuses"]["spouse"]["title_local"] = "家属"
    read = fundpool.read_case(case.write(tmp_path / "case"))
    comparison = fundpool.compare(read, ["city"], years=2)
    contents = summary(comparison.projections, "city")
    spouse = contents["statuses"]["spouse"]
    assert (spouse["title"], spouse["pays"]) == ("Familienversicherte", 0.0)
    assert spouse["persons"]["2020"] == pytest.approx(375 + 450)
    titles = ["Mitglieder", "Beamte", "Familienversicherte", "Beihilfe"]
    page = html_page(report_document(comparison, contents))
    assert [title for title in titles if title not in page] == []
    labels = cover_labels(read, language("zh"))
    assert labels["spouse"] == "家属"
    assert labels["local_resident"] == "家属, Beihilfe"
    shown = statuses_shown(read, ("none", "employee", "local_resident", "migrant"))
    assert shown == ["none", "member", "civil_servant", "spouse", "aided"]


def test_people_outside_may_have_a_named_cover(tmp_path: Path) -> None:
    case = family_insurance()
    rows = case.tables["coverage"].query("region == 'ash' and tie == 'stayer'")
    outside = rows[rows["cover"].isin(["spouse", "aided"])].assign(region="outside")
    of_band = outside.groupby(["sex", "age_from"])["share"].transform("sum")
    outside["share"] /= of_band
    case.tables["coverage"] = pd.concat([case.tables["coverage"], outside], ignore_index=True)
    assert "cover" not in findings_of(case, tmp_path)


def with_relativities(relativities: dict[str, float]) -> SmallCase:
    """Dependants of civil servants are insured too, a quarter of all dependants at every age."""
    case = family_insurance()
    case.settings["statuses"]["aided"] = {
        "kind": "home_resident", "title": "Beihilfe", "pays": 0.0, **SOURCE,
    }  # fmt: skip
    case.tables["relativities"] = pd.DataFrame(
        [("status", level, "outpatient", value) for level, value in relativities.items()],
        columns=["factor", "level", "service", "relativity"],
    )
    return case


def test_relativities_of_named_statuses(tmp_path: Path) -> None:
    """By name as by kind, of which three quarters have 1.5 and a quarter 0.6, over the kind's 2."""
    named = {"spouse": 1.5, "aided": 0.6, "member": 0.8, "home_resident": 2.0}
    of_kind = {"home_resident": 2.0 * (0.75 * 1.5 + 0.25 * 0.6), "employee": 0.8}
    flows, expected = (
        projected(with_relativities(values), tmp_path / name).flows
        for name, values in (("named", named), ("kind", of_kind))
    )
    for name in ("claims_incurred", "settlement", "cost_of_care", "contributions"):
        np.testing.assert_allclose(getattr(flows, name), getattr(expected, name), rtol=1e-9)
    plain = projected(with_relativities({"employee": 1.0}), tmp_path / "plain").flows
    assert (flows.claims_incurred[0, :, :2] > 1.2 * plain.claims_incurred[0, :, :2]).all()


def test_relativities_that_mean_nothing(tmp_path: Path) -> None:
    case = family_insurance()
    case.tables["relativities"] = pd.DataFrame(
        [("status", "aided", "outpatient", 1.5), ("tie", "spouse", "outpatient", 1.0)],
        columns=["factor", "level", "service", "relativity"],
    )
    findings = check_case(case.write(tmp_path / "case"))
    assert [(finding.value, finding.severity) for finding in findings] == [
        ("aided", "warning"), ("spouse", "error"),
    ]  # fmt: skip
    case.tables["relativities"]["level"] = ["aided", "spouce"]
    (finding,) = check_case(case.write(tmp_path / "other"))
    assert finding.value == "spouce"
