"""A history goes out as JSON and comes back the same; anything else is refused in one line."""

import json
from random import Random

import pytest

from raftkit.protocol import Entry, Log, Server
from raftkit.protocol.json_form import to_json
from raftkit.simulator import (
    Acted,
    History,
    HistoryError,
    Link,
    Lost,
    NetworkConditions,
    RaftSystem,
    Released,
    SlowDisk,
    Step,
    calls,
)


class Compacts(Server):
    """A server that has put two entries into a snapshot, and says so to its driver."""

    def start(self):
        effects = super().start()
        self.log = Log([Entry(2, "x=3")], last_included_index=2, last_included_term=1)
        effects.extras = (Entry(1, "snapshot"),)
        return effects


def test_what_an_extension_adds_comes_back():
    cluster = RaftSystem(servers=3, make_server=Compacts)
    again = History.from_json(cluster.history.to_json())

    assert again.to_json() == cluster.history.to_json()
    for step in again.steps():
        assert step.effects.extras == (Entry(1, "snapshot"),)
        assert step.state.log == Log([Entry(2, "x=3")], 2, 1)


def test_network_conditions_are_read_under_their_former_name_too():
    cluster = RaftSystem(servers=3)
    cluster.do(NetworkConditions(loss=0.5))
    former = cluster.history.to_json().replace('"NetworkConditions"', '"Weather"')

    assert '"Weather"' in former
    assert History.from_json(former).to_json() == cluster.history.to_json()


@pytest.fixture(scope="module")
def eventful():
    """A history with clients, slow disks, losses, repeats, a crash and a client's redirection."""
    cluster = RaftSystem(servers=3, seed=5, clients=2, link=Link(loss=0.1, duplicate=0.2))
    cluster.do(SlowDisk("S1", 20_000), SlowDisk("S2", 5_000))
    for number in range(4):
        cluster.ask("C1", f"x+={number}")
        cluster.ask("C2", f"ключ={number}")
    cluster.run(ms=600)
    cluster.crash("S3")
    cluster.run(ms=100)
    cluster.restart("S3")
    cluster.run(ms=200)
    return cluster.history


def parts(effects):
    """Everything in an `Effects`, which compares by identity, as JSON."""
    names = ("writes", "early_messages", "messages", "replies", "timers", "applied")
    return {name: to_json(list(map(list_of, getattr(effects, name)))) for name in names}


def list_of(item):
    return list(item) if isinstance(item, tuple) else item


def test_a_history_comes_back_the_same(eventful):
    loaded = History.from_json(eventful.to_json())

    assert loaded.to_json() == eventful.to_json()
    assert loaded.setup == eventful.setup
    assert loaded.inputs == eventful.inputs
    assert loaded.violations == eventful.violations
    assert loaded.end == eventful.end
    assert len(loaded.records) == len(eventful.records)
    for ours, theirs in zip(loaded.records, eventful.records, strict=True):
        assert type(ours) is type(theirs)
        if isinstance(theirs, Step):
            assert (ours.time, ours.process, ours.event, ours.state) == (
                theirs.time,
                theirs.process,
                theirs.event,
                theirs.state,
            )
            assert parts(ours.effects) == parts(theirs.effects)
        else:
            assert ours == theirs
    assert {type(entry) for entry in loaded.records} == {Step, Lost, Released, Acted}
    assert calls(loaded) == calls(eventful)


def messages_of(history):
    """Every place of a history where a message stands, in order."""
    for entry in history.records:
        if isinstance(entry, Lost):
            yield entry.message
        elif isinstance(entry, Released):
            yield from entry.messages
        elif isinstance(entry, Step):
            effects = entry.effects
            things = (entry.event, *effects.early_messages, *effects.messages, *effects.replies)
            yield from (thing for thing in things if hasattr(thing, "target"))


def test_one_message_stays_one_message(eventful):
    loaded = History.from_json(eventful.to_json())
    ours = [id(message) for message in messages_of(loaded)]
    theirs = [id(message) for message in messages_of(eventful)]

    pairs = set(zip(ours, theirs, strict=True))
    assert len(pairs) == len(set(ours)) == len(set(theirs))
    assert len(ours) > 1.5 * len(set(ours))


def test_a_history_is_saved_and_loaded(eventful, tmp_path):
    path = tmp_path / "run.json"
    eventful.save(path)

    assert History.load(path).to_json() == eventful.to_json()
    assert path.read_bytes() == eventful.to_json().encode("ascii") + b"\n"


def test_any_text_may_be_a_command():
    cluster = RaftSystem(servers=1, seed=1)
    cluster.run(ms=500)
    for command in ("x=Größe", "x=\ud800", "x=\0", 'x="', "x=\u2028", "x=" + "y" * 10_000):
        cluster.propose(command)
    text = cluster.history.to_json()

    assert History.from_json(text).to_json() == text
    assert RaftSystem.replay(History.from_json(text)).history.to_json() == text


def test_a_file_grows_with_the_run_and_not_with_its_square(led):
    sizes = []
    for proposals in (200, 400):
        cluster = led(servers=3, seed=1)
        for number in range(proposals):
            cluster.propose(f"x={number % 10}")
            cluster.run(ms=5)
        sizes.append(len(cluster.history.to_json()))

    assert sizes[1] < 2.2 * sizes[0]


# What is no history --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("raft", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ("null", "does not say"),
        ("[]", "does not say"),
        ('"raftkit-history"', "does not say"),
        ("{}", "does not say"),
        ('{"format": ["raftkit-history"], "version": 2}', "does not say"),
        ('{"format": "raftkit-history"}', "version None"),
        ('{"format": "raftkit-history", "version": 3}', "use the raftkit that wrote it"),
        ('{"format": "raftkit-history", "version": "1"}', "version '1'"),
        ('{"format": "raftkit-history", "version": {"a": [1]}}', "version"),
        ('{"format": "raftkit-history", "version": 2}', "damaged"),
        pytest.param("[" * 200_000, "nested without end", marks=pytest.mark.system),
        pytest.param('{"a":' * 200_000, "nested without end", marks=pytest.mark.system),
        ("1" * 100_000, "not JSON"),
        ('{"end": NaN}', "NaN is no number"),
        ('{"end": -Infinity}', "-Infinity is no number"),
        (None, "not JSON"),
    ],
)
def test_what_is_no_history_is_refused_in_one_line(text, reason):
    with pytest.raises(HistoryError, match=reason) as refused:
        History.from_json(text)

    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_file_that_is_no_text_is_refused_in_one_line(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(HistoryError, match="not text"):
        History.load(path)


def test_a_file_that_is_not_there_is_the_systems_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        History.load(tmp_path / "nowhere.json")


def test_every_truncation_is_refused(eventful):
    text = eventful.to_json()
    for length in range(0, len(text), 997):
        with pytest.raises(HistoryError):
            History.from_json(text[:length])


JUNK = (
    None,
    True,
    False,
    -1,
    0,
    1,
    10**30,
    -(10**30),
    0.5,
    1e300,
    "",
    "S1",
    "Step",
    [],
    [[]],
    [1, 2, 3, 4],
    {},
    {"is": "Step"},
    {"is": "Entry", "term": 1},
    {"is": "Log", "entries": [[1, "x", "", 0]]},
    {"is": ["Log"]},
    {"is": "Partition", "groups": [["S1", "S1"]]},
    {"is": "Link", "loss": 9},
    [[[[[[[{"is": {}}]]]]]]],
)


def places(value, path=()):
    """The path of every part of a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def damage(data, path, change):
    """Change one part of JSON data in place."""
    for step in path[:-1]:
        data = data[step]
    change(data, path[-1])


def still_answers(text):
    """Load `text`; what loads must then bear being used."""
    try:
        history = History.from_json(text)
    except HistoryError as error:
        refused = str(error)
    else:
        refused = ""
    assert "\n" not in refused
    assert len(refused) < 300
    if refused:
        return False
    assert History.from_json(history.to_json()).to_json() == history.to_json()
    calls(history)
    assert history.steps() is not None
    assert isinstance(history.processes, tuple)
    return True


@pytest.fixture(scope="module")
def short():
    """A short history, as JSON data, with something in each of its parts."""
    cluster = RaftSystem(servers=2, seed=5, clients=1, link=Link(loss=0.1))
    cluster.do(SlowDisk("S1", 2_000))
    cluster.ask("C1", "x=1")
    cluster.run(ms=320)
    return cluster.history.to_json()


def test_junk_in_any_place_is_refused_or_harmless(short):
    random = Random(1)
    every = [path for path in places(json.loads(short)) if path]
    refused = 0
    for path in every:
        data = json.loads(short)
        junk = random.choice(JUNK)
        damage(data, path, lambda whole, key, junk=junk: whole.__setitem__(key, junk))
        refused += not still_answers(json.dumps(data))

    assert refused > len(every) / 3


def test_a_missing_part_is_refused_or_harmless(short):
    for path in places(json.loads(short)):
        if not path:
            continue
        data = json.loads(short)
        damage(data, path, lambda whole, key: whole.pop(key))
        still_answers(json.dumps(data))


def test_a_changed_letter_is_refused_or_harmless(short):
    random = Random(3)
    for _ in range(400):
        place = random.randrange(len(short))
        letter = random.choice('0123456789{}[]",:-eE.ntfSx\\')
        still_answers(short[:place] + letter + short[place + 1 :])


@pytest.mark.parametrize("part", ["format", "version", "setup", "end", "inputs", "messages"])
@pytest.mark.parametrize("junk", [None, True, "x", 1.5, -1, [1], {"a": 1}])
def test_every_part_of_the_top_has_its_kind(part, junk, short):
    data = json.loads(short)
    data[part] = junk
    with pytest.raises(HistoryError):
        History.from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data["records"][1].update(time=10**9), "time runs backwards"),
        (lambda data: data["records"][0].update(time=-1), "no time"),
        (lambda data: data["records"][0].update(time=1.0), "is no int"),
        (lambda data: data["records"][0].update(process=7), "is no process"),
        (lambda data: data["records"][0].update(event=-1), "no time or number of a message"),
        (lambda data: data["records"][0].update(event=10**9), "out of range"),
        (lambda data: data["records"][0].update({"is": "Wedding"}), "Wedding"),
        (lambda data: data["records"][0]["state"]["log"].update(keep=9), "cannot keep 9"),
        (lambda data: data["messages"].__setitem__(0, {"is": "Entry", "term": 1}), "no message"),
        (lambda data: data["inputs"][0].update(action={"is": "Entry", "term": 1}), "no action"),
        (lambda data: data["inputs"][0].update(at=-5), "no time"),
        (lambda data: data["setup"].update(servers="S1"), "is no list"),
    ],
)
def test_the_line_says_what_is_damaged(change, reason, short):
    data = json.loads(short)
    change(data)
    with pytest.raises(HistoryError, match=f"^this history is damaged .*{reason}.*save it again$"):
        History.from_json(json.dumps(data))
