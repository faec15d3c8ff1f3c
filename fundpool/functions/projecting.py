"""``check``, ``project``, ``compare``, ``policies`` and ``profile`` as functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from fundpool.calls.arguments import (
    CaseLike,
    Policies,
    Pooling,
    checked_pooling,
    names_of,
    opened,
    scenario_options,
    whole,
)
from fundpool.calls.results import (
    Comparison,
    Findings,
    PlaceProfile,
    PolicyEffects,
    Projection,
    made_of,
    place_code,
    profile_of,
    scenarios_run,
    target_of,
)
from fundpool.calls.wrong_argument import sentence
from fundpool.deprecation import renamed
from fundpool.functions.requests import changed_values, keep, origin_of
from fundpool.inputs.case.policies import policy_contents
from fundpool.inputs.files.writing import whole_folder
from fundpool.models.analysis.policies import policy_effects
from fundpool.models.calibration.checking import check_case
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection import comparison as comparisons
from fundpool.models.projection import study as studies
from fundpool.models.projection.study import Study, study
from fundpool.options import CASE, Outputs, ScenarioOptions
from fundpool.result_tables import risk_tables
from fundpool.summary import summary
from fundpool.writing import write_results

Progress = Callable[[int], None]
MOST_YEARS = 100


def check(case: str | Path = CASE) -> Findings:
    """Everything that is wrong with a case; empty if nothing is.

    Args:
        case: a case folder, a workbook or the name of a bundled case.

    Raises:
        TypeError: anything else.

    Examples:
        >>> import fundpool
        >>> fundpool.check("jiangsu")
        <Findings: 0 errors, 0 warnings>
    """
    if not isinstance(case, str | Path):
        raise TypeError(sentence("case", case, "a case folder, a workbook or a bundled name"))
    return Findings(check_case(case))


def project(
    case: CaseLike = CASE,
    pooling: Pooling | None = None,
    years: int | None = None,
    progress: Progress | None = None,
    *,
    policy: Policies = None,
    changes: Mapping[str, float] | None = None,
    scenarios: int | ScenarioOptions = ScenarioOptions.scenarios or 0,
    outputs: Outputs = Outputs(),  # noqa: B008  frozen
) -> Projection:
    """Project a case under one pooling plan.

    Args:
        case: a case, or its folder, its workbook or the name of a bundled case.
        pooling: a level, a plan or its short form such as ``county,city@2027``; default: the plan
            of the policies, or the pooling in force.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        progress: called with each finished year.
        policy: policies laid over the case, by name or file.
        changes: assumptions by path, as ``--set`` gives them.
        scenarios: how many to run, or options with seed and engine; the result is ``risk``.
        outputs: where tables, ``summary.json`` and the run go; by default nothing is written.

    Raises:
        CaseError: the case is refused; all findings.
        TypeError, ValueError: a wrong argument, named with what was expected.

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=2)
        >>> list(projection.overview["scheme"])
        ['employee', 'resident']
        >>> int(projection.funds["year"].max()) - projection.case.base_year
        2
    """
    target = target_of(outputs, "Outputs(out=..., table_format=..., archive=...)")
    asked = scenario_options(scenarios)
    whole("years", years, 1, MOST_YEARS, optional=True)
    case_read = opened(case, policy, changes)
    plan = plan_for(case_read, checked_pooling(case_read, pooling or case_read.usual_pooling))
    origin = "" if outputs.archive is None else origin_of(case, "case")
    projected = made_of(Projection, study(case_read, years, progress).pooled(plan))
    if asked.scenarios:
        projected = replace(projected, risk=scenarios_run(projected.study, [plan], asked))
    if target or outputs.archive is not None:
        result = summary({plan.name: projected}, plan.name, projected.risk)
        if outputs.archive is not None:
            values = _values(origin, projected.study, policy, changes, asked) | {
                "pooling": plan.name
            }
            keep(outputs.archive, "project", values, case_read, result, projected.tables)
        if target:
            with whole_folder(target[0]) as place:
                write_results(place, "summary.json", result, projected.tables, target[1])
    return projected


@renamed(plans="pooling")
def compare(
    case: CaseLike = CASE,
    pooling: Sequence[Pooling] | None = None,
    years: int | None = None,
    progress: Progress | None = None,
    *,
    policy: Policies = None,
    changes: Mapping[str, float] | None = None,
    scenarios: int | ScenarioOptions = ScenarioOptions.scenarios or 0,
    archive: Path | str | None = Outputs.archive,
) -> Comparison:
    """Project a case once and pool it in several ways; with policies also without them.

    Args:
        case: a case, or its folder, its workbook or the name of a bundled case.
        pooling: levels or plans; default: that in force, every level, the policies' plan.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        progress: called with each finished year.
        policy: policies laid over the case, by name or file; ``base`` is then the case without.
        changes: assumptions by path, as ``--set`` gives them.
        scenarios: how many to run, or options with seed and engine; the result is ``risk``.
        archive: archive of runs to keep the run in.

    Raises:
        CaseError: the case is refused; all findings.
        TypeError, ValueError: a wrong argument, named with what was expected.

    Examples:
        >>> import fundpool
        >>> levels = fundpool.compare("jiangsu", ["county", "province"], years=2)
        >>> list(dict.fromkeys(levels.overview["plan"]))
        ['county', 'province']
    """
    asked = scenario_options(scenarios)
    whole("years", years, 1, MOST_YEARS, optional=True)
    case_read = opened(case, policy, changes)
    if pooling is not None and (isinstance(pooling, str) or not isinstance(pooling, Sequence)):
        raise TypeError(sentence("pooling", pooling, "a list of levels or plans"))
    plans = [plan_for(case_read, checked_pooling(case_read, plan))
             for plan in (pooling or case_read.usual_plans)]  # fmt: skip
    origin = "" if archive is None else origin_of(case, "case")
    done = comparisons.compare(case_read, plans, years, progress)
    base = None
    if case_read.before is not None:
        span = done.study.flows.years.size - 1
        base = _comparison(comparisons.compare(case_read.reference, plans, span, progress))
    risk = scenarios_run(done.study, plans, asked) if asked.scenarios else None
    compared = replace(_comparison(done), risk=risk, base=base)
    if archive is not None:
        names = [plan.name for plan in plans]
        values = _values(origin, done.study, policy, changes, asked) | {"pooling": names}
        result = summary(compared.projections, names[0], compared.risk)
        tables = compared.tables | risk_tables(compared.risk)
        keep(archive, "compare", values, case_read, result, tables)
    return compared


def policies(
    case: CaseLike = CASE,
    policy: Policies = None,
    pooling: str | None = None,
    years: int | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    listed: bool = False,
    changes: Mapping[str, float] | None = None,
) -> PolicyEffects | pd.DataFrame:
    """Measure policies of a case against the case without them.

    Args:
        case: a case, or its folder, its workbook or the name of a bundled case.
        policy: only these, by name or file; default: all that come with the case.
        pooling: plan where a policy has none; default: the pooling in force.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        progress: called with the name of each finished policy.
        listed: only name them, project nothing.
        changes: assumptions by path, as ``--set`` gives them.

    Returns:
        what they change; with ``listed`` a table of name and title.

    Raises:
        CaseError: the case or a policy is refused.
        TypeError, ValueError: a wrong argument, or a case without policies.

    Examples:
        >>> import fundpool
        >>> list(fundpool.policies("jiangsu", listed=True).columns)
        ['name', 'title']
    """
    whole("years", years, 1, MOST_YEARS, optional=True)
    case_read = opened(case, None, changes)
    chosen = list(dict.fromkeys(names_of("policy", policy) or sorted(case_read.policy_texts)))
    for name in chosen:
        checked_pooling(changed := case_read.with_policies([name]), changed.usual_pooling)
    if pooling is not None:
        checked_pooling(case_read, pooling)
    if listed:
        texts = [policy_contents(name, case_read.policy_texts)[1] for name in chosen]
        rows = [(text["name"], text["title"]) for text in texts]
        return pd.DataFrame(rows, columns=["name", "title"])
    if not chosen:
        raise ValueError(sentence("case", case_read, "a case with policies"))
    effects = policy_effects(study(case_read, years), chosen, pooling, progress)
    return made_of(PolicyEffects, effects)


def profile(
    case: CaseLike = CASE,
    *,
    region: str,
    scheme: str | None = None,
    years: int | None = None,
    policy: Policies = None,
    changes: Mapping[str, float] | None = None,
) -> PlaceProfile:
    """Why a place's fund does better or worse than the mean of its parent.

    Args:
        case: a case, or its folder, its workbook or the name of a bundled case.
        region: code or name of a region of any level.
        scheme: its name; default: the first.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        policy: policies laid over the case, by name or file.
        changes: assumptions by path, as ``--set`` gives them.

    Raises:
        CaseError: the case or a policy is refused.
        TypeError, ValueError: a wrong argument, named with what was expected.

    Examples:
        >>> import fundpool
        >>> place = fundpool.read_case("jiangsu").regions.codes[0]
        >>> list(fundpool.profile("jiangsu", region=place, years=2).factors.index)[:3]
        ['participation', 'wages', 'collection']
    """
    whole("years", years, 1, MOST_YEARS, optional=True)
    case_read = opened(case, policy, changes)
    place_code(case_read, region, scheme)
    return profile_of(study(case_read, years), region, scheme)


def _comparison(done: comparisons.Comparison) -> Comparison:
    """A comparison that can ask further."""
    made: dict[str, studies.Projection] = {
        name: made_of(Projection, one) for name, one in done.projections.items()
    }
    return Comparison(done.study, made)


def _values(
    origin: str,
    done: Study,
    policy: Policies,
    changes: Mapping[str, float] | None,
    asked: ScenarioOptions,
) -> dict[str, object]:
    """Options of the command that does the same."""
    return {
        "case": origin, "policy": [str(name) for name in names_of("policy", policy)] or None,
        "changes": changed_values(changes) or None, "years": done.flows.years.size - 1,
        "scenarios": asked.scenarios, "seed": asked.seed, "engine": asked.engine,
    }  # fmt: skip
