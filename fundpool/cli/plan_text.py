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
