"""What the flows of every scenario are made of: coefficients of a projected case, once."""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.aggregate_check import AggregateCheck
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.flows.responses import Responses, flow_responses, responding
from fundpool.models.flows.years import OpeningYear, opening_year
from fundpool.models.funds.books import (
    RecordedCare,
    fixed_outgo,
    opening_balances,
    outgo_by_lag,
    recorded_care,
    subsidised_share,
)
from fundpool.models.pooling.effects import PooledCare
from fundpool.models.population.preparation import Prepared, prepare
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.claims_noise import ClaimsNoise, claims_noise
from fundpool.models.scenarios.compiled import KernelTerms
from fundpool.models.scenarios.model import ScenarioModel, scenario_model

MOBILITY, PARTICIPATION = DRIVERS.index("mobility"), DRIVERS.index("participation")


@dataclass(frozen=True)
class ScenarioTerms:
    """Coefficients of the flows by county; ``S`` schemes, ``T`` years, ``n`` counties, ``L`` lags.

    Attributes:
        model: the random part.
        kernel: coefficients of income, subsidies, claims and outgo.
        contribution_base: central, ``(S, T, n)``.
        respond_base: its responses to moving and enrolment, ``(2, S, T, n)``.
        care: central claims by scheme, for any pools.
        memory: how moving and enrolment build up, ``(2, T, T)``.
        interest: central interest, ``(T,)``.
        opening: opening balances, ``(S, n)``.
        years: projected years, ``(T,)``.
        aggregate: largest errors of the aggregate losses of small pools on their lattices.
    """

    model: ScenarioModel
    kernel: KernelTerms
    contribution_base: FloatArray
    respond_base: FloatArray
    care: tuple[RecordedCare, ...]
    memory: FloatArray
    interest: FloatArray
    opening: FloatArray
    years: IntArray
    aggregate: AggregateCheck

    @property
    def shape(self) -> tuple[int, int, int]:
        """Schemes, years and counties."""
        schemes, years, counties = self.kernel.income.shape
        return schemes, years, counties

    def without_noise(self) -> "ScenarioTerms":
        """The same scenarios with no chance in the claims but the drivers' and the events'."""
        return replace(self, model=replace(self.model, noise=False))


def _recorded(case: Case, flows: CountyFlows) -> tuple[RecordedCare, ...]:
    """Claims of every scheme, with lag rows of one length."""
    schemes = range(len(case.schemes))
    longest = max(recorded_care(case, flows, scheme).usual.away_lag.shape[1] for scheme in schemes)
    return tuple(recorded_care(case, flows, scheme, longest) for scheme in schemes)


def added_parts(care: RecordedCare, pooled: PooledCare) -> FloatArray:
    """Central claims paid that a plan adds or takes off, by the year of care, ``(L, T, n)``.

    Times the scenario's claims factor of the year of care it is what the plan adds to outgo; care
    before the first year adds nothing, nor does administration.

    Args:
        care: claims of a scheme.
        pooled: what the plan makes of them.
    """
    return care.pooled(pooled).run_off_parts()[0] - care.usual.run_off_parts()[0]


def scenario_terms(
    study: Study,
    method: str = "pseudo",
    noise: bool = True,
    responses: Responses | None = None,
) -> ScenarioTerms:
    """Coefficients of a study's scenarios; costs one projection for each of moving and enrolment.

    >>> from fundpool import examples
    >>> terms = scenario_terms(examples.study())
    >>> terms.contribution_base.shape  # schemes, years, counties
    (2, 3, 4)

    Args:
        study: a projected case with a section ``scenarios``.
        method: ``pseudo`` or ``sobol`` for the drivers.
        noise: whether claims vary within the year beyond the drivers.
        responses: responses known already.

    Raises:
        CaseError: the case has no section ``scenarios``, or claims without variance.
        ValueError: an unknown method.
    """
    case, flows = study.case, study.flows
    model = scenario_model(case, method, noise)

    prepared = prepare(case)
    laid_out = [(prepared, opening_year(prepared))]
    chance = claims_noise(flows, laid_out[0][1], model.overdispersion)
    del prepared

    def arrays() -> tuple[Prepared, OpeningYear]:
        """Those that the claims' noise was worked out from, the first time."""
        if laid_out:
            return laid_out.pop()
        prepared = prepare(case)
        return prepared, opening_year(prepared)

    if responses is None:
        moves = np.abs(model.drivers.response(1)).sum(axis=1) > 0
        responses = flow_responses(
            arrays, flows, flows.multipliers, (bool(moves[MOBILITY]), bool(moves[PARTICIPATION]))
        )
    laid_out.clear()
    income, base, subsidies, _ = responding(flows)
    recorded = _recorded(case, flows)
    by_lag = [outgo_by_lag(flows, number, care, None) for number, care in enumerate(recorded)]
    share = np.stack([subsidised_share(flows, number) for number in range(len(case.schemes))])
    following = flows.claims_following[:, 1:, :-1]
    fixed = np.stack([fixed_outgo(flows, number) for number in range(len(case.schemes))])
    spread, skew, table_spread = _kernel_noise(chance)
    return ScenarioTerms(
        model=model,
        kernel=KernelTerms(
            payroll=np.array([int(s.kind == "payroll") for s in case.schemes], dtype=np.int64),
            income=np.ascontiguousarray(income),
            subsidies=np.ascontiguousarray(subsidies),
            outgo_by_lag=np.stack(by_lag),
            claims_following=np.ascontiguousarray(
                following if (following != 1.0).any() else following[:0]
            ),
            fixed_outgo=np.ascontiguousarray(fixed if fixed.any() else fixed[:0]),
            outgo_share=np.ascontiguousarray(share if share.any() else share[:0]),
            respond_income=responses.income,
            respond_subsidies=responses.subsidies,
            respond_claims=responses.claims,
            spread=spread,
            skew=skew,
            tabled=chance.small,
            tables=chance.tables,
            table_spread=table_spread,
        ),
        contribution_base=np.ascontiguousarray(base),
        respond_base=responses.contribution_base,
        care=recorded,
        memory=responses.memory(flows),
        interest=flows.paths.interest,
        opening=np.stack([opening_balances(case, scheme.name) for scheme in case.schemes]),
        years=flows.years[1:],
        aggregate=chance.check,
    )


def _kernel_noise(chance: ClaimsNoise) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``1 + spread z + skew (z^2 - 1)`` with mean one, the right variance, nearly the skewness."""
    skewness = np.minimum(chance.skewness, 1.0)
    spread = chance.variation / np.sqrt(1.0 + skewness**2 / 18.0)
    skew = spread * skewness / 6.0
    table_spread = np.zeros((len(chance.small), spread.shape[1]))
    for row, (scheme, county) in enumerate(chance.small):
        table_spread[row] = chance.variation[scheme, :, county]
        spread[scheme, :, county] = skew[scheme, :, county] = 0.0
    return spread, skew, table_spread
