"""For everybody: `raftkit doctor`, one screen on what is there and what to do about the rest.

Findings in, lines out. What is looked at stands in examination.py.
"""

import click

from raftkit.cli.commands import FAILED, command


@command("doctor", "raftkit doctor", "raftkit doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print the findings for another program.")
def doctor(as_json: bool) -> None:
    """See whether a student can work here, and what to do if not.

    Exit status 0 if so, 1 if something is missing. A note keeps nobody from working.
    """
    from raftkit.cli import examination

    findings = examination.examine()
    missing = [finding for finding in findings if finding.state == "missing"]
    if as_json:
        click.echo(examination.as_json(findings))
    else:
        for finding in findings:
            click.echo(f"{finding.state:<8}{finding.name:<13}{finding.found}")
            if finding.advice:
                click.echo(f"{'':<21}-> {finding.advice}")
        click.echo(f"{len(missing)} missing: see above" if missing else "Ready: raftkit lab")
    raise click.exceptions.Exit(FAILED if missing else 0)
