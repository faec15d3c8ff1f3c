"""``doctor``: what tonight's run would fail on."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson
from fundpool.cli.session import FAILED


@app.command()
def doctor(
    out: Annotated[
        Path, typer.Option("--out", help="Folder that results would go to.")
    ] = Path("fundpool-report"),
    archive: Annotated[
        Path | None,
        typer.Option(
            "--archive", metavar="DIR", envvar="FUNDPOOL_ARCHIVE", help="The archive of runs.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Try what a run needs of this machine: fonts, caches, rights, disk, solver."""
    from fundpool.diagnosis import doctor as examined

    findings = examined(out, archive)
    ok = all(finding.ok for finding in findings)
    if json:
        from dataclasses import asdict

        from fundpool.summary import as_json

        records = [asdict(finding) for finding in findings]
        print_result(as_json({"ok": ok, "findings": records}))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.message}")
    if not ok:
        raise typer.Exit(FAILED)
