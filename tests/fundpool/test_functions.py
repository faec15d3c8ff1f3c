"""Functions named as the commands: defaults, sentences for wrong arguments, examples, views."""

import dataclasses
import doctest
import inspect
import json
import re
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import typer

import fundpool
from fundpool import Goals, Limits, Outputs, ReportOptions, Ruin, ScenarioOptions
from fundpool.calls import accounting, results
from fundpool.calls import arguments as arguments_module
from fundpool.cli.commands import COMMANDS, app
from fundpool.cli.session import option_of
from fundpool.functions import reporting, requests
from fundpool.inputs.case import Case
from fundpool.models.analysis import what_if
from fundpool.models.analysis.what_if import PoolLevers
from fundpool.options import MESSAGES
from tests.cases.small import given, small_case
from tests.cases.stochastic import scenario_section

WITHOUT_FUNCTION = {"serve": "runs until it is stopped, for browsers"}
"""Commands that a program has no use for, and why."""
OF_A_TERMINAL = {
    "json": "a function returns its result",
    "quiet": "a function prints nothing",
    "help": "docstrings",
    "ask": "questions at a terminal",
    "log": "the form of what a terminal shows; a function returns its messages",
    MESSAGES: "exceptions are English; options.lang of a report is its language",
}
"""Parameters of a command that no function has, and why."""
TAKEN_FROM_THE_PROJECTION = "given to fundpool.project, whose result is taken"
OF_ITS_OWN = {
    ("project", "out"): "a function writes nothing unless a folder is named",
    ("optimise", "out"): "a function writes nothing unless a folder is named",
    ("frontier", "out"): "a function writes nothing unless a folder is named",
    ("accounts", "out"): "a function writes nothing unless a folder is named",
    ("fit", "out"): "a function writes nothing unless a folder is named",
    ("optimise", "acceptable"): "a group in limits; a command has an option for all of it",
    ("optimise", "no_worse_than"): "of limits.acceptable",
    ("optimise", "window"): "of limits.acceptable",
    ("optimise", "poor_to_rich"): "of limits.acceptable",
    ("optimise", "stable"): "of limits.acceptable",
    ("optimise", "one_path"): "ruin=None",
    ("optimise", "settlement"): "Plan.write_settlement",
    ("optimise", "ruin"): "a command has an option in place of None",
    ("compare", "break_even"): "fundpool.models.analysis.level_pairs.level_pairs",
    ("report", "more"): "fundpool.reports takes several",
    ("new", "schemes"): "a mapping; a command takes it as text",
    **{
        (name, option): TAKEN_FROM_THE_PROJECTION
        for name in ("optimise", "frontier")
        for option in ("case", "pooling", "policy", "years", "changes")
    },
}
"""Options of one command that its function has not, or with another default, and why."""
OF_PYTHON = {
    ("optimise", "projection"): TAKEN_FROM_THE_PROJECTION,
    ("frontier", "projection"): TAKEN_FROM_THE_PROJECTION,
    ("optimise", "archive"): "refused: archives keep reports, projections and comparisons",
    ("frontier", "archive"): "refused: archives keep reports, projections and comparisons",
    ("report", "table_format"): "a report has no files of tables",
    ("frontier", "choices"): "limits and weights as the model takes them",
    **{
        (name, "progress"): "a function to call; a command shows a bar"
        for name in ("project", "compare", "frontier", "policies")
    },
}
"""Arguments of functions that no command has as an option, and why."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = small_case()
    case.settings["scenarios"] = scenario_section()
    case.policies["dear"] = {
        "schema_version": 1, "name": "dear", "title": "Dear care", "about": "Care is dearer.",
        "source": "worked example", "status": "assumed",
        "case": {"economy": {"medical_inflation": given(0.12)}},
    }  # fmt: skip
    return case.write(tmp_path_factory.mktemp("functions") / "case")


@pytest.fixture(scope="module")
def projection(folder: Path) -> results.Projection:
    return fundpool.project(folder, years=3)


def plain(value: object) -> object:
    """A default as plain data."""
    value = value.value if isinstance(value, Enum) else value
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value) if isinstance(value, Path) else value


def arguments(function: Callable[..., Any]) -> dict[str, object]:
    """Defaults of a function by name, fields of option classes in place of their group."""
    found: dict[str, object] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if dataclasses.is_dataclass(parameter.default):
            found |= dataclasses.asdict(parameter.default)  # type: ignore[arg-type]
        elif name == "scenarios" and "ScenarioOptions" in str(parameter.annotation):
            found |= dataclasses.asdict(ScenarioOptions(parameter.default))
        elif name == "ruin":  # a probability, or it with a year and whether it is of any fund
            found |= {"ruin": parameter.default, "by": Ruin.by, "joint": Ruin.joint}
        else:
            found[name] = parameter.default
    return found


TWINS = sorted(set(COMMANDS) - set(WITHOUT_FUNCTION))


def options_of(name: str) -> dict[str, Any]:
    """Parameters of a command by name, but for those of every terminal."""
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return {item.name: item for item in command.params if item.name not in OF_A_TERMINAL}


@pytest.mark.parametrize("name", TWINS)
def test_a_command_has_a_function_with_the_same_options_and_defaults(name: str) -> None:
    taken = arguments(getattr(fundpool, name))
    options = options_of(name)
    exempt = {option for command, option in OF_ITS_OWN if command == name}
    assert set(options) - set(taken) - exempt == set(), f"fundpool.{name} has no such options"
    only = {argument for function, argument in OF_PYTHON if function == name}
    assert set(taken) - set(options) == only, f"fundpool {name} has no such options"
    for option in set(options) - exempt:
        parameter, given = options[option], taken[option]
        if given is inspect.Parameter.empty:
            assert parameter.required, option
        else:
            default = None if parameter.default is ... else plain(parameter.default)
            assert default == plain(given), f"fundpool.{name}: {option}"


def test_what_is_exempt_is_there_and_differs() -> None:
    """An entry that nothing needs any more goes."""
    for name, option in OF_ITS_OWN:
        taken, parameter = arguments(getattr(fundpool, name)), options_of(name)[option]
        assert option not in taken or plain(parameter.default) != plain(taken[option])
    listed = {option for name in TWINS for option in options_of(name)}
    assert not set(OF_A_TERMINAL) & listed


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_argument_is_named_by_its_option(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.name != MESSAGES:
            assert option_of(str(parameter.name)) == parameter.opts[0]


def test_the_comparison_sees_another_default() -> None:
    def other(
        years: int = 3,
        scenarios: int | ScenarioOptions = 0,
        outputs: Outputs = Outputs(),  # noqa: B008
    ) -> None:
        """With three years."""

    assert arguments(other) == {
        "years": 3, "scenarios": 0, "seed": 1, "engine": "local",
        "out": None, "table_format": "parquet", "archive": None,
    }  # fmt: skip


PUBLIC = {
    name: getattr(reporting if name == "report" else fundpool, name)  # the package has its name
    for name in fundpool.__all__
    if name != "__version__"
}
RESULTS = {
    kind
    for module in (results, reporting, accounting, what_if)
    for kind in vars(module).values()
    if inspect.isclass(kind) and kind.__module__ == module.__name__
} | {Case}


def methods(kind: type) -> dict[str, Callable[..., Any]]:
    """What a user calls on a result, inherited from classes of the program as well."""
    return {
        f"{kind.__name__}.{name}": getattr(kind, name)
        for base in kind.__mro__
        if base.__module__.startswith("fundpool.")
        for name, value in vars(base).items()
        if not name.startswith("_") and inspect.isfunction(value)
    }


CALLED = PUBLIC | {name: value for kind in RESULTS for name, value in methods(kind).items()}


@pytest.mark.parametrize("name", sorted(CALLED))
def test_whatever_a_user_calls_has_an_example_that_runs(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the worked example in place of the bundled case; nothing is left out of the run."""
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(CALLED[name]) or ""
    assert "SKIP" not in text
    if name != "init":  # which copies a bundled case
        text = text.replace('"jiangsu"', repr(folder.as_posix()))
    module = vars(inspect.getmodule(CALLED[name]))
    test = doctest.DocTestParser().get_doctest(text, {"Path": Path, **module}, name, None, 0)
    assert test.examples
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0


@pytest.mark.parametrize("module", [arguments_module, requests])
def test_examples_of_helpers(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


WRONG: tuple[tuple[Callable[..., Any], Mapping[str, Any], type[Exception], str], ...] = (
    (fundpool.check, {"case": 3}, TypeError, "case is 3; expected a case folder"),
    (fundpool.project, {"case": 3}, TypeError, "case is 3; expected a case"),
    (fundpool.project, {"years": 0}, ValueError, "years is 0; expected a whole number from 1"),
    (fundpool.project, {"years": 2.5}, TypeError, "years is 2.5; expected a whole number"),
    (fundpool.project, {"years": True}, TypeError, "years is True"),
    (fundpool.project, {"pooling": 7}, TypeError, "pooling is 7; expected a level (county"),
    (fundpool.project, {"changes": ["a=1"]}, TypeError, "changes is ['a=1']; expected a mapping"),
    (fundpool.project, {"changes": {"a": "x"}}, TypeError, "changes['a'] is 'x'"),
    (fundpool.project, {"policy": 4}, TypeError, "policy is 4; expected a name or file"),
    (fundpool.project, {"scenarios": "many"}, TypeError, "scenarios is 'many'"),
    (fundpool.project, {"scenarios": ScenarioOptions(2, seed=-1)}, ValueError, "seed is -1"),
    (fundpool.project, {"outputs": "here"}, TypeError, "outputs is 'here'; expected Outputs("),
    (fundpool.project, {"outputs": Outputs("x", "xls")}, ValueError, "table_format is 'xls'"),
    (fundpool.compare, {"pooling": "county"}, TypeError, "expected a list of levels"),
    (fundpool.policies, {"years": "two"}, TypeError, "years is 'two'"),
    (fundpool.optimise, {"reserve_months": -1}, ValueError, "reserve_months is -1"),
    (fundpool.optimise, {"limits": Limits(choose="taxes")}, ValueError, "choose is 'taxes'"),
    (fundpool.optimise, {"limits": Limits(hubs="moon")}, ValueError, "hubs is 'moon'"),
    (fundpool.optimise, {"goals": Goals(measure="mean")}, ValueError, "measure is 'mean'"),
    (fundpool.optimise, {"projection": 3}, TypeError, "projection is 3; expected what"),
    (fundpool.optimise, {"outputs": Outputs(archive="kept")}, ValueError, "archive is 'kept'"),
    (fundpool.frontier, {"outputs": Outputs(archive="kept")}, ValueError, "archive is 'kept'"),
    (fundpool.frontier, {"points": 1}, ValueError, "points is 1; expected a whole number from 2"),
    (fundpool.runs, {"archive": 5}, TypeError, "archive is 5; expected the path"),
    (fundpool.runs, {"archive": "nowhere"}, ValueError, "archive is 'nowhere'"),
    (fundpool.report, {"options": "all"}, TypeError, "options is 'all'; expected ReportOptions"),
    (fundpool.report, {"options": ReportOptions(lang="fr")}, ValueError, "lang is 'fr'"),
    (fundpool.report, {"options": ReportOptions(formats="odt")}, ValueError, "--formats 'odt'"),
    (fundpool.report, {"options": ReportOptions(wait=-1)}, ValueError, "options.wait is -1"),
    (fundpool.report, {"options": ReportOptions(ping="here")}, ValueError, "--ping"),
    (fundpool.reports, {"cases": []}, ValueError, "cases is []; expected two cases or more"),
    (fundpool.reports, {"cases": "jiangsu"}, TypeError, "expected a list of cases"),
    (fundpool.reports, {"cases": ["a", "A"]}, ValueError, "would both be written to"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("function", "given", "kind", "said"), WRONG, ids=[row[3] for row in WRONG]
)
def test_a_wrong_argument_gets_a_sentence(
    function: Callable[..., Any],
    given: Mapping[str, Any],
    kind: type[Exception],
    said: str,
    folder: Path,
    projection: results.Projection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    first = next(iter(inspect.signature(function).parameters))
    usual = {"case": folder, "projection": projection}.get(first)
    arguments = dict(given) if first in given or usual is None else {first: usual, **given}
    with pytest.raises(kind, match=re.escape(said)):
        function(**arguments)
    assert list(tmp_path.iterdir()) == []


def test_views_hold_charts_and_need_nothing_else(
    projection: results.Projection, folder: Path
) -> None:
    plan = fundpool.optimise(projection, reserve_months=1)
    shown = (
        (projection, 1), (fundpool.compare(folder, years=2), 1), (plan, 1),
        (fundpool.frontier(projection, 2, 0), 1), (projection.scenarios(20), 0),
        (fundpool.policies(folder, years=2), 0), (fundpool.check(folder), 0),
    )  # fmt: skip
    for result, charts in shown:
        text, page = repr(result), result._repr_html_()
        assert text.startswith(f"<{type(result).__name__}"), text
        assert len(text) < 400
        assert page.count("<svg") >= charts
        assert "<table" in page
        assert "<script" not in page
        links = set(re.findall(r"https?://[^\"' ]+", page))
        assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    numbers = re.findall(r'id="([^"]+)"', projection._repr_html_() + projection._repr_html_())
    assert len(numbers) == len(set(numbers))


def test_function_and_command_write_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    words = ["project", str(folder), "--years", "2", "--out", "command", "--scenarios", "20",
             "--set", "economy.medical_inflation=0.12", "--policy", "dear"]  # fmt: skip
    assert CliRunner().invoke(app, words).exit_code in (0, 3)
    fundpool.project(
        folder, years=2, scenarios=20, policy="dear",
        changes={"economy.medical_inflation": 0.12}, outputs=Outputs("function"),
    )  # fmt: skip
    names = sorted(file.name for file in Path("command").iterdir())
    assert names == sorted(file.name for file in Path("function").iterdir())
    for name in names:
        assert Path("command", name).read_bytes() == Path("function", name).read_bytes(), name


def test_reports_of_several_cases_in_one_call(folder: Path, tmp_path: Path) -> None:
    """The second is no case; the first has its report, and whoever hears of them hears of both."""
    page_only = ReportOptions(
        formats="html", optimised=False, sensitivity="none", metrics=tmp_path / "fundpool.prom"
    )
    written = fundpool.reports(
        [folder, tmp_path / "nowhere"], years=2, scenarios=0, options=page_only,
        outputs=Outputs(tmp_path / "out", archive=tmp_path / "archive"),
    )  # fmt: skip
    assert list(written.table["case"]) == ["case", "nowhere"]
    assert list(written.table["status"])[1] == 2
    assert list(written.reports) == ["case"]
    summary = written.reports["case"].summary
    said = json.loads((tmp_path / "out" / "case" / "summary.json").read_text("utf-8"))
    assert summary == said
    assert (tmp_path / "out" / "cases.csv").is_file()
    assert "nowhere" in (tmp_path / "fundpool.prom").read_text("utf-8")
    assert len(fundpool.runs(tmp_path / "archive")) == 1
    assert repr(written) == "<Reports: 1 of 2 cases>"
    assert "<table" in written._repr_html_()


def test_runs_of_earlier_versions_are_brought_to_the_present_form(
    folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    fundpool.project(folder, years=1, outputs=Outputs(archive=archive))
    (manifest,) = archive.glob("runs/*/manifest.json")
    entries = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(
        json.dumps({key: value for key, value in entries.items() if key != "case_title"}), "utf-8"
    )
    migrated = fundpool.runs(archive, migrate=True)
    assert list(migrated["run"]) == [manifest.parent.name]
    assert list(migrated["became"]) == ["brought to the present form"]
    assert json.loads(manifest.read_text("utf-8")) == entries
    assert len(fundpool.runs(archive, migrate=True)) == 0


def test_a_case_changed_in_python_is_not_kept(folder: Path, tmp_path: Path) -> None:
    changed = fundpool.read_case(folder).with_values({"economy.medical_inflation": 0.2})
    with pytest.raises(ValueError, match="give changes= and policy="):
        fundpool.project(changed, years=1, outputs=Outputs(archive=tmp_path / "archive"))
    assert not (tmp_path / "archive").exists()


def test_the_former_name_of_an_argument_still_works(folder: Path) -> None:
    with pytest.warns(DeprecationWarning, match="plans is called pooling now"):
        found = fundpool.compare(folder, plans=["city"], years=1)  # type: ignore[call-arg]
    assert list(found.projections) == ["city"]


def test_limits_on_ruin_by_former_arguments_still_work(projection: results.Projection) -> None:
    last = int(projection.years[-1])
    with pytest.warns(DeprecationWarning, match="by, joint belong into ruin=Ruin"):
        former = fundpool.optimise(  # type: ignore[call-arg]
            projection, scenarios=20, ruin=0.5, by=last - 1, joint=True
        )
    asked = fundpool.Ruin(0.5, last - 1, joint=True)
    plan = fundpool.optimise(projection, scenarios=20, ruin=asked)
    assert former.record() == plan.record()
    assert plan.probability is not None
    assert (plan.probability.limit.by, plan.probability.limit.joint) == (last - 1, True)


PLANS = (
    (("--reserve-months", "1"), {"reserve_months": 1}),
    (("--scenarios", "6", "--reserve-months", "0"), {"scenarios": 6, "reserve_months": 0}),
    (("--ruin", "0.5", "--scenarios", "20"), {"ruin": 0.5, "scenarios": 20}),
    (("--choose", "rates,pooling", "--reserve-months", "0", "--measure", "deviation"),
     {"reserve_months": 0, "limits": Limits(choose="rates,pooling"),
      "goals": Goals(measure="deviation")}),
)  # fmt: skip


@pytest.mark.parametrize(("options", "arguments"), PLANS, ids=[" ".join(row[0]) for row in PLANS])
def test_function_and_command_make_the_same_plan(
    options: tuple[str, ...],
    arguments: Mapping[str, Any],
    folder: Path,
    projection: results.Projection,
    tmp_path: Path,
) -> None:
    from typer.testing import CliRunner

    command, function = tmp_path / "command", tmp_path / "function"
    words = ["optimise", str(folder), "--years", "3", "--out", str(command), *options]
    assert CliRunner().invoke(app, words).exit_code in (0, 3)
    plan = fundpool.optimise(projection, **arguments, outputs=Outputs(function))
    names = sorted(file.name for file in command.iterdir())
    assert names == sorted(file.name for file in function.iterdir())
    for name in names:
        assert (command / name).read_bytes() == (function / name).read_bytes(), name
    sampled = "--scenarios" in options and "--ruin" not in options
    assert plan.policy.floor == ("cvar" if sampled else "every")


def test_policies_are_compared_with_the_case_without(folder: Path) -> None:
    found = fundpool.compare(folder, ["county"], years=2, policy="dear")
    base = found.base
    assert base is not None
    pd.testing.assert_frame_equal(
        base.measures, fundpool.compare(folder, ["county"], years=2).measures
    )


def test_pools_chosen_and_then_rates(projection: results.Projection) -> None:
    plan = fundpool.optimise(projection, 0, limits=Limits(choose="rates,pooling"))
    assert [choice.scheme for choice in plan.partitions] == ["employee", "resident"]
    with pytest.raises(ValueError, match=r"fundpool\.partition"):
        fundpool.optimise(projection, limits=Limits(choose="pooling"))


def test_what_if_of_nothing_changed_is_the_projection(projection: results.Projection) -> None:
    table = projection.funds[projection.funds["scheme"] == "employee"]
    balances = projection.what_if("employee").balances(PoolLevers())[0]
    wide = table.pivot(index="year", columns="pool", values="balance")
    pools = projection.what_if("employee").paths[0].pools
    assert balances == pytest.approx(wide[list(pools)].to_numpy(), rel=1e-9)
