"""Columns of results in the words of a case: people by cover, and regions by their level."""

from collections.abc import Iterable

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.languages import Language
from fundpool.models.funds.books import benefit_column, payer_column
from fundpool.models.terms.cash_benefits import benefits_of
from fundpool.models.terms.subsidies import INTO, STATE, funds_paid_into, payers_of


def cover_labels(case: Case, language: Language) -> dict[str, str]:
    """What people of each coverage status are called: as the case says, or by its schemes' titles.

    A status that no scheme of the case covers is named by its kind, payroll or flat; a status that
    the case divides is called as all of its parts together.
    """
    _ = language
    payroll = _title(case, ("employee",), language, _("payroll scheme"))
    flat = _title(case, ("home_resident", "local_resident"), language, _("flat scheme"))
    rural = _title(case, ("rural_resident",), language, _("separate flat scheme at home"))
    migrant = _title(case, ("migrant",), language, _("scheme for migrants"))
    named = case.settings.statuses
    titles_of_kind: dict[str, list[str]] = {}
    for status in named.values():
        titles_of_kind.setdefault(status.kind, []).append(_.title(status))
    divided = {kind: ", ".join(titles) for kind, titles in titles_of_kind.items()}
    return (
        {
            "none": _("no cover"),
            "home_resident": _("%(scheme)s, at home") % {"scheme": flat},
            "local_resident": _("%(scheme)s, where they live") % {"scheme": flat},
            "employee": payroll,
            "retired": _("retired members"),
            "migrant": migrant,
            "dual": _("both"),
            "retired_elsewhere": _("retired, elsewhere"),
            "rural_resident": rural,
        }
        | case.settings.status_titles
        | divided
        | {n: _.title(s) for n, s in named.items()}
    )


def payer_labels(case: Case, language: Language) -> dict[str, str]:
    """Columns that say who pays subsidies, by name of the column; funds by their titles."""
    _ = language
    funds = {scheme.name: _.title(scheme.file) for scheme in case.schemes}
    return {
        payer_column(payer): _("subsidies: %(payer)s")
        % {"payer": funds.get(payer) or (_("the state, by rule") if payer == STATE else payer)}
        for payer in payers_of(case.schemes)
    }


def benefit_labels(case: Case, language: Language) -> dict[str, str]:
    """Columns that say what is paid in cash, by name of the column."""
    into = {
        f"{INTO}{name}": language("paid into the fund: %(fund)s")
        % {"fund": language.title(case.scheme(name).file)}
        for name in funds_paid_into(case.schemes)
    }
    return {
        benefit_column(name): into.get(name)
        or language("cash benefits: %(benefit)s") % {"benefit": name}
        for name in benefits_of(case.schemes)
    }


def people_labels(case: Case, language: Language) -> dict[str, str]:
    """Columns of the people of a year: those of :func:`cover_labels`, residents and homes."""
    return {
        "persons": language("residents"),
        "registered": language("people whose home it is"),
    } | cover_labels(case, language)


def covered(case: Case) -> frozenset[str]:
    """Statuses that some scheme of the case covers."""
    return frozenset(status for scheme in case.schemes for status in scheme.statuses_covered)


def statuses_shown(case: Case, order: Iterable[str]) -> list[str]:
    """Columns of statuses in which people may be, in an order; named parts stand for the whole."""
    named = case.settings.statuses
    with_scheme = covered(case) | {"none"}
    result: list[str] = []
    for name in order:
        names = [part for part, status in named.items() if status.kind == name]
        result += names or ([name] if name in with_scheme or name not in STATUSES else [])
    return result


def _title(case: Case, statuses: Iterable[str], language: Language, otherwise: str) -> str:
    wanted = set(statuses)
    titles = (language.title(s.file) for s in case.schemes if wanted & set(s.statuses_covered))
    return next(titles, otherwise)
