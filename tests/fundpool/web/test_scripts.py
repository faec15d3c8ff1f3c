"""Pure parts of the page's scripts, by their own engine, against what the server understands."""

import json
from pathlib import Path
from typing import Any

import pytest

from fundpool.inputs.case import read_case
from fundpool.models.pooling.short_form import plan_for
from fundpool.web.requests.plan import PlanRequest
from tests.fundpool.web.browser import Page
from tests.fundpool.web.test_agreement import unlike_counties

SCRIPTS = Path(__file__).parents[3] / "fundpool" / "web" / "static" / "js"
POOLING = [
    "county", "city", "county,city@2023,province@2025", "city+province:0.05:0.3",
    "county+province:0.05:0.3:0.5", "county[Two=c000|c005]", "county[Two=c000;Three=c001|c002]",
    "county,county[Two=c000|c005;Three=c001]@2023",
]  # fmt: skip


def evaluated(page: Page, module: str, script: str, **values: Any) -> Any:
    """Value of a script that sees what a module exports as ``m`` and the values by their names."""
    named = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    return page.run(f"const m = await import('/static/js/{module}.js'); {named} {script}")


@pytest.fixture
def engine(page: Page, address: str) -> Page:
    """The browser, at the page's address."""
    page.open(address)
    return page


def test_pooling_plans_are_read_and_written_as_the_server_reads_them(
    engine: Page, tmp_path: Path
) -> None:
    case = read_case(unlike_counties().write(tmp_path / "eight"))
    written = evaluated(
        engine, "state",
        "return texts.map(text => m.writePooling(m.parsePooling(text, 'none'), 'none'));",
        texts=POOLING,
    )  # fmt: skip
    assert [plan_for(case, text).stages for text in written] == [
        plan_for(case, text).stages for text in POOLING
    ]
    nothing = "return m.writePooling(m.parsePooling('', 'city'), 'city');"
    assert evaluated(engine, "state", nothing) == ""


def test_a_state_survives_its_address_and_is_a_request(engine: Page) -> None:
    state = {
        "scheme": "resident", "pooling": "county[Two=c000|c005]", "county": "c001", "rate": -0.013,
        "premium": 0.25, "care": 0.1, "from_year": 2027, "mobility": 0.01, "full": True,
        "optimised": True, "swaps": False, "one_path": True, "months": 4.5, "weight": 0,
        "note": "a ~ b & c=d", "policies": ["one", "two"], "stress": "high_cost", "year": 2024,
        "values": {"economy.interest": 0.03, "schemes.resident.rules.premium.c001": -1.5},
        "file": "mine (1).xlsx",
        "pins": [{"name": "A & B", "query": "rate=0.01&note=x%20y"}],
    }  # fmt: skip
    again, request = evaluated(
        engine, "state",
        "const full = {...m.emptyState(), ...state};"
        "return [m.decode('#' + m.encode(full)), m.requestOf(full)];",
        state=state,
    )  # fmt: skip
    assert {name: again[name] for name in state} == state
    asked = PlanRequest.model_validate(request)
    assert (asked.levers.premium, asked.levers.from_year, asked.full) == (0.25, 2027, True)
    assert (asked.stress, asked.year, asked.values) == ("high_cost", 2024, state["values"])
    assert asked.optimised is not None
    assert (asked.optimised.months, asked.optimised.unevenness) == (4.5, 0.0)
    assert asked.optimised.one_path


def test_numbers_are_written_alike(engine: Page) -> None:
    said = evaluated(
        engine, "words",
        "return [m.rate(0.0581), m.rate(-0.001), m.percent(0.12345, 3), m.money(7.528e9),"
        " m.money(-1.5e6), m.months(-0.04), m.signed(-0.5, v => m.number(v, 2)),"
        " m.signed(0, v => m.number(v)), m.people(1234567), m.money(null)];",
    )  # fmt: skip
    assert said == ["5.81 %", "−0.10 %", "12.3 %", "7.528 bn", "−1.5 m", "0.0", "−0.5", "±0",
                    "1.23 m", "–"]  # fmt: skip
    csv = evaluated(
        engine, "charts",
        "return m.asCsv([{a: 'x, \"y\"', b: '=1+1', c: null, d: -1}]);",
    )  # fmt: skip
    assert csv == 'a,b,c,d\n"x, ""y""",\'=1+1,,-1'


def test_boundaries_of_a_case_take_the_place_of_cells(engine: Page) -> None:
    ring = [[119.0, 32.0], [120.0, 32.0], [120.0, 33.0], [119.0, 32.0]]
    places = [
        {"code": "p", "level": "city", "parent": "", "latitude": None, "longitude": None},
        *({"code": code, "level": "county", "parent": "p", "latitude": 32.0 + n, "longitude": 119.0}
          for n, code in enumerate("ab")),
    ]  # fmt: skip
    script = (
        "const of = boundaries => m.mapGeometry({...info, boundaries}).edges;"
        "return [of({}), of({a: [ring], p: [ring]})];"
    )
    cells, edges = evaluated(
        engine, "map", script, ring=ring, info={"levels": ["county", "city"], "regions": places}
    )
    assert len(cells) > len(edges) == 6
    assert [edge["width"] for edge in edges] == [0.5] * 3 + [1.6] * 3
    assert [edges[0]["y"], edges[1]["y2"]] == [32.0, 33.0]


def test_places_are_in_order_of_how_their_funds_stand(engine: Page) -> None:
    rows = [
        {"b": {"exhaustion_year": year, "final_reserve_months": months}}
        for year, months in ((None, 3.0), (2040, 0.0), (None, 1.0), (2030, 0.0), (2030, -5.0))
    ]
    ordered = evaluated(engine, "results", "return rows.sort(m.worse);", rows=rows)
    assert ordered == [rows[place] for place in (4, 3, 1, 2, 0)]


def test_every_script_is_checked_for_types_and_kept_short() -> None:
    settings = json.loads((SCRIPTS.parents[3] / "jsconfig.json").read_text(encoding="utf-8"))
    assert settings["compilerOptions"]["checkJs"]
    assert (SCRIPTS.parents[3] / settings["include"][0]).resolve() == SCRIPTS
    texts = {file.name: file.read_text(encoding="utf-8") for file in SCRIPTS.glob("*.js")}
    assert [
        name for name, text in texts.items() if "@ts-nocheck" in text or "@ts-ignore" in text
    ] == []
    assert {name: text.count("\n") for name, text in texts.items() if text.count("\n") > 400} == {}
