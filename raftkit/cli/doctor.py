"""For everybody: `raftkit doctor`, one screen on what is installed, missing, and how to mend it.

It prints the findings. It does not know what is examined; examination.py does.
"""

import click

from raftkit.cli.commands import FAILED, command, report
from raftkit.cli.files import Target, output_option


@command("doctor", "raftkit doctor", "raftkit doctor --json")
@output_option("--json", "json_file", "The findings for another program.")
def doctor(json_file: Target | None) -> None:
    """See whether a student can work here, and what to do if not.

    Exit status 0 if so, 1 if something is missing. A note keeps nobody from working.
    """
    from raftkit.cli import examination

    findings = examination.examine()
    missing = [finding for finding in findings if finding.state == "missing"]
    report(examination.in_words(findings), examination.as_json(findings), json_file)
    raise click.exceptions.Exit(FAILED if missing else 0)
