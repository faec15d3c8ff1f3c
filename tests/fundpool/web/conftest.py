"""A small case on a server, and a browser that looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fundpool.inputs.template import write_case_workbook
from tests.cases.small import SmallCase, small_case
from tests.cases.stochastic import scenario_section
from tests.fundpool.web.browser import Page, browser, server


def page_case() -> SmallCase:
    """The small case with a policy to choose and with scenarios."""
    case = small_case()
    case.settings["scenarios"] = scenario_section()
    case.policies["more-interest"] = {
        "schema_version": 1, "name": "more-interest", "title": "More interest",
        "title_local": "提高利率", "about": "Interest rises to 5 %.",
        "about_local": "利率升至5%。", "source": "test",
        "status": "assumed", "case": {"economy": {"interest": {"value": 0.05}}},
    }  # fmt: skip
    case.policies["epidemic"] = {
        "schema_version": 1, "name": "epidemic", "title": "Epidemic year",
        "title_local": "疫情年份", "about": "Care rises by half in 2022.",
        "about_local": "2022年就医增加一半。", "source": "test", "status": "assumed",
        "shocks": [{"title": "epidemic", "year": 2022, "care": {"all": 1.5}, "source": "test",
                    "status": "assumed"}],
    }  # fmt: skip
    case.settings["sensitivity"] = {
        f"economy.{name}": {"step": 0.01, "main": True, "source": "test", "status": "assumed"}
        for name in ("wage_growth", "medical_inflation")
    }
    return case


@pytest.fixture(scope="session")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_case().write(tmp_path_factory.mktemp("page") / "small")


@pytest.fixture(scope="session")
def case_workbook(case_folder: Path) -> Path:
    file = case_folder.parent / "small.xlsx"
    write_case_workbook(str(case_folder), file)
    return file


@pytest.fixture(scope="session")
def address(case_folder: Path) -> Iterator[str]:
    with server(case_folder, "--years", "6", "--scenarios", "60") as found:
        yield found


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    with browser() as found:
        yield found


@pytest.fixture
def page(tab: Page) -> Page:
    return tab.afresh()
