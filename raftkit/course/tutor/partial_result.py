"""`shown_meanwhile`: a result below its cell while a long check is still under way.

It is taken away when the check is over, so what a notebook keeps is the final result alone. In a
terminal nothing is shown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from raftkit.course.checking.result import Result
from raftkit.course.tutor.captured_output import notebook_shell

_DISPLAY = {"display_id": "raftkit-check"}


@contextmanager
def shown_meanwhile() -> Iterator[Callable[[Result], None]]:
    """Within this block, show each result that the function is told of in place of the one before.

    What an answer displays is captured, so the publisher's class is asked, and not the function
    that captures.
    """
    publisher = _publisher_of_kernel()
    begun = False

    def publish(data: dict[str, str], update: bool) -> None:
        type(publisher).publish(publisher, data, transient=_DISPLAY, update=update)

    def show(result: Result) -> None:
        nonlocal begun
        if publisher is None:
            return
        if not begun:
            # An empty display, so that whoever takes no updates has nothing to compare or to keep.
            publish({}, update=False)
        begun = True
        publish({"text/plain": str(result), "text/html": result.to_html()}, update=True)

    try:
        yield show
    finally:
        if begun:
            publisher.clear_output(wait=True)


def _publisher_of_kernel() -> Any:
    """IPython's publisher in a notebook; None elsewhere."""
    shell: Any = notebook_shell()
    return shell.display_pub if getattr(shell, "kernel", None) is not None else None
