"""The capstone's stages are proven: wrong servers lose the points meant, right ones lose none."""

from typing import Any

import pytest

from raftkit.course import check, examine, exercise, replay, reveal, try_out
from raftkit.course.chapters.capstone.wrong_answers.from_scratch import FromScratch
from raftkit.course.checking.checks import server_checks_of
from raftkit.course.checking.guarded_server import guarded_server
from raftkit.course.checking.lint_and_search import SearchTest, all_that_can_happen
from raftkit.course.checking.server_stages import names_in
from raftkit.course.errors import KitError
from raftkit.course.proving import answer
from raftkit.course.tutor import commands
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS
from raftkit.protocol import Effects, Entry, Persistent, Rules, Server
from raftkit.scenarios import SCENARIOS
from raftkit.views import Picture

CAPSTONE = exercise("7.1")
CHECKS = server_checks_of(CAPSTONE)
WRONG = [wrong for wrong in WRONG_ANSWERS if wrong.server is not None]
# Figure 2 has no no-op, and `Settings.no_op` says so: MIT's 3B counts indexes, as O79 does not.
EXCUSED = {"O79"}
RIGHT = [odd for odd in ODD_ANSWERS if odd.server is not None and odd.id not in EXCUSED]
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


def test_every_scenario_of_ours_is_asked_in_one_case() -> None:
    asked = [name for case in CHECKS.cases for name in names_in(case.test)]
    ours = {each.name for each in SCENARIOS if each.suite.startswith("raftkit ")}

    assert ours - set(asked) == set()
    assert len(asked) == len(set(asked))


def test_the_stages_are_those_that_the_notebook_promises() -> None:
    points = {stage.name: sum(case.points for case in stage.cases) for stage in CHECKS.stages}

    assert points == {"A": 12, "B": 18, "C": 8, "D": 7}
    assert all(len(f"A: {case.name}") <= 56 for case in CHECKS.cases)


# Wrong and right servers -----------------------------------------------------------------


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.id)
def test_a_wrong_server_fails_the_case_that_asks_what_was_meant_for_it(wrong: Any) -> None:
    case = next(case for case in CHECKS.cases if wrong.case in names_in(case.test))

    assert case.test.finding(guarded_server(wrong.server), 0) is not None


@pytest.mark.parametrize("odd", RIGHT, ids=lambda odd: odd.id)
def test_a_right_server_is_broken_by_no_search_under_any_seed(odd: Any) -> None:
    for case in SEARCHES:
        # What is seen whole does not depend on a seed.
        for seed in (0,) if case.test.trial is all_that_can_happen else (0, 7):
            finding = case.test.finding(odd.server, seed)
            assert finding is None or finding.harmless, finding.lines


@pytest.mark.parametrize("id", ["O45", "O48", "O50"])
def test_an_odd_but_right_server_loses_no_point(id: str) -> None:
    result = examine(CAPSTONE, guarded_server(answer(id).server or object), seed=5)

    assert result.points == CAPSTONE.points, str(result)


def test_the_reference_earns_full_points_and_is_shown_at_work() -> None:
    kind = type("Raft", (CHECKS.reference,), {})
    result = check("7.1", kind)

    assert (result.status, result.points) == ("full", 45), str(result)
    assert "Three servers of your Raft" in result.picture.alt if result.picture else False
    told = str(reveal("7.1"))
    assert "raftkit/protocol/candidates.py" in told
    assert "class Server" in told


# What a student reads --------------------------------------------------------------------


def test_a_later_stage_waits_for_an_earlier_one() -> None:
    result = check("7.1", changed(timer_duration=lambda self, timer, draw: 150_000))
    stages = {case.name[0]: set() for case in result.cases}
    for case in result.cases:
        stages[case.name[0]].add(case.outcome)

    assert "failed" in stages["A"]
    assert "passed" in stages["A"]
    assert stages["B"] == stages["C"] == {"not reached"}


def test_a_failing_scenario_is_told_in_a_sentence_and_can_be_run_again(capsys: Any) -> None:
    kind = changed(
        _take_entries=lambda self, s, new, out: FromScratch._take_entries(
            self, {**s, "log": s["log"].prefix(new.prev_log_index)}, new, out
        )
    )
    result = check("7.1", kind)
    failed = next(case for case in result.cases if case.outcome == "failed")
    found = replay("7.1")

    assert dict(failed.lines)["Tried"] == "The term of the entry before counts."
    assert result.points >= 12
    exec(found.code.rsplit("\nspace_time", 1)[0], {"Raft": kind})


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


def test_what_a_server_prints_is_shown_shortened() -> None:
    def handle(self: Any, event: Any) -> Any:
        print(*range(200), sep="\n")
        raise NotImplementedError

    result = check("7.1", changed(handle=handle))

    assert "Your class printed:" in result.message
    assert result.message.endswith(" more characters")
    assert "this path is unwritten" in str(result)


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


def falls_to_a_wrong_rule(case: Any) -> bool:
    """Whether the reference's server fails a case with some wrong answer to an exercise in it."""
    bundles = [wrong.rules for wrong in WRONG_ANSWERS if wrong.is_for_servers and wrong.replaced]

    def with_rules(bundle: Rules) -> type[Server]:
        class Wrong(Server):
            def __init__(self, id: Any, servers: Any, rules: Any, *rest: Any) -> None:
                super().__init__(id, servers, bundle, *rest)

        return Wrong

    return any(case.test.finding(with_rules(bundle), 0) is not None for bundle in bundles)


def test_every_other_case_has_a_wrong_answer_that_falls_to_it() -> None:
    meant = {wrong.case for wrong in WRONG_ANSWERS}
    needless = [
        case
        for case in CHECKS.cases
        if not meant & set(names_in(case.test)) and "MIT" not in case.name
    ]
    searches = {case.name for case in SEARCHES}
    needless = [
        case.name for case in needless if case.name in searches or not falls_to_a_wrong_rule(case)
    ]

    assert needless == [case.name for case in SEARCHES]


def passes(kind: type, stage: str) -> bool:
    """Whether all cases of a stage pass."""
    cases = next(each.cases for each in CHECKS.stages if each.name == stage)
    return all(case.test.finding(guarded_server(kind), 0) is None for case in cases)


def test_stage_a_asks_for_no_entries_and_no_commands() -> None:
    def _take_entries(self: Any, s: Any, new: Any, out: Any) -> Any:
        if new.entries or new.leader_commit:
            raise NotImplementedError
        return FromScratch._take_entries(self, s, new, out)

    def _take_command(self: Any, *rest: Any) -> Any:
        raise NotImplementedError

    assert passes(changed(_take_entries=_take_entries, _take_command=_take_command), "A")


def test_stages_a_and_b_ask_for_no_writes_and_c_does() -> None:
    def handle(self: Any, event: Any) -> Effects:
        effects = FromScratch.handle(self, event)
        effects.writes = ()
        return effects

    forgetful = changed(handle=handle)
    assert passes(forgetful, "A")
    assert passes(forgetful, "B")
    assert not passes(forgetful, "C")
