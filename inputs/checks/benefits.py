"""Checks of benefits against those of the other schemes of a case: layers, double cover."""

from collections.abc import Mapping, Sequence

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.benefits import Benefit
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Merger


def benefits_together_findings(
    schemes: Mapping[str, SchemeFile], mergers: Sequence[Merger], source: str = ""
) -> list[Finding]:
    """Layers that no fund pays, funds without members or layers, years that two funds cannot share.

    Args:
        schemes: the schemes in force together.
        mergers: of them.
        source: the file that brought them together; default: the scheme files.
    """
    findings: list[Finding] = []
    merged = {merger.scheme for merger in mergers}
    paying: set[str] = set()
    for name, scheme in schemes.items():
        file = source or f"schemes/{name}.toml"
        for service, benefit in scheme.benefits.items():
            for number, layer in enumerate(benefit.layers):
                if layer.fund == name and benefit.per != "year":
                    findings.append(
                        Finding.of_setting(
                            file, f"benefits.{service}.layers.{number}.fund", layer.fund,
                            Message("another scheme, above a benefit per %(per)s",
                                    per=benefit.per),
                            Message("Name another scheme, or pay per year."))
                    )  # fmt: skip
                if layer.fund in ("", name):
                    continue
                paying.add(layer.fund)
                if layer.fund not in schemes or layer.fund in merged:
                    findings.append(
                        Finding.of_setting(
                            file, f"benefits.{service}.layers.{number}.fund", layer.fund,
                            Message("a scheme of the case that no other takes in"),
                            did_you_mean(layer.fund, sorted(set(schemes) - merged)))
                    )  # fmt: skip
    for name, scheme in schemes.items():
        if not scheme.statuses_covered and name not in paying:
            findings.append(
                Finding.of_setting(source or f"schemes/{name}.toml", "statuses_covered", None,
                                   Message("a coverage status, or a layer of another scheme that "
                                           "this fund pays"),
                                   Message("Add a status, or name the scheme in a layer."))
            )  # fmt: skip
    return findings + _double_cover_findings(schemes, source)


def _double_cover_findings(schemes: Mapping[str, SchemeFile], source: str) -> list[Finding]:
    """Services that two schemes of doubly covered people pay by different periods."""
    pools = {s.settlement_pool: s for s in schemes.values() if "dual" in s.statuses_covered}
    if len(pools) < 2:
        return []
    findings = []
    local, home = pools["residence"], pools["home"]
    for service in sorted(local.benefits.keys() & home.benefits.keys()):
        one, other = local.benefits[service], home.benefits[service]
        if _settled_together(one, other):
            continue
        findings.append(
            Finding.of_setting(source or f"schemes/{home.name}.toml", f"benefits.{service}.per",
                               other.per,
                               Message("the period and dispersion of %(scheme)s, per claim or per "
                                       "year: both pay for doubly covered people",
                                       scheme=local.name),
                               Message("Give the benefits of both schemes one per and one "
                                       "dispersion, or take dual out of statuses_covered."))
        )  # fmt: skip
    return findings


def _settled_together(one: Benefit, other: Benefit) -> bool:
    if one.per == other.per == "claim":
        return one.dispersion == other.dispersion or not (one.layers or other.layers)
    shared = one.shared_with == other.shared_with
    return one.per == other.per == "year" and one.dispersion == other.dispersion and shared
