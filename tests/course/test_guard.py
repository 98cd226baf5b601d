"""Nothing that a student's function does by accident hurts the notebook."""

import functools
import gc
import logging
import os
import queue
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from _sitebuiltins import Quitter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import mean
from time import sleep
from typing import Any

import pytest

import raftkit
from raftkit import Cluster, try_out
from raftkit.course import StudentError, check
from raftkit.course.checking.guard import counting, guarded, time_limit
from raftkit.course.checking.guard.counting import STEPS_A_CALL, counts_by_thread
from raftkit.course.checking.result import Result
from raftkit.protocol import AppendEntriesRequest, Standing, Tally, adopt_term

# Endless -------------------------------------------------------------------------------------


def for_ever(granted: int, refused: int, servers: int) -> bool:
    while True:
        pass


def for_ever_on_two_lines(granted: int, refused: int, servers: int) -> bool:
    while granted >= 0:
        granted += 1
        refused += 1
    return True


def for_ever_and_silent(granted: int, refused: int, servers: int) -> bool:
    while True:
        try:  # noqa: SIM105
            granted / 0
        except:  # noqa: E722
            pass


def for_ever_in_a_try(granted: int, refused: int, servers: int) -> bool:
    try:
        while True:
            granted += 1
    except BaseException:
        return True


def for_ever_in_two_tries(granted: int, refused: int, servers: int) -> bool:
    while True:
        try:
            while True:
                granted += 1
        except BaseException:
            continue


def for_ever_in_a_finally(granted: int, refused: int, servers: int) -> bool:
    try:
        granted += 1
    finally:
        while True:
            granted += 1


def for_ever_in_a_with(granted: int, refused: int, servers: int) -> bool:
    while True:
        with suppress(BaseException):
            raise ValueError


def for_ever_in_a_generator(granted: int, refused: int, servers: int) -> bool:
    return sum(1 for _ in iter(int, 1)) > 0


def for_ever_in_its_own_generator(granted: int, refused: int, servers: int) -> bool:
    def numbers() -> Iterator[int]:
        while True:
            yield 1

    return all(number for number in numbers())


def for_ever_in_a_library(granted: int, refused: int, servers: int) -> bool:
    return mean(number for number in iter(int, 1)) > 0


def for_ever_in_a_lambda(granted: int, refused: int, servers: int) -> bool:
    return max(iter(int, 1), key=lambda number: number) > 0


def for_ever_in_a_comprehension(granted: int, refused: int, servers: int) -> bool:
    return bool([number for number in iter(int, 1) if number])


def for_ever_by_a_retry(granted: int, refused: int, servers: int) -> bool:
    try:
        while True:
            granted += 1
    except BaseException:
        return for_ever_by_a_retry(granted, refused, servers)


def for_ever_with_a_long_body(granted: int, refused: int, servers: int) -> bool:
    """So long that the jump back to its beginning takes a prefix."""
    raise NotImplementedError


_LINES = "\n".join(f"        if granted == {number}: refused += {number}" for number in range(60))
exec(
    compile(
        "def for_ever_with_a_long_body(granted, refused, servers):\n"
        f"    while granted >= 0:\n        granted += 1\n{_LINES}\n",
        "<notebook cell>",
        "exec",
    )
)


def for_ever_with_a_longer_tuple(granted: int, refused: int, servers: int) -> bool:
    entries: tuple[int, ...] = ()
    while True:
        entries = (*entries, granted)


def for_ever_with_a_longer_list_to_look_through(granted: int, refused: int, servers: int) -> bool:
    seen: list[int] = []
    while True:
        granted += 1
        if granted not in seen:
            seen.append(granted)


def for_ever_with_more_to_print(granted: int, refused: int, servers: int) -> bool:
    votes: list[int] = []
    while True:
        votes.append(granted)
        print(votes)


def for_ever_twice_as_long(granted: int, refused: int, servers: int) -> bool:
    entries = [granted]
    while True:
        entries += entries


def for_ever_to_a_logger(granted: int, refused: int, servers: int) -> bool:
    while True:
        logging.warning("%s votes", granted)


def for_ever_in_ever_more_calls(granted: int, refused: int, servers: int) -> bool:
    """As Fibonacci's numbers, but with an end that comes far too late."""

    def votes(left: int) -> int:
        try:
            return votes(left - 1) + votes(left - 2) if left > 1 else 1 // 0
        except Exception:
            return 1

    return votes(40) > servers


ENDLESS = [
    for_ever_with_a_longer_tuple,
    for_ever_with_a_longer_list_to_look_through,
    for_ever_with_more_to_print,
    # A browser's Python has too little memory for it.
    pytest.param(for_ever_twice_as_long, marks=pytest.mark.system),
    for_ever_to_a_logger,
    for_ever_in_ever_more_calls,
    for_ever_with_a_long_body,
    for_ever,
    for_ever_on_two_lines,
    for_ever_and_silent,
    for_ever_in_a_try,
    for_ever_in_a_finally,
    for_ever_in_a_with,
    for_ever_in_a_generator,
    for_ever_in_its_own_generator,
    for_ever_in_a_library,
    for_ever_in_a_lambda,
    for_ever_in_a_comprehension,
]
# What swallows whatever ends it, and goes on. A tracer throws only once, so before Python 3.12 it
# takes the signals of a timer to throw again.
STUBBORN = [for_ever_in_two_tries, for_ever_by_a_retry]


# Waiting -------------------------------------------------------------------------------------


def sleeps(granted: int, refused: int, servers: int) -> bool:
    time.sleep(60)
    return True


def sleeps_again_and_again(granted: int, refused: int, servers: int) -> bool:
    while True:
        try:
            sleep(60)
        except BaseException:
            continue


def asks_somebody(granted: int, refused: int, servers: int) -> bool:
    return input("A majority? ") == "yes"


def waits_for_an_event(granted: int, refused: int, servers: int) -> bool:
    return threading.Event().wait()


def waits_for_a_queue(granted: int, refused: int, servers: int) -> bool:
    return bool(queue.Queue().get())


def waits_for_its_own_lock(granted: int, refused: int, servers: int) -> bool:
    lock = threading.Lock()
    lock.acquire()
    return lock.acquire()


def waits_in_a_with(granted: int, refused: int, servers: int) -> bool:
    lock = threading.Lock()
    with lock:  # noqa: SIM117
        with lock:
            return True


class Guarded:
    """As in another language, where each method takes the lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def votes(self) -> int:
        with self.lock:
            return self.votes()


def waits_in_a_method(granted: int, refused: int, servers: int) -> bool:
    return Guarded().votes() > 0


KEPT = threading.Lock()


def waits_for_the_call_before(granted: int, refused: int, servers: int) -> bool:
    KEPT.acquire()
    return granted > servers // 2


def waits_as_it_says(granted: int, refused: int, servers: int) -> bool:
    lock = threading.Lock()
    lock.acquire()
    return lock.acquire(blocking=True)


def waits_for_a_while(granted: int, refused: int, servers: int) -> bool:
    return bool(queue.Queue[int]().get(timeout=60))


def waits_for_a_semaphore(granted: int, refused: int, servers: int) -> bool:
    return threading.Semaphore(0).acquire()


def waits_for_room(granted: int, refused: int, servers: int) -> bool:
    full: queue.Queue[int] = queue.Queue(1)
    full.put(granted)
    full.put(granted)
    return True


def waits_for_what_a_program_says(granted: int, refused: int, servers: int) -> bool:
    return subprocess.getoutput("sleep 60") == ""


def waits_for_a_program(granted: int, refused: int, servers: int) -> bool:
    return subprocess.run(["sleep", "60"]).returncode == 0


WAITING = {
    sleeps: "time.sleep",
    sleeps_again_and_again: "time.sleep",
    asks_somebody: "input",
    waits_for_an_event: "threading.Event.wait",
    waits_for_a_queue: "queue.Queue.get",
    waits_for_its_own_lock: "threading.Lock.acquire",
    waits_as_it_says: "threading.Lock.acquire",
    waits_for_a_while: "queue.Queue.get",
    waits_in_a_with: "threading.Lock.acquire",
    waits_in_a_method: "threading.Lock.acquire",
    waits_for_the_call_before: "threading.Lock.acquire",
    waits_for_a_semaphore: "threading.Semaphore.acquire",
    waits_for_room: "queue.Queue.put",
    waits_for_what_a_program_says: "subprocess.getoutput",
    waits_for_a_program: "subprocess.run",
}


# Surroundings --------------------------------------------------------------------------------


@pytest.fixture(
    params=[
        "with signals",
        "without signals",
        pytest.param("in a thread", marks=pytest.mark.system),
    ]
)
def checked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Any], Result]:
    """`check("2.1", function)`, as a kernel calls it, or Windows, or somebody's thread."""
    if request.param == "without signals":
        monkeypatch.delattr(signal, "setitimer", raising=False)
    if request.param != "in a thread":
        return lambda function: check("2.1", function)

    def in_a_thread(function: Any) -> Result:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(check, "2.1", function).result()

    return in_a_thread


@pytest.mark.parametrize("function", ENDLESS)
def test_an_endless_loop_ends_with_a_sentence(
    function: Any, checked: Callable[[Any], Result]
) -> None:
    result = checked(function)

    assert result.status == "error"
    assert result.message.partition("\nIn this call your function printed")[0] == (
        f"{function.__name__} did not come to an end in 100,000 steps or 0.2 seconds, "
        "so it was stopped. Is there a loop whose condition never becomes false?"
    )
    assert sys.gettrace() is None
    assert sys.getprofile() is None


@pytest.mark.parametrize("signals", [True] if sys.version_info < (3, 12) else [True, False])
@pytest.mark.parametrize("function", STUBBORN)
def test_a_loop_that_swallows_its_end_is_ended_again(
    function: Any, signals: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not signals:
        monkeypatch.delattr(signal, "setitimer", raising=False)

    assert "did not come to an end in 100,000 steps" in check("2.1", function).message


@pytest.mark.parametrize("function", WAITING)
def test_what_waits_is_not_even_begun(function: Any, checked: Callable[[Any], Result]) -> None:
    if KEPT.locked():
        KEPT.release()

    result = checked(function)

    assert result.status == "error"
    assert result.message == (
        f"{function.__name__} waits ({WAITING[function]}), so it was stopped. "
        "An answer needs no waiting."
    )


@pytest.mark.once
@pytest.mark.parametrize("function", [*ENDLESS, *STUBBORN, *WAITING])
def test_an_ended_call_leaves_no_exception_behind(function: Any) -> None:
    check("2.1", function)

    assert sys.exc_info() == (None, None, None)
    assert ValueError("new").__context__ is None


def test_a_right_answer_that_was_called_by_hand_before_is_still_counted() -> None:
    for _ in range(3):
        has_majority_slowly(3, 0, 5)

    assert check("2.1", has_majority_slowly).status == "full"
    assert "100,000 steps" in check("2.1", for_ever).message


@pytest.mark.parametrize("begin", ["thread", "timer", "pool"])
def test_an_answer_begins_no_threads(begin: str, checked: Callable[[Any], Result]) -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        if begin == "thread":
            threading.Thread(target=print).start()
        elif begin == "timer":
            threading.Timer(0.15, print).start()
        else:
            ThreadPoolExecutor(1).submit(print)
        return granted > servers // 2

    result = checked(has_majority)

    assert result.status == "error"
    assert "has_majority begins a thread (" in result.message
    assert "that time has passed comes to it as an event." in result.message


def test_a_breakpoint_is_told_where_it_belongs(checked: Callable[[Any], Result]) -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        breakpoint()
        return granted > servers // 2

    assert checked(has_majority).message == (
        "has_majority calls a debugger (breakpoint), so it was stopped. "
        "To debug an answer, call it yourself, in a cell of its own."
    )


def test_an_object_with_a_comparison_of_its_own_can_be_called(
    checked: Callable[[Any], Result],
) -> None:
    class Majority:
        def __eq__(self, other: object) -> bool:
            return self.none == other.none  # type: ignore[attr-defined,no-any-return]

        __hash__ = None  # type: ignore[assignment]

        def __call__(self, granted: int, servers: int) -> bool:
            return granted > servers // 2

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return Majority()(granted, servers)

    assert checked(has_majority).status == "full"


class Broken:
    """Comes back without an error, and cannot be looked at."""

    def __repr__(self) -> str:
        return f"Broken({self.none})"  # type: ignore[attr-defined]


def test_what_comes_back_may_be_anything() -> None:
    result = check("2.1", lambda *numbers: Broken())

    assert result.status == "partial"
    assert "What came back cannot be used: AttributeError" in str(result)


def test_a_giant_answer_is_cut() -> None:
    def adopt_term(standing: Any, message: Any) -> Standing:
        return Standing("follower", 1, "S" * 1_000_000)

    assert len(str(check("2.4", adopt_term))) < 20_000


def test_what_would_not_wait_is_no_waiting(checked: Callable[[Any], Result]) -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        lock, event, waiting = threading.Lock(), threading.Event(), queue.Queue[int](1)
        with lock:
            taken = lock.acquire(blocking=False) or lock.acquire(False)
        event.set()
        event.wait()
        waiting.put(granted)
        with suppress(queue.Full):
            waiting.put(granted, block=False)
        return waiting.get() > servers // 2 and not taken

    assert checked(has_majority).status == "full"


def has_majority_slowly(granted: int, refused: int, servers: int) -> bool:
    """Right, and locks what it need not lock, in a way that keeps nobody waiting."""
    lock = threading.Lock()
    with lock:
        votes = sum(1 for _ in range(granted))
    lock.acquire()
    lock.release()
    return {"votes": votes}.get("votes", 0) > servers // 2


def rounds(number: int) -> None:
    for _ in range(number):
        pass


def rounds_on_lines(number: int) -> None:
    while number:
        number -= 1


@pytest.mark.parametrize("function", [rounds, rounds_on_lines])
def test_a_step_is_a_round_or_a_call_on_every_python(function: Any) -> None:
    guarded(function)(STEPS_A_CALL - 1)
    with pytest.raises(StudentError, match="did not come to an end in 100,000 steps, so"):
        guarded(function)(STEPS_A_CALL + 1)


def test_a_block_gives_its_time_to_calls_and_lets_what_was_earned_stand() -> None:
    """Once it is used up each call says so, by its name, and the block goes on to its end."""

    def computing() -> None:
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass

    said = set()
    with time_limit(0.1):
        for _ in range(5):
            try:
                guarded(computing)()
            except StudentError as error:
                said.add((error.kind, error.text))

    assert said == {
        ("endless", "computing computed for more than 0.1 seconds in all, so it was stopped.")
    }


def test_an_import_may_take_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "import time\nuntil = time.process_time() + 0.5\nwhile time.process_time() < until: pass"
    libraries = tmp_path / "site-packages"
    libraries.mkdir()
    (libraries / "takes_its_time.py").write_text(text)
    monkeypatch.syspath_prepend(libraries)

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        import takes_its_time  # type: ignore[import-not-found] # noqa: F401

        return granted > servers // 2

    assert check("2.1", has_majority).status == "full"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timer signals")
def test_what_sits_still_in_a_way_nobody_thought_of_is_ended_too() -> None:
    with pytest.raises(StudentError, match="sits still, so it was stopped"), time_limit():
        os.read(os.pipe()[0], 1)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timer signals")
def test_a_process_that_was_stopped_for_a_while_has_not_waited(tmp_path: Path) -> None:
    """Ticks that were due while nobody could run must not add up."""
    program = textwrap.dedent(
        """
        import os, time
        from raftkit.course.checking.guard import guarded, time_limit

        def rule():
            number = 0
            while number < 90_000:
                number += 1
                if number == 1_000:
                    print("begun", flush=True)
            return number

        with time_limit():
            print(guarded(rule)())
        """
    )
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        running.send_signal(signal.SIGSTOP)
        time.sleep(1)
        running.send_signal(signal.SIGCONT)
        assert running.stdout.readline() == "90000\n"


def test_an_exception_shows_the_students_line_and_none_of_ours() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return granted > quorum  # type: ignore[name-defined]  # noqa: F821

    text = str(check("2.1", has_majority))

    assert "NameError: name 'quorum' is not defined" in text
    assert "return granted > quorum" in text
    assert "guard.py" not in text
    assert "examine.py" not in text


def test_an_empty_stub_is_not_started() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise NotImplementedError

    result = check("2.1", has_majority)

    assert (result.status, result.points) == ("not started", 0)
    assert "Not started yet." in str(result)
    assert "Traceback" not in str(result)


def test_a_stub_under_a_decorator_is_not_started() -> None:
    def loudly(function: Any) -> Any:
        @functools.wraps(function)
        def called(*numbers: int) -> Any:
            return function(*numbers)

        return called

    @loudly
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise NotImplementedError

    assert check("2.1", has_majority).status == "not started"


def test_a_notebooks_exit_ends_the_answer_and_not_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """IPython's raises nothing, but asks the kernel to stop."""
    autocall = pytest.importorskip("IPython.core.autocall")
    asked = []

    class Shell:
        def ask_exit(self) -> None:
            asked.append(self)

    exits = (autocall.ExitAutocall(Shell()), autocall.ZMQExitAutocall(Shell()), Quitter("exit", ""))

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        exit()
        return granted > servers // 2

    for leave in exits:
        monkeypatch.setitem(globals(), "exit", leave)
        result = check("2.1", has_majority)
        assert result.message == (
            "has_majority tried to leave Python (exit), so it was stopped. "
            "An answer only returns a value."
        )
    assert asked == []


def test_leaving_python_is_a_sentence() -> None:
    assert "tried to leave Python" in str(check("2.1", lambda *numbers: sys.exit(0)))


def test_endless_recursion_is_a_sentence() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return has_majority(granted, refused, servers)

    assert "calls itself without end" in str(check("2.1", has_majority))


def test_endless_recursion_is_told_with_its_place() -> None:
    class Candidate:
        @property
        def votes(self) -> int:
            return self.votes

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return Candidate().votes > servers // 2

    message = check("2.1", has_majority).message
    assert message.startswith("has_majority calls itself without end in votes, line ")


def test_recursion_ends_before_python_does(checked: Callable[[Any], Result]) -> None:
    """Through C, and with a limit that the stack has no room for."""

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        sys.setrecursionlimit(10**6)
        return bool(sorted([1, 2], key=lambda number: has_majority(granted, refused, servers)))

    before = sys.getrecursionlimit()
    assert "has_majority calls itself without end" in str(checked(has_majority))
    assert sys.getrecursionlimit() == before


def test_recursion_that_ends_is_allowed() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return (
            has_majority(granted, refused - 1, servers) if refused > -40 else granted > servers // 2
        )

    assert check("2.1", has_majority).status == "full"


def test_a_check_within_an_answer_is_refused(checked: Callable[[Any], Result]) -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        check("2.1", has_majority)
        return granted > servers // 2

    text = str(checked(has_majority))

    assert "check was called by an answer that it runs: call it in a cell of its own." in text


def test_a_story_that_tells_itself_is_refused() -> None:
    def story(cluster: Cluster) -> None:
        try_out(has_majority, story)

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return granted > servers // 2

    assert "call it in a cell of its own" in str(try_out(has_majority, story))


@pytest.mark.parametrize("signals", [True, False])
def test_stories_have_sentences_of_their_own(
    signals: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["raftkit.course.checking.guard.calls"], "SECONDS_A_STORY", 0.2)
    if not signals:
        monkeypatch.delattr(signal, "setitimer", raising=False)

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return granted > servers // 2

    def waiting(cluster: Cluster) -> None:
        while cluster.leader is None:
            time.sleep(0.001)

    def microseconds(cluster: Cluster) -> None:
        cluster.run(ms=100_000_000)

    def yielding(cluster: Cluster) -> Iterator[None]:
        yield cluster.run(ms=100)

    def busy(cluster: Cluster) -> None:
        while cluster.leader is None:
            pass

    def swallowing(cluster: Cluster) -> None:
        while cluster.leader != "S9":
            try:  # noqa: SIM105
                cluster.run(ms=1)
            except:  # noqa: E722
                pass

    def failing(cluster: Cluster) -> None:
        cluster.crash("S1", 2, 3)  # type: ignore[call-arg]

    def said(story: Any) -> str:
        return str(try_out(has_majority, story))

    assert said(waiting) == (
        "waiting waits (time.sleep), so it was stopped. "
        "In a story, time passes with cluster.run(ms=...)."
    )
    assert "is there a yield or an async too many" in said(yielding)
    for story in (busy, swallowing, microseconds):
        assert f"{story.__name__} did not come to an end in 100,000 steps or" in said(story)
    assert "Your story raised TypeError" in said(failing)
    assert "    in failing, line " in said(failing)


def test_none_is_asked_for_its_return() -> None:
    assert "does every path end in a return?" in str(check("2.1", lambda *numbers: None))


def test_a_changed_argument_is_noticed() -> None:
    def adopt_term(standing: Any, message: Any) -> Standing:
        if message.term > standing.current_term:
            standing.current_term = message.term
        return standing

    assert "changed one of its arguments" in str(check("2.4", adopt_term))


@pytest.mark.parametrize("raises", [False, True])
def test_what_an_answer_changes_is_not_what_the_next_one_is_asked(raises: bool) -> None:
    def changes(standing: Any, message: Any) -> Standing:
        if message.term > standing.current_term:
            standing.current_term = message.term
            if raises:
                raise ValueError(standing)
        return standing

    def concedes(standing: Standing, message: Any) -> Standing:
        """Right, unless a leader is asked about another leader of its term, which cannot be."""
        if message.term == standing.current_term and isinstance(message, AppendEntriesRequest):
            return Standing("follower", standing.current_term, standing.voted_for)
        return adopt_term(standing, message)

    first_case = check("2.4", changes).cases[0]

    called = "standing=Standing(role='leader', current_term=1, voted_for='S1'),\nmessage="
    assert first_case.lines[0][1].startswith(called)
    assert check("2.4", concedes).status == "full"


def test_an_answer_with_parts_of_the_wrong_type_is_a_sentence() -> None:
    result = check("2.7", lambda standing, tally, response: Tally(None, None))  # type: ignore[arg-type]

    assert result.status == "partial"
    assert "a tuple of names, such as ('S1', 'S4')" in str(result)


def test_all_ways_to_print_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging, "basicConfig", lambda: None)

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        print("to one")
        print("to the other", file=sys.stderr)
        logging.warning("to a logger")
        return granted * 2 >= servers

    wrong = next(case for case in check("2.1", has_majority).cases if case.outcome == "failed")

    assert dict(wrong.lines)["Printed"].splitlines() == ["to one", "to the other", "to a logger"]


def votes_printed(granted: int, refused: int, servers: int) -> bool:
    print(granted, "of", servers)
    return granted * 2 >= servers


def test_what_the_failing_call_printed_is_shown_with_its_case_and_nothing_else() -> None:
    result = check("2.1", votes_printed)
    lines = [dict(case.lines) for case in result.cases if "Called" in dict(case.lines)]

    assert result.message == ""
    assert [each["Called"].split(",")[0] for each in lines] == ["granted=1"]
    assert [each["Printed"] for each in lines] == ["1 of 2"]


def test_what_calls_of_a_right_answer_printed_is_counted() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        print(granted, "of", servers)
        return granted * 2 > servers

    said = check("2.1", has_majority).message

    assert re.fullmatch(
        r"Your function printed \d+ lines: they are shown only for a call that goes wrong.", said
    )


def test_what_was_printed_before_an_error_or_an_endless_loop_is_shown() -> None:
    def raises(granted: int, refused: int, servers: int) -> bool:
        print("before")
        return granted > quorum  # type: ignore[name-defined]  # noqa: F821

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        print("before")
        while True:
            pass

    assert dict(check("2.1", raises).cases[0].lines)["Printed"] == "before"
    assert check("2.1", has_majority).message.endswith("your function printed:\nbefore")


def test_what_is_displayed_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = pytest.importorskip("IPython")
    shown = []

    class Publisher:
        def publish(self, data: Any, *arguments: Any, **options: Any) -> None:
            shown.append(data)

    class Shell:
        display_pub = Publisher()

    monkeypatch.setattr(ipython, "get_ipython", Shell)

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        Shell.display_pub.publish({"text/plain": "votes"}, metadata={})
        return granted * 2 >= servers

    assert "Printed  votes\n" in str(check("2.1", has_majority))
    assert shown == []
    Shell.display_pub.publish("after it")
    assert shown == ["after it"]


def test_an_answer_that_takes_a_stream_gives_it_back() -> None:
    class Tee:
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def write(self, text: str) -> int:
            return int(self.stream.write(text))

    wrapped = []

    def has_majority(granted: int, refused: int, servers: int) -> bool:
        if not wrapped:
            wrapped.append(sys.stdout)
            sys.stdout = Tee(sys.stdout)  # type: ignore[assignment]
        print(granted)
        return granted > servers // 2

    before = sys.stdout
    for _ in range(3):
        assert "Your function printed" in check("2.1", has_majority).message
        assert sys.stdout is before


@pytest.mark.system
def test_checks_in_threads_leave_the_streams_as_they_were(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each sees what its own answer prints, and whoever checks nothing prints as ever."""
    begun, streams = threading.Barrier(3), (sys.stdout, sys.stderr)

    def said(word: str) -> str:
        def has_majority(granted: int, refused: int, servers: int) -> bool:
            print(word)
            return granted * 2 >= servers

        begun.wait()
        return str(check("2.1", has_majority))

    with ThreadPoolExecutor(2) as pool:
        messages = [pool.submit(said, word) for word in ("one", "two")]
        begun.wait()
        for _ in range(100):
            print("outside")

    assert ["Printed  two" in message.result() for message in messages] == [False, True]
    assert ["Printed  one" in message.result() for message in messages] == [True, False]
    assert capsys.readouterr().out == "outside\n" * 100
    assert (sys.stdout, sys.stderr) == streams


def test_what_belongs_to_libraries_is_told_by_whole_folders() -> None:
    kit = Path(raftkit.__file__).parent
    is_installed = counting._is_installed

    assert is_installed(str(kit / "views" / "svg.py"))
    assert is_installed(
        "/home/ann/.local/lib/python3/site-packages/numpy/core.py".replace("/", os.sep)
    )
    assert not is_installed(f"{kit}-homework{os.sep}answers.py")
    assert not is_installed("/tmp/ipykernel_1/1.py")


def test_a_giant_text_of_an_exception_is_cut() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise ValueError("x" * 3_000_000)

    text = str(check("2.1", has_majority))

    assert "ValueError: xxx" in text
    assert len(text) < 2_000


def test_giant_output_is_cut() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        print("x" * 1_000_000)
        return granted * 2 >= servers

    text = str(check("2.1", has_majority))

    assert len(text) < 4_000
    assert "... and 998,501 more characters" in text


def test_a_debugger_keeps_its_tracer() -> None:
    def tracer(frame: Any, event: str, argument: Any) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        assert guarded(lambda: 3)() == 3
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_an_interrupt_is_the_students_own_and_goes_through() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(interrupted)()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timer signals")
def test_a_net_inside_of_another_gives_its_timer_back() -> None:
    with time_limit():
        timer = signal.getitimer(signal.ITIMER_REAL)[1]
        with time_limit():
            pass

        assert signal.getitimer(signal.ITIMER_REAL)[1] == timer > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timer signals")
def test_an_interrupt_at_any_moment_leaves_nothing_switched_on() -> None:
    """As with the button of a notebook, but a thousand times, each a little later."""
    rule = guarded(rounds)
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
    # An interrupt in a callback of the collector, which other tests' garbage has, would be lost.
    gc.disable()
    interrupted = 0
    try:
        for turn in range(1_000):
            with suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 0.000_2 + turn * 0.000_000_5)
                for _ in range(1_000):
                    rule(3)
                signal.setitimer(signal.ITIMER_REAL, 0)
                continue
            interrupted += 1
            assert not any(counts_by_thread.values())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        gc.enable()

    assert interrupted > 100
    rounds(2 * STEPS_A_CALL)  # of the student's own, in a cell: nobody counts
    assert sys.gettrace() is None
    assert "100,000 steps" in check("2.1", for_ever).message


def test_a_block_that_was_left_by_force_ends_nothing_later() -> None:
    """An interrupt can come before the block has put anything back."""
    block = time_limit(0.05)

    def entered() -> None:
        block.__enter__()

    entered()
    deadline = time.process_time() + 0.3
    while time.process_time() < deadline:
        rounds(1_000)

    assert check("2.1", has_majority_slowly).status == "full"
    guarded(rounds)(3)
    assert not any(counts_by_thread.values())
    block.__exit__(None, None, None)
