"""News of reports by e-mail and chat: what failed, and alerts that are new, worse or cleared."""

import logging
import queue
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fundpool.alert_changes import BETTER, SAME, counted_changes
from fundpool.inputs.format.messages import Listed, Message
from fundpool.report.words.sentences import SINCE
from fundpool.report.words.vocabulary import ALERT_CHANGE_WORDS, ALERT_WORDS
from fundpool.scheduled.outcomes import DONE, Outcome
from fundpool.webhook import TOTAL, secret_from

if TYPE_CHECKING:
    from fundpool.languages import Language

NO_LIBRARY = "notices need one more library: pip install 'fundpool[notify]'"
MOST_ALERTS = 20
"""Alerts of a case that a notice lists."""


class NoticeError(Exception):
    """News did not get through, with a sentence that names no secret."""


def addresses_from(file: Path | None, variable: str | None) -> tuple[str, ...]:
    """Addresses of Apprise (https://appriseit.com), from a file or a variable, one a line.

    Empty lines and those that begin with ``#`` are left out.

    Raises:
        ValueError: both are given, the file cannot be read, nothing is named, the library is
            missing, or it knows no such service; no address is repeated in the sentence.
    """
    if file is None and not variable:
        return ()
    if file is not None and variable:
        raise ValueError(Message("and FUNDPOOL_NOTIFY both name addresses; give one of them"))
    text = variable or ""
    place = "FUNDPOOL_NOTIFY"
    if file is not None:
        text, place = secret_from(file).decode("utf-8", "replace"), repr(str(file))
    if find_spec("apprise") is None:
        raise ValueError(NO_LIBRARY)
    addresses = []
    for number, line in enumerate(text.splitlines(), 1):
        address = line.strip()
        if not address or address.startswith("#"):
            continue
        if _service(address) is None:
            raise ValueError(
                Message(
                    "line %(number)s of %(place)s is no address that Apprise knows",
                    number=number,
                    place=place,
                )
            )
        addresses.append(address)
    if not addresses:
        raise ValueError(Message("%(place)s names no address", place=place))
    return tuple(addresses)


def notice(outcomes: Sequence[Outcome], language: "Language") -> tuple[str, str] | None:
    """Title and text of the news of a call; None if nothing failed and no alert changed.

    Alerts that are as they were or better are no news; those of which it is not known are.
    """
    news = [outcome for outcome in outcomes if outcome.status not in DONE or _is_news(outcome)]
    if not news:
        return None
    failed = sum(outcome.status not in DONE for outcome in news)
    title = language(
        "fundpool: reports that failed: %(failed)s, cases whose alerts changed: %(changed)s"
    ) % {
        "failed": failed,
        "changed": sum(_is_news(outcome) for outcome in news),
    }
    return title, "\n\n".join("\n".join(_of_case(outcome, language)) for outcome in news)


def send(addresses: Sequence[str], title: str, text: str, seconds: float = TOTAL) -> None:
    """Send news to every address.

    Args:
        addresses: of Apprise.
        title: subject of an e-mail.
        text: the news.
        seconds: longest time for all of them.

    Raises:
        NoticeError: an address could not be reached in that time; the others were.
    """
    outcome: queue.Queue[list[str]] = queue.Queue()

    def send_all() -> None:
        failed = []
        for number, address in enumerate(addresses, 1):
            service = _sent(address, title, text)
            if service is not None:
                failed.append(f"{number} ({service})")
        outcome.put(failed)

    # what a service does not answer in time is left to a thread that ends with the process
    threading.Thread(target=send_all, daemon=True).start()
    try:
        failed = outcome.get(timeout=seconds)
    except queue.Empty:
        raise NoticeError(
            Message("the notices were not sent within %(seconds)s s", seconds=f"{seconds:.0f}")
        ) from None
    if failed:
        raise NoticeError(
            Message("no notice could be sent to address %(failed)s", failed=Listed.of(failed))
        )


def _service(address: str) -> Any:
    """The service of an address as Apprise knows it; None if it does not."""
    with _silent():
        import apprise

        return apprise.Apprise.instantiate(address)


def _sent(address: str, title: str, text: str) -> str | None:
    """None if a notice was sent; else the name of the service."""
    service = _service(address)
    if service is None:
        return "unknown"
    with _silent():
        try:
            sent = bool(service.notify(title=title, body=text))
        except Exception:  # a service's own code: one that fails leaves the others alone
            sent = False
    return None if sent else str(service.service_name)


@contextmanager
def _silent() -> Iterator[None]:
    """Without messages of the library, which may hold addresses, and warnings of its plug-ins."""
    logger = logging.getLogger("apprise")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logger.setLevel(level)


def _is_news(outcome: Outcome) -> bool:
    if outcome.summary is None:
        return False
    changed = any(alert["change"] not in (SAME, BETTER) for alert in outcome.summary["alerts"])
    return changed or bool(outcome.summary["cleared_alerts"])


def _of_case(outcome: Outcome, language: "Language") -> list[str]:
    lines = []
    if outcome.status not in DONE:
        words = {"case": outcome.case, "status": outcome.status}
        lines.append(language("%(case)s: exit status %(status)s") % words)
        lines += outcome.errors
    if outcome.summary is not None:
        lines += _of_alerts(outcome, outcome.summary, language)
    return lines


def _of_alerts(outcome: Outcome, summary: Mapping[str, Any], language: "Language") -> list[str]:
    since = summary["alerts_since"]
    if since is None:
        number = {"case": outcome.case, "n": len(summary["alerts"])}
        lines = [language("%(case)s: alerts: %(n)s") % number]
    else:
        counts = counted_changes(summary) | {"run": since}
        lines = [f"{outcome.case}: {language(SINCE) % counts}"]
    changed = [alert for alert in summary["alerts"] if alert["change"] not in (SAME, BETTER)]
    changed += [dict(alert) | {"change": "cleared"} for alert in summary["cleared_alerts"]]
    for alert in changed[:MOST_ALERTS]:
        change = ALERT_CHANGE_WORDS.get(alert["change"], "")
        words = [language(change)] if change else []
        words += [
            language(str(alert["scheme"])),
            str(alert["name"]),
            language(ALERT_WORDS[alert["kind"]]),
        ]
        lines.append(f"- {', '.join(words)}, {alert['year']}")
    if len(changed) > MOST_ALERTS:
        lines.append(language("and %(n)s more") % {"n": len(changed) - MOST_ALERTS})
    return lines
