"""Worker processes: silent when somebody presses Ctrl-C, and gone when their parent is.

A terminal sends its interrupt to the whole group of processes, and what it means is for the
parent alone to decide. So workers are deaf to it from their first instruction, also while
their Python imports modules, and end with their parent, however that ends. What they work
on is not known here.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def workers(
    jobs: int, begin: Callable[..., object] | None = None, *arguments: object
) -> Iterator[ProcessPoolExecutor]:
    """Up to `jobs` processes, each of which calls `begin` first. Leaving early ends them at once.

    Hand them tasks with `submit_all`.
    """
    # Spawned: a forked copy of a process that shows a progress bar may hold its locks for ever.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (begin, arguments))
    try:
        yield pool
    except BaseException:
        # Interrupted: what is under way may take long, and nobody waits for it any more.
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown()


def submit_all(
    pool: ProcessPoolExecutor, work: Callable[..., T], tasks: Iterable[Any], *others: object
) -> dict[Future[T], Any]:
    """Have `work(task, *others)` done for each task; the tasks by what will be their results."""
    _start_tracker()
    with deaf_children():
        return {pool.submit(work, task, *others): task for task in tasks}


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes that are started meanwhile never hear an interrupt.

    One that comes in the meantime is heard here at the end, so that nothing is left half started.
    """
    came: list[int] = []
    earlier: dict[signal.Signals, Any] = {}
    # Only the main thread is interrupted, and only it may say what happens then.
    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        # What is not Python's own handler cannot be put back.
        earlier = {number: handler for number, handler in handlers.items() if handler is not None}
    try:
        for number in earlier:
            signal.signal(number, lambda number, frame: came.append(number))
        with _inherited_deafness():
            yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        for first in came[:1]:
            signal.raise_signal(first)


@contextmanager
def _inherited_deafness() -> Iterator[None]:
    """Let the system keep interrupts from this thread and from the processes that it starts."""
    if sys.platform == "win32":
        import ctypes

        # Processes that are started while this one ignores Ctrl-C ignore it for ever.
        console = ctypes.windll.kernel32
        console.SetConsoleCtrlHandler(None, True)
        try:
            yield
        finally:
            console.SetConsoleCtrlHandler(None, False)
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start the process that tidies up after spawned ones, which would undo our deafness."""
    if sys.platform != "win32":
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()


# In a worker -----------------------------------------------------------------------------


def end_with_parent() -> None:
    """Let this process end when its parent does, also one that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    """End this process once another has ended."""
    wait([sentinel])
    os._exit(1)


def _begin(begin: Callable[..., object] | None, arguments: tuple[object, ...]) -> None:
    """What a worker does first."""
    end_with_parent()
    if begin:
        begin(*arguments)
