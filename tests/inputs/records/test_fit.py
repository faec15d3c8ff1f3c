"""Records of a made-up bureau: what they were drawn from is recovered, and nobody is shown."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fundpool
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.records import Fit
from fundpool.inputs.records.experience import relative_frequency
from fundpool.inputs.records.fit import fit_tables
from fundpool.inputs.records.prior import prior_of
from tests.cases.small import SmallCase, small_case
from tests.inputs.records import bureau as made

OPTIONS = fundpool.FitOptions(first="2019-01", last="2020-12", base_year=2019)


@pytest.fixture(scope="module")
def records() -> tuple[pd.DataFrame, pd.DataFrame]:
    return made.bureau()


@pytest.fixture(scope="module")
def fitted(records: tuple[pd.DataFrame, pd.DataFrame]) -> Fit:
    return fundpool.fit(*records, options=OPTIONS)


def test_exposure_is_the_days_insured(
    records: tuple[pd.DataFrame, pd.DataFrame], fitted: Fit
) -> None:
    """The closed form: days of each spell within a year over the days of the year."""
    members = records[0]
    end = members["end"].where(members["end"] != "", "2099-12-31")
    total = 0.0
    for year, length in ((2019, 365), (2020, 366)):
        first = np.maximum(pd.to_datetime(members["start"]), pd.Timestamp(f"{year}-01-01"))
        last = np.minimum(pd.to_datetime(end), pd.Timestamp(f"{year}-12-31"))
        first = np.maximum(first, pd.to_datetime(members["birth"]))
        total += ((last - first).dt.days + 1).clip(lower=0).sum() / length
    assert fitted.summary["exposure"] == pytest.approx(total, rel=1e-12)
    assert fitted.exposure["exposure"].sum() == pytest.approx(total, rel=0.01)


def test_parameters_are_recovered(fitted: Fit) -> None:
    """Frequencies within three standard errors, with the spread that the errors promise."""
    bands = fitted.frequency
    inner = bands[(bands["age_to"] < 39) | (bands["age_from"] >= 45)]
    true = inner["service"].map(made.FREQUENCY) * np.where(inner["age_from"] >= 40, 2, 1)
    scores = (inner["frequency"] - true) / inner["error"]
    assert scores.abs().max() < 3.5  # sixty bands: one beyond 3.5 in forty draws of all
    assert scores.std() == pytest.approx(1.0, abs=0.3)
    for service, frequency in made.FREQUENCY.items():
        chosen = inner[inner["service"] == service]
        weight = chosen["exposure"]
        expected = (true[chosen.index] * weight).sum()
        error = np.sqrt(((chosen["error"] * weight) ** 2).sum())
        assert abs(chosen["claims"].sum() - expected) < 3 * error
        found_dispersion = fitted.summary["services"][service]["dispersion"]
        assert found_dispersion == pytest.approx(made.DISPERSION, abs=0.12), (service, frequency)


def test_claims_still_to_come_are_completed(fitted: Fit) -> None:
    for service in made.FREQUENCY:
        shares = fitted.summary["services"][service]["completeness_by_delay"][:4]
        assert shares == pytest.approx(np.cumsum(made.DELAYS), abs=0.04)
    last = fitted.completeness.groupby("service").tail(2)
    usual = last[last["used"]]
    assert (usual["completed"] * usual["complete"]).to_numpy() == pytest.approx(usual["booked"])
    used = fitted.completeness[fitted.completeness["used"]].groupby("service")["completed"].sum()
    counted = fitted.frequency.groupby("service")["claims"].sum()
    assert counted.to_dict() == pytest.approx(used.to_dict())


def test_severities(fitted: Fit) -> None:
    table = fitted.tables["severity"].set_index(["service", "age_from"])
    for service, family in (("outpatient", "gamma"), ("inpatient", "lognormal")):
        row = table.loc[(service, 15)]
        number = fitted.severity.set_index(["service", "age_from"]).loc[(service, 15), "claims"]
        assert row["family"] == family
        assert row["cv"] == pytest.approx(made.CV[service], rel=0.15)
        error = made.MEAN[service] * made.CV[service] / np.sqrt(number)
        assert abs(row["mean"] - made.MEAN[service]) < 3 * error


def test_counties_that_do_not_differ_get_little_credibility(fitted: Fit) -> None:
    table = fitted.credibility
    assert sorted(set(table["region"])) == ["ash", "birch"]
    assert table["estimate"].to_numpy() == pytest.approx(1.0, abs=0.05)


def test_rows_are_accounted_for(records: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Each row that is not used is counted by its reason."""
    members, claims = records
    person = members["person"].iloc[0]
    begin = members["start"].iloc[0]
    odd = pd.DataFrame(
        {
            "person": ["nobody", person, person, person],
            "service": "outpatient",
            "date": ["2019-05-01", "2018-01-01", begin, begin],
            "booked": ["2019-05-02", "2018-01-02", begin, "2018-02-01"],
            "cost": [10.0, 10.0, -5.0, 10.0],
        }
    )
    spells = members.head(2).assign(start="2019-02-01", end=["2019-03-01", "2019-01-01"])
    done = fundpool.fit(
        pd.concat([members, spells]), pd.concat([claims, odd]), options=OPTIONS
    )  # fmt: skip
    rows = done.summary["rows"]
    assert rows["claims"]["read"] == len(claims) + 4
    assert rows["claims"]["used"] == len(claims)
    assert sorted(rows["claims"]["set_aside"].values()) == [1, 1, 1, 1]
    assert rows["members"]["read"] == rows["members"]["used"] + sum(
        rows["members"]["set_aside"].values()
    )


def test_overlapping_spells_count_once(records: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    members, claims = records
    twice = fundpool.fit(pd.concat([members, members.head(500)]), claims, options=OPTIONS)
    once = fundpool.fit(members, claims, options=OPTIONS)
    assert twice.summary["exposure"] == pytest.approx(once.summary["exposure"])


def test_small_groups_are_merged_and_no_person_is_written(
    records: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    """No pseudonym in any file, no cell of fewer people, and totals that stay."""
    members, claims = records
    out = tmp_path / "fitted"
    done = fundpool.fit(members, claims, options=OPTIONS, out=out)
    assert json.loads((out / "fit.json").read_text(encoding="utf-8"))["minimum"] == 10
    for file in (path for path in out.rglob("*") if path.is_file()):
        assert "P0" not in file.read_text(encoding="utf-8"), file
    population = done.tables["population"]
    for _, group in population.groupby(["region", "sex"]):
        runs = (group["persons"] != group["persons"].shift()).cumsum()
        assert group.groupby(runs)["persons"].sum().min() > 10 - 1e-9
    there = members[(members["start"] <= "2019-12-31") & (members["birth"] <= "2019-12-31")]
    assert population["persons"].sum() == pytest.approx(len(there))
    assert done.exposure["exposure"].min() >= 10 / 12


def _case_of_records() -> SmallCase:
    """The two counties with the true frequencies and severities of the bureau."""
    case = small_case()
    case.settings["services"] = ["outpatient", "inpatient"]
    for scheme in case.schemes.values():
        scheme["benefits"]["inpatient"] = scheme["benefits"]["outpatient"]
    tables = case.tables
    both = []
    for service in made.FREQUENCY:
        one = tables["morbidity"].assign(service=service)
        both.append(one.assign(frequency=made.FREQUENCY[service] * np.where(one["age"] < 40, 1, 2)))
    tables["morbidity"] = pd.concat(both)
    tables["severity"] = pd.DataFrame(
        [(service, 0, 100, family, made.MEAN[service], made.CV[service])
         for service, family in (("outpatient", "gamma"), ("inpatient", "lognormal"))],
        columns=tables["severity"].columns,
    )  # fmt: skip
    for name in ("relativities", "treatment"):
        more = tables[name].assign(service="inpatient")
        tables[name] = pd.concat([tables[name], more])
    tables["economy"]["price_level"] = 1.0
    case.settings["economy"]["medical_inflation"]["value"] = 0.0
    return case


def test_a_case_with_fitted_tables_meets_the_claims(
    records: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    """It passes the check; projected, its claims are those of the parameters that were drawn."""
    folder = _case_of_records().write(tmp_path / "case")
    options = fundpool.FitOptions(first="2019-01", last="2020-12", tables=("morbidity", "severity"))
    done = fundpool.fit(*records, into=folder, options=options, out=tmp_path / "out")
    new = tmp_path / "out" / "case"
    assert not [finding for finding in fundpool.check(new) if finding.severity == "error"]
    totals = []
    for case in (folder, new):
        flows = fundpool.project(case, "county", years=1).flows
        totals.append(float(flows.claims_incurred.sum()))
    frequency = done.frequency
    inner = frequency[(frequency["age_from"] <= 30) & (frequency["age_to"] >= 30)]
    inner = inner[inner["sex"] == "male"].set_index("service")
    weight = {service: made.FREQUENCY[service] * made.MEAN[service] for service in made.MEAN}
    variance = sum(
        (inner.loc[service, "error"] * made.MEAN[service]) ** 2
        + (made.FREQUENCY[service] * made.MEAN[service] * made.CV[service]) ** 2
        / done.severity.set_index("service").loc[service, "claims"]
        for service in made.MEAN
    )
    error = np.sqrt(variance) / sum(weight.values())
    assert abs(totals[1] / totals[0] - 1.0) < 3 * error


def test_population_and_coverage_of_a_case(
    records: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    """All four tables laid into the case: rows of what records do not say stay, and it reads."""
    members, claims = records
    case = small_case()
    case.tables["migrants"]["persons"] = 2.0
    folder = case.write(tmp_path / "case")
    outpatient = claims[claims["service"] == "outpatient"]
    fundpool.fit(members, outpatient, into=folder, out=tmp_path / "out",
                 options=fundpool.FitOptions(base_year=2019))  # fmt: skip
    read = fundpool.read_case(tmp_path / "out" / "case")
    coverage = read.tables["coverage"]
    assert set(coverage["tie"]) == {"stayer", "within", "between", "inbound", "outbound"}
    fitted = coverage[coverage["source"].str.startswith("fundpool fit")]
    assert set(fitted["tie"]) == {"stayer"}


def test_counts_give_what_records_give(fitted: Fit, tmp_path: Path) -> None:
    """Exposure and claims counted by age, in Chinese, with totals: the same frequencies."""
    exposure = fitted.exposure.groupby(["year", "region", "sex", "age_from", "age_to"])
    rows = exposure["exposure"].sum().reset_index()
    rows["age"] = rows["age_from"].astype(str) + "-" + rows["age_to"].astype(str)
    counted = rows[["region", "sex", "age", "year", "exposure"]].replace(
        {"sex": {"male": "男", "female": "女"}}
    )
    counted.columns = ["参保地", "性别", "年龄", "年度", "人年"]
    counted.to_csv(tmp_path / "members.csv", index=False)
    claims = counted.rename(columns={"人年": "人次"}).assign(
        人次=10.0, 医疗费用=2000.0, 服务类别="门诊"
    )
    claims = claims.rename(columns={"年度": "就诊日期"})
    claims.to_csv(tmp_path / "claims.csv", index=False)
    done = fundpool.fit(
        tmp_path / "members.csv", tmp_path / "claims.csv",
        options=fundpool.FitOptions(tables=("morbidity",)),
    )  # fmt: skip
    assert done.summary["exposure"] == pytest.approx(rows["exposure"].sum())
    service = done.summary["services"]["outpatient"]
    assert service["frequency"] == pytest.approx(10 * len(rows) / rows["exposure"].sum())
    assert service["dispersion"] is None
    assert any(finding.value in ("男", "女") for finding in done.findings)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"birth": "soon"}, "birth"),
        ({"sex": "x"}, "sex"),
        ({"start": "2019-13-01"}, "start"),
    ],
)
def test_cells_that_cannot_be_read_are_findings(
    records: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path, change: dict[str, str], column: str
) -> None:
    members = records[0].head(50).copy()
    members.loc[members.index[3], list(change)] = list(change.values())
    with pytest.raises(fundpool.CaseError) as error:
        fundpool.fit(members, records[1], out=tmp_path / "out")
    finding = error.value.findings[0]
    assert (finding.row, finding.column) == (5, column)
    assert not (tmp_path / "out").exists()


def test_too_few_people_are_refused(records: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    members = records[0].head(12)
    with pytest.raises(fundpool.CaseError, match="people of a sex"):
        fundpool.fit(members, records[1], options=OPTIONS)


def test_statuses_that_the_case_names(tmp_path: Path) -> None:
    """Records speak of the case's members; their relativity is the kind's times their own."""
    case = small_case()
    case.settings["statuses"] = {
        "member": {
            "kind": "employee", "title": "Members", "source": "worked example", "status": "assumed",
        }
    }  # fmt: skip
    case.tables["relativities"] = pd.DataFrame(
        [("status", "employee", "outpatient", 2.0), ("status", "member", "outpatient", 1.5)],
        columns=["factor", "level", "service", "relativity"],
    )
    raw = read_raw(case.write(tmp_path / "case"))
    prior = prior_of(raw)
    assert prior.statuses[-1] == "member"
    assert "employee" not in prior.statuses
    groups = pd.DataFrame({"tie": ["stayer"] * 3, "status": ["member", "none", ""]})
    relative = relative_frequency(groups, prior.relativities, "outpatient", prior.kinds)
    assert relative.tolist() == [3.0, 1.0, 1.0]
    rows = pd.DataFrame(
        {"region": "ash", "sex": "male", "age": 30, "year": 2020, "status": ["member", "membr"],
         "persons": 50}
    )  # fmt: skip
    claims = pd.DataFrame(
        {"region": ["ash"], "sex": ["male"], "age": [30], "service": ["outpatient"],
         "date": ["2020"], "claims": [100]}
    )  # fmt: skip
    with pytest.raises(fundpool.CaseError) as refused:
        fit_tables(rows, claims, raw)
    assert [str(finding.value) for finding in refused.value.findings] == ["membr"]
