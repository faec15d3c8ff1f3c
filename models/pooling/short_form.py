"""Pooling plans from their short form, as typed on the command line."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.messages import Listed, Message
from fundpool.models.pooling.plans import AdjustmentFund, PoolingPlan, Stage, pools_of


def plan_for(case: Case, pooling: str | PoolingPlan) -> PoolingPlan:
    """A plan from its short form.

    ``"city"``: every scheme at that level throughout. ``"county,city@2027,province@2031"``:
    staged. ``"city+province:0.05:0.3"``: city funds with a provincial adjustment fund that levies
    5 % of pooled contributions and leaves 30 % of a deficit to the pool. ``:0.5`` after it: half of
    the year's levies is paid out by need. ``"county[North=320300|320722]"``: county funds, but the
    city 320300 and the county 320722 together hold one, called North; clusters are divided by
    semicolons. ``"city,resident:county,resident:city@2027"``: a stage of one scheme begins with its
    name; one without a year takes the place of what stands before it.

    >>> from fundpool import examples
    >>> plan = plan_for(examples.case(), "county,city@2023")
    >>> [(stage.level, stage.from_year) for stage in plan.stages]
    [('county', None), ('city', 2023)]
    >>> plan = plan_for(examples.case(), "city,resident:county")
    >>> plan.stage("employee", 2021).level, plan.stage("resident", 2021).level
    ('city', 'county')

    Raises:
        ValueError: the text names an unknown level, scheme or region or cannot be read, stages
            are not in the order of their years, pools would be split up, or a pool would belong to
            two adjustment funds.
    """
    if isinstance(pooling, PoolingPlan):
        return pooling
    stages = []
    for part in pooling.split(","):
        body, _, year = part.strip().partition("@")
        level, _, fund = body.partition("+")
        level, clustered, groups = level.partition("[")
        scheme, of_one, level = level.rpartition(":")
        stage = Stage(level=level.strip(), from_year=_year(year, pooling))
        if of_one:
            stage = replace(stage, schemes=(_scheme(case, scheme.strip(), pooling),))
        if clustered:
            stage = replace(stage, groups=_clusters(case, groups, pooling))
        if fund:
            stage = replace(stage, adjustment=_adjustment(case, fund, pooling))
        if stage.level not in case.levels:
            raise ValueError(
                Message(
                    "%(level)s in the pooling plan %(pooling)s is not a level of %(name)s; "
                    "levels: %(levels)s",
                    level=repr(stage.level),
                    pooling=repr(pooling),
                    name=case.name,
                    levels=Listed.of(case.levels),
                )
            )
        stages.append(stage)
    named = (name for stage in stages for name in stage.schemes or ())
    for scheme_name in dict.fromkeys((None, *named)):
        _refuse_falling(case, _stages_of(stages, scheme_name), pooling)
    return PoolingPlan(pooling, tuple(stages))


def _clusters(case: Case, text: str, pooling: str) -> tuple[tuple[str, str], ...]:
    """Group name by county from ``North=320300|320722;South=320500]``."""
    group_of: dict[str, str] = {}
    known = {code for level in case.levels for code in case.regions.codes_at(level)}
    if not text.rstrip().endswith("]"):
        raise ValueError(
            Message(
                "the clusters in the pooling plan %(pooling)s need a closing bracket",
                pooling=repr(pooling),
            )
        )
    for cluster in text.rstrip().removesuffix("]").split(";"):
        name, _, members = (piece.strip() for piece in cluster.partition("="))
        if not name or not members:
            raise ValueError(
                Message(
                    "%(cluster)s in the pooling plan %(pooling)s should read NAME=CODE|CODE",
                    cluster=repr(cluster),
                    pooling=repr(pooling),
                )
            )
        if name in known:
            raise ValueError(
                Message(
                    "the cluster %(name)s bears the code of a region; choose another name",
                    name=repr(name),
                )
            )
        for code in (piece.strip() for piece in members.split("|")):
            counties = [c for c in case.regions.codes if code in (c, *case.regions.lineage(c))]
            if not counties:
                raise ValueError(
                    Message(
                        "%(code)s in the pooling plan %(pooling)s is not a region",
                        code=repr(code),
                        pooling=repr(pooling),
                    )
                )
            for county in counties:
                if group_of.setdefault(county, name) != name:
                    raise ValueError(
                        Message(
                            "%(county)s is in two clusters of the pooling plan %(pooling)s",
                            county=county,
                            pooling=repr(pooling),
                        )
                    )
    return tuple(sorted(group_of.items(), key=lambda pair: case.regions.index(pair[0])))


def _stages_of(stages: list[Stage], scheme: str | None) -> list[Stage]:
    """Stages that a scheme follows; None for a scheme that has none of its own."""
    followed: list[Stage] = []
    for stage in stages:
        if stage.schemes is None or scheme in stage.schemes:
            instead = stage.schemes is not None and stage.from_year is None
            followed = [stage] if instead else [*followed, stage]
    return followed


def _refuse_falling(case: Case, stages: list[Stage], pooling: str) -> None:
    """The stages of a scheme must begin without a year, rise by year, and merge pools."""
    ranks = [case.levels.index(stage.level) for stage in stages]
    if ranks != sorted(ranks):
        raise ValueError(
            Message(
                "the pooling plan %(pooling)s would split pools up; levels must rise",
                pooling=repr(pooling),
            )
        )
    if not stages or stages[0].from_year is not None:
        raise ValueError(
            Message(
                "the pooling plan %(pooling)s must begin with a level without a year",
                pooling=repr(pooling),
            )
        )
    years = [stage.from_year for stage in stages if stage.from_year is not None]
    if any(later <= earlier for earlier, later in pairwise(years)):
        raise ValueError(
            Message(
                "the stages of the pooling plan %(pooling)s must each begin in a later year",
                pooling=repr(pooling),
            )
        )
    _refuse_splits(case, stages, pooling)


def _refuse_splits(case: Case, stages: list[Stage], pooling: str) -> None:
    """Later pools, and adjustment funds, must hold earlier ones whole."""
    laid = [pools_of(case, stage) for stage in stages]
    under = [
        (pools, pools_of(case, Stage(level=stage.adjustment.level)))
        for pools, stage in zip(laid, stages, strict=True)
        if stage.adjustment is not None
    ]
    above = [("pool", *pair) for pair in (*pairwise(laid), *under)]
    above += [("adjustment fund", *pair) for pair in pairwise([hubs for _, hubs in under])]
    for kind, lower, upper in above:
        for number, name in enumerate(lower.names):
            if np.unique(upper.of_county[lower.of_county == number]).size > 1:
                raise ValueError(
                    Message(
                        "the pooling plan %(pooling)s would split the %(kind)s %(name)s up",
                        pooling=repr(pooling),
                        kind=kind,
                        name=name,
                    )
                )


def _scheme(case: Case, name: str, pooling: str) -> str:
    """The name of a scheme of the case, whether or not it stands under the case's policies."""
    known = list(
        dict.fromkeys(
            [
                *(scheme.name for scheme in case.schemes),
                *case.settings.schemes,
                *case.settings.optional_schemes,
            ]
        )
    )
    if name not in known:
        raise ValueError(
            Message(
                "%(name)s in the pooling plan %(pooling)s is not a scheme of %(case)s; "
                "schemes: %(known)s",
                name=repr(name),
                pooling=repr(pooling),
                case=case.name,
                known=Listed.of(known),
            )
        )
    return name


def _year(text: str, pooling: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(
            Message(
                "%(text)s in the pooling plan %(pooling)s is not a year",
                text=repr(text),
                pooling=repr(pooling),
            )
        ) from None


def _adjustment(case: Case, text: str, pooling: str) -> AdjustmentFund:
    level, _, numbers = text.partition(":")
    levy, responsibility, need, *rest = [*numbers.split(":"), "0", "0"][
        : max(3, numbers.count(":") + 1)
    ]
    if level not in case.levels:
        raise ValueError(
            Message(
                "%(level)s in the pooling plan %(pooling)s is not a level of %(name)s",
                level=repr(level),
                pooling=repr(pooling),
                name=case.name,
            )
        )
    try:
        if rest:
            raise ValueError
        return AdjustmentFund(level, float(levy), float(responsibility), float(need))
    except ValueError:
        raise ValueError(
            Message(
                "%(text)s in the pooling plan %(pooling)s should read "
                "LEVEL:LEVY:OWN[:NEED], as in province:0.05:0.3",
                text=repr(text),
                pooling=repr(pooling),
            )
        ) from None
