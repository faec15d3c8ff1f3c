"""How to repeat the report."""

from fundpool.report.document.making import Row, code, left, message, paragraph, row, spans, table
from fundpool.report.document.model import Section
from fundpool.report.sections.context import Context
from fundpool.version import __version__


def reproducibility_section(context: Context) -> Section:
    """Which run, program and inputs the report comes from."""
    _ = context.language
    columns = (left(_("what")), left(_("value")))
    words = message(
        _("A run that is kept in an archive comes out again, bit for bit, with <code>fundpool "
          "rerun</code>; where the program, a package or the machine has changed, the command says "
          "what differs.")
    )  # fmt: skip
    return Section(
        "reproducibility",
        _("To repeat this report"),
        _("Repeat"),
        (table(columns, _facts(context)), paragraph(words)),
    )


def _facts(context: Context) -> list[Row]:
    _, identity, since = context.language, context.extras.identity, context.extras.since
    inputs = row(_("inputs (SHA-256)"), code(context.case.inputs_sha256))
    program = f"fundpool {__version__}"
    facts = []
    if identity is None:
        facts += [inputs, row(_("program"), program)]
    else:
        packages = ", ".join(f"{name} {number}" for name, number in identity.packages.items())
        seed = _("no random numbers were drawn") if identity.seed is None else str(identity.seed)
        facts += [
            row(_("run"), code(identity.run)),
            row(_("command"), code(identity.command)),
            inputs,
            row(_("program"), spans(f"{program}, ", code(identity.code_sha256[:16]))),
            row(_("seed"), seed),
            row(_("packages"), packages),
            row(_("machine"), identity.machine),
        ]
    if since is not None:
        facts.append(row(_("compared with run"), code(since.run)))
    return facts
