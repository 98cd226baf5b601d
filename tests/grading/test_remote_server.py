"""A student's class behind the pipe: it answers, or one sentence says why; it forges nothing."""

import inspect
import sys
from itertools import islice

import pytest

from raftkit import protocol
from raftkit.checkers.explorer import Bounds, NotSearchable, explore
from raftkit.checkers.lint import lint_server
from raftkit.course import StudentError, check, exercise
from raftkit.course.chapters.capstone.wrong_answers import from_scratch
from raftkit.course.checking.answer_kinds import examine
from raftkit.course.checking.guarded_server import guarded_server
from raftkit.grading.judge import grade_notebook
from raftkit.grading.notebook import Cell, Notebook
from raftkit.grading.remote_rules import RemoteRules
from raftkit.grading.remote_server import remote_server
from raftkit.grading.sandbox import Limits, Sandbox
from raftkit.grading.student_process.wire import Wire
from raftkit.protocol import (
    AppendEntriesRequest,
    ClientRequest,
    Effects,
    Entry,
    Log,
    Persistent,
    RequestVoteRequest,
    Settings,
    TimerFired,
)
from raftkit.scenarios import run_scenario, scenario
from raftkit.scenarios.small_world import Life, Turn
from raftkit.simulator import RaftSystem

# So that nothing refuses it before it happens.
LEAVE = "import os, sys; sys.setprofile(None); os._exit"

NAMES = ("S1", "S2", "S3")
TICK = TimerFired("election")
GOOD = """
class Raft:
    def __init__(self, id, servers, rules, settings, disk):
        self.id, self.disk = id, disk or Persistent()
        self.log = self.disk.log
    def start(self):
        return Effects(timers=(("election", "restart"),))
    def timer_duration(self, timer, draw):
        return 1000 + int(draw * 1000)
    def observe(self):
        return ServerState(Standing("follower", 1, None), self.log, 0, 0, None, ())
    def handle(self, event):
        {body}
"""


@pytest.fixture(scope="module", params=[True, False], ids=["forked", "spawned"])
def sandbox(request):
    """Both ways to start a child; the second is all that some systems have."""
    if request.param and sys.platform == "win32":
        pytest.skip("this system cannot fork")
    with Sandbox(Limits(1.0, 2.0, 4.0), forks=request.param) as box:
        yield box


@pytest.fixture
def servers(sandbox):
    """The servers of a class given by its source, or by what its `handle` does."""
    open_rules = []

    def make(body, source=GOOD):
        cells = [Cell(1, "ex-7-1", True, source.replace("{body}", body))]
        rules = RemoteRules(Notebook(cells), ["Raft"], sandbox)
        open_rules.append(rules)
        return remote_server(rules, "Raft")

    yield make
    for rules in open_rules:
        rules.__exit__()


@pytest.fixture
def blame(servers):
    """How it ends, if `handle` with this body does not answer: the error's kind and text."""

    def ask(body, source=GOOD):
        with pytest.raises(StudentError) as caught:
            _live(servers(body, source))
        return caught.value.kind, caught.value.text

    return ask


def _source_of_the_odd_one():
    """A right server from scratch, as a student's cell; without its place in the catalogue."""
    source = inspect.getsource(from_scratch.FromScratch).replace("FromScratch", "Raft")
    return source.partition("\n")[2]


def _live(make_server):
    """A short life of a server."""
    server = make_server("S1", NAMES, None, Settings(), None)
    server.start()
    server.handle(TICK)
    server.observe()


# Whole lives -----------------------------------------------------------------------------


def test_a_reply_that_is_too_long_costs_its_own_life_alone(servers):
    body = """if type(event) is ClientRequest:
            self.log = self.log.extend([Entry(1, "x" * 2_000_000)])
        return Effects(messages=(RequestVoteRequest("S1", "S2", event.term, 0, 0),)
                       if type(event) is RequestVoteRequest else ())"""
    events = (TICK, ClientRequest("C1", "S1", 1, "x"), RequestVoteRequest("S3", "S1", 7, 0, 0))
    stories = ((TICK,), events, (events[2], TICK), (events[2],))
    lived = servers(body).live_all(life for story in stories for life in _lives_of(*story))
    first, long, third, last = (list(islice(lived, 1 + len(story))) for story in stories)

    assert not any(each.error for each in (*first, *long[:2], *third, *last))
    assert long[2].error is not None
    assert [message.term for message in last[1].step.messages] == [7]
    assert third[1].step is last[1].step, "An equal step is read once."


def _lives_of(*events):
    """The lives of a story: its start, and each of its events after those before."""
    life = None
    for event in ("start", *events):
        life = Life(life, ("S1", NAMES, Settings()), Turn(event, None), event != events[-1])
        yield life


# Answers ---------------------------------------------------------------------------------


def test_effects_state_and_durations_come_back(servers):
    body = (
        "self.log = self.log.extend([Entry(2, 'x=1')])\n"
        "        return Effects(writes=(Persistent(2, 'S1', self.log),))"
    )
    server = servers(body)("S1", NAMES, None, Settings(), Persistent(1, None, Log.of_terms(1)))

    assert server.start().timers == (("election", "restart"),)
    assert server.timer_duration("election", 0.5) == 1500
    first, second = (server.handle(TICK).writes[0].log for _ in range(2))
    assert list(first) == [Entry(1), Entry(2, "x=1")]
    assert second.last_index == 3
    assert server.observe().log is second
    assert server.observe().log == second  # another time, it is asked


LIKE_NUMPYS = """
class int64:
    def __init__(self, value): self.value = value
    def __index__(self): return self.value
    def __float__(self): return float(self.value)
    def __le__(self, other): return self.value <= other
    def __ge__(self, other): return self.value >= other
    def __lt__(self, other): return self.value < other
"""
ODD_PARTS = """
        sent = [Entry(int64(3))]
        odd = AppendEntriesRequest(self.id, "S2", int64(3), int64(0), 0, sent, int64(0))
        return Effects(
            messages=[odd], timers=[["heartbeat", "restart"]], writes=[Persistent(int64(3), None)],
            applied=[[int64(1), Entry(int64(3))]], replies=[Reply("C1", int64(1), int64(1))],
        )
"""


def test_lists_and_numpys_numbers_are_taken_alike_here_and_there(servers):
    source = LIKE_NUMPYS + GOOD.replace("return 1000 +", "return int64(1000) if draw else 1000 +")
    source = source.replace('("follower", 1, None)', '("follower", int64(1), None)')
    names = dict(vars(protocol))
    exec(source.replace("{body}", ODD_PARTS.strip()), names)

    here = guarded_server(names["Raft"])("S1", NAMES, None, Settings(), None)
    there = servers(ODD_PARTS.strip(), source)("S1", NAMES, None, Settings(), None)

    effects = here.handle(TICK)
    assert repr(effects) == repr(there.handle(TICK))
    assert effects.messages == (AppendEntriesRequest("S1", "S2", 3, 0, 0, (Entry(3),), 0),)
    assert effects.writes == (Persistent(3, None),)
    assert here.observe() == there.observe()
    assert [each.timer_duration("election", 0.5) for each in (here, there)] == [1000, 1000]


def test_a_log_crosses_once_and_a_restart_names_it_by_its_number():
    child, judge = Wire(), Wire()
    log = Log.of_terms(1, 1)
    forms = [
        child.form(Persistent(1, None, each), 0) for each in (log, log, log.extend([Entry(2)]))
    ]
    logs = [judge.value(form).log for form in forms]

    assert [len(form["log"].get("entries", ())) for form in forms] == [2, 0, 3]
    assert logs[0] is logs[1]
    assert judge.form(logs[2]) == {"is": "Log", "number": 2}
    assert child.value(judge.form(logs[2])) == logs[2] == Log.of_terms(1, 1, 2)


def test_a_log_that_grows_and_is_cut_sends_what_is_new():
    child, judge = Wire(), Wire()
    log, base = Log.of_terms(1, 1, 1), 0
    for new in (log, log.prefix(1).extend([Entry(2)]), Log.of_terms(1, 2, 3, 3)):
        form = child.form(new, base)
        base = child.number(new)
        assert judge.value(form) == new
    assert form["kept"] == 2


def test_a_server_lives_in_a_cluster_as_it_does_here(sandbox):
    source = _source_of_the_odd_one()
    names = "from raftkit.protocol import *\nfrom typing import Any\nS = dict\n"
    with RemoteRules(Notebook([Cell(1, "", True, names + source)]), ["Raft"], sandbox) as rules:
        far = remote_server(rules, "Raft")
        runs = [
            RaftSystem(servers=3, seed=4, make_server=make)
            for make in (from_scratch.FromScratch, far)
        ]
        for cluster in runs:
            cluster.run(ms=400)
            cluster.propose("x=1")
            cluster.run(ms=50)
            cluster.crash(cluster.leader)
            cluster.run(ms=400)
        here, there = ([repr(each) for each in cluster.history.records] for cluster in runs)

        assert here == there
        assert run_scenario(scenario("Persist1"), None, far) is None


DATACLASS = """
from dataclasses import dataclass

@dataclass
class Raft(Plain):
    id: str
    servers: tuple
    rules: Any
    settings: Any
    disk: Any

    def __post_init__(self):
        Plain.__init__(self, self.id, self.servers, self.rules, self.settings, self.disk)
"""


def test_a_server_that_is_a_dataclass_is_a_server_like_any_here_and_there(sandbox):
    """Its generated methods, as those of repr and equality, read no clock and share nothing."""
    plain = _source_of_the_odd_one().replace("class Raft", "class Plain")
    source = (
        "from raftkit.protocol import *\nfrom typing import Any\nS = dict\n" + plain + DATACLASS
    )
    names = {"__name__": "__main__"}
    exec(source, names)
    with RemoteRules(Notebook([Cell(1, "ex-7-1", True, source)]), ["Raft"], sandbox) as rules:
        here, there = guarded_server(names["Raft"]), remote_server(rules, "Raft")

        assert [lint_server(here.inspected), lint_server(there)] == [(), ()]
        found = [explore(Bounds(in_flight=1), make_server=make) for make in (here, there)]
        assert found[0] == found[1]
        assert found[0].verdict == "exhausted"
        assert [run_scenario(scenario("Persist1"), None, make) for make in (here, there)] == [
            None
        ] * 2


def test_a_search_sees_the_same_states_as_here(sandbox):
    source = _source_of_the_odd_one()
    names = "from raftkit.protocol import *\nfrom typing import Any\nS = dict\n"
    with RemoteRules(Notebook([Cell(1, "", True, names + source)]), ["Raft"], sandbox) as rules:
        makers = (
            from_scratch.FromScratch,
            guarded_server(from_scratch.FromScratch),
            remote_server(rules, "Raft"),
        )
        plain, here, there = (
            explore(Bounds(crashes=1, in_flight=2), make_server=make) for make in makers
        )

    assert plain.verdict == "exhausted"
    assert plain == here == there


def test_a_state_that_cannot_be_compared_is_told_by_a_search(servers):
    source = GOOD.replace("self.log = self.disk.log", "self.log, self.rest = Log(), iter([1])")
    generator = source.replace("iter([1])", "(each for each in (1, 2))")

    found = explore(Bounds(), make_server=servers("return Effects()", source))
    assert (found.verdict, found.states) == ("exhausted", 4)
    with pytest.raises(NotSearchable, match="keeps a generator"):
        explore(Bounds(), make_server=servers("return Effects()", generator))


# No answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("while True: pass", "endless", "still running after 1 s"),
        (
            "import os, sys; sys.setprofile(None); os._exit(3)",
            "stopped",
            "ended the Python process with exit status 3",
        ),
        ("import sys; sys.exit(3)", "raised", "tried to leave Python"),
        ("return self.handle(event)", "raised", "calls itself without end"),
        ("return 1 / 0", "raised", "ZeroDivisionError: division by zero\n    in cell 1, line 13"),
        ("pass", "wrong type", "handle returned None, and Effects were expected: does every path"),
        ("return {1: 2}", "wrong type", "handle returned {1: 2}, and Effects were expected."),
        ("return Effects(messages=(object(),))", "wrong type", "no JSON form"),
        ("return Effects(messages=(Entry(1),))", "wrong type", "among its messages"),
        ("return Effects(messages=({'is': 'Elephant'},))", "wrong type", "no JSON form"),
        ("return Effects(timers=('election', 'restart'))", "wrong type", "a tuple of pairs"),
        ("return Effects(timers=(('election', 'soon'),))", "wrong type", "among its timers"),
        ("return Effects(applied=((1, Entry('one')),))", "wrong type", "among its applied"),
        ("return Effects(writes=(Persistent('x'),))", "wrong type", "among its writes"),
        (
            "return Effects(applied=((1, Entry(1)),) * 20_000)",
            "wrong type",
            "20,000 applied at once",
        ),
        (
            "return Effects(messages=(AppendEntriesResponse('S1', 'S2', 1, True, 0),) * 1_000)",
            "wrong type",
            "handle returned 1,000 messages at once, and no server needs more than 100.",
        ),
        (
            "return Effects(replies=(Reply('C1', 1, 10 ** 5000),))",
            "wrong type",
            "than 4,300 digits",
        ),
        ("self.log = Log([Entry('x')]); return Effects()", "wrong type", "not well formed"),
        ("self.log = None; return Effects()", "wrong type", "log is None"),
        (
            "self.log = Log.of_terms(*[1] * 100_000); return Effects()",
            "wrong type",
            "observe returned a log of 100,000 entries, and no server needs more than 10,000.",
        ),
        ("raise KeyboardInterrupt", "raised", "Raft raised KeyboardInterrupt"),
    ],
)
def test_whatever_handle_does_is_one_clear_sentence(blame, body, kind, said):
    found, text = blame(body)

    assert found == kind, text
    assert said in text


def test_an_exception_in_the_constructor_is_told_with_its_line(blame):
    kind, text = blame("pass", GOOD.replace("self.log = self.disk.log", "self.log = disk.log"))

    assert kind == "raised"
    assert (
        "'NoneType' object has no attribute 'log'\n    in cell 1, line 5: self.log = disk.log"
        in text
    )


def test_a_duration_that_is_none_is_refused(servers):
    source = GOOD.replace("return 1000 + int(draw * 1000)", "return 'soon'")
    server = servers("pass", source)("S1", NAMES, None, Settings(), None)

    with pytest.raises(StudentError, match="timer_duration returned 'soon', and a number"):
        server.timer_duration("election", 0.5)


def test_writing_to_every_file_forges_no_answer(blame):
    body = (
        "import os\n"
        "        for number in range(3, 64):\n"
        "            try: os.write(number, b'junk\\n')\n"
        "            except OSError: pass\n"
        "        return Effects()"
    )

    assert blame(body)[0] == "stopped"


@pytest.mark.parametrize(
    "forged",
    [
        {"is": "Log", "number": 99},
        {"is": "Log", "number": 1, "base": 7, "kept": 0, "entries": []},
        {"is": "Log", "number": 1, "base": 0, "kept": "all", "entries": []},
        {"is": "Log", "number": True, "entries": []},
        {"is": "Log", "number": 1, "base": 0, "kept": 0, "entries": [["x", "", "", 0]]},
    ],
)
def test_a_forged_log_is_no_log(forged):
    with pytest.raises(ValueError, match=r"log|entry"):
        Wire().value(forged)


def test_a_log_without_end_fills_no_memory(monkeypatch):
    monkeypatch.setattr("raftkit.grading.student_process.wire.ENTRIES_AT_MOST", 5)
    wire = Wire()
    rows = [[1, "", "", 0]]
    forms = [
        {"is": "Log", "number": number, "base": 0, "kept": 0, "entries": rows}
        for number in range(1, 7)
    ]
    for form in forms[:5]:
        wire.value(form)
    with pytest.raises(ValueError, match="more log entries than any run needs"):
        wire.value(forms[5])


def test_patching_the_kit_inside_changes_nothing_outside(servers):
    body = (
        "import raftkit.protocol.json_form as form, raftkit.protocol.effects as effects\n"
        "        effects.Effects.__eq__ = lambda *_: True\n"
        "        import raftkit.course.checking.examine_function, raftkit.checkers\n"
        "        raftkit.checkers.Cluster = None\n"
        "        return Effects()"
    )
    server = servers(body)("S1", NAMES, None, Settings(), None)
    server.start()
    server.handle(TICK)

    assert Effects() != Effects(messages=(1,))
    assert RaftSystem(servers=3).servers == NAMES


LARGE = {
    "applied": ("return Effects(applied=((1, Entry(1)),) * 20_000)", "20,000 applied at once"),
    "messages": (
        "return Effects(messages=(AppendEntriesResponse('S1', 'S2', 1, True, 0),) * 20_000)",
        "handle returned 20,000 messages at once, and no server needs more than 100.",
    ),
    "a log": (
        "self.log = Log.of_terms(*[1] * 100_000); return Effects()",
        "observe returned a log of 100,000 entries, and no server needs more than 10,000.",
    ),
    "a written log": (
        "return Effects(writes=(Persistent(1, None, Log.of_terms(*[1] * 100_000)),))",
        "handle returned a log of 100,000 entries, and no server needs more than 10,000.",
    ),
    "a command": (
        "self.log = Log([Entry(1, 'x' * 2_000_000)]); return Effects()",
        "observe returned text of more than 200,000 characters, and no server needs it.",
    ),
    "commands sent": (
        "return Effects(messages=(AppendEntriesRequest('S1', 'S2', 1, 0, 0,"
        " (Entry(1, 'x' * 9_000),) * 300, 0),))",
        "handle returned text of more than 200,000 characters, and no server needs it.",
    ),
    "many entries sent": (
        "return Effects(messages=(AppendEntriesRequest('S1', 'S2', 1, 0, 0,"
        " (Entry(1),) * 60_000, 0),))",
        "handle returned 60,000 entries at once, and no server needs more than 10,000.",
    ),
}


@pytest.mark.parametrize("kind", LARGE)
def test_what_is_too_large_is_told_alike_here_and_there(servers, kind):
    body, said = LARGE[kind]
    names = dict(vars(protocol))
    exec(GOOD.replace("{body}", body), names)

    for make in (guarded_server(names["Raft"]), servers(body)):
        with pytest.raises(StudentError) as caught:
            _live(make)
        assert said in caught.value.text
        assert caught.value.kind == "wrong type"


def test_what_a_class_prints_is_told_alike_here_and_there(sandbox):
    """Two megabytes of it, before what ends the check."""
    printing = GOOD.replace("return 1000 +", "print('votes' * 400_000); return 'soon' +")
    source = printing.replace("{body}", "return Effects()")
    names = dict(vars(protocol))
    exec(source, names)

    here = check("7.1", names["Raft"])
    notebook = Notebook([Cell(1, "ex-7-1", True, source)])
    (there,) = grade_notebook(notebook, [exercise("7.1")], sandbox, 1)

    printed = here.message.partition("\nYour class printed:\n")[2]
    assert printed.startswith("votesvotes")
    assert printed.endswith("... and 1,998,501 more characters")
    assert there.result["message"].partition("\nYour class printed:\n")[2] == printed


# Whole examinations ----------------------------------------------------------------------


def test_after_a_disaster_nothing_more_is_asked(servers):
    result = examine(exercise("7.1"), servers("import os; os._exit(1)"), seed=1)
    failed = [case for case in result.cases if case.outcome == "failed"]

    assert result.status == "partial"
    assert len(failed) == 1
    assert "ended the Python process with exit status 1" in failed[0].lines[-1][1]


def test_state_shared_through_the_class_is_found_by_its_answers(sandbox):
    source = _source_of_the_odd_one()
    shared = source.replace("    def start(self)", "    seen = []\n\n    def start(self)").replace(
        "        out = Effects()\n        s = self._step(self.s, event, out)",
        "        out = Effects()\n        self.seen.append(event)\n"
        "        if len(self.seen) % 3 == 0:\n            out.timers = (('election', 'restart'),)\n"
        "        s = self._step(self.s, event, out)",
    )
    assert shared.count("seen") == 3
    names = "from raftkit.protocol import *\nfrom typing import Any\nS = dict\n"
    with RemoteRules(Notebook([Cell(1, "", True, names + shared)]), ["Raft"], sandbox) as rules:
        kinds = {found.kind for found in lint_server(remote_server(rules, "Raft"))}

    assert kinds & {"gives two answers to one question", "touches another server"}


def test_a_class_that_is_not_there_is_not_started(servers):
    result = examine(exercise("7.1"), servers("", "x = 1"), seed=1)

    assert (result.status, result.points) == ("not started", 0)
