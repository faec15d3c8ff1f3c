"""Plans as text for a terminal."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from fundpool.cli.tables import padded
from fundpool.languages import ENGLISH, Language
from fundpool.languages.wording import marked, worded
from fundpool.models.optimiser.explain.instruments import mean_instruments

_NO_NAMES: Mapping[str, str] = {}
KINDS = {
    "fixed": marked("fixed"), "adjusting": marked("adjusting"),
    "certified": marked("certified"), "shortfall": marked("shortfall"),
    "in_sample": marked("in sample"), "out_of_sample": marked("out of sample"),
    "pooled": marked("pooled"), "kept": marked("kept by regions"),
    "paid in": marked("paid in over years"),
}  # fmt: skip
"""Words of a plan that come from data."""

WORSE_IN = {
    "alone": marked(
        "Pay more than alone over the plan or in some %(years)s years in a row: %(regions)s"
    ),
    "in force": marked(
        "Pay more than at the rates in force over the plan or in some %(years)s years in a row: "
        "%(regions)s"
    ),
}
"""How many regions pay more, by what they are compared with."""

MOST_REGIONS = 16
"""Regions whose transfers are listed; of more, ``plan.json`` has them."""


def plan_text(
    record: dict[str, Any], tables: dict[str, Any], language: Language = ENGLISH,
    names: Mapping[str, str] = _NO_NAMES,
) -> str:  # fmt: skip
    """A plan in some lines: pools, status, the policies side by side, what is missed and why.

    Args:
        record: contents of ``plan.json``.
        tables: those beside it.
        language: the reader's.
        names: regions' names in that language by their name in the case.
    """
    lines: list[str] = []
    for part in record.get("pooling", []):
        lines += _pooling_text(part, language)
    if "status" not in record:
        return "\n".join(lines)
    check = record["certificate"]
    lines.append(
        language(
            "Plan: %(status)s; objective %(objective)s, largest violation %(violation)s, "
            "gap %(gap)s"
        )
        % {
            "status": _kind(record["status"], language),
            "objective": f"{record['objective']:.6f}",
            "violation": f"{check['largest_violation']:.1e}",
            "gap": f"{check['relative_gap']:.1e}",
        }
    )
    if check["gap_sentence"] is not None:
        lines.append(worded(check["gap_sentence"], language, names))
    lines.append(_comparison_text(tables["comparison"], language))
    lines += _statute_text(tables, language)
    lines += _ruin_text(record, language, names)
    for kind, trial in record["scenarios"].items():
        if isinstance(trial, dict):
            lines.append(
                language(
                    "%(kind)s: %(scenarios)s scenarios, %(below)s %% of pool-years under the "
                    "floor, %(ruined)s %% of pools ever negative"
                )
                % {
                    "kind": _kind(kind, language),
                    "scenarios": trial["scenarios"],
                    "below": f"{100 * trial['below_floor']:.2f}",
                    "ruined": f"{100 * trial['ruined']:.2f}",
                }
            )
    signs = {"missed": "! ", "remedies": "> ", "shadow_prices": "  "}
    for part, sign in signs.items():
        sentences = record[part][:5] if part == "shadow_prices" else record[part]
        lines += [sign + worded(sentence, language, names) for sentence in sentences]
    return "\n".join(lines)


def _kind(kind: str, language: Language) -> str:
    return language(KINDS.get(kind, kind.replace("_", " ")))


def _pooling_text(part: Mapping[str, Any], language: Language) -> list[str]:
    """The pools of one scheme."""
    head = language("Pools of the %(scheme)s scheme, present value %(cost)s:")
    lines = [head % {"scheme": part["scheme"], "cost": f"{part['cost']:,.0f}"}]
    for stage in part["stages"]:
        count = len(stage["pools"])
        since = (
            language("from the start")
            if stage["from_year"] is None
            else language("from %(year)s") % {"year": stage["from_year"]}
        )
        pools = language.ngettext("%(n)s pool", "%(n)s pools", count) % {"n": count}
        lines.append(f"  {since}{language(': ')}{pools}")
    costs = ", ".join(f"{k} {v:,.0f}" for k, v in part["uniform_plans"].items())
    gap = f"{part['relative_gap']:.1e}"
    return [*lines, "  " + language("all alike: %(costs)s; gap %(gap)s")
            % {"costs": costs, "gap": gap}]  # fmt: skip


def _ruin_text(record: dict[str, Any], language: Language, names: Mapping[str, str]) -> list[str]:
    """The probability of ruin, or that it is not known, and what regions make of the plan."""
    chance, regions = record.get("probability"), record.get("acceptability")
    lines = [] if chance is not None else [worded(record["safety"], language, names)]
    if chance is not None and chance["safe"]:
        said = language("Fresh scenarios: %(scenarios)s; standard error %(error)s %%.") % {
            "scenarios": f"{chance['scenarios']:,}",
            "error": f"{100 * chance['standard_error']:.2f}",
        }
        between = "" if language.chinese else " "
        lines.append(worded(chance["sentence"], language, names) + between + said)
    lines += _rule_text(record.get("rule"), language, names)
    return lines if regions is None else lines + _regions_text(regions, language, names)


def _regions_text(
    regions: Mapping[str, Any], language: Language, names: Mapping[str, str]
) -> list[str]:
    """Who pays more than alone, and who would leave together."""
    comma, worse = language(", "), regions["worse_off"]
    count = len(worse)
    line = language.ngettext(
        "Pay more than alone: %(n)s region", "Pay more than alone: %(n)s regions", count
    ) % {"n": count}
    if worse:
        line += language(": ") + comma.join(
            names.get(row["name"], row["name"]) for row in worse[:10]
        )
    if count > 10:
        line += language(" and others")
    lines = [line]
    for than, said in WORSE_IN.items():
        worse_count = sum(row["than"] == than for row in regions["worse_in"])
        lines.append(language(said) % {"years": regions["window"], "regions": worse_count})
    lines.append(language("From poorer to richer regions: %(amount)s a year")
                 % {"amount": f"{regions['poor_to_rich']:,.0f}"})  # fmt: skip
    blocking = regions["blocking_coalition"]
    if blocking is not None:
        lines.append(
            language(
                "Would save most by leaving together (%(scheme)s): %(names)s; present value "
                "%(value)s"
            )
            % {
                "scheme": blocking["scheme"],
                "names": comma.join(names.get(name, name) for name in blocking["names"]),
                "value": f"{blocking['excess']:,.0f}",
            }
        )
    elif not regions["not_looked_at"]:
        lines.append(language("No coalition would save by leaving."))
    lines += _sharing_text(regions, language, names)
    for scheme, why in regions["not_looked_at"].items():
        words = {"scheme": scheme, "why": worded(why, language, names)}
        lines.append(language("Coalitions of %(scheme)s: %(why)s") % words)
    return lines


def _statute_text(tables: Mapping[str, Any], language: Language) -> list[str]:
    """The plan in terms of a statute, mean over funds by base, in its first and last year."""
    table = tables.get("instruments")
    if table is None:
        return []
    lines = []
    for mean in mean_instruments(table, tables["rates"]).to_dict("records"):
        scheme, year = mean["scheme"], mean["year"]
        if year not in (table["year"].min(), table["year"].max()):
            continue
        payroll = pd.isna(mean["premium"])
        if payroll:
            said = language(
                "%(scheme)s %(year)s: employers %(employer)s %% of the base (%(before)s %% in "
                "force), members %(member)s %%; %(account)s %% to accounts"
            )
        else:
            said = language(
                "%(scheme)s %(year)s: premium %(premium)s a member (%(before)s in force), subsidy "
                "%(subsidy)s a head (%(subsidy_before)s in force), %(share)s %% of both"
            )
        lines.append(
            said % {
                "scheme": scheme, "year": year, "premium": f"{mean['premium']:,.0f}",
                "employer": f"{100 * mean['employer_rate']:.2f}",
                "member": f"{100 * mean['employee_rate']:.2f}",
                "account": f"{100 * mean['account_rate']:.2f}",
                "subsidy": f"{mean['subsidy']:,.0f}",
                "subsidy_before": f"{mean['subsidy_in_force']:,.0f}",
                "share": f"{100 * mean['subsidy_share']:.1f}",
                "before": f"{100 * mean['employer_rate_in_force']:.2f}"
                if payroll else f"{mean['premium_in_force']:,.0f}",
            }
        )  # fmt: skip
    return lines


def _sharing_text(
    regions: Mapping[str, Any], language: Language, names: Mapping[str, str]
) -> list[str]:
    """Benchmark divisions of the cost, and what becomes of old balances at a merger."""
    lines = []
    for one in regions["sharing"]:
        if one["sampled"]:
            worst = max(region["error"] for region in one["regions"])
            said = language(
                "Coalitions of %(scheme)s: %(count)s by random orders of joining; largest standard "
                "error of a Shapley value %(error)s"
            )
            lines.append(
                said % {"scheme": one["scheme"], "count": f"{one['coalitions']:,}",
                        "error": f"{worst:,.0f}"}
            )  # fmt: skip
        said = language(
            "  %(name)s: transfers of present value %(plan)s under the plan, %(shapley)s by the "
            "Shapley value, %(nucleolus)s by the nucleolus"
        )
        for region in one["regions"] if len(one["regions"]) <= MOST_REGIONS else ():
            kernel = region["nucleolus_transfer"]
            lines.append(
                said % {
                    "name": names.get(region["name"], region["name"]),
                    "plan": f"{region['plan_transfer']:,.0f}",
                    "shapley": f"{region['shapley_transfer']:,.0f}",
                    "nucleolus": "-" if kernel is None else f"{kernel:,.0f}",
                }
            )  # fmt: skip
    for one in regions["old_balances"]:
        rates = [100 * region["rate"] for region in one["regions"]]
        said = language(
            "Old balances of %(scheme)s %(treatment)s: one fund at %(rate)s %%, regions bear "
            "%(least)s to %(most)s %%"
        )
        lines.append(
            said % {
                "scheme": one["scheme"], "treatment": _kind(one["treatment"], language),
                "rate": f"{100 * one['level_rate']:.3f}", "least": f"{min(rates):.3f}",
                "most": f"{max(rates):.3f}",
            }
        )  # fmt: skip
    return lines


def _rule_text(
    rule: dict[str, Any] | None, language: Language, names: Mapping[str, str]
) -> list[str]:
    """The rule that rates follow, beside fixed rates on the same fresh scenarios."""
    if rule is None:
        return []
    lines = [worded(rule["sentence"], language, names)]
    for scheme in rule["schemes"]:
        lines.append(worded(scheme["sentence"], language, names))
        for kind in ("fixed", "adjusting"):
            conduct = scheme[kind]
            lines.append(
                "  "
                + language(
                    "%(kind)s: mean rate %(rate)s %%, mean yearly change %(movement)s %%, "
                    "reserves at the end %(months)s months, probability below zero %(ruin)s %%"
                )
                % {
                    "kind": _kind(kind, language),
                    "rate": f"{100 * conduct['mean_rate']:.3f}",
                    "movement": f"{100 * conduct['movement']:.3f}",
                    "months": f"{conduct['reserve_months']:.1f}",
                    "ruin": f"{100 * conduct['ruin']:.2f}",
                }
            )
    return lines


def _comparison_text(table: Any, language: Language) -> str:
    head = (
        (language("scheme"), -10), (language("policy"), -18), (language("mean rate"), 10),
        (language("unevenness"), 11), (language("swaps"), 8), (language("under floor"), 12),
        (language("objective"), 10),
    )  # fmt: skip
    rows = [
        f"{padded(r['scheme'], -10)} {padded(language(r['policy']), -18)} "
        f"{100 * r['mean_rate']:>8.3f} % {r['unevenness']:>11.4f} {100 * r['swaps']:>6.2f} % "
        f"{r['below_floor']:>12} {r['objective']:>10.4f}"
        for r in table.to_dict("records")
    ]
    return "\n".join([" ".join(padded(*cell) for cell in head), *rows])


def frontier_text(records: Sequence[Mapping[Hashable, Any]], language: Language = ENGLISH) -> str:
    """Efficient plans, one line each."""
    head = (
        (language("scheme"), -10), (language("mean rate"), 10), (language("burden"), 8),
        (language("unevenness"), 11), (language("swaps"), 8), (language("gap"), 8),
    )  # fmt: skip
    return "\n".join(
        [" ".join(padded(*cell) for cell in head)]
        + [
            f"{padded(str(r['scheme']), -10)} {100 * r['mean_rate']:>8.3f} % {r['burden']:>8.4f} "
            f"{r['unevenness']:>11.4f} {100 * r['swaps']:>6.2f} % {r['relative_gap']:>8.0e}"
            for r in records
        ]
    )
