"""The benefit of a service in a scheme file, and what may be wrong with it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message, sentence
from fundpool.inputs.settings.parameters import Part, Status


class Layer(Part):
    """What a fund pays of the cost that a year's benefit leaves to a person, in base-year money.

    ``fund``: the scheme whose fund pays; the scheme's own where it is left out. ``share``: of the
    members who have the layer.
    """

    fund: str = ""
    threshold: float = Field(ge=0, allow_inf_nan=False)
    bands: list[tuple[float, float]] = Field(min_length=1)
    ceiling: float = Field(default=float("inf"), ge=0)
    share: float = Field(default=1.0, ge=0, le=1)

    def formula(self) -> BenefitFormula:
        """The layer on what is left."""
        return BenefitFormula(self.threshold, tuple(self.bands), self.ceiling)


class Benefit(Part):
    """Benefit formula of one service, in base-year money.

    ``per``: what deductible, bands and ceiling act on: a ``claim``, a ``stay``, of which the second
    and later ones have ``later_deductibles`` and all of a year at most ``annual_ceiling``, or the
    cost of a person's ``year``, of which the person bears at most ``copayment_limit``. Above it
    ``layers`` pay, each on what those before it leave in the year. ``shared_with``: the service
    with which one year's rule is shared: it acts on the cost of both. ``dispersion``: variance of
    a person's frequency of care about that of age and sex, relative to it; 0 is a Poisson number.
    """

    deductible: float = Field(ge=0)
    bands: list[tuple[float, float]] = Field(min_length=1)
    ceiling: float = Field(ge=0)
    per: Literal["claim", "stay", "year"] = "claim"
    later_deductibles: list[Annotated[float, Field(ge=0)]] = Field(default_factory=list)
    shared_with: str = ""
    annual_ceiling: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    copayment_limit: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    layers: list[Layer] = Field(default_factory=list)
    dispersion: float = Field(default=0.0, ge=0, le=100)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


def benefit_findings(
    file: str, benefits: Mapping[str, Benefit], services: tuple[str, ...]
) -> list[Finding]:
    """Services that the case does not have, and amounts that do not go together.

    Args:
        file: the scheme file.
        benefits: by service.
        services: of the case.
    """
    findings: list[Finding] = []

    def report(path: str, value: str | None, expected: Message, mend: Message) -> None:
        findings.append(Finding.of_setting(file, path, value, expected, mend))

    for service, benefit in benefits.items():
        if service not in services:
            report(f"benefits.{service}", service, Message("a service of case.toml"),
                   did_you_mean(service, services))  # fmt: skip
        try:
            BenefitFormula(benefit.deductible, tuple(benefit.bands), benefit.ceiling)
        except ValueError as error:
            report(
                f"benefits.{service}",
                None,
                Message("a benefit formula"),
                sentence(library_words(error)),
            )
        for number, layer in enumerate(benefit.layers):
            if benefit.per != "year" and layer.fund == "":
                report(f"benefits.{service}.layers.{number}.fund", None,
                       Message("the scheme whose fund pays a layer above a benefit per %(per)s",
                               per=benefit.per),
                       Message("Name a scheme for it, or pay per year."))  # fmt: skip
            try:
                layer.formula()
            except ValueError as error:
                report(f"benefits.{service}.layers.{number}", None, Message("a benefit formula"),
                       sentence(library_words(error)))  # fmt: skip
        for key, per in (("later_deductibles", "stay"), ("copayment_limit", "year"),
                         ("annual_ceiling", "stay")):  # fmt: skip
            if getattr(benefit, key) and benefit.per != per:
                report(f"benefits.{service}.{key}", None,
                       Message("a benefit per %(per)s", per=per),
                       Message("Set per, or take the key out."))  # fmt: skip
        if benefit.layers and benefit.annual_ceiling is not None:
            report(f"benefits.{service}.annual_ceiling", f"{benefit.annual_ceiling:g}",
                   Message("no ceiling for all stays of a year beneath layers"),
                   Message("Take it out, or pay per year."))  # fmt: skip
        if benefit.shared_with:
            leader = benefits.get(benefit.shared_with)
            alone = {"source": "", "status": "assumed", "note": "", "shared_with": ""}
            if leader is None or leader.shared_with or benefit.shared_with == service:
                report(f"benefits.{service}.shared_with", benefit.shared_with,
                       Message("another service, with a benefit of its own"),
                       did_you_mean(benefit.shared_with, services))  # fmt: skip
            elif benefit.per != "year" or benefit.model_copy(update=alone) != leader.model_copy(
                update=alone
            ):
                report(f"benefits.{service}.shared_with", benefit.shared_with,
                       Message("the same benefit per year for both services"),
                       Message("Give both the same amounts, or take the key out."))  # fmt: skip
        if benefit.per == "stay" and not benefit.later_deductibles:
            report(f"benefits.{service}.later_deductibles", None,
                   Message("deductibles of the second and later stays"),
                   Message("Add them, or pay per claim."))  # fmt: skip
        falling = [benefit.deductible, *benefit.later_deductibles]
        if sorted(falling, reverse=True) != falling:
            report(f"benefits.{service}.later_deductibles", f"{falling[1:]}",
                   Message("deductibles that do not rise from stay to stay"),
                   Message("Correct the number."))  # fmt: skip
    return findings
