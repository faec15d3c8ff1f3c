"""The assumptions and sources of a case as tables."""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.inputs.settings.benefits import Benefit, Layer
from fundpool.inputs.settings.parameters import Parameter
from fundpool.inputs.settings.sections import Settings

COLUMNS = ("path", "value", "unit", "source", "status", "note")
SECTIONS = (
    "economy", "mobility", "coverage", "participation", "solvency", "pooling", "optimiser",
    "scenarios",
)  # fmt: skip
"""Sections of case.toml that hold assumptions."""


class Described(Protocol):
    """What is read of a case."""

    @property
    def settings(self) -> Settings:
        """Contents of case.toml."""
        ...

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Its schemes, in order."""
        ...

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Typed tables by name."""
        ...

    @property
    def currency(self) -> str:
        """Currency of its amounts."""
        ...


def parameters(case: Described) -> list[tuple[str, Any]]:
    """Every assumption with its path: parameters, and bare numbers beside a source."""
    listed: list[tuple[str, Any]] = []
    for section in SECTIONS:
        part = getattr(case.settings, section)
        for name in type(part).model_fields if part is not None else ():
            item = getattr(part, name)
            if item is not None:
                listed += _flattened(f"{section}.{name}", item)
    for scheme in case.schemes:
        for name, rule in scheme.file.rules.items():
            listed.append((f"schemes.{scheme.name}.rules.{name}", rule))
        penalty = scheme.file.settlement.offsite_penalty
        listed.append((f"schemes.{scheme.name}.settlement.offsite_penalty", penalty))
        if scheme.file.reimbursement_quota is not None:
            listed.append(
                (f"schemes.{scheme.name}.reimbursement_quota", scheme.file.reimbursement_quota)
            )
        if scheme.file.enrolment is not None:
            listed.append(
                (f"schemes.{scheme.name}.enrolment.intensity", scheme.file.enrolment.intensity)
            )
        for name, package in scheme.file.packages.items():
            listed.append(
                (f"schemes.{scheme.name}.packages.{name}.contribution", package.contribution)
            )
    return listed


def assumption_table(case: Described) -> pd.DataFrame:
    """Every assumption with value, unit, source, status and note, in a fixed order."""
    rows: list[tuple[object, ...]] = []
    for path, item in parameters(case):
        if isinstance(item, Parameter):
            rows.append((path, item.value, item.unit, item.source, item.status, item.note))
            rows += [
                (f"{path} ({year})", value, item.unit, item.source, item.status, item.note)
                for year, value in sorted(item.by_year.items())
            ]
        elif path.startswith("mobility.schedule."):
            form = case.settings.mobility.schedule
            rows.append((path, item, "", form.source, form.status, form.note))
        else:
            owner = _owner(case.settings, path)
            costs = path.startswith("pooling.administration_per_pool")
            unit = f"{case.currency} a year" if costs else getattr(owner, "unit", "share")
            rows.append((path, item, unit, owner.source, owner.status, owner.note))
    for scheme in case.schemes:
        file, lead = scheme.file, f"schemes.{scheme.name}"
        for service, benefit in file.benefits.items():
            rows.append(
                (f"{lead}.benefits.{service}", benefit_words(benefit), case.currency,
                 benefit.source, benefit.status, benefit.note)
            )  # fmt: skip
        terms = file.settlement
        regime = _dated(terms.regime)
        for name, value, part in (
            ("regime", regime, terms.regime),
            ("share_claimed", _listed(terms.share_claimed.values), terms.share_claimed),
            ("lag", _listed(terms.lag.values), terms.lag),
        ):
            rows.append(
                (f"{lead}.settlement.{name}", value, "", part.source, part.status, part.note)
            )
        if file.portability is not None:
            for name in ("account", "insured_time"):
                choice = getattr(file.portability, name)
                rows.append(
                    (f"{lead}.portability.{name}", _dated(choice), "", choice.source,
                     choice.status, choice.note)
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


SEMICOLON = Message("; ")
NO_CEILING = Message("no ceiling")
_UNLIMITED = float("inf")


def benefit_words(benefit: Benefit) -> Message:
    """What a benefit pays, in words."""
    terms: list[Message] = []
    deductible = f"{benefit.deductible:,.0f}"
    if benefit.per == "stay":
        terms.append(Message("per stay: deductible %(deductible)s", deductible=deductible))
        if benefit.later_deductibles:
            later = Listed.of(f"{amount:,.0f}" for amount in benefit.later_deductibles)
            terms.append(Message("deductible of later stays %(later)s", later=later))
    elif benefit.per == "year":
        terms.append(Message("per year: deductible %(deductible)s", deductible=deductible))
    else:
        terms.append(Message("deductible %(deductible)s", deductible=deductible))
    terms += _bands(benefit)
    if benefit.per == "year":
        limit = benefit.copayment_limit
        terms.append(
            Message("no limit on what the person bears") if limit in (None, _UNLIMITED)
            else Message("at most %(limit)s borne by the person", limit=f"{limit:,.0f}")
        )  # fmt: skip
    terms.append(_ceiling(benefit.ceiling))
    if benefit.per == "stay":
        yearly = benefit.annual_ceiling
        terms.append(
            Message("no ceiling for all stays of a year") if yearly in (None, _UNLIMITED)
            else Message("ceiling for all stays of a year %(yearly)s", yearly=f"{yearly:,.0f}")
        )  # fmt: skip
    layers = [_layer(layer) for layer in benefit.layers]
    return Message("%(terms)s", terms=Listed((*terms, *layers), SEMICOLON))


def _ceiling(amount: float) -> Message:
    if amount == _UNLIMITED:
        return NO_CEILING
    return Message("ceiling %(ceiling)s", ceiling=f"{amount:,.0f}")


def _bands(rule: Benefit | Layer) -> list[Message]:
    return [
        Message("%(share)s above %(start)s", share=f"{rate:.0%}", start=f"{start:,.0f}")
        for start, rate in rule.bands
    ]


def _layer(layer: Layer) -> Message:
    """What a layer pays, in words."""
    return Message(
        "layer of the fund %(fund)s for %(share)s of members: of what is left above %(threshold)s "
        "%(bands)s; %(ceiling)s", fund=layer.fund or "–", share=f"{layer.share:.0%}",
        threshold=f"{layer.threshold:,.0f}", bands=Listed(tuple(_bands(layer)), SEMICOLON),
        ceiling=_ceiling(layer.ceiling),
    )  # fmt: skip


def source_table(case: Described) -> pd.DataFrame:
    """Every table with its rows, source, status and note.

    The status is that of the rows: where they differ, each with its number.
    """
    rows = []
    for table in TABLES:
        frame = case.tables[table.name]
        if frame.empty:
            continue
        stated = case.settings.tables[table.name]
        counts = frame["status"].value_counts()
        status = (
            str(counts.index[0])
            if len(counts) == 1
            else ", ".join(f"{name} {number}" for name, number in counts.sort_index().items())
        )
        rows.append((table.name, len(frame), stated.source, status, stated.note))
    return pd.DataFrame(rows, columns=["table", "rows", "source", "status", "note"])


def _owner(settings: Settings, path: str) -> Any:
    """The innermost part on a path that names its source."""
    here: Any = settings
    for name in path.split("."):
        here = here[name] if isinstance(here, dict) else getattr(here, name)
        if hasattr(here, "source"):
            break
    return here


def _dated(choice: Any) -> Message:
    """A word of the case and the words of later years."""
    later = [
        Message("%(word)s from %(year)s", word=word, year=year)
        for year, word in sorted(choice.by_year.items())
    ]
    return Message("%(terms)s", terms=Listed((str(choice.value), *later)))


def _listed(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{key} {value}" for key, value in values.items())


def _flattened(path: str, item: Any) -> list[tuple[str, Any]]:
    if isinstance(item, Parameter):
        return [(path, item)]
    if isinstance(item, dict):
        return [one for key, value in item.items() for one in _flattened(f"{path}.{key}", value)]
    if hasattr(item, "values") and isinstance(item.values, dict):
        return [(f"{path}.values.{key}", value) for key, value in item.values.items()]
    return [
        (f"{path}.{name}", getattr(item, name))
        for name in type(item).model_fields
        if name not in ("source", "status", "note", "unit") and getattr(item, name) is not None
    ]
