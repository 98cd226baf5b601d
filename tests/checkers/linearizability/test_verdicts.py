"""Known histories, budgets and clusters: what is linearizable, what is not, and what is unknown."""

import sys
from dataclasses import replace
from random import Random

import pytest

from raftkit.checkers import Cluster, Timed, Trial, run_trial
from raftkit.checkers.fuzzer.fuzzing import run_trial_number
from raftkit.checkers.linearizability import (
    MODELS,
    Operation,
    check_linearizable,
    linearizability_violation,
    linearizable_calls,
    operations_of,
    read_lines,
    write_lines,
)
from raftkit.course.proving import AnswerUnderTest, answer
from raftkit.course.wrong_answers import WRONG_ANSWERS, WrongAnswer
from raftkit.protocol import Server
from raftkit.simulator import Ask, Crash, Heal, NetworkConditions, Propose, Restart, Timeout


def history(*calls: tuple[object, ...]) -> list[Operation]:
    """Operations from (client, kind, argument, result, called, returned) on the object x."""
    return [
        Operation(str(client), str(kind), "x", argument, result, called, returned)
        for client, kind, argument, result, called, returned in calls
    ]


# Herlihy and Wing (1990), figures 1 and 2: queues and registers, their verdicts.
KNOWN = {
    "H1: two enqueues overlap, either may be first": (
        "queue",
        history(
            ("A", "enqueue", "x", None, 0, 10),
            ("B", "enqueue", "y", None, 2, 8),
            ("B", "dequeue", None, "x", 12, 14),
            ("A", "dequeue", None, "y", 16, 18),
        ),
        True,
    ),
    "H2: x was there before y, yet y comes out first": (
        "queue",
        history(
            ("A", "enqueue", "x", None, 0, 2),
            ("B", "enqueue", "y", None, 4, 6),
            ("A", "dequeue", None, "y", 8, 10),
        ),
        False,
    ),
    "H3: it comes out while it goes in": (
        "queue",
        history(("A", "enqueue", "x", None, 0, 10), ("B", "dequeue", None, "x", 2, 4)),
        True,
    ),
    "H4: x comes out twice": (
        "queue",
        history(
            ("A", "enqueue", "x", None, 0, 10),
            ("B", "enqueue", "y", None, 1, 3),
            ("A", "dequeue", None, "x", 12, 20),
            ("C", "dequeue", None, "x", 13, 21),
        ),
        False,
    ),
    "H5: a write may be seen before it returns": (
        "register",
        history(
            ("A", "write", 0, None, 0, 2),
            ("B", "write", 1, None, 3, 9),
            ("A", "read", None, 1, 4, 5),
            ("C", "write", 0, None, 6, 12),
            ("A", "read", None, 0, 10, 11),
        ),
        True,
    ),
    "H6: once seen, it cannot be unseen": (
        "register",
        history(
            ("A", "write", 0, None, 0, 2),
            ("B", "write", 1, None, 3, 9),
            ("A", "read", None, 1, 4, 5),
            ("A", "read", None, 0, 6, 7),
        ),
        False,
    ),
    "an unknown write may have happened": (
        "register",
        history(("A", "write", 1, None, 0, None), ("B", "read", None, 1, 50, 60)),
        True,
    ),
    "it cannot have happened before it was asked for": (
        "register",
        history(("B", "read", None, 1, 0, 10), ("A", "write", 1, None, 20, None)),
        False,
    ),
    "it happens once": (
        "register",
        history(
            ("A", "write", 1, None, 0, None),
            ("B", "read", None, 1, 1, 2),
            ("B", "write", 2, None, 3, 4),
            ("B", "read", None, 1, 5, 6),
        ),
        False,
    ),
    "an append that is done twice shows": (
        "kv",
        history(("A", "append", "1", None, 0, 10), ("B", "get", None, "11", 20, 30)),
        False,
    ),
    "nobody wrote it": (
        "register",
        history(("A", "write", 1, None, 0, 1), ("B", "read", None, 2, 2, 3)),
        False,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_histories_have_their_known_verdicts(name: str) -> None:
    model, operations, is_linearizable = KNOWN[name]

    assert check_linearizable(operations, model).is_linearizable is is_linearizable


def test_a_stale_read_is_told_in_a_sentence() -> None:
    verdict = check_linearizable(KNOWN["H6: once seen, it cannot be unseen"][1], "register")

    assert str(verdict).startswith("violated\nA’s read of x returned 0 (6 to 7 ms), but it could ")
    assert [each.operation.returned for each in verdict.violations] == [7]


# Budgets -----------------------------------------------------------------------------------


def _crowd(clients: int, key: str = "x") -> list[Operation]:
    """Everybody writes at once, and then somebody reads what nobody wrote."""
    writes = [Operation(f"C{n}", "write", key, n, None, 0, 10) for n in range(clients)]
    return [*writes, Operation("R", "read", key, None, -1, 20, 30)]


def test_a_spent_budget_is_no_verdict() -> None:
    short = check_linearizable(_crowd(9), "register", budget=20)
    long = check_linearizable(_crowd(9), "register")

    assert (short.verdict, short.is_linearizable, short.order) == ("unknown", False, ())
    assert long.verdict == "violated"
    assert 20 < short.steps < long.steps


@pytest.mark.parametrize(("budget", "is_enough"), [(60_000, False), (600_000, True)])
def test_verdict_and_explanations_share_one_budget(budget: int, is_enough: bool) -> None:
    answers = 0

    def counted(state: object, operation: Operation) -> object:
        nonlocal answers
        answers += 1
        return MODELS["register"].apply(state, operation)

    crowds = [operation for key in "wxyz" for operation in _crowd(9, key)]
    verdict = check_linearizable(crowds, replace(MODELS["register"], apply=counted), budget)

    assert [broken.key for broken in verdict.violations] == [*"wxyz"]
    # A search that is spent finishes the choice that it is at: a few answers more.
    assert answers <= verdict.steps < budget + 500
    assert all(broken.is_cut_short for broken in verdict.violations) is not is_enough
    assert ("The budget did not suffice" in str(verdict)) is not is_enough


def _growing_text(seed: int) -> list[Operation]:
    """Texts that grow for long, by many clients at once, and a late read of an early text."""
    random, text, reads = Random(seed), "", [""]
    operations = []
    for number in range(600):
        called = number + 0.01
        returned = called + random.randrange(1, 25)
        if random.random() < 0.5:
            piece = f"x {number} y" * 20
            text += piece
            told = Operation(f"C{number}", "append", "x", piece, None, called, returned)
        else:
            reads.append(text if number < 590 else reads[len(reads) // 2])
            told = Operation(f"C{number}", "get", "x", None, reads[-1], called, returned)
        operations.append(told)
    return operations


def test_a_step_of_a_long_text_costs_no_more_than_another() -> None:
    """The lookahead once tried each beginning of a text, thousands of them in every step."""
    calls = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    operations, before = _growing_text(seed=2), sys.getprofile()
    sys.setprofile(counted)
    try:
        verdict = check_linearizable(operations, "kv", budget=20_000)
    finally:
        sys.setprofile(before)

    assert verdict.verdict == "violated"
    assert verdict.steps < 22_000
    assert calls < 25 * verdict.steps


def test_a_violation_of_one_key_counts_even_if_another_is_unknown() -> None:
    stale = [
        Operation("A", "write", "y", 1, None, 0, 1),
        Operation("B", "read", "y", None, 0, 2, 3),
    ]

    verdict = check_linearizable([*_crowd(9), *stale], "register", budget=60)

    assert verdict.verdict == "violated"
    assert [broken.key for broken in verdict.violations] == ["y"]


def test_who_waits_sees_every_key() -> None:
    operations = [Operation("A", "write", key, 1, None, 0, 1) for key in "xyz"]
    seen: list[int] = []

    def bar(parts):
        for part in parts:
            seen.append(len(part))
            yield part

    check_linearizable(operations, "register", progress=bar)

    assert seen == [1, 1, 1]


def test_a_long_history_of_few_clients_takes_few_steps() -> None:
    operations = [
        Operation(f"C{n % 3}", "write" if n % 2 else "read", "x", n if n % 2 else None,
                  None if n % 2 else (n - 1 if n else None), n * 10, n * 10 + 9)
        for n in range(3_000)
    ]  # fmt: skip

    verdict = check_linearizable(operations, "register")

    assert verdict.is_linearizable
    assert verdict.steps < 4 * len(operations)


def test_writes_of_unknown_outcome_that_nobody_sees_cost_nothing() -> None:
    unknown = [Operation(f"C{n}", "write", "x", n, None, n, None) for n in range(500)]
    seen = Operation("R", "read", "x", None, 499, 600, 601)
    unseen = Operation("R", "read", "x", None, 0, 700, 701)

    assert check_linearizable([*unknown, seen, unseen], "register").steps < 3_000
    assert check_linearizable([*unknown, seen, unseen], "register").is_linearizable
    again = replace(seen, called=800, returned=801)
    verdict = check_linearizable([*unknown, seen, unseen, again], "register")
    assert verdict.violations[0].operation == again
    assert verdict.violations[0].needed == (seen, unseen, again)
    assert verdict.steps < 100_000


def test_an_early_answer_in_a_long_history_is_found_without_the_rest() -> None:
    operations = [Operation("C1", "write", "x", n, None, 2 * n, 2 * n + 1) for n in range(2_000)]
    stale = Operation("C2", "read", "x", None, 0, 100.2, 100.8)

    violation = check_linearizable([*operations, stale], "register").violations[0]

    assert violation.operation == stale
    assert set(violation.possible) == {49, 50}
    assert violation.order == tuple(operations[:50])


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (Operation("C1", "fly", "x"), "no 'fly'; it has get, put"),
        (Operation("C1", "put", "x", 1, called=5, returned=3), "cannot return before"),
        (Operation("C1", "cas", "x", 1), "is .expected, new.: C1: cas x 1"),
        (Operation("C1", "cas", "x", (1, 2, 3)), "is .expected, new."),
        (Operation("C1", "append", "x", 1), "must be text"),
        (Operation("C1", "put", "x", [1]), "no lists: C1: put x .1."),
        (Operation("C1", "put", ["x"], 1), "no lists"),
        (Operation("C1", "get", "x", result={1}, returned=1), "no lists"),
    ],
)
def test_what_is_no_operation_is_refused(operation: Operation, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_linearizable([operation], "kv")


def test_there_is_no_model_of_another_name() -> None:
    with pytest.raises(ValueError, match="there are register, cas, kv, queue"):
        check_linearizable([], "stack")


def test_an_object_may_start_from_another_value() -> None:
    zero = MODELS["register"].starting_with(0)
    read = [Operation("A", "read", "x", None, 0, 0, 1)]

    assert check_linearizable(read, zero).is_linearizable
    assert not check_linearizable(read, "register").is_linearizable


# Clusters ----------------------------------------------------------------------------------


def test_the_reference_is_linearizable_under_faults() -> None:
    asked = 0
    for number in range(120):
        played = run_trial_number(11, number)
        verdict = linearizable_calls(played.cluster)
        asked += len(verdict.operations)

        assert verdict.is_linearizable, played.trial
    assert asked > 300


def test_what_a_cluster_was_asked_survives_a_file() -> None:
    cluster = Cluster(servers=3, seed=2, clients=2)
    for command in ("x=1", "x?1=2", "x", "x+=7", "y"):
        cluster.ask("C1", command)
        cluster.ask("C2", command)
    cluster.do(Propose("x=5"), at_ms=200)
    cluster.run(ms=2_000)
    operations = operations_of(cluster)
    read = read_lines(write_lines(operations), MODELS["kv"]).operations

    assert list(read) == operations
    assert len(operations) == 11
    assert check_linearizable(read).is_linearizable


STALE_READ = Trial(
    5,
    seed=525_569,
    schedule=(
        Timed(0, Timeout("S2")),
        Timed(24_153, Ask("C1", "y=2")),
        Timed(49_463, Timeout("S4")),
        Timed(63_047, Ask("C2", "y")),
    ),
    end=216_595,
    heals=True,
    clients=2,
)


def stormy(seed: int, subject: AnswerUnderTest | None = None) -> Cluster:
    """Four busy clients, a bad network, and a leader that is cut off now and then."""
    rules, make_server = (subject.rules, subject.make_server) if subject else (None, None)
    cluster = Cluster(
        servers=3, seed=seed, clients=4, rules=rules, make_server=make_server or Server
    )
    cluster.do(NetworkConditions(loss=0.05, slow=0.1, latency_slow=60_000))
    cluster.run(ms=400)
    for turn in range(40):
        for place, client in enumerate(cluster.clients):
            key = "xy"[(turn + place) % 2]
            commands = (f"{key}={turn}", f"{key}+={place}", key, key)
            cluster.ask(client, commands[(turn * 3 + place + seed) % 4])
        if turn % 4 == 0 and cluster.leader:
            cluster.partition({cluster.leader}, {*cluster.servers} - {cluster.leader})
        elif turn % 4 == 2:
            cluster.heal()
        cluster.run(ms=150)
    cluster.do(Heal(), NetworkConditions())
    cluster.run(ms=1_500)
    return cluster


def test_the_reference_is_linearizable_in_a_storm() -> None:
    for seed in range(5):
        cluster = stormy(seed)

        assert cluster.violations == []
        assert len(cluster.calls) == 160
        assert linearizable_calls(cluster).is_linearizable


# Every one of the catalogue that says so of itself.
LIES = [wrong for wrong in WRONG_ANSWERS if wrong.violates == "Linearizability"]


@pytest.mark.parametrize("wrong", LIES, ids=lambda wrong: wrong.id)
def test_servers_that_lie_to_their_clients_are_caught(wrong: WrongAnswer) -> None:
    subject = AnswerUnderTest(wrong)

    cluster, violation = next(
        (cluster, violation)
        for seed in range(10)
        if (violation := linearizability_violation(cluster := stormy(seed, subject)))
    )

    # Figure 3 looks into the servers and finds nothing wrong there.
    assert cluster.violations == []
    assert (violation.property, violation.section) == ("Linearizability", "§8")
    assert cluster.history.records[violation.step].process in violation.servers


def test_a_violation_ends_a_trial() -> None:
    subject = AnswerUnderTest(answer("C15"))

    broken = run_trial(STALE_READ, subject.rules, subject.make_server).violations

    assert [each.property for each in broken] == ["Linearizability"]
    assert broken[0].detail.startswith("C2’s get of y returned null (63 to 83.8 ms), but it could")
    assert run_trial(STALE_READ).violations == []


def test_what_nobody_asked_for_needs_no_order() -> None:
    cluster = Cluster(servers=3, seed=1)
    cluster.do(Crash("S1"), Restart("S1"))
    cluster.run(ms=500)

    assert operations_of(cluster) == []
    assert linearizability_violation(cluster) is None
