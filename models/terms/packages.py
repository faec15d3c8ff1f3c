"""Tiered packages: who takes which, what they cover and what they cost."""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray


def industry_mix(case: Case) -> tuple[FloatArray, list[str]]:
    """Industry shares of each county's employed, ``(n, I)``, and the industries."""
    names = [str(name) for name in case.tables["industry_factors"]["industry"]]
    table = case.tables["industries"]
    mix = np.zeros((len(case.regions.codes), len(names)))
    rows = [case.regions.index(code) for code in table["region"]]
    columns = [names.index(str(name)) for name in table["industry"]]
    mix[rows, columns] = table["share"].to_numpy(dtype=float)
    return mix, names


def joining_share(case: Case, scheme: Scheme) -> FloatArray:
    """Share of a county's workers who may and would join the migrant scheme, ``(n,)``.

    ``sum_i mix[i] * eligible[i] * sum_packages uptake[package, i]``.
    """
    mix, names = industry_mix(case)
    assert scheme.file.enrolment is not None
    eligible = np.ones(len(names))
    if scheme.file.enrolment.eligibility == "contract":
        factors = case.tables["industry_factors"].set_index("industry")["contract_share"]
        eligible = factors.loc[names].to_numpy(dtype=float)
    uptake = np.ones(len(names))
    if scheme.file.packages:
        uptake = sum(
            (package.uptake_of(names) for package in scheme.file.packages.values()),
            np.zeros(len(names)),
        )
    return np.asarray(mix @ (eligible * uptake))


def package_shares(case: Case, scheme: Scheme) -> FloatArray:
    """Of a scheme's members in each county, the share with each package, ``(packages, n)``."""
    mix, names = industry_mix(case)
    eligible = np.ones(len(names))
    if scheme.file.enrolment is not None and scheme.file.enrolment.eligibility == "contract":
        factors = case.tables["industry_factors"].set_index("industry")["contract_share"]
        eligible = factors.loc[names].to_numpy(dtype=float)
    chosen = np.stack(
        [mix @ (eligible * package.uptake_of(names)) for package in scheme.file.packages.values()]
    )
    return ratio(chosen, chosen.sum(axis=0), 1.0 / chosen.shape[0])


def package_cover(case: Case, scheme: Scheme) -> FloatArray:
    """Part of a member's claims that the packages of a scheme cover, ``(n + 1, C, J)``.

    By county, service and age class. A package covers some services; who chose it differs by
    industry, and so do their claims, so for each service the industries count by their relative
    claims: ``sum_i w[i, s] * sum_packages chosen[package, i] * covers[package, s]`` over the same
    without the last factor, times the age factor of the package.

    >>> from fundpool import examples
    >>> case = examples.case()
    >>> package_cover(case, case.schemes[0]).shape
    (5, 4, 6)
    """
    n, services = len(case.regions.codes), case.services
    starts = np.unique(case.tables["severity"]["age_from"].to_numpy(dtype=np.int64))
    cover = np.ones((n + 1, len(services), starts.size))
    if not scheme.file.packages:
        return cover
    mix, names = industry_mix(case)
    table = case.tables["industry_factors"].set_index("industry").loc[names]
    eligible = np.ones(len(names))
    if scheme.file.enrolment is not None and scheme.file.enrolment.eligibility == "contract":
        eligible = table["contract_share"].to_numpy(dtype=float)
    packages = list(scheme.file.packages.values())
    for s, service in enumerate(services):
        column = "outpatient" if s == 0 else "inpatient"
        claims = mix * eligible * table[column].to_numpy(dtype=float)
        for j, start in enumerate(starts):
            chosen = [claims @ p.uptake_of(names) * p.age_factor(int(start)) for p in packages]
            whole = sum(chosen, np.zeros(n))
            covered = sum(
                (c for c, p in zip(chosen, packages, strict=True) if service in p.services),
                np.zeros(n),
            )
            cover[:n, s, j] = ratio(covered, whole, 1.0)
    return cover


def package_rate(case: Case, scheme: Scheme) -> FloatArray:
    """Contribution of a member relative to the scheme's rate, by county, ``(n,)``.

    >>> from fundpool import examples
    >>> case = examples.case()
    >>> package_rate(case, case.schemes[0]).shape
    (4,)
    """
    if not scheme.file.packages:
        return np.ones(len(case.regions.codes))
    factor = np.array([package.contribution.value for package in scheme.file.packages.values()])
    return np.asarray(factor @ package_shares(case, scheme))
