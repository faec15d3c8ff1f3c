"""Limitations."""

from fundpool.languages.wording import marked
from fundpool.report.document.making import left, paragraph, right, row, sentences, spans, table
from fundpool.report.document.model import Block, Heading, Listing, Section
from fundpool.report.sections.context import Context

WEAKNESSES = (
    marked(
        "Drives to enrol that no policy states are not foreseen: membership of payroll schemes is "
        "the largest error of the backtest."
    ),
    marked(
        "Use of care does not answer to what patients pay: better benefits may cost more than is "
        "shown, and cuts save less."
    ),
    marked(
        "Deductibles and ceilings act on a claim unless the case says that they act on a year; "
        "validation measures how far apart the two are."
    ),
    marked(
        "People outside the case stay as many and as old as in the base year: inflows of the young "
        "hold throughout, and funds that live on them may look better at the end than they will be."
    ),
    marked(
        "Births and deaths follow one path in all scenarios: the chance that people live longer is "
        "left out."
    ),
    marked(
        "The smaller the pool, the more care counts as off-site and is paid in part or late, so "
        "that claims of small funds are lower for this reason too."
    ),
    marked(
        "Errors of single places cannot be measured without their accounts; those of all places "
        "together stand below where the case has them."
    ),
)
"""Known weaknesses of the model, shorter than in the documentation."""


def limitations_section(context: Context) -> Section:
    """What the projection does not say."""
    _, title = context.language, context.language("Limitations")
    projection = _(
        "The projection is not a forecast: it says what follows from the data and assumptions "
        "listed here. Rules and behaviour stay as they are at the base year unless the case says "
        "otherwise. Deductibles and ceilings act on a claim, not on a person's year. Funds outside "
        "the case are not modelled: what they pay for people whose home is there shows as the "
        "people's own share."
    )
    one_path = _(
        "One path of wages, prices and interest is shown; the sensitivity table says what other "
        "values would do, not how likely they are."
    )
    assumptions = context.case.assumptions()
    share = _(
        "%(assumed)s of the %(all)s assumptions are assumed, not read in a source: they carry the "
        "conclusions until better figures replace them."
    ) % {"assumed": int((assumptions["status"] == "assumed").sum()), "all": len(assumptions)}
    blocks: tuple[Block, ...] = (
        sentences(projection, None if context.summary["scenarios"] else one_path),
        paragraph(share),
        Heading(spans(_("Known weaknesses of the model"))),
        Listing(tuple(spans(_(words)) for words in WEAKNESSES)),
        *_model_error(context),
    )
    return Section("limitations", title, title, blocks)


def _model_error(context: Context) -> list[Block]:
    """Errors of the backtest and what they make of the level rate, beside the sampling error."""
    _, rows = context.language, context.summary["formal"]["rate_errors"]
    heading = Heading(spans(_("Uncertainty of parameters and model")))
    if not rows:
        nothing = _(
            "The case gives no errors of a backtest, so the uncertainty of parameters and model is "
            "not measured here; sensitivities and scenarios are all there is."
        )
        return [heading, paragraph(nothing)]
    columns = (
        left(_("scheme")), right(_("error of income")), right(_("error of outgo")),
        right(_("level rate")), right(_("one standard error, model")),
        right(_("one standard error, sampling of ruin")), left(_("source"), "wide"),
    )  # fmt: skip
    risk = context.extras.risk
    body = []
    for item in rows:
        sampling = "–"
        if risk is not None:
            overview = risk.overview
            here = (overview["plan"] == context.plans[0]) & (overview["scheme"] == item["scheme"])
            sampling = _.percent(float(overview.loc[here, "any_ruin_error"].iloc[0]), 1)
        body.append(
            row(
                context.titles[item["scheme"]],
                _.percent(item["income_error"], 1),
                _.percent(item["outgo_error"], 1),
                _.percent(item["level_rate"]),
                f"± {_.percent(item['rate_error'])}",
                sampling,
                f"{item['source']} ({context.worded(item['status'])})",
            )
        )
    words = _(
        "Income and outgo of every year off by the errors of the backtest, independent of each "
        "other, move the level rate by the error of the model. Sampling error is that of the "
        "chance that any fund is ruined, pooled as today; more scenarios make it smaller, and "
        "leave the error of the model as it is."
    )
    return [heading, table(columns, body), paragraph(words, soft=True)]
