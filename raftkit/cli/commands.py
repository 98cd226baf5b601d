"""What all commands share: the group, one-line complaints, the progress bar, the examples.

Exit status 0 means fine, 1 a check failed, 2 bad usage or input, 3 a search that ran out of
budget; bad input is one line that says what to do, never a traceback. It does not know
what commands do.
"""

import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from raftkit.cli import signals
from raftkit.cli.files import STANDARD, Target, TargetName

if TYPE_CHECKING:
    from tqdm import tqdm

FAILED = 1
BAD_INPUT = 2
OUT_OF_BUDGET = 3
# Signs that steer (Cc), are invisible or turn the line around (Cf), or are no signs at all.
_DOES_SOMETHING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class BadInput(click.ClickException):
    """Something the user can mend; one line."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Say it on standard error, without click's "Error:"."""
        click.echo(f"raftkit: {harmless(self.message, keep='')}", err=True)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn bad usage, an interrupt and what the system says into one line or none."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # This one is no complaint: it shows the help.
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "raftkit"
        raise BadInput(f"{error.format_message().rstrip('.?')}: see {path} --help") from None
    except BrokenPipeError:
        # Whoever read has gone (`raftkit ... | head`). Python would complain again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        raise BadInput(said_by_system(error)) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(signals.status()) from None


class Commands(click.Group):
    """A group whose commands turn what the system says into one line."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Take the options of `raftkit` itself."""
        with _in_one_line():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        # A terminal that cannot show a check mark must not end the program over it.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        with _in_one_line():
            return super().invoke(context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their whole summaries; click itself would cut them."""
        rows = [
            (name, self.commands[name].get_short_help_str(limit=1000))
            for name in self.list_commands(context)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Command(click.Command):
    """A command whose outputs may go to standard output, one at most."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Take the arguments; in `--json NOTEBOOK` alone the name is the notebook's."""
        try:
            return super().parse_args(context, [*arguments])
        except click.MissingParameter as missing:
            if not isinstance(missing.param, click.Argument):
                raise
        context.params.clear()  # of what has been taken for a name
        bare = {name for name, _ in self._outputs(context)}
        return super().parse_args(
            context, [f"{each}={STANDARD}" if each in bare else each for each in arguments]
        )

    def invoke(self, context: click.Context) -> Any:
        """Run it, unless its outputs would be mixed, or written over somebody's work."""
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
        """Every option that names an output, with what was given."""
        return [
            (each.opts[0], context.params.get(each.name or ""))
            for each in self.params
            if isinstance(each.type, TargetName)
        ]


def said_by_system(error: OSError) -> str:
    """What the system complains of, in one line."""
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


# What commands say -----------------------------------------------------------------------


def harmless(text: str, keep: str = "\n\t") -> str:
    r"""`text` with every sign spelt out that would do something to a terminal.

    >>> print(harmless("\x1b[31mred\r\nand more"))
    \x1b[31mred\r
    and more
    """
    return "".join(
        sign.encode("unicode_escape").decode("ascii")
        if unicodedata.category(sign) in _DOES_SOMETHING and sign not in keep
        else sign
        for sign in text
    )


def say(text: str, err: bool = False) -> None:
    """Tell people something: on standard output, as long as no file goes there."""
    context = click.get_current_context(silent=True)
    given = context.params.values() if context else ()
    taken = any(isinstance(each, Target) and each.is_standard for each in given)
    click.echo(harmless(text), err=err or taken)


def report(words: str, form: Any, target: Target | None) -> None:
    """Tell the outcome in words, as JSON to whom `target` is for, or both.

    What a student's code has left in it that JSON does not know is written as text.
    """
    if target:
        target.write(json.dumps(form, indent=1, default=str) + "\n")
    if not (target and target.is_standard):
        say(words)


def progress_bar(iterable: Iterable[Any], total: int | None = None) -> Iterable[Any]:
    """`iterable` with a bar on standard error, if that is a terminal."""
    # Every step is shown at once: a slow one may follow.
    return bar(iterable=iterable, total=total, mininterval=0)


def bar(**options: Any) -> "tqdm[Any]":
    """A bar of tqdm's on standard error, if that is a terminal."""
    from tqdm import tqdm

    # A thread that looks whether bars still move: not every Python can start one.
    tqdm.monitor_interval = 0
    # With None, tqdm itself looks whether it writes to a terminal.
    return tqdm(disable=None, file=sys.stderr, leave=False, **options)


def example(*lines: str) -> str:
    """The end of a help text, shown as typed.

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
    """Refuse a time-out that no call could keep; NaN is none either."""
    if not 0 < timeout < 1e6:
        raise BadInput(f"--timeout {timeout:g} is no time to wait: give seconds above 0")
