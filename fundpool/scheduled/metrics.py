"""How reports ended as metrics for a textfile collector, in the text format of Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fundpool.alert_changes import counted_changes
from fundpool.alerts import SEVERITIES
from fundpool.archive.objects import write_durably
from fundpool.inputs.files.disk import move, unused
from fundpool.scheduled.outcomes import DONE, Outcome

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

NO_LIBRARY = "metrics need one more library: pip install 'fundpool[metrics]'"
SUCCESS = "fundpool_report_success_timestamp_seconds"


def missing_library() -> str:
    """What to install, in a sentence; empty if nothing is missing."""
    return "" if find_spec("prometheus_client") else NO_LIBRARY


def write_metrics(file: Path, outcomes: Sequence[Outcome], now: float) -> None:
    """Write the metrics of a call, whole or not at all.

    The time of the last success of a case whose report failed is taken over from the file.

    Args:
        file: replaced if it exists.
        outcomes: one a case.
        now: seconds since 1970.

    Raises:
        OSError: the file cannot be written.
    """
    text = metrics_text(outcomes, now, last_successes(file))
    draft = unused(file.parent, ".fundpool-")  # collectors read files that end in .prom
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(draft, text)
        move(draft, file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def last_successes(file: Path) -> dict[str, float]:
    """When each case of an earlier file was last reported; nothing if it cannot be read."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        families = list(text_string_to_metric_families(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
    return {
        sample.labels["case"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == SUCCESS and "case" in sample.labels
    }


def metrics_text(
    outcomes: Sequence[Outcome], now: float, successes: Mapping[str, float] | None = None
) -> bytes:
    """Metrics of a call as text.

    Args:
        outcomes: one a case.
        now: seconds since 1970.
        successes: when cases were last reported before.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    class Collector:
        def collect(self) -> Iterator["Metric"]:
            return _families(outcomes, now, successes or {})

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())  # as the library's guide does
    return bytes(generate_latest(registry))


def _families(
    outcomes: Sequence[Outcome], now: float, successes: Mapping[str, float]
) -> Iterator["Metric"]:
    reported = [(outcome.case, outcome.summary) for outcome in outcomes if outcome.summary]
    single: tuple[tuple[str, str, Mapping[tuple[str, ...], float]], ...] = (
        ("fundpool_report_exit_status", "Exit status: 0 in order, 3 alerts, 1, 2 and 4 failures.",
         {(outcome.case,): outcome.status for outcome in outcomes}),
        ("fundpool_report_duration_seconds", "How long the report took.",
         {(outcome.case,): outcome.seconds for outcome in outcomes}),
        ("fundpool_report_finished_timestamp_seconds", "When the report ended, well or not.",
         {(outcome.case,): now for outcome in outcomes}),
        (SUCCESS, "When a report was last written with exit status 0 or 3.",
         {(outcome.case,): when for outcome in outcomes
          if (when := now if outcome.status in DONE else successes.get(outcome.case))}),
        ("fundpool_report_failed_outputs", "Files of the report that could not be written.",
         {(case,): len(summary["failed_outputs"]) for case, summary in reported}),
    )  # fmt: skip
    for name, words, values in single:
        yield _family(name, words, ("case",), values)
    for name, words, labels, figures in (
        ("fundpool_alerts", "Alerts that a rule raises.", ("case", "rule"), _by_rule),
        ("fundpool_alerts_by_severity", "Alerts by how grave they are.", ("case", "severity"),
         _by_severity),
        ("fundpool_alerts_by_change", "Alerts against the earlier run; cleared ones are no more.",
         ("case", "change"), counted_changes),
        ("fundpool_funds_run_dry", "Funds with a negative balance in a projected year.",
         ("case", "scheme"), _run_dry),
        ("fundpool_reserve_least_months", "Least reserve of any fund in a projected year.",
         ("case", "scheme"), _least_reserve),
    ):  # fmt: skip
        yield _family(name, words, labels, {
            (case, label): figure
            for case, summary in reported
            for label, figure in figures(summary).items()
        })  # fmt: skip


def _family(
    name: str, words: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]
) -> "Metric":
    from prometheus_client.metrics_core import GaugeMetricFamily

    family = GaugeMetricFamily(name, words, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _by_rule(summary: Mapping[str, Any]) -> dict[str, float]:
    rules = summary["alert_rules"]
    return {rule["rule"]: rule["raised"] for rule in rules if rule["raised"] is not None}


def _by_severity(summary: Mapping[str, Any]) -> dict[str, float]:
    raised = [alert["severity"] for alert in summary["alerts"]]
    return {severity: raised.count(severity) for severity in SEVERITIES}


def _pools(summary: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Funds of the plan that raises alerts, by scheme."""
    schemes: dict[str, list[Mapping[str, Any]]] = {}
    for pool in summary["pooling"][summary["alert_plan"]]["pools"]:
        schemes.setdefault(pool["scheme"], []).append(pool)
    return schemes


def _run_dry(summary: Mapping[str, Any]) -> dict[str, float]:
    return {
        scheme: sum(pool["exhaustion_year"] is not None for pool in pools)
        for scheme, pools in _pools(summary).items()
    }


def _least_reserve(summary: Mapping[str, Any]) -> dict[str, float]:
    """Left out where no fund of a scheme has outgo to measure the reserve by."""
    least: dict[str, float] = {}
    for scheme, pools in _pools(summary).items():
        months = [float(pool["min_reserve_months"]) for pool in pools
                  if pool["min_reserve_months"] is not None]  # fmt: skip
        months = [value for value in months if value == value]
        if months:
            least[scheme] = min(months)
    return least
