"""Worker processes, which ignore Ctrl-C and end when their parent ends.

A terminal sends Ctrl-C to the whole group of processes, but only the parent shall decide what
to do. So workers ignore it from their first instruction, also while Python imports modules,
and end with their parent, even if that is killed. It does not know what they work on.
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
    """Up to `jobs` processes, each of which calls `begin` first; use `submit_all` for their tasks.

    An exception in the context ends them at once.
    """
    # Not forked: a forked copy of a process that shows a progress bar may wait for a lock for ever.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (begin, arguments))
    try:
        yield pool
    except BaseException:
        # After an interrupt nobody waits for the tasks under way, which may take long.
        for worker in multiprocessing.active_children():
            worker.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def submit_all(
    pool: ProcessPoolExecutor, work: Callable[..., T], tasks: Iterable[Any], *others: object
) -> dict[Future[T], Any]:
    """Let the workers call `work(task, *others)` for each task; maps each future to its task."""
    _start_tracker()
    with ignoring_interrupts():
        return {pool.submit(work, task, *others): task for task in tasks}


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """Processes that are started in this context ignore interrupts.

    This process handles an interrupt at the end of the context, when all of them have started.
    """
    received: list[int] = []
    earlier: dict[signal.Signals, Any] = {}
    # Only the main thread receives interrupts, and only it may set their handlers.
    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        # A handler that Python did not set is None here, and cannot be set again.
        earlier = {number: handler for number, handler in handlers.items() if handler is not None}
    try:
        for number in earlier:
            signal.signal(number, lambda number, frame: received.append(number))
        with _blocked_interrupts():
            yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        for first in received[:1]:
            signal.raise_signal(first)


@contextmanager
def _blocked_interrupts() -> Iterator[None]:
    """Block interrupts in this thread and in the processes that it starts."""
    if sys.platform == "win32":
        import ctypes

        # A process inherits from its parent whether it ignores Ctrl-C.
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
    """Start multiprocessing's resource tracker now, because starting it unblocks interrupts."""
    if sys.platform != "win32":
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()


# In a worker -----------------------------------------------------------------------------


def end_with_parent() -> None:
    """Let this process end when its parent ends, even if that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    """Wait until another process has ended, and end this one."""
    wait([sentinel])
    os._exit(1)


def _begin(begin: Callable[..., object] | None, arguments: tuple[object, ...]) -> None:
    """Prepare a new worker, and call its `begin`."""
    end_with_parent()
    if begin:
        begin(*arguments)
