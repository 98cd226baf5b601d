"""`raftkit ...`: the command line.

Every command starts in about 0.3 s, so whatever is heavy is imported inside of
it. Exit status 0 means fine, 1 a check failed, 2 bad usage or input; bad input
is one line that says what to do, never a traceback.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from raftkit.checkers import Cluster

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130

# By the names that people use; networkx has its own. A value is the name of its function.
TOPOLOGIES = {
    "ring": "cycle_graph",
    "complete": "complete_graph",
    "star": "star_graph",
    "tree": "full_rary_tree",
}
MS_LIMIT = 10_000_000  # nearly three hours of virtual time; a history is kept in memory


class BadInput(click.ClickException):
    """Something the user can mend; one line."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Say it on standard error, without click's "Error:"."""
        click.echo(f"raftkit: {self.message}", err=True)


@contextmanager
def _usage_in_one_line() -> Iterator[None]:
    """Bad usage is one line too; click itself would take three."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # This one is no complaint: it shows the help.
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "raftkit"
        raise BadInput(f"{error.format_message().rstrip('.')}: see {path} --help") from None


class Commands(click.Group):
    """A group whose commands turn what the system says into one line."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Take the options of `raftkit` itself."""
        with _usage_in_one_line():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        # A terminal that cannot show a check mark must not end the program over it.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        try:
            with _usage_in_one_line():
                return super().invoke(context)
        except BrokenPipeError:
            # Whoever read has gone (`raftkit ... | head`). Python would complain again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        except OSError as error:
            raise BadInput(_said(error)) from None
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)


def _said(error: OSError) -> str:
    """What the system complains of, in one line."""
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


def progress_bar(iterable: Iterable[Any], total: int | None = None) -> Iterable[Any]:
    """`iterable` with a bar on standard error, if that is a terminal."""
    from tqdm import tqdm

    # With None, tqdm itself looks whether it writes to a terminal. Every step is shown at once:
    # a slow one may follow.
    return tqdm(iterable, total=total, disable=None, mininterval=0, file=sys.stderr, leave=False)


def example(*lines: str) -> str:
    """The end of a help text, shown as typed.

    >>> print(example("raftkit lab").lstrip("\\n\\b"))
    Example:
      raftkit lab
    """
    return "\n\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def command(name: str, *lines: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of `raftkit` whose help ends in an example."""
    return lambda function: main.command(name, epilog=example(*lines))(function)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="raftkit-course", prog_name="raftkit")
def main() -> None:
    """Learn Raft by breaking it: lessons, exercises, grading, and a simulated cluster."""


# The classroom ---------------------------------------------------------------------------


@command("lab", "raftkit lab", "raftkit lab --no-browser")
@click.option("--no-browser", is_flag=True, help="Only start the server and print its address.")
def lab(no_browser: bool) -> None:
    """Open JupyterLab at the first lesson."""
    import importlib.util
    import subprocess

    if importlib.util.find_spec("jupyterlab") is None:
        raise BadInput('JupyterLab is not installed: pip install "raftkit-course[lab]"')
    folder = course_folder()
    first = folder / "notebooks" / "00_start_here.ipynb"
    arguments = [sys.executable, "-m", "jupyterlab", str(first), f"--notebook-dir={folder}"]
    raise click.exceptions.Exit(
        subprocess.call(arguments + (["--no-browser"] if no_browser else []))
    )


def course_folder() -> Path:
    """The folder that holds the lessons: this one, one above, or the repository of this kit."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (folder / "notebooks" / "00_start_here.ipynb").is_file():
            return folder
    raise BadInput(
        "there is no notebooks/00_start_here.ipynb here: change to the course's folder first"
    )


@command("check", "raftkit check exercises/02_voting.ipynb")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the results for another program.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of schedules.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds for one call of a rule.")
def check(notebook: Path, as_json: bool, seed: int, timeout: float) -> None:
    """Score one notebook; exit status 0 only at full points."""
    from raftkit.grading.sandbox import Limits
    from raftkit.grading.single import check_notebook

    _must_be_positive(timeout)
    if notebook.is_dir():
        raise BadInput(f"{notebook} is a folder: give one notebook, or use raftkit grade")
    checked = check_notebook(notebook, seed, Limits.for_calls(timeout))
    if checked.problem:
        raise BadInput(checked.problem)
    click.echo(checked.as_json() if as_json else checked.as_text())
    raise click.exceptions.Exit(0 if checked.points == checked.max_points else FAILED)


# The teacher -----------------------------------------------------------------------------


@command("grade", "raftkit grade submitted/ --out grades/ --jobs 8")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for results.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; without it, one for each core.")
@click.option("--seed", default=1, show_default=True, help="The seed of the hidden schedules.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds for one call of a rule.")
def grade(submissions: Path, out: Path, jobs: int | None, seed: int, timeout: float) -> None:
    """Grade a class: grades.csv, grades.json and a page of feedback for each student."""
    from raftkit.grading.class_run import grade_class
    from raftkit.grading.report import must_be_writable, write_reports
    from raftkit.grading.sandbox import Limits

    _must_be_positive(timeout)
    if not submissions.is_dir():
        raise BadInput(f"there is no folder {submissions}: give the folder with the submissions")
    must_be_writable(out)
    grades = grade_class(
        submissions,
        seed=seed,
        jobs=jobs or os.cpu_count() or 1,
        limits=Limits.for_calls(timeout),
        progress=progress_bar,
        results=out,
    )
    if not grades.rows:
        raise BadInput(f"there is no submission in {submissions}")
    write_reports(grades, out, seed)
    click.echo(f"{grades.summary()}\nwritten to {out}")
    raise click.exceptions.Exit(INTERRUPTED if grades.interrupted else 0)


@command("release", "raftkit release", "raftkit release --check")
@click.option("--check", is_flag=True, help="Write nothing; fail if an exercise is out of date.")
@click.option("--solutions", default="solutions", type=click.Path(path_type=Path))
@click.option("--exercises", default="exercises", type=click.Path(path_type=Path))
def release(check: bool, solutions: Path, exercises: Path) -> None:
    """Make the students' exercises from the solved masters."""
    from raftkit.grading.release import MEND, ReleaseError
    from raftkit.grading.release import release as make

    try:
        released = make(solutions, exercises, check, progress_bar)
    except ReleaseError as error:
        raise BadInput(str(error)) from None
    for path in released.stray:
        click.echo(f"{path} has no master in {solutions}: delete it", err=True)
    for path in released.stale:
        click.echo(f"{path} is out of date: {MEND}" if check else f"wrote {path}", err=check)
    if released.stray or (check and released.stale):
        raise click.exceptions.Exit(FAILED)


def _must_be_positive(timeout: float) -> None:
    """Refuse a time-out that no call could keep; NaN is none either."""
    if not 0 < timeout < 1e6:
        raise BadInput(f"--timeout {timeout:g} is no time to wait: give seconds above 0")


# The cluster -----------------------------------------------------------------------------


@command(
    "simulate",
    "raftkit simulate --servers 5 --seed 7 --ms 5000 --faults faults.json --svg run.svg",
    "",
    "where faults.json holds",
    '  [{"at_ms": 500, "is": "Crash", "server": "S1"},',
    '   {"at_ms": 900, "is": "Partition", "groups": [["S2", "S3"], ["S4", "S5"]]},',
    '   {"at_ms": 1500, "is": "Heal"}]',
)
@click.option("--servers", default=5, show_default=True, type=click.IntRange(1, 99))
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Of this history."
)
@click.option(
    "--ms", default=5000, show_default=True, type=click.IntRange(0, MS_LIMIT), help="How long."
)
@click.option("--faults", type=click.Path(path_type=Path), help="What goes wrong, and when.")
@click.option("--clients", default=0, show_default=True, type=click.IntRange(0, 99))
@click.option("--topology", default="complete", show_default=True, type=click.Choice([*TOPOLOGIES]))
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the history into this file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Save the history.")
def simulate(
    servers: int,
    seed: int,
    ms: int,
    faults: Path | None,
    clients: int,
    topology: str,
    svg: Path | None,
    json_file: Path | None,
) -> None:
    """Run a cluster for some virtual time and say how it went.

    The same seed gives the same history.
    The times in a file of faults are milliseconds (at_ms); each fault is a record
    of raftkit.simulator.faults, with its name under "is".
    """
    cluster = _cluster(servers, seed, clients, topology)
    if faults:
        _plan(cluster, faults)
    for number, client in enumerate(cluster.clients, start=1):
        cluster.ask(client, f"x={number}")
    cluster.run(ms=ms)
    if json_file:
        cluster.history.save(json_file)
    if svg:
        from raftkit.views import space_time

        space_time(cluster.history).save(svg)
    click.echo(_how_it_went(cluster, ms))
    raise click.exceptions.Exit(FAILED if cluster.violations else 0)


def _cluster(servers: int, seed: int, clients: int, topology: str) -> "Cluster":
    """The cluster that was asked for, with every checker on."""
    import networkx

    from raftkit.checkers import Cluster

    if topology == "complete":
        return Cluster(servers=servers, seed=seed, clients=clients)
    if servers == 1:  # networkx would link the only server of a ring to itself
        return Cluster(topology=networkx.path_graph(1), seed=seed, clients=clients)
    make = getattr(networkx, TOPOLOGIES[topology])
    # A star of n is a centre and n more; a tree here has two branches at each server.
    graph = {"star": lambda: make(servers - 1), "tree": lambda: make(2, servers)}
    wired = graph.get(topology, lambda: make(servers))()
    return Cluster(topology=wired, seed=seed, clients=clients)


def _plan(cluster: "Cluster", path: Path) -> None:
    """Plan every fault in a file, each at its instant."""
    from raftkit.faults_file import FaultsError, read_faults

    try:
        planned = read_faults(path)
    except FaultsError as error:
        raise BadInput(str(error)) from None
    for at_ms, fault in planned:
        try:
            cluster.do(fault, at_ms=at_ms)
        except ValueError as error:
            raise BadInput(f"{path}: {error}") from None


def _how_it_went(cluster: "Cluster", ms: int) -> str:
    """The summary: who leads, what was committed, what was broken."""
    states = [state for server in cluster.servers if (state := cluster.state(server))]
    committed = max((state.commit_index for state in states), default=0)
    term = max((state.standing.current_term for state in states), default=0)
    lines = [
        f"{len(cluster.servers)} servers, {ms} ms: leader {cluster.leader or 'none'}, "
        f"term {term}, {committed} entries committed"
    ]
    if cluster.clients:
        answered = sum(call.returned is not None for call in cluster.calls)
        lines.append(f"{answered} of {len(cluster.calls)} client calls answered")
    lines += [f"broken: {violation}" for violation in cluster.violations]
    lines += [] if cluster.violations else ["no property was broken"]
    return "\n".join(lines)


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


if __name__ == "__main__":
    main()
