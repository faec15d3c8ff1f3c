"""Migrants: what they pay and draw, by origin, by destination and by flow."""

from typing import Any

import numpy as np
import pandas as pd

from fundpool.languages.wording import marked
from fundpool.report.charts import funds as charts
from fundpool.report.document.making import figure, left, paragraph, right, row, spans, table
from fundpool.report.document.model import Detail, Figure, Paragraph, Section, Table
from fundpool.report.sections.context import Context

MOST_FLOWS = 25
"""Migration flows listed one by one."""

SUMS = ["persons", "contributions", "account_credits", "net_contributions", "from_host",
        "from_home", "cost", "out_of_pocket"]  # fmt: skip


def migrants_section(context: Context) -> Section:
    """What migrants pay and draw in the first projected year."""
    _ = context.language
    projection = next(iter(context.comparison.projections.values()))
    flows = projection.migrants
    flows = flows[flows["year"] == context.first_year]
    total = flows[SUMS].sum()
    lead = _(
        "In %(year)s %(persons)s people live in another %(level)s than the one that is their home, "
        "inside the case or across its border. They and the state for them pay %(paid)s, of which "
        "%(credited)s goes to their own accounts and %(net)s into funds of the case; funds where "
        "they live pay %(host)s for their care, funds at home %(home)s; %(own)s of the cost of "
        "their care stays with them or with funds outside the case, which are not modelled."
    ) % {
        "level": context.lowest_one,
        "year": context.first_year,
        "persons": _.people(total["persons"]),
        "paid": _.money(total["contributions"]),
        "credited": _.money(total["account_credits"]),
        "net": _.money(total["net_contributions"]),
        "host": _.money(total["from_host"]),
        "home": _.money(total["from_home"]),
        "own": _.percent(_own_share(total), 0),
    }
    by_home, by_residence = _summed(flows, "home"), _summed(flows, "residence")
    details = (
        Detail(spans(_("By home")), (_regions(context, by_home),), open=True),
        Detail(spans(_("By where they live")), (_regions(context, by_residence),)),
        Detail(spans(_("The largest flows")), (_flows(context, flows),)),
    )
    blocks = (
        paragraph(lead),
        _balance(context, by_residence),
        *_care_forgone(context),
        *details,
    )
    return Section("migrants", _("What migrants pay and draw"), _("Migrants"), blocks)


TIE_WORDS = {
    "within": marked("from elsewhere in the same %(level)s"),
    "between": marked("from another %(level)s of the case"),
    "inbound": marked("from outside the case"),
    "outbound": marked("from the case, living outside it"),
}
"""People away from home by their tie; the level is that above the lowest."""


def _care_forgone(context: Context) -> tuple[Table, Paragraph]:
    """Where people away from home get the hospital care they want, and what they go without."""
    _, rows = context.language, context.care_away
    columns = (
        left(_("people")), right(_("stays wanted")), right(_("where they live")),
        right(_("at home")), right(_("at a centre")), right(_("forgone")),
        right(_("care forgone, money"), "short"),
    )  # fmt: skip
    places = ("residence", "home", "referral", "forgone")
    body = [
        row(
            _(TIE_WORDS[each["tie"]]) % {"level": context.worded(context.case.second_level)},
            _.people(each["wanted"]),
            *(
                _.percent(each[place] / each["wanted"] if each["wanted"] else 0.0, 1)
                for place in places
            ),
            _.money(each["cost_forgone"]),
        )
        for each in rows.to_dict("records")
    ]
    about = _(
        "People of the base year under the rules of %(year)s. Care forgone is what people away "
        "from home want and go without, outpatient care with it, at its mean cost where they "
        "live in money of the base year; nobody pays it, and it is in no fund's figures. Of "
        "people at their home the case says nothing here."
    ) % {"year": context.first_year}
    return (
        table(columns, body, _("Hospital stays of people away from home, and care forgone")),
        paragraph(about, soft=True),
    )


def _own_share(sums: Any) -> float:
    """Share of the cost of care that stays with people themselves."""
    return float(sums["out_of_pocket"] / sums["cost"]) if sums["cost"] else float("nan")


def _summed(flows: pd.DataFrame, column: str) -> list[dict[Any, Any]]:
    """Sums by region, the largest first."""
    frame = flows.groupby(column)[SUMS].sum().sort_values("persons", ascending=False)
    return frame.reset_index().rename(columns={column: "region"}).to_dict("records")


def _balance(context: Context, by_residence: list[dict[Any, Any]]) -> Figure:
    """What migrants pay in less what they draw, by where they live."""
    _, currency = context.language, context.case.currency
    inside = [region for region in by_residence if region["region"] != "outside"]
    net = np.array([region["net_contributions"] - region["from_host"] for region in inside])
    chart = charts.migrant_balance(
        [context.place(region["region"]) for region in inside],
        net,
        _.money_unit(float(np.abs(net).max(initial=0.0)), currency),
    )
    caption = _(
        "Paid into funds by migrants, and by the state for them, accounts taken off, less what "
        "funds where they live pay for their care, by where they live, %(year)s."
    ) % {"year": context.first_year}
    return figure(context.drawing(chart, "migrants"), caption)


def _regions(context: Context, regions: list[dict[Any, Any]]) -> Table:
    _ = context.language
    columns = (
        left(context.second), right(_("migrants")), right(_("paid into funds"), "short"),
        right(_("from funds where they live"), "short"), right(_("from funds at home"), "short"),
        right(_("cost of care"), "short"), right(_("own share")),
    )  # fmt: skip
    money = ("net_contributions", "from_host", "from_home", "cost")
    rows = [
        row(
            context.place(region["region"]),
            _.people(region["persons"]),
            *(_.money(region[key]) for key in money),
            _.percent(_own_share(region), 0),
        )
        for region in regions
    ]
    return table(columns, rows)


def _flows(context: Context, flows: pd.DataFrame) -> Table:
    _ = context.language
    columns = (
        left(_("home")), left(_("living in")), right(_("migrants")),
        right(_("paid into funds"), "short"), right(_("from funds where they live"), "short"),
        right(_("from funds at home"), "short"), right(_("own share")),
    )  # fmt: skip
    largest = flows.sort_values("persons", ascending=False).head(MOST_FLOWS)
    rows = [
        row(
            context.place(flow["home"]),
            context.place(flow["residence"]),
            _.people(flow["persons"]),
            *(_.money(flow[key]) for key in ("net_contributions", "from_host", "from_home")),
            _.percent(_own_share(flow), 0),
        )
        for flow in largest.to_dict("records")
    ]
    return table(columns, rows)
