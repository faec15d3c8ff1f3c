"""``check``: every finding of a case."""

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, CaseArgument, Quiet
from fundpool.cli.session import BAD_INPUT, say
from fundpool.cli.spoken import spoken


@app.command()
def check(case: CaseArgument = "jiangsu", json: AsJson = False, quiet: Quiet = False) -> None:
    """Check a case; every finding names file, row, column, value and what was expected."""
    from fundpool.inputs.format.findings import findings_as_records
    from fundpool.models.calibration.checking import check_case
    from fundpool.report.words.findings import findings_text
    from fundpool.summary import as_json

    findings = check_case(case)
    errors = [finding for finding in findings if finding.severity == "error"]
    if json:
        print_result(as_json({"case": case, "findings": findings_as_records(findings)}))
    elif findings:
        typer.echo(findings_text(findings, spoken()))
    if errors:
        raise typer.Exit(BAD_INPUT)
    say(spoken().gettext("%(case)s: nothing to mend.") % {"case": case}, quiet or bool(findings))
