"""Columns of results in the words of a case: people by cover, and regions by their level."""

from collections.abc import Iterable

from fundpool.inputs.case import Case
from fundpool.languages import Language
from fundpool.models.funds.books import benefit_column, payer_column
from fundpool.models.terms.cash_benefits import benefits_of
from fundpool.models.terms.subsidies import STATE, payers_of


def cover_labels(case: Case, language: Language) -> dict[str, str]:
    """What people of each coverage status are called: as the case says, or by its schemes' titles.

    A status that no scheme of the case covers is named by its kind, payroll or flat.
    """
    _ = language
    payroll = _title(case, ("employee",), language, _("payroll scheme"))
    flat = _title(case, ("home_resident", "local_resident"), language, _("flat scheme"))
    rural = _title(case, ("rural_resident",), language, _("separate flat scheme at home"))
    migrant = _title(case, ("migrant",), language, _("scheme for migrants"))
    return {
        "none": _("no cover"),
        "home_resident": _("%(scheme)s, at home") % {"scheme": flat},
        "local_resident": _("%(scheme)s, where they live") % {"scheme": flat},
        "employee": payroll,
        "retired": _("retired members"),
        "migrant": migrant,
        "dual": _("both"),
        "retired_elsewhere": _("retired, elsewhere"),
        "rural_resident": rural,
    } | case.settings.status_titles


def payer_labels(case: Case, language: Language) -> dict[str, str]:
    """Columns that say who pays subsidies, by name of the column."""
    _ = language
    return {
        payer_column(payer): _("subsidies: %(payer)s")
        % {"payer": _("the state, by rule") if payer == STATE else payer}
        for payer in payers_of(case.schemes)
    }


def benefit_labels(case: Case, language: Language) -> dict[str, str]:
    """Columns that say what is paid in cash, by name of the column."""
    return {
        benefit_column(name): language("cash benefits: %(benefit)s") % {"benefit": name}
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


def _title(case: Case, statuses: Iterable[str], language: Language, otherwise: str) -> str:
    wanted = set(statuses)
    titles = (language.title(s.file) for s in case.schemes if wanted & set(s.statuses_covered))
    return next(titles, otherwise)
