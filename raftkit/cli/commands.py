"""What all commands share: the group, one-line complaints, the progress bar, the examples.

Exit status 0 means fine, 1 a check failed, 2 bad usage or input, 3 a search that ran out of
budget; bad input is one line that says what to do, never a traceback. It does not know
what commands do.
"""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

FAILED = 1
BAD_INPUT = 2
OUT_OF_BUDGET = 3
INTERRUPTED = 130


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
            raise BadInput(said_by_system(error)) from None
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)


def said_by_system(error: OSError) -> str:
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


def must_be_positive(timeout: float) -> None:
    """Refuse a time-out that no call could keep; NaN is none either."""
    if not 0 < timeout < 1e6:
        raise BadInput(f"--timeout {timeout:g} is no time to wait: give seconds above 0")
