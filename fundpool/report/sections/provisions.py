"""Provisions: what each scheme takes and pays by the rules in force, in sentences."""

import math

from fundpool.inputs.rules.schemes import Scheme
from fundpool.inputs.settings.benefits import Benefit
from fundpool.inputs.settings.parameters import Parameter
from fundpool.languages.numbers import plain_number
from fundpool.languages.wording import marked
from fundpool.report.document.making import Row, label, left, paragraph, right, row, spans, table
from fundpool.report.document.model import Block, Cell, Heading, Section, Span
from fundpool.report.sections.context import Context

RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (marked("Employers pay %(employer_rate)s of the contribution base, members "
            "%(employee_rate)s."),
     ("employer_rate", "employee_rate")),
    (marked("The base of a member is the wage declared, at least %(base_floor)s and at most "
            "%(base_ceiling)s times the local mean wage."), ("base_floor", "base_ceiling")),
    (marked("The base of a member is the wage declared, at least %(base_floor_money)s and at most "
            "%(base_ceiling_money)s a year."), ("base_floor_money", "base_ceiling_money")),
    (marked("%(compliance)s of the wage is declared."), ("compliance",)),
    (marked("%(account_share)s of what is paid in goes to personal accounts."),
     ("account_share",)),
    (marked("A retired member's account is credited %(retiree_account_credit)s a year."),
     ("retiree_account_credit",)),
    (marked("Men retire at %(retirement_age_male)s, women at %(retirement_age_female)s years."),
     ("retirement_age_male", "retirement_age_female")),
    (marked("Cover as a retired member takes %(min_credited_years_male)s credited years of men, "
            "%(min_credited_years_female)s of women."),
     ("min_credited_years_male", "min_credited_years_female")),
    (marked("An insured person pays a premium of %(premium)s a year."), ("premium",)),
    (marked("The state adds %(subsidy)s a person and year."), ("subsidy",)),
    (marked("Administration takes %(administration)s of claims."), ("administration",)),
)  # fmt: skip
"""Sentences on rules, each with the rules that it needs."""
PER = {
    "claim": marked("%(service)s: above a deductible of %(deductible)s a claim the fund pays "
                    "%(shares)s"),
    "stay": marked("%(service)s: above a deductible of %(deductible)s a stay the fund pays "
                   "%(shares)s"),
    "year": marked("%(service)s: above a deductible of %(deductible)s a person and year the fund "
                   "pays %(shares)s"),
}  # fmt: skip
"""Sentences on benefits, by what the formula acts on."""
SHARES = frozenset(
    {"employer_rate", "employee_rate", "compliance", "account_share", "administration"}
)
MONEY = frozenset(
    {"premium", "subsidy", "retiree_account_credit", "base_floor_money", "base_ceiling_money"}
)


def provisions_section(context: Context) -> Section:
    """A table a scheme: what it takes and pays, since when, and where that is written."""
    _ = context.language
    title = _("Provisions: what each scheme takes and pays")
    lead = _(
        "Rules that the projection follows, those in force in %(year)s first and later changes "
        "behind; since is the year from which the case lists them, and blank where it lists none. "
        "Where a place has its own figure the table of the case with local rules holds it."
    ) % {"year": context.first_year}
    blocks: list[Block] = [paragraph(lead)]
    columns = (
        left(_("provision"), "wide"), right(_("since")), left(_("status")),
        left(_("source"), "wide"),
    )  # fmt: skip
    for scheme in context.case.schemes:
        blocks += [
            Heading(spans(context.titles[scheme.name])),
            table(columns, [*_rule_rows(context, scheme), *_benefit_rows(context, scheme)]),
        ]
    return Section("provisions", title, _("Provisions"), tuple(blocks))


def _rule_rows(context: Context, scheme: Scheme) -> list[Row]:
    _ = context.language
    rules, rows = scheme.file.rules, []
    for text, names in RULES:
        if not all(name in rules for name in names):
            continue
        words = {name: _value(context, name, rules[name]) for name in names}
        said = _(text) % words
        places = {
            place
            for (rule, _service), by_place in scheme.overrides.items()
            if rule in names
            for place in by_place
        }
        if places:
            said += ("" if _.chinese else " ") + _.ngettext(
                "One place has its own figure.", "%(n)s places have their own figures.",
                len(places),
            ) % {"n": len(places)}  # fmt: skip
        used = [rules[name] for name in names]
        since = max((_since(rule, context.first_year) for rule in used), default=0)
        rows.append(_row(context, said, since, used))
    return rows


def _row(
    context: Context, said: str, since: int, used: list[Parameter] | list[Benefit]
) -> tuple[Cell, ...]:
    sources = dict.fromkeys(rule.source for rule in used)
    worst = max((rule.status for rule in used), key=("published", "derived", "assumed").index)
    return row(
        said,
        str(since or ""),
        label(context.worded(worst), worst),
        Span("; ".join(sources), "soft"),
    )


def _since(rule: Parameter, year: int) -> int:
    """The listed year from which the value of a year holds; 0 if it is listed without one."""
    return max((listed for listed in rule.by_year if listed <= year), default=0)


def _value(context: Context, name: str, rule: Parameter) -> str:
    """The value in force in the first projected year, and those of later years."""
    _ = context.language

    def written(value: float) -> str:
        if name in SHARES:
            return _.percent(value)
        if name in MONEY:
            return f"{value:,.0f} {_(context.case.currency)}"
        return plain_number(value)

    text = written(rule.since(context.first_year))
    later = [year for year in sorted(rule.by_year) if year > context.first_year]
    if not later:
        return text
    changes = _(", ").join(
        _("from %(year)s %(value)s") % {"year": year, "value": written(rule.by_year[year])}
        for year in later
    )
    return f"{text} ({changes})"


def _benefit_rows(context: Context, scheme: Scheme) -> list[Row]:
    return [
        _row(context, _benefit(context, service, benefit), 0, [benefit])
        for service, benefit in scheme.file.benefits.items()
    ]


def _benefit(context: Context, service: str, benefit: Benefit) -> str:
    """What the fund pays of a claim, or of a person's year."""
    _ = context.language

    def money(value: float) -> str:
        return f"{value:,.0f} {_(context.case.currency)}"

    shares = _(", ").join(
        _.percent(share, 1)
        if not above
        else _("%(share)s from %(above)s above it")
        % {"share": _.percent(share, 1), "above": money(above)}
        for above, share in benefit.bands
    )
    text = _(PER[benefit.per])
    said = text % {
        "service": context.worded(service.replace("_", " ")),
        "deductible": money(benefit.deductible), "shares": shares,
    }  # fmt: skip
    if math.isfinite(benefit.ceiling):
        said += _(", at most %(ceiling)s") % {"ceiling": money(benefit.ceiling)}
    return said + _(".")
