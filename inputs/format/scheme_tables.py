"""Tables of rules of schemes: what differs by region, who pays, and what members pay."""

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.shared_columns import REGION, SCHEME, SERVICE, YEAR, text_column
from fundpool.inputs.format.vocabulary import OLDEST_AGE

SUBSIDY_BASES = ("a_head", "lump_sum", "share_of_outgo")
"""What a subsidy is reckoned by."""

BENEFIT_BASES = ("birth", "day", "head")
"""What a benefit in cash is reckoned by."""

PAYMENT_METHODS = ("fee", "case_group", "budget", "capitation")
"""Ways of paying for a service."""

SCHEME_TABLES: tuple[Table, ...] = (
    Table(
        "scheme_rules",
        "A rule of a scheme that differs in a region (and all below it) from a year on.",
        (
            SCHEME,
            REGION,
            YEAR,
            text_column("rule",
                        "rule of the scheme file, or deductible, ceiling or rate of a service"),
            text_column("service", "service class; blank for rules without one", refers="service",
                        blank=True),
            Column("value", "value in force", least=None),
        ),
        ("scheme", "region", "year", "rule", "service"),
        required=False,
    ),
    Table(
        "subsidies",
        "What the state or another payer adds to a scheme's fund, from a year on; 0 ends it. "
        "`a_head`: a sum for every person insured in the region (in a fund that pays layers only, "
        "with the schemes that name it); `lump_sum`: a sum for the whole "
        "region, divided among its counties as their insured are; `share_of_outgo`: a share of "
        "claims paid, administration and benefits in cash. Sums are money of their year (of the "
        "base year, for earlier ones) and grow from then on with wages, in a flat scheme with "
        "premiums.",
        (
            SCHEME,
            REGION,
            text_column("payer", "who pays, in the words of the case; the name of a scheme: its "
                        "fund, for its own insured"),
            YEAR,
            text_column("basis", "what the value is", allowed=SUBSIDY_BASES),
            Column("value", "money a person, money a year, or a share"),
        ),
        ("scheme", "region", "payer", "year", "basis"),
        required=False,
    ),
    Table(
        "premium_ages",
        "Premium of an age over the premium of a flat scheme; 1 for ages that are not listed.",
        (
            SCHEME,
            Column("age_from", "first age of the band", "integer", "years", 0, OLDEST_AGE),
            Column("age_to", "last age of the band", "integer", "years", 0, OLDEST_AGE),
            Column("factor", "multiplies the premium", most=100.0),
        ),
        ("scheme", "age_from"),
        required=False,
    ),
    Table(
        "income_classes",
        "Income classes of the members of a flat scheme, from a year on: what a class pays over "
        "the scheme's premium, and what the state pays for it over the scheme's subsidy. The "
        "classes of a region are those of the nearest region up the tree that has any.",
        (
            SCHEME,
            REGION,
            YEAR,
            text_column("class", "name of the class, in the words of the case"),
            Column("share", "share of the members who pay", unit="share", most=1.0),
            Column("premium", "multiplies the premium", most=100.0),
            Column("subsidy", "multiplies the subsidy", most=100.0),
            Column("income", "mean income of the class over disposable income a head, for the rule "
                   "premium_income_limit; 1 if blank", most=1000.0, blank=True),
        ),
        ("scheme", "region", "year", "class"),
        sums_to_one=((("scheme", "region", "year"), "share"),),
        required=False,
    ),
    Table(
        "own_choice",
        "Share of the paying members of a payroll scheme, by age, who choose rate and base "
        "themselves (rules own_rate, own_base), as those without an employer do; 0 for ages that "
        "are not listed. The ages of a region are those of the nearest region up the tree that "
        "has any.",
        (
            SCHEME,
            REGION,
            Column("age_from", "first age of the band", "integer", "years", 0, OLDEST_AGE),
            Column("age_to", "last age of the band", "integer", "years", 0, OLDEST_AGE),
            Column("share", "share of the members who pay", unit="share", most=1.0),
        ),
        ("scheme", "region", "age_from"),
        required=False,
    ),
    Table(
        "cash_benefits",
        "Benefits in cash that a fund pays beside care, from a year on; 0 ends one. `birth`: money "
        "for every birth to an insured mother; `head`: money an insured person; `day`: days a year "
        "of a member who pays, all members counted, at a share of the daily wage, which is the "
        "contribution base over 365. Money is of its year (of the base year, for earlier ones) and "
        "grows from then on with wages, in a flat scheme with premiums. A benefit of a region is "
        "that of the nearest region up the tree.",
        (
            SCHEME,
            REGION,
            YEAR,
            text_column("benefit", "name of the benefit, in the words of the case"),
            text_column("basis", "what it is reckoned by", allowed=BENEFIT_BASES),
            Column("amount", "money a birth, money a person, or days a member"),
            Column("wage_share", "share of the daily wage; blank unless by day", unit="share",
                   most=10.0, blank=True),
        ),
        ("scheme", "region", "year", "benefit", "basis"),
        required=False,
    ),
    Table(
        "provider_payments",
        "How a fund pays for a service, from a year on. `fee`: by claim, as where nothing is "
        "listed; `case_group`: points under a budget of the region; `budget`: the budget, whatever "
        "is done; `capitation`: a sum an insured person. A budget is what the claims of the "
        "region's insured were worth in the year before the method begins (in the base year, if it "
        "begins by then) and grows by its rate. The method of a county is that of the nearest "
        "region up the tree that has one; the base year is paid by claim.",
        (
            SCHEME,
            REGION,
            SERVICE,
            YEAR,
            text_column("method", "how it is paid for", allowed=PAYMENT_METHODS),
            Column("growth", "yearly growth of the budget or of the sum a head; blank for fee",
                   "number", "a year", -0.5, 1.0, blank=True),
            Column("amount", "capitation: sum an insured person, of that year (of the base year, "
                   "for earlier ones)", unit="money a year", blank=True),
            Column("floor", "case_group: least share of the claims' worth that is paid; 0 if blank",
                   unit="share", most=1.0, blank=True),
            Column("ceiling", "case_group: largest share of the claims' worth that is paid; no "
                   "ceiling if blank", unit="share", most=10.0, blank=True),
            Column("overspend", "case_group: share that the fund bears of what claims exceed the "
                   "budget by; 0 if blank", unit="share", most=1.0, blank=True),
            Column("savings", "case_group: share that the fund keeps of what claims leave of the "
                   "budget; 0 if blank", unit="share", most=1.0, blank=True),
        ),
        ("scheme", "region", "service", "year"),
        required=False,
    ),
)  # fmt: skip
