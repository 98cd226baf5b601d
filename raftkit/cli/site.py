"""For teachers: `raftkit site`, the course as static files that run in a browser.

It says what is missing or in the way, and how to look at the site. It does not know how a site
is built; raftkit.site does.
"""

import sys
from pathlib import Path

import click

from raftkit.cli.commands import BadInput, command, progress_bar, say
from raftkit.cli.files import FOLDER


@command("site", "raftkit site course", "python -m http.server -d course")
@click.argument("out", type=FOLDER)
def site(out: Path) -> None:
    """Build the course as static files: nothing to install.

    OUT is a new folder, or one that this command has built before. Put it on any web server, under
    any path; students need only a browser.
    """
    from raftkit.site import SiteProblem, build_site, missing

    lacks = missing()
    if lacks:
        raise BadInput(lacks)
    try:
        build_site(out, progress=progress_bar)
    except SiteProblem as problem:
        raise BadInput(str(problem)) from None
    say(f"{out} holds the course. To look at it:  {sys.executable} -m http.server -d {out}")
