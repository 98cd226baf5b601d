"""What an answer prints: how much of it is shown, and where.

A check makes thousands of calls, so what is printed is kept call by call, and only that of a call
that went wrong is shown with its case. How output is captured is not known here: an answer that
keeps it has the methods of `PrintingAnswer`, in this process or in another one.
"""

from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from raftkit.course.checking.result import Result

PRINTED = "Printed"  # the label of what was printed

KEPT_LINES = 20
KEPT_CHARACTERS = 1_500


@runtime_checkable
class PrintingAnswer(Protocol):
    """An answer of which it is known what its calls print."""

    def printed(self) -> str:
        """What the last call printed, shortened; "" if nothing."""

    def lines_printed(self) -> int:
        """How many lines all calls printed."""


def printed_by(answer: Any) -> str:
    """What the last call of an answer printed; "" if nothing, or if nobody has kept it."""
    return answer.printed() if isinstance(answer, PrintingAnswer) else ""


def lines_printed_by(answer: Any) -> int:
    """How many lines all calls of an answer printed; 0 if nobody has counted them."""
    return answer.lines_printed() if isinstance(answer, PrintingAnswer) else 0


def printed_lines(answer: Any) -> tuple[tuple[str, str], ...]:
    """The line of a case about what the answer printed in its last call, if it did."""
    printed = printed_by(answer)
    return ((PRINTED, printed),) if printed else ()


def unseen_output(answer: Any) -> str:
    """The sentence about the lines that an answer printed, of which none is shown; or ""."""
    lines = lines_printed_by(answer)
    if not lines:
        return ""
    counted = f"{lines:,} lines" if lines > 1 else "1 line"
    return f"Your function printed {counted}: they are shown only for a call that goes wrong."


def with_output_of_class(result: Result, output: str) -> Result:
    """The result with what a class printed during all of its check, if it did."""
    if not output:
        return result
    said = f"Your class printed:\n{output}"
    return replace(result, message=f"{result.message}\n{said}" if result.message else said)


def shortened_output(text: str, length: int) -> str:
    """The beginning of an output of `length` characters, which begins with `text`.

    >>> print(shortened_output("one" + chr(10) + "two" + chr(10), 5_000))
    one
    two
    ... and 4,992 more characters
    """
    kept = "".join(text[:KEPT_CHARACTERS].splitlines(keepends=True)[:KEPT_LINES])
    left = length - len(kept)
    ending = f"\n... and {left:,} more characters" if left > 0 else ""
    return kept.rstrip("\n") + ending
