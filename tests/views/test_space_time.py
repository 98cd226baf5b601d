"""A space-time diagram tells all that happened: each message, role, fault and culprit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from raftkit.protocol import AppendEntriesResponse, Effects, RequestVoteRequest
from raftkit.simulator import (
    Crash,
    Duplicate,
    History,
    InvariantViolation,
    Link,
    Lost,
    MendDisk,
    RaftSystem,
    SlowDisk,
    Step,
    Timeout,
    TornWrite,
)
from raftkit.views import Picture, space_time
from raftkit.views.descriptions import milliseconds
from raftkit.views.diagram_rows import rows_of
from raftkit.views.message_flights import flights_of
from raftkit.views.role_spans import lifelines_of
from raftkit.views.visible_records import visible_records

Read = Callable[[Picture], Any]


def _sent(history: History) -> int:
    return sum(
        len(step.effects.messages) + len(step.effects.early_messages) for step in history.steps()
    )


def test_each_message_has_an_arrow(election: History, read: Read) -> None:
    drawn = read(space_time(election))

    assert len(drawn.of_class("message")) == _sent(election)


def test_each_arrow_says_its_message_in_words(election: History, read: Read) -> None:
    titles = read(space_time(election)).titles
    for step in election.steps():
        for message in step.effects.messages:
            ends = f"from {message.source} to {message.target}: term {message.term}"
            assert any(ends in title for title in titles)


def test_an_arrow_runs_from_cause_to_effect(partition: History, read: Read) -> None:
    for arrow in read(space_time(partition)).of_class("arrived"):
        shaft = next((part for part in arrow if part.tag.endswith("line")), None)
        assert shaft is not None
        assert float(shaft.get("x1")) < float(shaft.get("x2"))


def test_lost_messages_are_marked(partition: History, read: Read) -> None:
    lost = [entry for entry in partition.records if isinstance(entry, Lost)]
    assert lost

    last_ms = lost[5].time / 1000
    until = [entry for entry in lost if entry.time <= lost[5].time]
    picture = space_time(partition, first_ms=390, last_ms=last_ms)

    assert len(read(picture).of_class("lost")) == len(until)
    assert picture.text.count("lost: the link is cut") == len(until)


def test_a_message_to_a_dead_server_flies_until_it_should_arrive() -> None:
    cluster = RaftSystem(servers=3, seed=7)
    cluster.run(ms=300)
    cluster.crash(next(server for server in cluster.servers if server != cluster.leader))
    cluster.run(ms=100)
    fates = {flight.reason: flight for flight in flights_of(cluster.history) if flight.reason}

    down = fates["down"]
    assert down.end is not None
    assert cluster.history.records[down.end].time > cluster.history.records[down.left].time


def test_a_repeated_message_has_two_arrows() -> None:
    cluster = RaftSystem(servers=3, seed=7)
    cluster.do(Duplicate(kind="RequestVoteRequest"))
    cluster.run(ms=400)
    flights = flights_of(cluster.history)

    copies = [flight for flight in flights if flight.copy]
    assert len(copies) == 1
    assert isinstance(copies[0].message, RequestVoteRequest)
    assert sum(flight.message is copies[0].message for flight in flights) == 2


def test_every_arrival_of_a_message_is_the_end_of_a_flight(partition: History) -> None:
    landed = Counter(
        flight.landed for flight in flights_of(partition) if flight.outcome == "arrived"
    )
    arrivals = [
        position
        for position, entry in enumerate(partition.records)
        if isinstance(entry, Step) and getattr(entry.event, "source", "")
    ]

    assert landed == Counter(arrivals)


def test_a_slow_disk_delays_the_departure(read: Read) -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.run(ms=250)
    cluster.do(SlowDisk(str(cluster.leader), 6_000))
    cluster.propose("x=1")
    cluster.run(ms=30)
    late = [flight for flight in flights_of(cluster.history) if flight.left != flight.step]
    picture = space_time(cluster.history, first_ms=245)

    assert len(late) == 2
    assert read(picture).titles.count("waits until the disk has written") == 2
    assert "has written; sends 2 messages" in picture.text
    assert "writes before it sends AppendEntries" in picture.text


def test_what_a_torn_write_holds_back_never_leaves() -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.run(ms=250)
    follower = next(server for server in cluster.servers if server != cluster.leader)
    cluster.do(TornWrite(follower))
    cluster.propose("x=1")
    cluster.run(ms=40)
    held = [f for f in flights_of(cluster.history) if f.outcome == "never left"]

    assert [flight.message.source for flight in held] == [follower]


def test_a_crash_before_the_disk_has_written_keeps_the_messages_back() -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.run(ms=250)
    leader = str(cluster.leader)
    cluster.do(SlowDisk(leader, 6_000))
    cluster.propose("x=1")
    cluster.crash(leader)
    cluster.run(ms=30)
    held = [f for f in flights_of(cluster.history) if f.outcome == "never left"]

    assert len(held) == 2
    assert "crashes before it sends AppendEntries" in space_time(cluster.history, first_ms=245).text


def test_what_is_in_the_air_at_the_end_is_under_way(two_leaders: Any, read: Read) -> None:
    history, _ = two_leaders
    titles = read(space_time(history)).titles

    # A run may end at any instant; the last step's own messages cannot have arrived.
    assert sum(title.endswith("still under way") for title in titles) >= 4


def test_the_number_of_a_term_stands_beside_its_colour(partition: History, read: Read) -> None:
    texts = read(space_time(partition)).texts
    for lifeline in lifelines_of(partition).values():
        for span in lifeline.spans:
            if span.look is not None and span.look.term > 0:
                letter = span.look.role[0].upper()
                assert f"{letter} {span.look.term}" in texts


def test_faults_are_labelled_on_top(read: Read) -> None:
    cluster = RaftSystem(servers=3, seed=7)
    cluster.run(ms=300)
    cluster.crash("S1")
    cluster.run(ms=50)
    cluster.restart("S1")
    cluster.pause("S2")
    cluster.run(ms=50)
    cluster.resume("S2")
    cluster.partition({"S1"}, {"S2", "S3"})
    cluster.heal()
    cluster.run(ms=50)
    texts = read(space_time(cluster.history, first_ms=290)).texts

    for words in ("S1 crashes", "S1 restarts", "S2 pauses", "S2 resumes", "cut: S1 | S2 S3"):
        assert words in texts
    assert "healed" in texts


def test_a_violation_names_the_property_the_detail_and_the_culprits(
    two_leaders: tuple[History, InvariantViolation], read: Read
) -> None:
    history, violation = two_leaders
    picture = space_time(history, violation=violation)
    drawn = read(picture)

    assert "Election Safety is broken (§5.2)" in drawn.texts
    assert violation.detail in " ".join(drawn.texts)
    assert violation.detail in picture.alt
    assert "!" in drawn.texts
    outlines = [e for e in drawn.root.iter() if e.get("rx") == "9" and e.get("stroke") == "#D55E00"]
    assert len(outlines) == len(violation.servers) == 2


def test_a_picture_of_a_violation_ends_where_it_happened() -> None:
    cluster = RaftSystem(servers=3, seed=7)
    cluster.run(ms=3_000)
    position = next(p for p, r in enumerate(cluster.history.records) if r.time > 200_000)
    time = cluster.history.records[position].time
    violation = InvariantViolation(
        "Leader Append-Only", "§5.3", time, position, (), (), "It broke."
    )
    picture = space_time(cluster.history, violation=violation)

    assert "Leader Append-Only" in picture.alt
    assert len(picture.text.splitlines()) < 60


def test_a_window_shows_what_lies_in_it(election: History) -> None:
    whole, part = space_time(election), space_time(election, first_ms=0, last_ms=100)

    assert "RequestVote" in whole.text
    assert "RequestVote" not in part.text


def test_a_long_history_is_thinned_out_and_says_so(read: Read) -> None:
    cluster = RaftSystem(servers=5, seed=7)
    cluster.run(ms=5_000)
    picture = space_time(cluster.history)

    assert len(read(picture).of_class("message")) < 120
    assert "messages that change nothing" in picture.text
    assert any("folded away" in words for words in read(picture).texts)
    assert any(words == "leader, term 1" for words in read(picture).titles)


def test_a_stormy_history_is_cut_and_says_so(read: Read) -> None:
    cluster = RaftSystem(servers=5, seed=7, clients=2, link=Link(loss=0.2))
    for number in range(20):
        cluster.ask("C1", f"x={number}")
        cluster.run(ms=100)
    picture = space_time(cluster.history)
    texts = read(picture).texts

    assert any("messages are left out" in words for words in texts[:3])
    assert "messages are left out" in picture.text


def test_a_title_that_is_given_says_which_part_is_drawn(election: History, read: Read) -> None:
    end = milliseconds(election.end)
    texts = read(space_time(election, last_ms=100, title="The calm before")).texts

    assert texts[:2] == ["The calm before", f"0 ms to 100 ms of {end}"]
    assert read(space_time(election, title="All of it")).texts[1] != texts[1]


def test_rows_have_every_record_and_every_message_once() -> None:
    cluster = RaftSystem(servers=5, seed=7, clients=2, link=Link(loss=0.1))
    for number in range(8):
        cluster.ask("C1", f"x={number}")
        cluster.run(ms=100)
    history = cluster.history
    lifelines = lifelines_of(history)
    visible = visible_records(history, flights_of(history), lifelines, None, None)
    rows = rows_of(history, visible, lifelines)

    assert len(rows) > 1
    assert [place for row in rows for place in row.visible.positions] == visible.positions
    assert sum((row.visible.folds for row in rows), Counter()) == visible.folds
    for before, after in pairwise(rows):
        assert before.visible.last == after.visible.first
        assert before.visible.end == after.visible.start
        assert before.bottom < after.top
    for flight in visible.flights:
        drawn = [row for row in rows if flight in row.visible.flights]
        assert any(row.holds(flight.left) for row in drawn) or flight.left < visible.first
        assert flight.end is None or any(row.holds(flight.end) for row in drawn)


def test_a_refusal_is_in_the_key(read: Read) -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.run(ms=400)
    leader = str(cluster.leader)
    other = next(name for name in cluster.servers if name != leader)
    cluster.partition({other})
    cluster.propose("x=1")
    cluster.run(ms=600)
    cluster.heal()
    cluster.run(ms=200)
    refusals = [
        flight
        for flight in flights_of(cluster.history)
        if isinstance(flight.message, AppendEntriesResponse) and not flight.message.success
    ]
    texts = read(space_time(cluster.history)).texts

    assert refusals
    assert "refuses entries" in texts


def test_a_history_read_from_a_file_gives_the_same_picture(partition: History) -> None:
    again = History.from_json(partition.to_json())

    assert space_time(again) == space_time(partition)


@pytest.mark.parametrize("servers", [1, 3, 4, 5, 7])
def test_any_number_of_servers_has_a_lane_each(servers: int, read: Read) -> None:
    cluster = RaftSystem(servers=servers, seed=2)
    cluster.run(ms=350)
    texts = read(space_time(cluster.history)).texts

    for server in cluster.servers:
        assert server in texts


def test_a_cluster_that_has_not_run_has_a_picture(read: Read) -> None:
    assert read(space_time(RaftSystem(servers=3).history)).texts.count("F 0") == 3


def test_the_axis_is_true(election: History, read: Read) -> None:
    """Between two ticks lie the events of that time and no others."""
    drawn = read(space_time(election))
    ticks = sorted(
        (float(text.get("x")), int((text.text or "").replace(",", "")))
        for text in drawn.root.iter("{http://www.w3.org/2000/svg}text")
        if text.get("font-size") == "11.5" and (text.text or "").replace(",", "").isdigit()
    )

    assert len(ticks) >= 4
    assert [ms for _, ms in ticks] == sorted({ms for _, ms in ticks})
    for arrow in drawn.of_class("arrived"):
        title, shaft = arrow[0].text, next(e for e in arrow if e.tag.endswith("line"))
        sent = float(title.split("Sent at ")[1].split(" ms")[0])
        x = float(shaft.get("x1"))
        assert all((at <= x + 0.2) == (ms <= sent + 0.05) for at, ms in ticks)


def test_messages_of_another_protocol_are_drawn_by_name(read: Read) -> None:
    @dataclass
    class Prepare:
        source: str
        target: str
        ballot: int

    prepare, sends = Prepare("A", "B", 4), Effects()
    sends.messages = [prepare]
    history = History(
        setup={"servers": ["A", "B"]},
        records=[Step(0, "A", None, sends, None), Step(5_000, "B", prepare, Effects(), None)],
        end=6_000,
    )
    drawn = read(space_time(history))

    assert "Prepare" in drawn.texts
    assert any("Prepare from A to B: ballot 4" in title for title in drawn.titles)


def test_a_mended_disk_holds_nothing_back() -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(TornWrite("S1"), MendDisk("S1"), Timeout("S1"))
    cluster.run(ms=5)
    cluster.crash("S1")
    cluster.run(ms=20)

    assert {flight.outcome for flight in flights_of(cluster.history)} <= {"arrived", "lost"}


def test_anothers_torn_write_holds_nothing_back() -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.do(TornWrite("S1"), Timeout("S2"))
    cluster.do(Crash("S1"))
    cluster.run(ms=30)

    assert "never left" not in {flight.outcome for flight in flights_of(cluster.history)}


def test_the_walls_of_two_partitions_stand_until_they_are_healed() -> None:
    cluster = RaftSystem(servers=3, seed=1)
    cluster.partition({"S1"})
    cluster.run(ms=10)
    cluster.partition({"S3"})
    cluster.run(ms=10)
    both = space_time(cluster.history).svg
    cluster.heal()
    cluster.run(ms=10)

    assert "cut: S1" in both
    assert "cut: S3" in both
    assert both.count("stroke-dasharray") >= 2
