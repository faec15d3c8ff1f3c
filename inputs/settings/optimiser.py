"""The section ``optimiser`` of case.toml: limits and weights of optimised plans."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.parameters import (
    FixedShare,
    Multiple,
    Parameter,
    Part,
    between,
    single,
    whole,
)

Amount = Annotated[Parameter, AfterValidator(between(0.0, 1e9))]


def _not_below_least(most: Parameter | None, info: ValidationInfo) -> Parameter | None:
    """An upper bound, if its lower bound of the same part, ``least`` for ``most``, is not above it.

    Raises:
        ValueError: it is, in some listed year.
    """
    name = f"{(info.field_name or '').removesuffix('most')}least"
    least: Parameter | None = info.data.get(name)
    if most is None or least is None:
        return most
    for year in (None, *least.by_year, *most.by_year):
        bound = least.since(year)
        if most.since(year) < bound:
            raise ValueError(Message("%(name)s or more, %(least)s", name=name, least=f"{bound:g}"))
    return most


class InstrumentTerms(Part):
    """Corridor and step of a premium, rate or subsidy that a plan may decide.

    Money a head and year of the year it holds for, or a share of the contribution base. Values of
    listed years hold from that year on.

    Attributes:
        least, most: corridor.
        yearly_change: largest change from year to year; none where it is left out.
    """

    least: Amount
    most: Amount
    yearly_change: Annotated[Parameter, AfterValidator(single(0.0, 1e9))] | None = None

    _in_order = field_validator("most")(_not_below_least)


class Optimiser(Part):
    """Limits and weights of optimised plans (docs/optimiser.md); a limit left out does not bind.

    Rates are multiples of the scheme's rate in force. ``instruments`` states, by scheme, the
    premiums, rates and subsidies that a plan may decide beside the rate of the fund;
    ``subsidy_share_least`` and ``subsidy_share_most`` bound what subsidies then are of
    contributions and subsidies together.
    """

    phase_in_years: Annotated[Parameter, AfterValidator(whole(0, 100))] | None = None
    rate_least: Multiple | None = None
    rate_most: Multiple | None = None
    yearly_change: Multiple | None = None
    frozen_years: Annotated[Parameter, AfterValidator(whole(0, 100))] | None = None
    levy_ceiling: FixedShare | None = None
    own_responsibility: FixedShare | None = None
    effort: Multiple | None = None
    tail: Annotated[Parameter, AfterValidator(single(0.0001, 1.0))] | None = None
    weight_burden: Multiple | None = None
    weight_unevenness: Multiple | None = None
    weight_movement: Multiple | None = None
    weight_swaps: Multiple | None = None
    instruments: dict[str, dict[str, InstrumentTerms]] = Field(default_factory=dict)
    subsidy_share_least: FixedShare | None = None
    subsidy_share_most: FixedShare | None = None

    _in_order = field_validator("rate_most", "subsidy_share_most")(_not_below_least)


def optimiser_findings(
    optimiser: Optimiser | None, schemes: Sequence[str], file: str
) -> list[Finding]:
    """Corridors of schemes that the case does not have, and shares that bound nothing.

    Args:
        optimiser: the section.
        schemes: of the case, optional ones included.
        file: name of the file, as findings say it.
    """
    if optimiser is None:
        return []
    findings = [
        Finding.of_setting(file, f"optimiser.instruments.{scheme}", scheme,
                           Message("a scheme of the case"), did_you_mean(scheme, schemes))
        for scheme in optimiser.instruments
        if scheme not in schemes
    ]  # fmt: skip
    for name in ("subsidy_share_least", "subsidy_share_most"):
        if getattr(optimiser, name) is not None and not optimiser.instruments:
            findings.append(
                Finding.of_setting(
                    file, f"optimiser.{name}", None,
                    Message("premiums, rates or subsidies under optimiser.instruments beside it"),
                    Message("It has no effect. Take it out."), severity="warning",
                )
            )  # fmt: skip
    return findings
