"""Plans as text for a terminal."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any


def plan_text(record: dict[str, Any], tables: dict[str, Any]) -> str:
    """A plan in some lines: pools, status, the policies side by side, what is missed and why."""
    lines: list[str] = []
    for part in record.get("pooling", []):
        lines.append(f"Pools of the {part['scheme']} scheme, present value {part['cost']:,.0f}:")
        for stage in part["stages"]:
            since = "from the start" if stage["from_year"] is None else f"from {stage['from_year']}"
            count = len(stage["pools"])
            lines.append(f"  {since}: {count} pool{'s' if count > 1 else ''}")
        costs = ", ".join(f"{k} {v:,.0f}" for k, v in part["uniform_plans"].items())
        lines.append(f"  all alike: {costs}; gap {part['relative_gap']:.1e}")
    if "status" in record:
        check = record["certificate"]
        lines.append(
            f"Plan: {record['status']}; objective {record['objective']:.6f}, "
            f"largest violation {check['largest_violation']:.1e}, "
            f"gap {check['relative_gap']:.1e}"
        )
        lines.append(_comparison_text(tables["comparison"]))
        lines += _ruin_text(record)
        for kind, trial in record["scenarios"].items():
            if isinstance(trial, dict):
                lines.append(
                    f"{kind.replace('_', ' ')}: {trial['scenarios']} scenarios, "
                    f"{100 * trial['below_floor']:.2f} % of pool-years under the floor, "
                    f"{100 * trial['ruined']:.2f} % of pools ever negative"
                )
        lines += [f"! {sentence}" for sentence in record["missed"]]
        lines += [f"> {sentence}" for sentence in record["remedies"]]
        lines += [f"  {sentence}" for sentence in record["shadow_prices"][:5]]
    return "\n".join(lines)


def _ruin_text(record: dict[str, Any]) -> list[str]:
    """The probability of ruin and what regions make of the plan; nothing without a limit."""
    chance, regions = record.get("probability"), record.get("acceptability")
    if chance is None:
        return []
    lines = []
    if chance["safe"]:
        lines.append(
            f"{chance['sentence']} Fresh scenarios: {chance['scenarios']:,}; standard error "
            f"{100 * chance['standard_error']:.2f} %."
        )
    lines += _rule_text(record.get("rule"))
    if regions is not None:
        worse = regions["worse_off"]
        lines.append(
            f"Pay more than alone: {len(worse)} regions"
            + (": " + ", ".join(row["name"] for row in worse[:10]) if worse else "")
            + (" and others" if len(worse) > 10 else "")
        )
        lines.append(f"From poorer to richer regions: {regions['poor_to_rich']:,.0f} a year")
        blocking = regions["blocking_coalition"]
        if blocking is not None:
            lines.append(
                f"Would save most by leaving together ({blocking['scheme']}): "
                f"{', '.join(blocking['names'])}; present value {blocking['excess']:,.0f}"
            )
        elif not regions["not_looked_at"]:
            lines.append("No coalition would save by leaving.")
        lines += [f"Coalitions of {k}: {v}" for k, v in regions["not_looked_at"].items()]
    return lines


def _rule_text(rule: dict[str, Any] | None) -> list[str]:
    """The rule that rates follow, beside fixed rates on the same fresh scenarios."""
    if rule is None:
        return []
    lines = [rule["sentence"]]
    for scheme in rule["schemes"]:
        lines.append(scheme["sentence"])
        for kind in ("fixed", "adjusting"):
            conduct = scheme[kind]
            lines.append(
                f"  {kind}: mean rate {100 * conduct['mean_rate']:.3f} %, mean yearly change "
                f"{100 * conduct['movement']:.3f} %, reserves at the end "
                f"{conduct['reserve_months']:.1f} months, probability below zero "
                f"{100 * conduct['ruin']:.2f} %"
            )
    return lines


def _comparison_text(table: Any) -> str:
    head = f"{'scheme':<10} {'policy':<18} {'mean rate':>10} {'unevenness':>11} {'swaps':>8} " \
           f"{'under floor':>12} {'objective':>10}"  # fmt: skip
    rows = [
        f"{r['scheme']:<10} {r['policy']:<18} {100 * r['mean_rate']:>8.3f} % "
        f"{r['unevenness']:>11.4f} {100 * r['swaps']:>6.2f} % {r['below_floor']:>12} "
        f"{r['objective']:>10.4f}"
        for r in table.to_dict("records")
    ]
    return "\n".join([head, *rows])


def frontier_text(records: Sequence[Mapping[Hashable, Any]]) -> str:
    """Efficient plans, one line each."""
    head = (
        f"{'scheme':<10} {'mean rate':>10} {'burden':>8} {'unevenness':>11} {'swaps':>8} {'gap':>8}"
    )
    return "\n".join(
        [head]
        + [
            f"{r['scheme']:<10} {100 * r['mean_rate']:>8.3f} % {r['burden']:>8.4f} "
            f"{r['unevenness']:>11.4f} {100 * r['swaps']:>6.2f} % {r['relative_gap']:>8.0e}"
            for r in records
        ]
    )
