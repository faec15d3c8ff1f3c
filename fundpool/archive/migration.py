"""Runs that earlier versions of the program kept, brought to the form that this one writes.

The schema version of manifests has been 1 from the start; what has been added since is read as not
known where it is missing. Results are never touched, only manifests, which no digest covers.
"""

import json
from dataclasses import dataclass, fields, replace

from fundpool.archive.manifest import Manifest
from fundpool.archive.objects import write_durably
from fundpool.archive.run import MANIFEST, Run
from fundpool.archive.runs import Archive
from fundpool.inputs.files.disk import flush, move, unused


@dataclass(frozen=True)
class Migrated:
    """What became of the runs of an archive.

    Attributes:
        current: number of runs that were in the present form.
        written_anew: ids of runs whose manifest is now.
        later: ids of runs of a later version of the program, which are left as they are.
        unreadable: why a folder cannot be read as a run, by its name.
    """

    current: int
    written_anew: tuple[str, ...]
    later: tuple[str, ...]
    unreadable: dict[str, str]


def migrate(archive: Archive) -> Migrated:
    """Write every manifest of an earlier form anew, each whole or not at all.

    The title of the case comes from the run's summary; the place it was read from is not known.

    Raises:
        OSError: a manifest cannot be written.
        fundpool.archive.objects.DamagedError: the folder of runs cannot be read.
    """
    contents = archive.contents()
    old = [run for run in contents.runs if _missing(run)]
    for run in old:
        _write_anew(run)
    archive.mark()
    return Migrated(
        current=len(contents.runs) - len(old),
        written_anew=tuple(run.id for run in old),
        later=tuple(item.run for item in contents.unreadable if item.later is not None),
        unreadable={item.run: item.why for item in contents.unreadable if item.later is None},
    )


def _missing(run: Run) -> bool:
    """Whether a manifest lacks an entry that this version writes."""
    written = json.loads((run.folder / MANIFEST).read_text(encoding="utf-8"))
    return any(item.name not in written for item in fields(Manifest))


def _write_anew(run: Run) -> None:
    draft = unused(run.folder.parent, ".manifest-")  # what begins so is not looked at as a run
    try:
        title = run.manifest.case_title or run.title()
        write_durably(draft, replace(run.manifest, case_title=title).text().encode())
        move(draft, run.folder / MANIFEST)
        flush(run.folder)
    finally:
        draft.unlink(missing_ok=True)
