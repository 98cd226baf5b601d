"""The capstone's stages are proven: wrong servers lose the points meant, right ones lose none."""

import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from raftkit.checkers import Cluster
from raftkit.checkers.lint.replay import record_run
from raftkit.course import check, examine, exercise, replay, reveal, try_out
from raftkit.course.chapters.capstone.wrong_answers.from_scratch import FromScratch
from raftkit.course.checking import guarded_server as guarded_server_module
from raftkit.course.checking.checks import server_checks_of
from raftkit.course.checking.guarded_server import GuardedServers, guarded_server
from raftkit.course.checking.lint_and_search import SearchTest
from raftkit.course.checking.lone_server_test import LoneServerTest
from raftkit.course.checking.server_stages import names_in
from raftkit.course.errors import KitError, StudentError
from raftkit.course.proving import answer
from raftkit.course.tutor import commands
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS
from raftkit.protocol import Effects, Entry, Persistent, Rules, Server
from raftkit.scenarios import SCENARIOS
from raftkit.scenarios.small_world import RULES, Asking
from raftkit.views import Picture

CAPSTONE = exercise("7.1")
CHECKS = server_checks_of(CAPSTONE)
WRONG = [wrong for wrong in WRONG_ANSWERS if wrong.server is not None]
RIGHT = [odd for odd in ODD_ANSWERS if odd.server is not None]
# The tests in all cases, and the wrong rules as servers that obey them.
TESTS = [test for case in CHECKS.cases for test in getattr(case.test, "tests", (case.test,))]
SEARCHES = [case for case in CHECKS.cases if isinstance(case.test, SearchTest)]

# The stages judge whole servers, which do the same on every Python.
pytestmark = pytest.mark.once


class Raft(FromScratch):
    """Right, and named as the notebook asks."""


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_session", commands._Session())


def changed(**methods: Any) -> type:
    """The right server with other methods."""
    return type("Raft", (FromScratch,), methods)


# What stands in the stages ---------------------------------------------------------------


def test_every_rule_and_scenario_of_ours_is_asked_in_one_case() -> None:
    asked = [name for case in CHECKS.cases for name in names_in(case.test)]
    ours = {each.name for each in SCENARIOS if each.suite.startswith("raftkit ")}

    assert {*ours, *RULES} - set(asked) == set()
    assert len(asked) == len(set(asked))


def test_the_stages_are_those_that_the_notebook_promises() -> None:
    points = {stage.name: sum(case.points for case in stage.cases) for stage in CHECKS.stages}

    assert points == {"A": 12, "B": 18, "C": 8, "D": 7}
    assert all(len(f"A: {case.name}") <= 56 for case in CHECKS.cases)


# Wrong and right servers -----------------------------------------------------------------


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_a_wrong_server_fails_the_case_that_asks_what_was_meant_for_it(wrong: Any) -> None:
    test = next(test for test in TESTS if wrong.case in names_in(test))

    assert falls_to(wrong.server, test)


@pytest.mark.parametrize("odd", RIGHT[::6], ids=lambda odd: odd.id)
def test_a_right_server_is_broken_by_no_search_under_any_seed(odd: Any) -> None:
    for case in SEARCHES:
        finding = case.test.finding(odd.server, seed=7)
        assert finding is None or finding.harmless, finding.lines


def test_an_odd_but_right_server_loses_no_point() -> None:
    # It sends while it writes, so it differs from the reference more than the others.
    result = examine(CAPSTONE, guarded_server(answer("O45").server or object), seed=5)

    assert result.points == CAPSTONE.points, str(result)


@pytest.mark.usefixtures("few_stories")
def test_the_reference_earns_full_points_and_is_shown_at_work() -> None:
    kind = type("Raft", (CHECKS.reference,), {})
    result = check("7.1", kind)

    assert (result.status, result.points) == ("full", 45), str(result)
    assert "Three servers of your Raft" in result.picture.alt if result.picture else False
    told = str(reveal("7.1"))
    assert "raftkit/protocol/candidates.py" in told
    assert "class Server" in told


# What a student reads --------------------------------------------------------------------


def test_a_failed_case_hides_no_other_case_and_no_later_stage() -> None:
    result = check("7.1", changed(_lead=_lead_without_telling))
    outcomes = {case.name: case.outcome for case in result.cases}

    assert outcomes["A: a leader beats on, for everybody"] == "failed"
    assert {name[0] for name, outcome in outcomes.items() if outcome == "passed"} == set("ABCD")
    assert "not reached" not in outcomes.values()
    assert 40 <= result.points < 45


def _lead_without_telling(self: Any, s: Any, out: Any) -> Any:
    """The last of the others is not told at once who has won."""
    after = FromScratch._lead(self, s, out)
    out.messages = tuple(m for m in out.messages if m.target != self.peers[-1])
    return after


@pytest.mark.parametrize("methods", [{"handle": lambda self, event: Effects()}])
def test_a_server_that_does_nothing_earns_next_to_nothing(methods: Any) -> None:
    result = check("7.1", changed(**methods))

    assert result.points <= 3, str(result)


def test_a_failing_scenario_is_told_in_a_sentence_and_can_be_run_again(capsys: Any) -> None:
    kind = changed(
        _take_entries=lambda self, s, new, out: FromScratch._take_entries(
            self, {**s, "log": s["log"].prefix(new.prev_log_index)}, new, out
        )
    )
    result = check("7.1", kind)
    failed = next(case for case in result.cases if case.outcome == "failed")
    found = replay("7.1")

    assert dict(failed.lines)["Tried"].startswith("S1, one of 3 servers, starts from term ")
    assert dict(failed.lines)["Found"] == "Its log then holds nothing; expected 1."
    assert "AppendEntries 1 and 2" in dict(failed.lines)["Why"]
    assert failed.picture is not None
    assert "S1's log, and the request of S2" in failed.picture.alt
    assert result.points >= 12
    exec(found.code.rsplit("\nspace_time", 1)[0], {"Raft": kind})


@pytest.mark.usefixtures("few_stories")
def test_what_a_broken_property_comes_to_is_drawn_with_few_events() -> None:
    generous = changed(_vote=lambda self, s, ask, out: _grants(self, s, ask, out))
    result = check("7.1", generous)
    found = replay("7.1")
    search = next(case for case in result.cases if case.name.endswith(SEARCHES[0].name))

    assert search.outcome == "failed"
    assert dict(search.lines)["Broken"].startswith("One Vote per Term (§5.2)")
    assert search.picture is not None
    assert "make_server=Raft" in found.code
    names: dict[str, Any] = {"Raft": generous}
    exec(found.code.rsplit("\nspace_time", 1)[0], names)
    assert names["cluster"].violations[0].property == "One Vote per Term"


def _grants(self: Any, s: Any, ask: Any, out: Any) -> Any:
    """Says yes to everybody."""
    from raftkit.protocol import RequestVoteResponse

    out.messages += (RequestVoteResponse(self.id, ask.source, s["term"], True),)
    return {**s, "vote": ask.source}


def _loop(self: Any, event: Any) -> Any:
    while True:
        pass


def _loop_of_lines(self: Any, event: Any) -> Any:
    count = 0
    while True:
        try:
            count += 1
        except:  # noqa: E722
            break


@pytest.mark.usefixtures("few_stories")
@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"handle": _loop}, "did not come to an end in 100,000 steps or 0.2 seconds"),
        ({"handle": _loop_of_lines}, "did not come to an end in 100,000 steps or 0.2 seconds"),
        ({"handle": lambda self, event: None}, "handle returned None, and Effects were expected"),
        ({"handle": lambda self, event: 1 / 0}, "Raft raised ZeroDivisionError: division by zero"),
        ({"handle": lambda self, event: self.handle(event)}, "calls itself without end"),
        ({"handle": lambda self, event: exit()}, "tried to leave Python (exit)"),
        (
            {"handle": lambda self, event: Effects(messages=Entry(1))},
            "handle returned messages=Entry(",
        ),
        ({"handle": lambda self, event: Effects(writes=(Persistent("1"),))}, "among its writes"),
    ],
)
def test_what_goes_wrong_in_a_server_is_one_sentence(methods: Any, said: str) -> None:
    result = check("7.1", changed(**methods))
    text = str(result)

    assert said in text
    assert "the same error as above." in text or result.cases[1].outcome == "not reached"
    assert "raftkit/" not in text


@pytest.mark.usefixtures("few_stories")
def test_a_call_without_an_end_costs_its_case_alone() -> None:
    def handle(self: Any, event: Any) -> Effects:
        while len(self.s["log"]) > 1_000:
            pass
        return FromScratch.handle(self, event)

    result = check("7.1", changed(handle=handle))

    failed = [case.name for case in result.cases if case.outcome != "passed"]
    assert failed == ["B: each committed entry is applied once, in order"]
    assert result.points == 44


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"observe": lambda self: None}, "observe returned None, and a ServerState was expected"),
        ({"start": lambda self: [1]}, "start returned [1], and Effects were expected."),
        ({"timer_duration": lambda self, timer, draw: None}, "a number of microseconds"),
        ({"__init__": lambda self, id: None}, "Raft raised TypeError"),
    ],
)
def test_a_server_that_cannot_even_start_is_told_so(methods: Any, said: str) -> None:
    result = check("7.1", changed(**methods))

    assert (result.status, result.points) == ("error", 0)
    assert said in result.message


@pytest.mark.usefixtures("few_stories")
def test_what_a_server_prints_is_shown_shortened() -> None:
    def handle(self: Any, event: Any) -> Any:
        print(*range(200), sep="\n")
        raise NotImplementedError

    result = check("7.1", changed(handle=handle))

    assert "Your class printed:" in result.message
    assert result.message.endswith(" more characters")
    assert "this path is unwritten" in str(result)


@pytest.mark.usefixtures("few_stories")
def test_a_method_that_is_not_written_yet_is_named() -> None:
    def _take_command(self: Any, *rest: Any) -> Any:
        raise NotImplementedError

    result = check("7.1", changed(_take_command=_take_command))

    assert "_take_command, which is not written yet" in str(result)
    assert result.points >= 12


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "wants the class itself"),
        (len, "wants the class itself"),
        (type("Raft", (), {}), "has no start: did you rename it"),
    ],
)
def test_what_is_no_class_of_servers_is_refused(given: Any, said: str) -> None:
    with pytest.raises(KitError, match=said):
        check("7.1", given)


def test_a_server_can_be_watched() -> None:
    assert isinstance(try_out(Raft, lambda cluster: cluster.run(ms=300), seed=1), Picture)
    said = str(try_out(changed(start=lambda self: None), lambda cluster: None))
    assert "start returned None" in said


@pytest.mark.usefixtures("few_stories")
def test_a_notebook_shows_what_is_found_so_far_and_keeps_the_result_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[Any] = []

    class Publisher:
        def publish(self, data: Any, *, transient: Any, update: bool) -> None:
            said.append((data.get("text/plain"), transient["display_id"], update))

        def clear_output(self, wait: bool) -> None:
            said.append(("cleared", wait))

    shell = SimpleNamespace(kernel=object(), display_pub=Publisher())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    result = check("7.1", changed(handle=lambda self, event: Effects()))

    begun, first, second, *_, last, end = said
    assert begun[0] is None
    assert f"Still checking: 0 of {len(CHECKS.cases)} cases so far." in first[0]
    assert "✗ A: waits for a leader" in second[0]
    assert f"Still checking: {len(CHECKS.cases)} of " in last[0]
    assert len({id for _, id, _ in said[:-1]}) == 1
    assert [update for *_, update in said[:-1]] == [False, True] + [True] * len(CHECKS.cases)
    assert end == ("cleared", True)
    assert "Still checking" not in str(result)


# What each stage asks, and no more ---------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "id"),
    [
        ("clusters elect one leader (MIT 3A)", "T21"),
        ("clusters agree (MIT 3B, Figure 7)", "T15"),
        ("clusters crash and carry on (MIT 3C)", "T20"),
        ("so they do on an unreliable network (MIT 3C)", "T8b"),
        ("survives all that can happen within small bounds", "V2c"),
        ("survives a search for faults that break a property", "V22b"),
        ("survives random trials with every kind of fault", "T4b"),
    ],
)
def test_a_case_that_no_wrong_answer_is_meant_for_still_catches_some(case: str, id: str) -> None:
    tried = next(each for each in CHECKS.cases if each.name == case)

    assert tried.test.finding(guarded_server(answer(id).server or object), 0) is not None


@cache
def asked(kind: type) -> Asking:
    """The lone servers of a class, which live on only as far as is asked."""
    return Asking(guarded_server(kind).live_all)


def falls_to(kind: type, test: Any) -> bool:
    """Whether servers of a class fail a test."""
    if isinstance(test, LoneServerTest):
        return asked(kind).broken(test.rule) is not None
    return test.finding(guarded_server(kind), 0) is not None


def with_rules(bundle: Rules) -> type[Server]:
    """The reference's server with other rules."""

    class Wrong(Server):
        def __init__(self, id: Any, servers: Any, rules: Any, *rest: Any) -> None:
            super().__init__(id, servers, bundle, *rest)

    return Wrong


@pytest.mark.parametrize(
    ("part", "id"),
    [
        ("merging", "L3"),
        ("written first", "P3"),
        ("restarts", "P9"),
        ("Backing up never goes forwards", "L19a"),
        ("Figure 8 (d): what was overwritten, nobody had applied", "C1"),
        ("Followers hear of commits before long", "C18"),
        ("A leader counts its own disk last", "P17"),
        ("Logs may be long", "C33"),
        ("Late votes elect nobody", "V15"),
    ],
)
def test_what_no_wrong_server_is_meant_for_still_catches_a_wrong_rule(part: str, id: str) -> None:
    test = next(test for test in TESTS if part in names_in(test))

    assert falls_to(with_rules(answer(id).rules), test)


def test_everything_that_is_asked_has_a_wrong_answer_that_falls_to_it() -> None:
    meant = {wrong.case for wrong in WRONG_ANSWERS if wrong.server is not None}
    marked = "test_what_no_wrong_server_is_meant_for_still_catches_a_wrong_rule"
    also = {part for part, _ in globals()[marked].pytestmark[0].args[1]}
    cases = [case for case in CHECKS.cases if "MIT" not in case.name and case not in SEARCHES]
    parts = [test for case in cases for test in getattr(case.test, "tests", (case.test,))]

    assert [names_in(test) for test in parts if not (meant | also) & set(names_in(test))] == []


def passes(servers: GuardedServers, stage: str) -> bool:
    """Whether all cases of a stage pass."""
    cases = next(each.cases for each in CHECKS.stages if each.name == stage)
    return all(case.test.finding(servers, 0) is None for case in cases)


def test_a_server_that_floods_the_network_ends_its_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_server_module, "MESSAGES_AT_MOST", 30)
    servers = guarded_server(Raft)
    cluster = Cluster(servers=3, make_server=servers)

    with pytest.raises(StudentError, match="Raft sent more than 30 messages in one check"):
        cluster.run(ms=2_000)

    assert servers.error is not None
    assert servers.error.kind == "stopped"
    servers.begin()
    Cluster(servers=3, make_server=servers).run(ms=200)


def test_the_lint_of_a_flood_comes_to_an_end() -> None:
    def handle(self: Any, event: Any) -> Effects:
        effects = FromScratch.handle(self, event)
        effects.messages *= 10
        return effects

    assert len(record_run(changed(handle=handle), Rules())) == 2_000


def test_stage_a_asks_for_no_entries_and_no_commands() -> None:
    def _take_entries(self: Any, s: Any, new: Any, out: Any) -> Any:
        if new.entries or new.leader_commit:
            raise NotImplementedError
        return FromScratch._take_entries(self, s, new, out)

    def _take_command(self: Any, *rest: Any) -> Any:
        raise NotImplementedError

    kind = changed(_take_entries=_take_entries, _take_command=_take_command)
    assert passes(guarded_server(kind), "A")


def test_stages_a_and_b_ask_for_no_writes_and_c_does() -> None:
    def handle(self: Any, event: Any) -> Effects:
        effects = FromScratch.handle(self, event)
        effects.writes = ()
        return effects

    forgetful = guarded_server(changed(handle=handle))
    assert passes(forgetful, "A")
    assert passes(forgetful, "B")
    assert not passes(forgetful, "C")
