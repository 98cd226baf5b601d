"""How commands name files: the types of arguments and options that are files or folders.

An option that names an output takes `[FILE]`: without one, or with `-`, it writes to standard
output, and then nothing else does (commands.py). An argument that names an input reads
standard input for `-`. An empty name is refused. It does not know what files contain.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

STANDARD = "-"
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass(frozen=True)
class Target:
    """The destination of an output: a file, or standard output."""

    name: str

    @property
    def is_standard(self) -> bool:
        """Whether the output goes to standard output."""
        return self.name == STANDARD

    def write(self, text: str) -> None:
        """Write `text` in UTF-8, without changing its line ends. Raises OSError."""
        content = text.encode("utf-8")
        if self.is_standard:
            click.echo(content, nl=False)
        else:
            Path(self.name).write_bytes(content)


@dataclass(frozen=True)
class Source:
    """The source of an input: a file, or standard input."""

    name: str

    def read_text(self) -> str:
        """The whole text. Raises OSError if it cannot be read, or is not in UTF-8."""
        standard = self.name == STANDARD
        content = sys.stdin.buffer.read() if standard else Path(self.name).read_bytes()
        try:
            # Some editors begin a file with a byte order mark.
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise OSError(f"{self} is no text in UTF-8") from None

    def __str__(self) -> str:
        return "standard input" if self.name == STANDARD else self.name


class FileName(click.Path):
    """The name of a file or folder, which may not be `-`.

    Every path that a command takes has this type or one of those below; shells complete them.
    """

    def convert(self, value: Any, parameter: Any, context: Any) -> Any:
        """The value of the argument. Fails for an empty name."""
        name = os.fspath(value)
        if not name.strip():
            self.fail("an empty name is no file", parameter, context)
        return self.named(name, parameter, context)

    def named(self, name: str, parameter: Any, context: Any) -> Any:
        """The value for a file of this name."""
        if name == STANDARD:
            self.fail("it must be a file or folder of its own, not -", parameter, context)
        return Path(name)


class FolderName(FileName):
    """The name of a folder."""

    def __init__(self) -> None:
        super().__init__(file_okay=False)


class SourceName(FileName):
    """The name of a file to read, or `-`."""

    def named(self, name: str, parameter: Any, context: Any) -> Source:
        """The source."""
        return Source(name)


class TargetName(FileName):
    """The name of a file to write, or `-`."""

    def named(self, name: str, parameter: Any, context: Any) -> Target:
        """The target."""
        return Target(name)


FILE = FileName()
FOLDER = FolderName()
SOURCE = SourceName()


def output_option(name: str, parameter: str, help: str) -> Callable[[Decorated], Decorated]:
    """An option such as `--json [FILE]`; its value is a `Target`, or None without it."""
    return click.option(
        name,
        parameter,
        is_flag=False,
        flag_value=STANDARD,
        type=TargetName(),
        metavar="[FILE]",
        help=f"{help} Without FILE, or with -, on standard output.",
    )
