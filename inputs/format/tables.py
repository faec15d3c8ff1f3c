"""The declaration of every table of a case.

Validation, messages, the page on the case format and the workbook template all come from here.
"""

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.scheme_tables import SCHEME_TABLES
from fundpool.inputs.format.shared_columns import (
    AGE,
    COUNTY,
    LISTED_YEAR,
    REGION,
    SCHEME,
    SERVICE,
    SEX,
    SHARE,
    TIE,
    YEAR,
)
from fundpool.inputs.format.shared_columns import text_column as _text
from fundpool.inputs.format.vocabulary import (
    DATA_STATUSES,
    OLDEST_AGE,
    REGIMES,
    STATUSES,
    TIES,
)

FLOW_MEASURES = ("participants", "contributors", "retirees", "contributions", "subsidies", "claims",
                 "account_credits")  # fmt: skip
"""Published or observed figures that the projection has a counterpart of."""

FITTED_MEASURES = ("contributions", "subsidies", "claims")
"""Published figures of the base year that calibration can meet."""

PROVENANCE: tuple[Column, ...] = (
    _text("source", "where the row comes from; inherited from case.toml if blank", blank=True),
    _text(
        "status",
        "published, derived or assumed; inherited from case.toml if blank",
        allowed=DATA_STATUSES,
        blank=True,
    ),
    _text("note", "anything a reader should know", blank=True),
)
"""Columns that every table may have."""

TABLES: tuple[Table, ...] = (
    Table(
        "regions",
        "A region and the region it lies in; counties are the lowest level.",
        (
            _text("region", "code of the region"),
            _text("name", "name"),
            _text("name_local", "name in the local language", blank=True),
            _text("level", "one of the levels in case.toml"),
            _text("parent", "code of the region it lies in; blank at the top level", blank=True),
            Column("latitude", "latitude of the centre", unit="degrees", least=-90, most=90,
                   blank=True),
            Column("longitude", "longitude of the centre", unit="degrees", least=-180, most=180,
                   blank=True),
            Column("area_km2", "area", unit="km2", blank=True),
        ),
        ("region",),
    ),
    Table(
        "population",
        "Residents of a county by sex and age at the end of the base year, migrants included. "
        "Rows for `outside` are the people elsewhere from whom in-migrants come.",
        (
            _text("region", "county or `outside`", refers="county_or_outside"),
            SEX,
            AGE,
            Column("persons", "residents", unit="persons"),
        ),
        ("region", "sex", "age"),
    ),
    Table(
        "migrants",
        "People registered in one county who live in another, at the end of the base year.",
        (
            _text("home", "county of registration, or `outside`", refers="county_or_outside"),
            _text("residence", "county lived in, or `outside`", refers="county_or_outside"),
            Column("persons", "migrants", unit="persons"),
        ),
        ("home", "residence"),
    ),
    Table(
        "migrant_ages",
        "Age pattern of migrants by their tie.",
        (
            _text("tie", "tie of the migrant", allowed=TIES[1:]),
            SEX,
            AGE,
            SHARE,
        ),
        ("tie", "sex", "age"),
        sums_to_one=((("tie",), "share"),),
    ),
    Table(
        "mobility",
        "How readily the people of a home move.",
        (
            _text("home", "county, or `outside`", refers="county_or_outside"),
            Column(
                "gross_migraproduction_rate",
                "sum over single ages of the yearly out-migration hazards",
                unit="moves a life",
            ),
            Column("return_rate", "hazard of going home", unit="a year"),
            Column("onward_rate", "hazard of choosing a destination anew", unit="a year"),
        ),
        ("home",),
    ),
    Table(
        "mortality",
        "Central death rate by sex and age in knot years; log-linear between them.",
        (
            YEAR,
            SEX,
            AGE,
            Column("death_rate", "central death rate", unit="a year", above=True, most=1.0),
        ),
        ("year", "sex", "age"),
    ),
    Table(
        "fertility",
        "Births per woman-year by age in knot years; linear between them.",
        (
            YEAR,
            Column("age", "age of the mother", "integer", "years", 10, 54),
            Column("rate", "births per woman", unit="a year", most=1.0),
        ),
        ("year", "age"),
    ),
    Table(
        "net_migration",
        "People added to a county from abroad in a year (negative: lost), at the age they have at "
        "its end, in knot years; linear between them, the first and the last one held. They join "
        "as stayers with the statuses of the residents of their sex and age. What is not listed "
        "in a knot year is 0 there.",
        (
            COUNTY,
            YEAR,
            SEX,
            AGE,
            Column("persons", "people added", unit="persons", least=None),
        ),
        ("region", "year", "sex", "age"),
        required=False,
    ),
    Table(
        "sex_ratio_at_birth",
        "Boys born for each girl in knot years.",
        (YEAR, Column("males_per_female", "sex ratio at birth", unit="ratio", least=0.5, most=2)),
        ("year",),
    ),
    Table(
        "demography",
        "How a county's mortality and fertility compare with the tables above.",
        (
            COUNTY,
            Column("mortality_level", "multiplies death rates", above=True, most=10),
            Column("fertility_level", "multiplies fertility rates", most=10),
            Column(
                "rural_share",
                "of those insured at home, the share whom a separate rural scheme covers where a "
                "case has one",
                unit="share",
                most=1.0,
                blank=True,
            ),
        ),
        ("region",),
    ),
    Table(
        "economy",
        "Wages, incomes and prices of a county in the base year.",
        (
            COUNTY,
            Column("contribution_wage", "mean wage", unit="money a year", above=True),
            Column("wage_cv", "coefficient of variation of wages", above=True, most=10),
            Column("disposable_income", "disposable income a head", unit="money a year",
                   above=True),
            Column("price_level", "of medical care; 1 is the mean", above=True, most=10),
        ),
        ("region",),
    ),
    Table(
        "employment",
        "Share of the residents of 15 and over who work.",
        (COUNTY, Column("employed_share", "people who work", unit="share", most=1.0)),
        ("region",),
    ),
    Table(
        "industries",
        "Industry mix of a county's employed.",
        (COUNTY, _text("industry", "industry", refers="industry"), SHARE),
        ("region", "industry"),
        sums_to_one=((("region",), "share"),),
    ),
    Table(
        "industry_factors",
        "How an industry compares with all.",
        (
            _text("industry", "industry"),
            Column("wage", "wage relative to the mean", above=True, most=20),
            Column("contract_share", "workers with a contract", unit="share", most=1.0),
            Column("outpatient", "outpatient claims relative to the mean", most=20),
            Column("inpatient", "inpatient claims relative to the mean", most=20),
        ),
        ("industry",),
    ),
    Table(
        "morbidity",
        "Expected claims of a person by service, sex and age.",
        (SERVICE, SEX, AGE,
         Column("frequency", "expected number of claims", unit="a person-year", most=1000)),
        ("service", "sex", "age"),
    ),
    Table(
        "severity",
        "Cost of a claim by service and age class; the same classes for every service.",
        (
            SERVICE,
            Column("age_from", "first age of the class", "integer", "years", 0, OLDEST_AGE),
            Column("age_to", "last age of the class", "integer", "years", 0, OLDEST_AGE),
            _text(
                "family",
                "distribution",
                allowed=("lognormal", "gamma", "pareto", "exponential", "weibull"),
            ),
            Column("mean", "mean cost", unit="money a claim", above=True),
            Column("cv", "coefficient of variation", above=True, most=50),
        ),
        ("service", "age_from"),
    ),
    Table(
        "scheme_costs",
        "Cost of a claim of the people whose care a scheme pays, relative to the cost in severity; "
        "schemes and services not listed have 1. A claim of a doubly covered person costs what it "
        "does in the scheme of the work.",
        (
            _text("scheme", "scheme, as listed in case.toml, or one that a policy may add",
                  refers="scheme_or_optional"),
            SERVICE,
            Column("relativity", "multiplies the cost of a claim", above=True, most=100),
        ),
        ("scheme", "service"),
        required=False,
    ),
    Table(
        "service_trends",
        "Yearly growth of a service's price beyond medical inflation, or of its claims a person, "
        "in knot years; linear between them, the first and the last one held. A trend that ends "
        "is a last row of 0. Deductibles and ceilings follow medical inflation alone.",
        (
            SERVICE,
            _text("kind", "what grows", allowed=("price", "volume")),
            YEAR,
            Column("growth", "growth over the year before", "number", "a year", -0.5, 1.0),
        ),
        ("service", "kind", "year"),
        required=False,
    ),
    Table(
        "relativities",
        "Claim frequency of a group relative to all; groups not listed have 1. That of a status "
        "which case.toml names is relative to its kind, and multiplies the kind's.",
        (
            _text("factor", "what groups the people", allowed=("tie", "status")),
            _text("level", "a tie or a coverage status, or part of one that case.toml names",
                  allowed=(*TIES, *STATUSES)),
            SERVICE,
            Column("relativity", "multiplies the frequency", most=100),
        ),
        ("factor", "level", "service"),
    ),
    Table(
        "treatment",
        "Where care wanted is given under a settlement regime; the four shares sum to one. Rows of "
        "several years are linear between the years, the first and the last one held.",
        (
            _text("regime", "settlement regime", allowed=REGIMES),
            TIE,
            SERVICE,
            Column("residence", "where the person lives", unit="share", most=1.0),
            Column("home", "in the insuring home county", unit="share", most=1.0),
            Column("referral", "in a referral centre", unit="share", most=1.0),
            Column("forgone", "not at all", unit="share", most=1.0),
            LISTED_YEAR,
        ),
        ("regime", "tie", "service", "year"),
        row_sum=("residence", "home", "referral", "forgone"),
    ),
    Table(
        "referral",
        "Where the residents of a county go for referral care. Shares of several years are linear "
        "between the years, the first and the last one held.",
        (
            COUNTY,
            _text("centre", "county with the centre, or `outside`", refers="county_or_outside"),
            SHARE,
            LISTED_YEAR,
        ),
        ("region", "centre", "year"),
        sums_to_one=((("region", "year"), "share"),),
    ),
    Table(
        "coverage",
        "Coverage status of people in the base year. For the tie `outbound` the region is home. "
        "Rows for `outside` (stayers, `none` or `home_resident`) say how the people are insured "
        "from whom in-migrants come; without them they are insured at home as often as stayers "
        "in any way.",
        (
            _text("region", "county, or `outside` with the tie stayer", refers="county_or_outside"),
            TIE,
            SEX,
            Column("age_from", "first age of the band", "integer", "years", 0, OLDEST_AGE),
            Column("age_to", "last age of the band", "integer", "years", 0, OLDEST_AGE),
            _text(
                "cover", "coverage status, or part of one that case.toml names", allowed=STATUSES
            ),
            SHARE,
        ),
        ("region", "tie", "sex", "age_from", "cover"),
        sums_to_one=((("region", "tie", "sex", "age_from"), "share"),),
    ),
    Table(
        "fund_balances",
        "What a county's funds hold at the end of the base year.",
        (
            COUNTY,
            SCHEME,
            Column("pooled_balance", "pooled fund", unit="money", least=None),
            Column("account_balance", "personal accounts", unit="money"),
        ),
        ("region", "scheme"),
    ),
    Table(
        "fund_totals",
        "Published figures of a fund. `fit`: base-year figures that calibration meets; `compare`: "
        "shown beside the projection, never fitted. `contributions` are those of the pooled "
        "fund, account credits taken off; `claims` are payments of the pooled fund.",
        (
            REGION,
            SCHEME,
            YEAR,
            _text("measure", "what the figure is", allowed=(*FLOW_MEASURES, "pooled_balance")),
            Column("value", "the figure", unit="persons or money"),
            _text("use", "fit or compare", allowed=("fit", "compare")),
        ),
        ("region", "scheme", "year", "measure"),
        required=False,
    ),
    Table(
        "actuals",
        "What came in and was paid since the valuation, by year or month, to be set against what "
        "the projection expected. `contributions` and `claims` as in `fund_totals`.",
        (
            REGION,
            SCHEME,
            YEAR,
            Column("month", "1 to 12; 0 for the whole year", "integer", "", 0, 12),
            _text("measure", "what the figure is", allowed=FLOW_MEASURES),
            Column("value", "the figure", unit="persons or money"),
            Column("claims", "number of claims behind the figure, for its credibility",
                   unit="counted claims", blank=True),
        ),
        ("region", "scheme", "year", "month", "measure"),
        required=False,
    ),
    *SCHEME_TABLES,
    Table(
        "reference_facts",
        "Published figures kept beside the case, not used by the projection.",
        (
            _text("topic", "topic"),
            _text("measure", "what is measured"),
            _text("place", "where"),
            YEAR,
            Column("value", "the figure", least=None),
            _text("unit", "unit"),
        ),
        ("topic", "measure", "place", "year"),
        required=False,
    ),
)  # fmt: skip

TABLE_OF = {table.name: table for table in TABLES}
