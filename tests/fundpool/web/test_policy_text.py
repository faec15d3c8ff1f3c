"""The policy file of a plan against the levers it stands for."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.projection.study import study
from fundpool.web.requests.plan import LeverValues, Optimised, PlanRequest
from fundpool.web.requests.policy_text import NAME, command_of, policy_contents_of, toml_text
from fundpool.web.work.answers import flows_of
from tests.fundpool.web.conftest import page_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    own = page_case()
    own.settings["economy"]["medical_inflation"]["by_year"] = {"2022": 0.09, "2024": 0.01}
    return read_case(own.write(tmp_path_factory.mktemp("policy") / "small"))


@pytest.mark.parametrize(
    "levers",
    [
        LeverValues(from_year=2023, rate=0.013),
        LeverValues(rate=-0.01),
        LeverValues(from_year=2022, premium=0.25),
        LeverValues(from_year=2023, care=-0.2),
        LeverValues(from_year=2023, medical_inflation=0.02, wage_growth=-0.01, interest=0.005),
        LeverValues(from_year=2024, rate=0.01, premium=0.1, care=0.1, medical_inflation=-0.02),
    ],
)
def test_a_fresh_projection_with_the_file_gives_the_page_its_numbers(
    case: Case, tmp_path: Path, levers: LeverValues
) -> None:
    request = PlanRequest(pooling="city", levers=levers)
    file = tmp_path / f"{NAME}.toml"
    file.write_text(toml_text(policy_contents_of(case, request)), encoding="utf-8")
    fresh = study(case.with_policies([file]), 5)
    moved = flows_of(study(case, 5), request)
    for name in ("contributions", "account_credits", "subsidies", "claims_incurred",
                 "contribution_base"):  # fmt: skip
        np.testing.assert_allclose(
            getattr(moved, name), getattr(fresh.flows, name), rtol=1e-9, atol=1e-3, err_msg=name
        )
    np.testing.assert_allclose(moved.paths.interest, fresh.flows.paths.interest)
    assert fresh.case.pooling == "city"


def test_text_is_toml_again(case: Case) -> None:
    request = PlanRequest(
        pooling='county[North "=ash|birch]', mobility=0.01,
        levers=LeverValues(rate=0.01, care=0.1, interest=0.01),
    )  # fmt: skip
    contents = policy_contents_of(case, request)
    read = tomllib.loads(toml_text(contents))
    assert read["pooling"] == request.pooling
    assert read["shocks"][0]["care"] == {"all": 1.1}
    raised = case.value("mobility.out_migration_growth") + 0.01
    assert read["case"]["mobility"]["out_migration_growth"]["value"] == pytest.approx(raised)


def test_the_command_quotes_what_a_shell_would_read() -> None:
    request = PlanRequest(pooling="county[A=ash|birch];x", policies=("more-interest",))
    text = command_of("my case.xlsx", ("county", request.pooling or "county"), request, 30, True)
    assert text == (
        "fundpool compare 'my case.xlsx' --policy more-interest --policy page-plan.toml "
        "--pooling county --pooling 'county[A=ash|birch];x' --years 30"
    )


@pytest.mark.parametrize(("one_path", "said"), [(False, ""), (True, " --one-path")])
def test_the_command_names_the_one_path_where_the_page_plans_on_it(
    one_path: bool, said: str
) -> None:
    request = PlanRequest(optimised=Optimised(months=3.0, one_path=one_path))
    text = command_of("small", ("county", "county"), request, 30, False)
    assert text == f"fundpool optimise small --pooling county --reserve-months 3{said} --years 30"
