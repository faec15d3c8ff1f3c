"""Options of commands and of the functions of the same name: the one place for their defaults.

>>> ScenarioOptions(scenarios=200)
ScenarioOptions(scenarios=200, seed=1, engine='local')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = Path("fundpool-archive")
"""Where the commands on runs look for an archive."""

CASE = "jiangsu"
"""The case where none is named."""

POINTS = 5
"""Steps each way of a frontier."""

MESSAGES = "language_of_messages"
"""Parameter of every command that says no more than the language of its messages."""

USUAL_RUIN = 0.05
"""Probability of ruin that plans are made to where none is given."""

USUAL = "usual"
"""In place of a limit on ruin: :data:`USUAL_RUIN` up to the last year of alerts, where the case has
scenarios and nothing else says how the plan is made."""


@dataclass(frozen=True)
class ScenarioOptions:
    """Scenarios to run beside the central path.

    Attributes:
        scenarios: how many; 0 for none; None for as many as suit, where the case has them.
        seed: of all draws, from 0 to 2^64 - 1.
        engine: where they run: ``local``, ``processes``, ``dask`` or ``dask=ADDRESS``.

    Examples:
        >>> import fundpool
        >>> asked = fundpool.ScenarioOptions(scenarios=20, seed=7)
        >>> fundpool.project("jiangsu", years=1, scenarios=asked).risk is None
        False
    """

    scenarios: int | None = 0
    seed: int = 1
    engine: str = "local"


@dataclass(frozen=True)
class Outputs:
    """Where results go.

    Attributes:
        out: folder that is written, as by the command; None: nothing is written (a command then
            writes to a folder named after it).
        table_format: ``parquet`` or ``csv``.
        archive: archive of runs that the run is kept in.

    Examples:
        >>> import fundpool
        >>> written = fundpool.Outputs("results", table_format="csv")
        >>> projection = fundpool.project("jiangsu", years=1, outputs=written)
        >>> Path("results", "funds.csv").is_file()
        True
    """

    out: Path | str | None = None
    table_format: str = "parquet"
    archive: Path | str | None = None


@dataclass(frozen=True)
class Acceptable:
    """What regions are asked to accept of an optimised plan.

    Attributes:
        no_worse_than: no region pays more than ``alone``, or than under the rates ``in force``, as
            present value of contributions over that of the base; None: no such limit.
        window: nor in any so many years in a row; None: over the plan as a whole.
        poor_to_rich: most that regions below a line of disposable income pay into the hub and those
            above it draw, together, money a year of each scheme; None: no such limit.
        stable: no coalition of regions pays more than as one fund of its own (the core).

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", pooling="city", years=2)
        >>> accepted = fundpool.Limits(acceptable=fundpool.Acceptable(window=1))
        >>> plan = fundpool.optimise(projection, 0, ruin=None, limits=accepted)
        >>> plan.acceptability.worse_off, plan.acceptability.poor_to_rich
        ((), 0.0)
    """

    no_worse_than: str | None = "alone"
    window: int | None = None
    poor_to_rich: float | None = 0.0
    stable: bool = False


@dataclass(frozen=True)
class Limits:
    """What an optimised plan decides, and what it must respect.

    Attributes:
        choose: what is decided, of ``rates``, ``swaps``, ``instruments`` (premiums, rates and
            subsidies that the case states under ``optimiser.instruments``) and ``pooling``,
            separated by commas.
        floor: how the reserve floor holds over scenarios: in ``every`` one, in ``expectation``, or
            in the mean of the worst cases (``cvar``); None: ``cvar``.
        share_rates: level with one rate a region; None: each pool has its own.
        hubs: level with one hub of swaps a region; None: one hub.
        merge_years: years from which pools may merge, separated by commas.
        solver: a solver that PuLP knows by name; None: HiGHS.
        time_limit: seconds for each solve; None: no limit.
        rule: rates are a ``fixed`` path, or follow an ``adjusting`` rule in reserve months, which
            is made to a limit on ruin (0.05 unless one is given).
        acceptable: what regions are asked to accept; None: nothing.

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", years=1)
        >>> swaps = fundpool.Limits(choose="swaps")
        >>> plan = fundpool.optimise(projection, 0, limits=swaps)
        >>> plan.certificate.certified
        True
    """

    choose: str = "rates,swaps"
    floor: str | None = None
    share_rates: str | None = None
    hubs: str | None = None
    merge_years: str | None = None
    solver: str | None = None
    time_limit: float | None = None
    rule: str = "fixed"
    acceptable: Acceptable | None = None


@dataclass(frozen=True)
class Ruin:
    """A limit on the probability that a fund's balance is below zero at the end of some year.

    Attributes:
        most: largest probability, between 0 and 1.
        by: last year that counts; None: the last projected one.
        joint: whether it is that of any fund of any scheme, not of each.

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", years=2)
        >>> limit = fundpool.Ruin(0.5, by=int(projection.years[-1]))
        >>> fundpool.optimise(projection, scenarios=20, ruin=limit).probability.limit.most
        0.5
    """

    most: float
    by: int | None = None
    joint: bool = False


@dataclass(frozen=True)
class Goals:
    """What an optimised plan makes small.

    Attributes:
        measure: measure of unevenness: ``range``, ``deviation`` or ``gini``.
        burden_of: what a burden is spread over: ``base``, ``person`` or ``contributor``.
        order: aims in strict order in place of weights, separated by commas.
        joint: even out the burdens of all schemes together.
        sensitivity: also plan anew with each assumption changed.

    Examples:
        >>> import fundpool
        >>> projection = fundpool.project("jiangsu", years=1)
        >>> even = fundpool.Goals(measure="deviation")
        >>> fundpool.optimise(projection, 0, goals=even).certificate.certified
        True
    """

    measure: str = "range"
    burden_of: str = "base"
    order: str | None = None
    joint: bool = False
    sensitivity: bool = False


@dataclass(frozen=True)
class NewOptions:
    """What a new case is made of.

    Attributes:
        title: what reports call the case; default: its name.
        levels: of the region tree, from the lowest.
        schemes: kind of each scheme, ``payroll`` or ``flat``, by its name; None: an ``employee``
            and a ``resident`` scheme.
        statuses: coverage statuses in use, ``NAME=KIND`` for those of the case's own name; default:
            those of the schemes.
        services: service classes.
        base_year: year at whose end the case is valued; None: last year.
        years: that are projected.
        currency: of all money.

    Examples:
        >>> import fundpool
        >>> fundpool.new("mine", fundpool.NewOptions(levels=("district", "state")))
        >>> fundpool.read_case("mine")
        Traceback (most recent call last):
        fundpool.inputs.format.findings.CaseError: ...
    """

    title: str = ""
    levels: Sequence[str] = ("county", "city", "province")
    schemes: Mapping[str, str] | None = None
    statuses: Sequence[str] = ()
    services: Sequence[str] = ("outpatient", "inpatient")
    base_year: int | None = None
    years: int = 30
    currency: str = "CNY"


@dataclass(frozen=True)
class ReportOptions:
    """What a report holds, and who hears of it.

    Attributes:
        measured: policies to measure, separated by commas; ``all``, ``none``; None: those that the
            case lists for its report.
        optimised: rates and swaps for the first plan.
        formats: files, of ``html``, ``pdf`` and ``xlsx``, separated by commas.
        against: run to analyse the change from; ``none``; None: the latest of the same case in the
            archive.
        sensitivity: assumptions moved down and up: ``main``, ``all`` or ``none``.
        long_range: years of a longer run of the first plan beside the report's, 75 as a rule; 0 for
            none.
        lang: language: ``en`` or ``zh``; None: that of the machine.
        webhook: address that alerts are posted to.
        webhook_file: file with that address.
        secret_file: file with the key that what is posted is signed with.
        wait: seconds to wait for another report of the same case into the same archive.
        metrics: file that how the report ended is written to, in the text format of Prometheus.
        ping: address that is posted to when the report is done, and with ``/fail`` when it fails.
        ping_file: file with that address.
        notify: file with the addresses of Apprise, one a line, that hear of it by e-mail or chat.

    Examples:
        >>> import fundpool
        >>> page = fundpool.ReportOptions(formats="html", lang="zh", ping_file="address")
        >>> page.optimised, page.wait
        (True, 3600.0)
    """

    measured: str | None = None
    optimised: bool = True
    formats: str = "html,pdf,xlsx"
    against: str | None = None
    sensitivity: str = "main"
    long_range: int = 0
    lang: str | None = None
    webhook: str | None = None
    webhook_file: Path | str | None = None
    secret_file: Path | str | None = None
    wait: float = 3600.0
    metrics: Path | str | None = None
    ping: str | None = None
    ping_file: Path | str | None = None
    notify: Path | str | None = None
