"""For maintainers: `raftkit bench`, the performance table.

It prints figures; what they are and how they are taken is in raftkit.bench.
The ratios are for people, the JSON form for a program that keeps them.
"""

import json

import click

from raftkit.cli.commands import command, progress_bar


@command("bench", "raftkit bench", "raftkit bench --json")
@click.option("--json", "as_json", is_flag=True, help="Print the figures for another program.")
def bench(as_json: bool) -> None:
    """Measure this kit's speed, each figure as a ratio within the same run."""
    from raftkit.bench import run_bench

    figures = run_bench(progress=progress_bar)
    if as_json:
        click.echo(json.dumps({"figures": figures}, indent=1))
        return
    for figure in figures:
        value = f"{figure['value']:10.3g} {figure['unit']:<12}"
        click.echo(f"{figure['name']:<44}{value}{figure['ratio']:8.3g} x {figure['ratio_to']}")
