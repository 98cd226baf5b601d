"""The key-value store's four commands, retries of clients, and what a driver keeps of them."""

import pytest

from raftkit.protocol import Entry
from raftkit.protocol.effects import Effects, Reply
from raftkit.protocol.messages import ClientResponse
from raftkit.protocol.state_machines import AppliedEntries, KeyValue, parse_command


@pytest.mark.parametrize(
    ("before", "command", "result", "after"),
    [
        ({}, "x", None, {}),
        ({"x": "1"}, "x", "1", {"x": "1"}),
        ({"x": "1"}, "x=2", "2", {"x": "2"}),
        ({"x": "1"}, "x=", "", {"x": ""}),
        ({}, "x=1=2", "1=2", {"x": "1=2"}),
        ({}, "x+=1", "1", {"x": "1"}),
        ({"x": "1"}, "x+=2", "12", {"x": "12"}),
        ({"x": "1"}, "x+=2=3", "12=3", {"x": "12=3"}),
        ({"x": "1"}, "x?1=2", "ok", {"x": "2"}),
        ({"x": "1"}, "x?2=3", "failed", {"x": "1"}),
        ({"x": "1"}, "x?1", "ok", {"x": ""}),
        ({}, "x?1=2", "failed", {}),
        ({"x": "1"}, "", None, {"x": "1"}),
        ({"x": "1"}, "= 2", None, {"x": "1"}),
    ],
)
def test_a_command_and_its_result(
    before: dict[str, str], command: str, result: str | None, after: dict[str, str]
) -> None:
    store = KeyValue()
    store.values = dict(before)

    assert store.apply(Entry(1, command)) == result
    assert store.values == after


def test_a_retry_is_answered_as_before_and_does_nothing() -> None:
    store = KeyValue()
    given = [("C1", 1, "x+=1"), ("C1", 1, "x+=1"), ("C1", 2, "x+=2"), ("C1", 1, "x+=1")]

    entries = [Entry(1, command, client, serial) for client, serial, command in given]

    assert [store.apply(entry) for entry in entries] == ["1", "1", "12", "12"]
    assert store.apply(Entry(1, "x+=3", "C2", 1)) == "123"


def test_commands_without_a_client_are_carried_out_as_often_as_they_come() -> None:
    store = KeyValue()

    assert [store.apply(Entry(1, "x+=1")) for _ in range(2)] == ["1", "11"]


def test_a_driver_answers_with_the_results_of_the_step_and_passes_on_other_answers() -> None:
    applied = AppliedEntries("S1", KeyValue())
    applied.add([(1, Entry(1, "x=1")), (2, Entry(1, "x+=2"))])
    refusal = ClientResponse("S1", "C2", 3, False, leader_hint="S2")
    effects = Effects(replies=(Reply("C1", 7, 3), refusal), applied=[(3, Entry(1, "x"))])

    assert list(applied.answers(effects)) == [ClientResponse("S1", "C1", 7, True, "12"), refusal]
    assert applied.state_machine is not None
    assert applied.state_machine is applied.state_machine


def test_without_a_state_machine_clients_get_no_result() -> None:
    applied = AppliedEntries("S1", None)
    applied.add([(1, Entry(1, "x=1"))])
    effects = Effects(replies=(Reply("C1", 7, 2),), applied=[(2, Entry(1, "x"))])

    assert list(applied.answers(effects)) == [ClientResponse("S1", "C1", 7, True, None)]
    assert applied.state_machine is None


def test_text_that_is_no_command_is_told_from_a_key() -> None:
    assert parse_command("x y") is None
    assert parse_command("x?1") == ("x", "?", "1", None)
