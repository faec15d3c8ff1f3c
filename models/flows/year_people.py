"""People of a year whom schemes insure and who claim: at its ends and in mean."""

from dataclasses import dataclass, replace

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.contributions.members import Members, register_of
from fundpool.models.contributions.premiums import Premiums, mean_premiums, premiums_after
from fundpool.models.contributions.year import Insured, Payers
from fundpool.models.population.compiled.count import Counted


@dataclass(frozen=True)
class YearPeople:
    """Mean numbers of a year.

    Attributes:
        persons: by pair and status, ``(P, K)``.
        exposure: claims before relativities, ``(P, K, C, J)``.
        register: retired members living outside their pool by home and payer, ``(P,)``.
        lapsed: people who lost all cover in the year, ``(P,)``.
        years_bought: credited years missing at retirement that are paid in the year, ``(P,)``.
        premiums: premiums paid by pair and status
            (:func:`fundpool.models.contributions.premiums.premiums_paid`).
        members: of these people, members of the schemes; None where the case names no statuses and
            all people of a status are.
    """

    persons: FloatArray
    exposure: FloatArray
    register: FloatArray
    lapsed: FloatArray
    years_bought: FloatArray
    premiums: Premiums = ()
    members: Members | None = None

    def insured(self, pairs: PairIndex) -> Insured:
        """Whom schemes insure, and who pays.

        Without named statuses everybody of a status is insured, and pays where the scheme says so.
        """
        members = self.members
        if members is None:
            return Insured(self.persons, self.register)

        def among(some: FloatArray) -> FloatArray:
            return register_of(self.register, pairs, some, self.persons)

        payers = Payers(
            members.contributing,
            members.paying,
            among(members.contributing),
            among(members.paying),
        )
        return Insured(members.insured, among(members.insured), payers)


def after_shock(start: YearPeople, begun: Counted) -> YearPeople:
    """People at the start of a year once a shock has changed their numbers."""
    members, exposure = start.members, begun.expected_claims
    if members is not None:
        members = members.after(begun.persons, start.persons)
        covered = ratio(members.insured, begun.persons, 1.0).astype(exposure.dtype)
        exposure = exposure * covered[:, :, None, None]
    return replace(
        start, persons=begun.persons, exposure=exposure, members=members,
        premiums=premiums_after(begun.persons, start.persons, start.premiums),
    )  # fmt: skip


def mean_of_year(
    start: YearPeople, end: YearPeople, care: FloatArray, in_place: bool = False
) -> YearPeople:
    """Mean numbers of a year from those at its ends.

    Args:
        start, end: at the ends.
        care: factor of claims by pair and service, ``(P, C)``.
        in_place: let the claims at the start become the mean, which saves their copy.
    """
    exposure = start.exposure if in_place else start.exposure.copy()
    exposure += end.exposure
    exposure *= 0.5
    if (care != 1.0).any():
        exposure *= care[:, None, :, None]
    return YearPeople(
        persons=0.5 * (start.persons + end.persons),
        exposure=exposure,
        register=0.5 * (start.register + end.register),
        lapsed=end.lapsed,
        years_bought=end.years_bought,
        premiums=mean_premiums(start.premiums, end.premiums),
        members=start.members and end.members and start.members.mean_with(end.members),
    )
