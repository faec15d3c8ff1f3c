"""A ping to a service that notices when a report fails or does not come at all.

The convention is that of healthchecks.io: a POST to the address on success, to the address with
``/fail`` at the end of its path on failure.
"""

from collections.abc import Callable, Sequence
from time import sleep
from urllib.parse import urlsplit, urlunsplit

from fundpool.scheduled.outcomes import DONE, Outcome, first_status
from fundpool.webhook import post


def address_for(url: str, status: int) -> str:
    """Where a ping goes.

    >>> address_for("https://hc.example/abc?rid=1", 3), address_for("https://hc.example/abc/", 2)
    ('https://hc.example/abc?rid=1', 'https://hc.example/abc/fail')
    """
    if status in DONE:
        return url
    address = urlsplit(url)
    return urlunsplit(address._replace(path=f"{address.path.rstrip('/')}/fail"))


def ping(url: str, outcomes: Sequence[Outcome], wait: Callable[[float], None] = sleep) -> int:
    """Ping with the status of a call, and case, status and seconds of each report.

    Args:
        url: the address for success.
        outcomes: one a case.
        wait: sleeps for a number of seconds.

    Returns:
        the number of attempts it took.

    Raises:
        fundpool.webhook.WebhookError: it was refused, or no attempt got through within a minute.
    """
    status = first_status(outcome.status for outcome in outcomes)
    reports = [
        {"case": item.case, "status": item.status, "seconds": round(item.seconds, 3)}
        for item in outcomes
    ]
    contents = {"status": status, "reports": reports}
    return post(address_for(url, status), contents, wait, what="the ping")
