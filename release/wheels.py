"""Which wheels a platform needs: requirements are followed with the markers of that platform.

pip itself judges markers by the computer it runs on, so that ``colorama`` would be missing from
what Linux gathers for Windows.
"""

import email
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

Download = Callable[[Sequence[str]], None]
"""Fetches one wheel for each requirement into the folder, without what they require."""


class WheelhouseError(Exception):
    """A wheelhouse cannot be made; a sentence for each reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        """Keep the reasons."""
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Wheel:
    """A wheel file.

    Attributes:
        file: where it lies.
        name: of the package, in its canonical spelling.
        version: of the package.
        requires: what it requires, every extra and platform included.
    """

    file: Path
    name: str
    version: str
    requires: tuple[Requirement, ...] = field(repr=False)


def read_wheel(file: Path) -> Wheel:
    """A wheel's name, version and requirements, from its own metadata."""
    name, version, _, _ = parse_wheel_filename(file.name)
    with zipfile.ZipFile(file) as packed:
        (place,) = [
            entry
            for entry in packed.namelist()
            if entry.count("/") == 1 and entry.endswith(".dist-info/METADATA")
        ]
        text = packed.read(place).decode("utf-8")
    lines = email.message_from_string(text).get_all("Requires-Dist") or []
    return Wheel(file, name, str(version), tuple(Requirement(line) for line in lines))


def wheels_in(folder: Path) -> dict[str, Wheel]:
    """Wheels of a folder by name."""
    return {(wheel := read_wheel(file)).name: wheel for file in sorted(folder.glob("*.whl"))}


def _needs(
    wheel: Wheel, extras: frozenset[str], environment: Mapping[str, str]
) -> list[Requirement]:
    """What a wheel requires with some of its extras on a platform."""
    return [
        requirement
        for requirement in wheel.requires
        if requirement.marker is None
        or any(
            requirement.marker.evaluate({**environment, "extra": extra})
            for extra in ("", *sorted(extras))
        )
    ]


def gather(
    folder: Path,
    root: str,
    extras: Sequence[str],
    environment: Mapping[str, str],
    download: Download,
) -> dict[str, Wheel]:
    """Fetch what the wheel ``root``, already in the folder, requires directly or by others.

    Returns:
        Every wheel needed, by name.

    Raises:
        WheelhouseError: wheels that cannot be fetched, or versions that do not go together.
    """
    wanted: dict[str, frozenset[str]] = {canonicalize_name(root): frozenset(extras)}
    while True:
        wheels = wheels_in(folder)
        asked: dict[str, list[Requirement]] = {}
        reached = dict(wanted)
        for name, own_extras in wanted.items():
            for requirement in _needs(wheels[name], own_extras, environment):
                other = canonicalize_name(requirement.name)
                asked.setdefault(other, []).append(requirement)
                reached[other] = reached.get(other, frozenset()) | requirement.extras
        missing = [name for name in asked if name not in wheels]
        if missing:
            _fetched(missing, asked, download)
        elif reached == wanted:
            _checked(wheels, asked)
            return {name: wheels[name] for name in sorted(wanted)}
        wanted = reached


def _fetched(
    missing: Sequence[str], asked: Mapping[str, Sequence[Requirement]], download: Download
) -> None:
    lines = [
        name + ",".join(sorted({str(r.specifier) for r in asked[name] if str(r.specifier)}))
        for name in missing
    ]
    try:
        download(lines)
        return
    except WheelhouseError as error:
        reasons = list(error.reasons)
    if len(lines) > 1:  # one at a time, to name every one that there is not
        reasons = []
        for line in lines:
            try:
                download([line])
            except WheelhouseError as error:
                reasons += error.reasons
    if reasons:
        raise WheelhouseError(reasons)


def _checked(wheels: Mapping[str, Wheel], asked: Mapping[str, Sequence[Requirement]]) -> None:
    wrong = [
        f"{name} {wheels[name].version} is not {requirement}"
        for name, requirements in asked.items()
        for requirement in requirements
        if not requirement.specifier.contains(wheels[name].version, prereleases=True)
    ]
    if wrong:
        raise WheelhouseError(wrong)
