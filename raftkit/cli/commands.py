"""The parts that all commands share: their group, one-line errors, progress bar, examples.

Exit status 0 means success, 1 that a check failed, 2 bad usage or input, 3 that a search ran
out of budget. Bad input gives one line that says what to do, never a traceback. It does not
know what commands do.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from raftkit.cli import signals
from raftkit.cli.files import STANDARD, Target, TargetName
from raftkit.harmless_text import harmless

if TYPE_CHECKING:
    from tqdm import tqdm

FAILED = 1
BAD_INPUT = 2
OUT_OF_BUDGET = 3


class BadInput(click.ClickException):
    """Input that the user can correct; the message is one line."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Print the message on standard error, without click's "Error:"."""
        click.echo(f"raftkit: {harmless(self.message, keep='')}", err=True)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn bad usage, errors of the system and interrupts into one line or none."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # It is no error: it shows the help.
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "raftkit"
        raise BadInput(f"{error.format_message().rstrip('.?')}: see {path} --help") from None
    except BrokenPipeError:
        # The reader has ended (`raftkit ... | head`). Without this, Python would report it again
        # when it flushes its output at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        raise BadInput(system_message(error)) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(signals.status()) from None


class Commands(click.Group):
    """A group of commands whose errors are printed in one line."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the options of `raftkit` itself."""
        with _in_one_line():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        """Run the command that the user named."""
        # A terminal that cannot show a check mark must not end the program over it.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        with _in_one_line():
            return super().invoke(context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their whole summaries, which click itself would shorten."""
        rows = [
            (name, self.commands[name].get_short_help_str(limit=1000))
            for name in self.list_commands(context)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Command(click.Command):
    """A command with options for outputs, of which at most one may go to standard output."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read the arguments; in `--json NOTEBOOK` alone, NOTEBOOK is the command's argument."""
        try:
            return super().parse_args(context, [*arguments])
        except click.MissingParameter as missing:
            if not isinstance(missing.param, click.Argument):
                raise
        context.params.clear()  # The first attempt has stored NOTEBOOK as the output's name.
        bare = {name for name, _ in self._outputs(context)}
        return super().parse_args(
            context, [f"{each}={STANDARD}" if each in bare else each for each in arguments]
        )

    def invoke(self, context: click.Context) -> Any:
        """Run the command, unless two outputs have one file, or one would overwrite a notebook."""
        targets = {name: target for name, target in self._outputs(context) if target}
        if len(set(targets.values())) < len(targets):
            names = " and ".join(targets)
            raise BadInput(f"{names} would be written into one another: give each a file")
        for name, target in targets.items():
            # As in `--json A.ipynb B.ipynb`.
            if target.name.endswith(".ipynb"):
                raise BadInput(f"{name} would overwrite the notebook {target.name}")
        return super().invoke(context)

    def _outputs(self, context: click.Context) -> list[tuple[str, Target | None]]:
        """Every option that names an output, with its value."""
        return [
            (each.opts[0], context.params.get(each.name or ""))
            for each in self.params
            if isinstance(each.type, TargetName)
        ]


def system_message(error: OSError) -> str:
    """An error of the operating system, in one line."""
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


# Output ----------------------------------------------------------------------------------


def say(text: str, err: bool = False) -> None:
    """Print `text` on standard output, or on standard error if an output goes to the former."""
    context = click.get_current_context(silent=True)
    given = context.params.values() if context else ()
    taken = any(isinstance(each, Target) and each.is_standard for each in given)
    click.echo(harmless(text), err=err or taken)


def report(words: str, form: Any, target: Target | None) -> None:
    """Print `words`, and write `form` as JSON to `target`; no words if that is standard output.

    Values in `form` that JSON does not have are written as text.
    """
    if target:
        target.write(json.dumps(form, indent=1, default=str) + "\n")
    if not (target and target.is_standard):
        say(words)


def progress_bar(iterable: Iterable[Any], total: int | None = None) -> Iterable[Any]:
    """`iterable` with a progress bar on standard error, if that is a terminal."""
    # Show every step at once, because a slow one may follow.
    return bar(iterable=iterable, total=total, mininterval=0)


def bar(**options: Any) -> "tqdm[Any]":
    """A progress bar of tqdm on standard error, if that is a terminal."""
    from tqdm import tqdm

    # Without this, tqdm starts a thread, which not every Python can do.
    tqdm.monitor_interval = 0
    # With None, tqdm shows the bar only if it writes to a terminal.
    return tqdm(disable=None, file=sys.stderr, leave=False, **options)


def example(*lines: str) -> str:
    """The end of a help text, with the lines of an example.

    >>> print(example("raftkit lab").lstrip("\\n\\b"))
    Example:
      raftkit lab
    """
    return "\n\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def command(name: str, *lines: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of `raftkit` whose help ends in an example."""
    return all_commands.command(name, cls=Command, epilog=example(*lines))


@click.group("raftkit", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="raftkit-course", prog_name="raftkit")
def all_commands() -> None:
    """Learn Raft by breaking it: lessons, exercises, grading, and a simulated cluster."""


def must_be_positive(timeout: float) -> None:
    """Refuse a timeout that is not above 0, is too large, or is NaN."""
    if not 0 < timeout < 1e6:
        raise BadInput(f"--timeout {timeout:g} is no time to wait: give seconds above 0")
