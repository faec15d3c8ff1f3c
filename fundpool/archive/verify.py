"""Whether an archive is what it says: every file of every run, every input, against its digest."""

from collections.abc import Mapping
from dataclasses import dataclass

from fundpool.archive.runs import Archive


@dataclass(frozen=True)
class Verified:
    """What reading everything found.

    Attributes:
        runs: number of folders among the runs.
        damaged: what is wrong, by run; a folder that cannot be read as a run is damaged.
        not_checked: runs of a later version of the program, which this one cannot judge.
        unused: digests of inputs that no readable run names.
    """

    runs: int
    damaged: Mapping[str, list[str]]
    not_checked: tuple[str, ...]
    unused: tuple[str, ...]


def verify(archive: Archive) -> Verified:
    """Read every file of an archive, each input once, and compare its digest.

    Raises:
        fundpool.archive.objects.DamagedError: the folder of runs cannot be read.
    """
    contents = archive.contents()
    damaged = {item.run: [item.why] for item in contents.unreadable if item.later is None}
    inputs: dict[str, str] = {}
    for run in contents.runs:
        wrong = run.damage()
        request = run.manifest.request
        for name, digest in (request.case_files | request.parameter_files).items():
            if digest not in inputs:
                inputs[digest] = archive.objects.damage(digest)
            if inputs[digest]:
                wrong.append(f"input {name} {inputs[digest]}")
        if wrong:
            damaged[run.id] = wrong
    return Verified(
        runs=len(contents.runs) + len(contents.unreadable),
        damaged=damaged,
        not_checked=tuple(item.run for item in contents.unreadable if item.later is not None),
        unused=tuple(sorted(archive.objects.digests() - inputs.keys())),
    )
