"""`carry_out`: the order in which any driver does what a step asks."""

from typing import Any

import pytest

from raftkit.protocol import ClientResponse, Effects, Entry, Reply
from raftkit.protocol.driver import carry_out
from raftkit.protocol.state_machines import AppliedEntries, KeyValue


class Driver:
    """Writes down what it is asked to do; its disk is ready at once."""

    def __init__(self) -> None:
        self.applied_entries = AppliedEntries("S1", KeyValue())
        self.done: list[tuple[str, Any]] = []

    def change_timer(self, timer: str, change: str) -> None:
        self.done.append((timer, change))

    def send(self, messages: Any) -> None:
        self.done += [("sent", message) for message in messages]

    def write_and_send(self, writes: Any, messages: Any) -> None:
        self.done += [("wrote", write) for write in writes]
        self.send(messages)


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_early_messages_leave_before_the_writes_and_all_others_after_them(driver: Driver) -> None:
    effects = Effects(
        messages=("late",),
        timers=(("election", "restart"),),
        writes=("first", "second"),
        early_messages=("early",),
    )

    carry_out(effects, driver)

    assert driver.done == [
        ("election", "restart"),
        ("sent", "early"),
        ("wrote", "first"),
        ("wrote", "second"),
        ("sent", "late"),
    ]


def test_a_reply_carries_the_result_and_leaves_after_the_messages(driver: Driver) -> None:
    refused = ClientResponse("S1", "C2", 1, ok=False)
    carry_out(Effects(applied=((1, Entry(1, "x=1")),)), driver)

    carry_out(
        Effects(
            messages=("first",),
            replies=(Reply("C1", 1, 2), refused),
            applied=((2, Entry(1, "x+=2", "C1", 1)),),
        ),
        driver,
    )

    answer = ClientResponse("S1", "C1", 1, True, "12")
    assert driver.done == [("sent", message) for message in ("first", answer, refused)]


def test_without_a_state_machine_a_reply_has_no_result(driver: Driver) -> None:
    driver.applied_entries = AppliedEntries("S1", None)

    carry_out(Effects(replies=(Reply("C1", 1, 1),), applied=((1, Entry(1, "x=1")),)), driver)

    assert driver.done == [("sent", ClientResponse("S1", "C1", 1, True, None))]
    assert driver.applied_entries.state_machine is None
