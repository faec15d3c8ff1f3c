"""``check``: every finding of a case."""

import typer

from fundpool.cli.app import app
from fundpool.cli.options import AsJson, CaseArgument, Quiet
from fundpool.cli.session import BAD_INPUT, say
from fundpool.options import CASE


@app.command()
def check(case: CaseArgument = CASE, json: AsJson = False, quiet: Quiet = False) -> None:
    """Check a case; every finding names file, row, column, value and what was expected."""
    from fundpool.inputs.format.findings import findings_as_records, format_findings
    from fundpool.models.calibration.checking import check_case
    from fundpool.summary import as_json

    findings = check_case(case)
    errors = [finding for finding in findings if finding.severity == "error"]
    if json:
        typer.echo(as_json({"case": case, "findings": findings_as_records(findings)}), nl=False)
    elif findings:
        typer.echo(format_findings(findings))
    if errors:
        raise typer.Exit(BAD_INPUT)
    say(f"{case}: nothing to mend.", quiet or bool(findings))
