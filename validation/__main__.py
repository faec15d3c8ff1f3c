"""Run the validation, all of it or parts; print it, or write it into a page."""

import argparse
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from validation import mutations
from validation.part import Part, checks_table


@dataclass(frozen=True)
class Topic:
    """A part that can be asked for.

    Attributes:
        title: heading on the page.
        module: module of this package that computes it.
        function: name of the function there.
        slow: whether it is left out of continuous checks.
        page: page of the documentation that it is written into.
    """

    title: str
    module: str
    function: str
    slow: bool = False
    page: str = "validation.md"

    def run(self) -> Part:
        """Compute it; its module is imported only now, as some take long to import."""
        part = getattr(import_module(f"validation.{self.module}"), self.function)()
        assert isinstance(part, Part)
        return part


COMMANDS = ("faults", "kills", "same_bytes")
"""Modules with options of their own, which try what must be survived."""

OF_2009 = "jiangsu-2009-case.md"

TOPICS = {
    "backtest": Topic("Backtest against published figures", "backtest", "backtest"),
    "population": Topic("The population engine", "population", "population"),
    "official-projections": Topic(
        "Official projections of countries", "official_projections", "official_projections"
    ),
    "closed-forms": Topic("Closed forms and worked examples", "closed_forms", "closed_forms"),
    "trust-funds": Topic("Published tables of a fund", "trust_funds", "trust_funds"),
    "multiregional": Topic("Several regions", "multiregional", "multiregional"),
    "implementations": Topic("Second implementations", "implementations", "implementations"),
    "plans": Topic("Plans by a second formulation", "plans", "plans"),
    "plan-table": Topic(
        "Plans beside each other", "plan_table", "plan_table", True, "optimiser.md"
    ),
    "extensive-form": Topic(
        "Safe plans beside the extensive form", "extensive", "extensive_form", True, "optimiser.md"
    ),
    "person-years": Topic("Payment by a person's year", "person_years", "person_years"),
    "lives": Topic("Person by person", "implementations", "person_by_person"),
    "sensitivity": Topic("Sensitivity and stress", "sensitivity", "sensitivity", slow=True),
    "arrangements": Topic(
        "The source paper's arrangements", "arrangements", "arrangements", True, OF_2009
    ),
    "from-2020": Topic(
        "Jiangsu from 2020, before and now", "from_2020", "from_2020", True, "jiangsu-case.md"
    ),
    "from-2018": Topic("Jiangsu from 2018", "from_start", "from_2018", True, "jiangsu-case.md"),
    "from-2022": Topic("Jiangsu from 2022", "from_start", "from_2022", True, "jiangsu-case.md"),
    "from-2024": Topic(
        "Jiangsu at the end of 2024", "from_2024", "from_2024", True, "jiangsu-case.md"
    ),
    "weights": Topic("Inputs of Jiangsu by weight", "weights", "weights", True, "jiangsu-case.md"),
    "behaviour": Topic(
        "Behaviour with pooling as a range", "behaviour", "behaviour", True, "jiangsu-case.md"
    ),
    "people-2020": Topic(
        "People of 2010 carried to 2020", "people_2020", "people_2020", True, OF_2009
    ),
    "from-2009": Topic("From 2009 to what happened", "from_2009", "from_2009", True, OF_2009),
}


def markers(name: str) -> tuple[str, str]:
    """Lines of a page between which a part stands."""
    return f"<!-- begin {name}: written by python -m validation -->", f"<!-- end {name} -->"


def inserted(page: str, name: str, text: str) -> str:
    """A page with the text of a part between its markers.

    Raises:
        ValueError: the page has no such markers.
    """
    begin, end = markers(name)
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page needs the lines {begin!r} and {end!r} once each")
    head, rest = page.split(begin)
    tail = rest.split(end)[1]
    return f"{head}{begin}\n\n{text}\n\n{end}{tail}"


def section(page: str, name: str) -> str:
    """What a page has between the markers of a part."""
    begin, end = markers(name)
    return page.split(begin)[1].split(end)[0].strip()


def main(words: list[str] | None = None) -> int:
    """Run, print or write; 1 if a check fails."""
    words = sys.argv[1:] if words is None else words
    if words[:1] == ["mutations"]:
        return mutations.main(words[1:])
    if words[:1] and words[0] in COMMANDS:
        return int(import_module(f"validation.{words[0]}").main(words[1:]))
    parser = argparse.ArgumentParser(
        prog="python -m validation", description=__doc__,
        epilog="`python -m validation mutations` tries mistakes that tests must notice, "
        "`python -m validation faults` damage and bad inputs that the program must survive, "
        "`python -m validation kills` ends by force and power cuts, "
        "`python -m validation same_bytes` other settings of the machine.",
    )  # fmt: skip
    parser.add_argument("--only", action="append", choices=list(TOPICS), help="a part; repeatable")
    parser.add_argument("--fast", action="store_true", help="leave the slow parts out")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put them into this page")
    asked = parser.parse_args(words)
    names = asked.only or [
        n
        for n, topic in TOPICS.items()
        if not (asked.fast and topic.slow)
        and (asked.write is None or topic.page == asked.write.name)
    ]
    failed = 0
    for name in names:
        begun = time.monotonic()
        part = TOPICS[name].run()
        took = time.monotonic() - begun
        failed += len(part.failed)
        if asked.write is None:
            print(f"## {TOPICS[name].title}\n\n{part.text}\n")
        else:
            page = asked.write.read_text("utf-8")
            asked.write.write_text(inserted(page, name, part.text), "utf-8")
            for path, text in part.files.items():
                path.write_text(text, "utf-8")
        passed = len(part.checks) - len(part.failed)
        print(f"{name}: {passed} of {len(part.checks)} checks hold ({took:.0f} s)", file=sys.stderr)
        if part.failed:
            print(checks_table(part.failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
