"""``doctor``: what tonight's run would fail on."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson
from fundpool.cli.saying import in_language
from fundpool.cli.session import FAILED
from fundpool.cli.spoken import spoken


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
        language = spoken()
        for finding in findings:
            state = language("ok  ") if finding.ok else language("FAIL")
            name = language(finding.name) + language(": ")
            typer.echo(f"{state}  {name}{in_language(finding.message)}")
    if not ok:
        raise typer.Exit(FAILED)
