"""A lone server's small world is not too small: far terms, long logs, large clusters, odd names.

The wrong servers differ from the capstone's solution in one rule each, and go wrong only where
terms jump, logs are long, clusters are not of three to five, or names and settings are others.
"""

from functools import partial

import pytest

from raftkit.scenarios import run_scenario, scenario
from raftkit.scenarios.small_world import Asking, ask_all, lives_of
from raftkit.scenarios.small_world.complaint import (
    APPLYING,
    BEATING,
    CHECKING,
    CLIENTS,
    COMMITTING,
    ELECTING,
    FOLLOWING,
    HEEDING,
    KEEPING,
    MERGING,
    NAMING,
    PROGRESS,
    RESTARTING,
    SENDING,
    TERMS,
    VOTING,
    WAITING,
    WRITING_FIRST,
)
from tests.changed_solution import Changes, changed

pytestmark = pytest.mark.once

_LATER_THAN_MATCH = "match < response.prev_log_index"
_ANSWERS = "self.out.replies += (Reply(client.source, client.serial, self.last_applied),)"
_ADOPTS = "self.current_term, self.voted_for, self.leader = term, None, None"
_STEPS_DOWN = 'self.role, self.clients = "follower", {}'
_IS_NEWER = "if term > self.current_term:\n"
_OF_THIS_TERM = "            request.term == self.current_term\n"
_VOTES = "    def answer_candidate(self, request: RequestVoteRequest) -> None:\n"
_TAKES = "    def take_entries(self, request: AppendEntriesRequest) -> None:\n"
_SAYS_VOTE = "RequestVoteResponse(self.id, request.source, self.current_term, granted)"
_SAYS_SUCCESS = "                self.current_term,\n                success,"
_WRITES = "if now != self.disk:"
_JUMPED = "now.current_term > self.disk.current_term + 1"
_WINS = "len(self.votes) > len(self.servers) // 2"
_INDEX = "held[len(self.servers) // 2]"
_OWN_LOG = "        own = (self.log.last_index,) if self.peers else ()\n"
_UP_TO_DATE = "theirs >= (self.log.last_term, self.log.last_index)"
_COMMITS = "min(request.leader_commit, last)"
_HINT = "leader_hint=self.leader)"
_REMEMBERS = "self.clients[self.log.last_index] = request"
_BATCH = "before + self.settings.batch)"
_PEERS = "self.peers = tuple(server for server in servers if server != id)"

_BEATS = "            for peer in self.peers:\n                self.send_entries(peer)\n"
_TO_NOBODY = (
    "            self.out.messages += (\n"
    "                AppendEntriesRequest(self.id, 'S99', self.current_term, 0, 0, (), 0),\n"
    "            )\n"
)
_APPENDS = "        self.append(Entry(self.current_term, request.command"
_TELLS = (
    "self.out.replies += tuple("
    "ClientResponse(self.id, each.source, each.serial, ok=False, leader_hint={1}) for each in {0})"
)
_WAITING = "(self.clients.values() if self.role == 'leader' else ())"

# A deposed leader may keep its clients: whom it answers then, is in question.
_WINS_CLEAN = 'self.role, self.leader, self.clients = "leader", self.id, {}'
_KEEPS_CLIENTS: Changes = (
    (_STEPS_DOWN, 'self.role = "follower"'),
    (_WINS_CLEAN, 'self.role, self.leader = "leader", self.id'),
)
_POPS = "if client := self.clients.pop(self.last_applied, None):"
_HERE = "self.log[self.last_applied]"
_ITS_ENTRY = f"({_HERE}.client, {_HERE}.serial) == (client.source, client.serial)"


def _pops_if(condition: str) -> tuple[str, str]:
    """The client that waits at an index is answered if this holds."""
    return (
        _POPS,
        f"{_POPS.replace('if client :=', 'client =')[:-1]}\n            if client and {condition}:",
    )


_HEARS = 'if self.role != "leader" or response.term != self.current_term:\n            return\n'


def _hears_old(what: str) -> Changes:
    """A leader does something at an answer to it of an older term."""
    old = f"if response.term != self.current_term:\n            {what}\n            return\n"
    return ((_HEARS, f'if self.role != "leader":\n            return\n        {old}'),)


_OF_OWN_TERM = "self.log.term_at(index) == self.current_term"
_SENT = "                entries,\n                self.commit_index,\n            ),\n        )\n"
_SUCCEEDS = "        if response.success:\n"
_REFUSED = "        elif match < response.prev_log_index < self.next_index[peer]:\n"
_BACKS_UP = "            self.next_index[peer] = max(match + 1, wanted)\n"
_SENDS_AGAIN = f"{_BACKS_UP}            self.send_entries(peer)\n"
_SENDS_ON = "        self.send_heartbeats()\n\n    def append"
_FROM_NEXT_INDEX = "        before = self.next_index[peer] - 1\n"

# nextIndex moves when something is sent; a refusal brings it back.
_PIPELINES = (_SENT, f"{_SENT}        self.next_index[peer] = before + len(entries) + 1\n")


def _heeds_success_if(condition: str) -> Changes:
    """A success counts only if this holds."""
    return (
        (_SUCCEEDS, f"        if response.success and {condition}:\n"),
        (_REFUSED, _REFUSED.replace("elif", "elif not response.success and")),
    )


def _busy_sends(what: str) -> Changes:
    """At a command, all are sent something from another place, and heartbeats are put off."""
    return (
        ("def send_entries(self, peer: str)", "def send_entries(self, peer, busy=False)"),
        (_FROM_NEXT_INDEX, f"{_FROM_NEXT_INDEX}        if busy:\n            {what}\n"),
        (
            _SENDS_ON,
            '        self.out.timers += (("heartbeat", "restart"),)\n'
            "        for peer in self.peers:\n"
            "            self.send_entries(peer, busy=True)\n\n    def append",
        ),
        (_SENDS_AGAIN, _BACKS_UP),
    )


WRONG: dict[str, tuple[str, Changes]] = {
    # Terms that jump
    "a later term is the next one": (
        TERMS,
        ((_ADOPTS, _ADOPTS.replace("term, N", "self.current_term + 1, N")),),
    ),
    "terms jump by two at most": (
        TERMS,
        ((_ADOPTS, _ADOPTS.replace("term, N", "min(term, self.current_term + 2), N")),),
    ),
    "a vote stays when the term jumps": (
        VOTING,
        (
            (
                _ADOPTS,
                "self.voted_for = None if term == self.current_term + 1 else self.voted_for\n"
                "            self.current_term, self.leader = term, None",
            ),
        ),
    ),
    "it votes for itself when the term jumps": (
        VOTING,
        (
            (
                _ADOPTS,
                "self.voted_for = None if term == self.current_term + 1 else self.id\n"
                "            self.current_term, self.leader = term, None",
            ),
        ),
    ),
    "a term that jumps is not written": (
        KEEPING,
        ((_WRITES, f"if now != self.disk and not ({_JUMPED} and now.voted_for is None):"),),
    ),
    "a jump restarts the timer": (
        WAITING,
        (
            (
                _IS_NEWER,
                "if term > self.current_term + 1:\n"
                '            self.out.timers += (("election", "restart"),)\n'
                f"        {_IS_NEWER}",
            ),
        ),
    ),
    "a candidate stays one when the term jumps by three": (
        TERMS,
        (
            (
                _IS_NEWER,
                'if self.role == "candidate" and term > self.current_term + 2:\n'
                f"            {_ADOPTS}\n"
                "            return\n"
                f"        {_IS_NEWER}",
            ),
        ),
    ),
    "only the term before is over": (
        VOTING,
        (
            (
                _OF_THIS_TERM,
                _OF_THIS_TERM.replace("== self.current_term", "!= self.current_term - 1"),
            ),
        ),
    ),
    "a candidate of long ago gets no answer": (
        VOTING,
        (
            (
                _VOTES,
                f"{_VOTES}        if request.term < self.current_term - 1:\n            return\n",
            ),
        ),
    ),
    "a leader of long ago gets no answer": (
        CHECKING,
        (
            (
                _TAKES,
                f"{_TAKES}        if request.term < self.current_term - 1:\n            return\n",
            ),
        ),
    ),
    "a leader of long ago restarts the timer": (
        WAITING,
        (
            (
                _TAKES,
                f"{_TAKES}        if request.term < self.current_term - 1:\n"
                '            self.out.timers += (("election", "restart"),)\n',
            ),
        ),
    ),
    "a candidate of long ago hears its own term": (
        VOTING,
        (
            (
                _SAYS_VOTE,
                _SAYS_VOTE.replace("self.current_term", "min(self.current_term, request.term + 1)"),
            ),
        ),
    ),
    "a leader of long ago hears its own term": (
        TERMS,
        (
            (
                _SAYS_SUCCESS,
                _SAYS_SUCCESS.replace(
                    "self.current_term", "min(self.current_term, request.term + 1)"
                ),
            ),
        ),
    ),
    "terms jump by ten at most": (
        TERMS,
        ((_ADOPTS, _ADOPTS.replace("term, N", "min(term, self.current_term + 10), N")),),
    ),
    "terms have 32 bits": (
        TERMS,
        ((_ADOPTS, _ADOPTS.replace("term, N", "term % 2**32, N")),),
    ),
    "terms are compared as text": (
        TERMS,
        (
            (
                "if message.term > self.current_term:",
                "if str(message.term) > str(self.current_term):",
            ),
        ),
    ),
    # Large clusters, and small ones
    "three votes always win": (
        ELECTING,
        ((_WINS, "len(self.votes) >= min(3, len(self.servers) // 2 + 1)"),),
    ),
    "four votes always win": (
        ELECTING,
        ((_WINS, "len(self.votes) >= min(4, len(self.servers) // 2 + 1)"),),
    ),
    "three copies always commit": (COMMITTING, ((_INDEX, "held[min(2, len(self.servers) // 2)]"),)),
    "four copies always commit": (COMMITTING, ((_INDEX, "held[min(3, len(self.servers) // 2)]"),)),
    "three of six commit": (
        COMMITTING,
        ((_INDEX, "held[len(self.servers) // 2 - (len(self.servers) == 6)]"),),
    ),
    "of two, the leader's copy commits": (
        COMMITTING,
        ((_INDEX, "held[0 if len(self.servers) == 2 else len(self.servers) // 2]"),),
    ),
    "of two, the leader commits at once": (
        COMMITTING,
        (
            (
                "        self.clients[self.log.last_index] = request\n",
                "        self.clients[self.log.last_index] = request\n"
                "        if len(self.peers) == 1:\n"
                "            self.commit_index = self.log.last_index\n",
            ),
        ),
    ),
    "votes of the first four others count": (
        ELECTING,
        (
            (
                'if self.role == "candidate" and',
                'if vote.source in self.servers[:5] and self.role == "candidate" and',
            ),
        ),
    ),
    "the first three others get votes": (
        VOTING,
        ((_OF_THIS_TERM, f"{_OF_THIS_TERM}            and request.source in self.peers[:3]\n"),),
    ),
    "alone, it leads without a no-op": (
        ELECTING,
        (("if self.settings.no_op:", "if self.settings.no_op and self.peers:"),),
    ),
    "alone, it does not commit its no-op": (
        COMMITTING,
        (
            (
                "if not self.peers:  # Alone, its disk is the majority.",
                "if not self.peers and entry.client:",
            ),
        ),
    ),
    "a leader sends to a server that is none": (SENDING, ((_BEATS, f"{_BEATS}{_TO_NOBODY}"),)),
    "a leader sends in any name": (
        SENDING,
        (
            (
                "AppendEntriesRequest(\n                self.id,\n",
                "AppendEntriesRequest(\n                ({*self.servers} - {peer}).pop(),\n",
            ),
        ),
    ),
    # Settings
    "batches are of one entry, or of a hundred": (
        SENDING,
        ((_BATCH, "before + (1 if self.settings.batch == 1 else 100))"),),
    ),
    "a no-op only into an empty log": (
        SENDING,
        (("if self.settings.no_op:", "if self.settings.no_op and not len(self.log):"),),
    ),
    # Long logs
    "up-to-date as one number, ten indexes a term": (
        HEEDING,
        (
            (
                _UP_TO_DATE,
                "theirs[0] * 10 + theirs[1] >= self.log.last_term * 10 + self.log.last_index",
            ),
        ),
    ),
    "up-to-date as one number, 2**32 indexes a term": (
        HEEDING,
        (
            (
                _UP_TO_DATE,
                "(theirs[0] << 32) + theirs[1] >= (self.log.last_term << 32) + self.log.last_index",
            ),
        ),
    ),
    "up-to-date as one number, five indexes a term": (
        HEEDING,
        (
            (
                _UP_TO_DATE,
                "theirs[0] * 5 + theirs[1] >= self.log.last_term * 5 + self.log.last_index",
            ),
        ),
    ),
    "up-to-date as text": (
        HEEDING,
        (
            (
                _UP_TO_DATE,
                "tuple(map(str, theirs)) >= (str(self.log.last_term), str(self.log.last_index))",
            ),
        ),
    ),
    "five entries are up-to-date": (
        HEEDING,
        ((_UP_TO_DATE, "theirs >= (self.log.last_term, min(5, self.log.last_index))"),),
    ),
    "a log that is far behind is up-to-date": (
        HEEDING,
        ((_UP_TO_DATE, f"({_UP_TO_DATE} or self.log.last_index - theirs[1] > 3)"),),
    ),
    "a long log is committed to its end": (
        FOLLOWING,
        (
            (
                _COMMITS,
                f"({_COMMITS} if self.log.last_index < 5\n"
                "                else min(request.leader_commit, self.log.last_index))",
            ),
        ),
    ),
    "of many entries, all that the leader has committed": (
        FOLLOWING,
        (
            (
                _COMMITS,
                f"({_COMMITS} if len(request.entries) < 4\n"
                "                else min(request.leader_commit, self.log.last_index))",
            ),
        ),
    ),
    "far entries of any term are committed": (
        COMMITTING,
        (
            (
                "self.log.term_at(index) == self.current_term:",
                "(index > 5 or self.log.term_at(index) == self.current_term):",
            ),
        ),
    ),
    "a log has thirty entries at most": (
        SENDING,
        (
            (
                "self.log = self.log.extend([entry])",
                "self.log = self.log.extend([entry] if len(self.log) < 30 else [])",
            ),
        ),
    ),
    "twenty entries of a request are taken": (
        MERGING,
        (
            ("enumerate(request.entries, start", "enumerate(request.entries[:20], start"),
            ("rest = request.entries[", "rest = request.entries[:20]["),
        ),
    ),
    "twenty entries are applied at a time": (
        APPLYING,
        (
            (
                "while self.last_applied < self.commit_index:",
                "for _ in range(min(20, self.commit_index - self.last_applied)):",
            ),
        ),
    ),
    "a long log of the same length is not written": (
        KEEPING,
        (
            (
                _WRITES,
                "if now != self.disk and (\n"
                "            (now.current_term, now.voted_for, len(now.log))\n"
                "            != (self.disk.current_term, self.disk.voted_for, len(self.disk.log))\n"
                "            or len(now.log) < 5\n"
                "        ):",
            ),
        ),
    ),
    "four entries are applied at a time": (
        APPLYING,
        (
            (
                "while self.last_applied < self.commit_index:",
                "for _ in range(min(4, self.commit_index - self.last_applied)):",
            ),
        ),
    ),
    # Identity, names and their order
    "entries are compared by identity": (
        MERGING,
        (("self.log.term_at(index) != entry.term:", "self.log[index] is not entry:"),),
    ),
    "votes are kept by the last letter of a name": (
        ELECTING,
        (("self.votes.add(vote.source)", "self.votes.add(self.id[:1] + vote.source[-1])"),),
    ),
    "the vote for itself is S1's": (ELECTING, (("None, {self.id}", 'None, {"S1"}'),)),
    "progress is told in another order, but on S1": (
        PROGRESS,
        ((_PEERS, f'{_PEERS}[:: 1 if id == "S1" else -1]'),),
    ),
    "progress is told in the order of the names": (
        PROGRESS,
        ((_PEERS, "self.peers = tuple(sorted(server for server in servers if server != id))"),),
    ),
    # Clients
    "whoever knows no leader names the first": (
        NAMING,
        ((_HINT, "leader_hint=self.leader or next(iter(self.peers), None))"),),
    ),
    "whoever has voted names its candidate": (
        NAMING,
        (
            (
                _HINT,
                "leader_hint=self.leader or {self.id: None}.get(self.voted_for, self.voted_for))",
            ),
        ),
    ),
    "the leader of an old term is named": (
        NAMING,
        (
            (_ADOPTS, _ADOPTS.replace(", self.leader = term, None, None", " = term, None")),
            ("self.leader, self.votes = None, {self.id}", "self.votes = {self.id}"),
            (_HINT, "leader_hint=self.leader if self.leader != self.id else None)"),
        ),
    ),
    "a leader refuses a command, and carries it out": (
        CLIENTS,
        ((_REMEMBERS, f"{_REMEMBERS}\n        {_TELLS.format('[request]', 'None')}"),),
    ),
    "who steps down tells its clients twice": (
        CLIENTS,
        ((_STEPS_DOWN, f"{_TELLS.format(_WAITING, 'None')} * 2\n        {_STEPS_DOWN}"),),
    ),
    "who steps down names itself": (
        CLIENTS,
        ((_STEPS_DOWN, f"{_TELLS.format(_WAITING, 'self.id')}\n        {_STEPS_DOWN}"),),
    ),
    "an empty command is not appended": (
        SENDING,
        ((_APPENDS, f"        if not request.command:\n            return\n{_APPENDS}"),),
    ),
    "an empty command is nobody's": (
        SENDING,
        (
            (
                "request.command, request.source, request.serial)",
                "request.command, request.source if request.command else '', request.serial)",
            ),
        ),
    ),
    "only who is called C is answered": (
        CLIENTS,
        (
            (
                "self.clients.pop(self.last_applied, None):",
                "self.clients.pop(self.last_applied, None)) and client.source[:1] in ('C', ''):",
            ),
            ("if client := self", "if (client := self"),
        ),
    ),
    "of two clients with one serial, one is answered": (
        CLIENTS,
        (
            (
                _REMEMBERS,
                "if not any(each.serial == request.serial for each in self.clients.values()):\n"
                f"            {_REMEMBERS}",
            ),
        ),
    ),
    "a deposed leader answers a client whose other command is applied": (
        CLIENTS,
        (*_KEEPS_CLIENTS, _pops_if(f"{_HERE}.client == client.source")),
    ),
    "a deposed leader answers a client whose later command is applied": (
        CLIENTS,
        (
            *_KEEPS_CLIENTS,
            _pops_if(f"{_HERE}.client == client.source and {_HERE}.serial >= client.serial"),
        ),
    ),
    "a deposed leader answers whom it told that it leads no more": (
        CLIENTS,
        (
            (_STEPS_DOWN, f"{_TELLS.format(_WAITING, 'None')}\n        self.role = 'follower'"),
            _KEEPS_CLIENTS[1],
            _pops_if(_ITS_ENTRY),
        ),
    ),
    "a deposed leader answers its clients when it leads again": (
        CLIENTS,
        (*_KEEPS_CLIENTS, _pops_if('self.role == "leader"')),
    ),
    "who steps down tells those that it has answered": (
        CLIENTS,
        (
            (_STEPS_DOWN, f"{_TELLS.format(_WAITING, 'None')}\n        {_STEPS_DOWN}"),
            ("self.clients.pop(self.last_applied, None)", "self.clients.get(self.last_applied)"),
        ),
    ),
    # Older terms, and no-ops
    "a refusal of an older term lowers nextIndex": (
        PROGRESS,
        (
            (
                'self.role != "leader" or response.term != self.current_term',
                'self.role != "leader" or response.success and response.term != self.current_term',
            ),
        ),
    ),
    "a refusal of long ago lowers nextIndex": (
        PROGRESS,
        (
            (
                "response.term != self.current_term",
                "response.term != self.current_term "
                "and (response.success or response.term != self.current_term - 2)",
            ),
        ),
    ),
    "an answer of an older term is a reason to send": (
        PROGRESS,
        _hears_old("self.send_entries(response.source)"),
    ),
    "a success of an older term raises nextIndex": (
        PROGRESS,
        _hears_old("self.next_index[response.source] = self.log.last_index + 1"),
    ),
    # What the contract leaves free, and goes wrong all the same.
    "what is asked of it again is answered before earlier writes": (
        WRITING_FIRST,
        (
            (
                "            self.disk = now\n            self.out.writes = (now,)\n",
                "            self.disk = now\n            self.out.writes = (now,)\n"
                "        elif self.role != 'leader':\n"
                "            self.out.early_messages, self.out.messages = self.out.messages, ()\n",
            ),
        ),
    ),
    "what one follower is sent puts off everybody's heartbeats": (
        BEATING,
        (
            (
                "        before = self.next_index[peer] - 1\n",
                '        self.out.timers += (("heartbeat", "restart"),)\n'
                "        before = self.next_index[peer] - 1\n",
            ),
        ),
    ),
    "a late copy of a refusal raises nextIndex": (
        PROGRESS,
        (("match < response.prev_log_index < self.next_index[peer]", _LATER_THAN_MATCH),),
    ),
    "an answer in the step after names what is applied by then": (
        CLIENTS,
        (
            (
                "        self.out = Effects()\n",
                "        self.out, late = Effects(), getattr(self, 'late', ())\n"
                "        self.late = ()\n"
                "        self.out.replies = tuple(\n"
                "            Reply(each.source, each.serial, self.last_applied) for each in late\n"
                "        )\n",
            ),
            (_ANSWERS, "self.late += (client,)"),
        ),
    ),
    "a follower answers for what its log holds": (
        NAMING,
        (
            (
                '        if self.role != "leader":\n            refusal',
                "        for i, entry in enumerate(self.log, 1):\n"
                "            if (entry.client, entry.serial) == (request.source, request.serial):\n"
                "                if self.role != 'leader':\n"
                "                    self.out.replies += (Reply(entry.client, entry.serial, i),)\n"
                "                    return\n"
                '        if self.role != "leader":\n            refusal',
            ),
        ),
    ),
    "an entry with the same client and serial is kept": (
        MERGING,
        (
            (
                "self.log.term_at(index) != entry.term:",
                "(self.log[index].client, self.log[index].serial) != (entry.client, entry.serial):",
            ),
        ),
    ),
    "what is committed is guessed from the terms on the disk": (
        RESTARTING,
        (
            (
                "        self.commit_index = self.last_applied = 0\n",
                "        self.last_applied = 0\n"
                "        older = [e for e in self.log if e.term < self.current_term]\n"
                "        self.commit_index = len(older)\n",
            ),
        ),
    ),
    "a busy leader sends only what is newest": (
        SENDING,
        _busy_sends("before = self.log.last_index - 1"),
    ),
    "a busy leader sends nothing": (
        SENDING,
        (
            *_busy_sends("pass"),
            (
                _BATCH,
                f"{_BATCH}\n        entries = () if busy else entries",
            ),
        ),
    ),
    "what is refused counts if it is nextIndex, which has moved on": (
        PROGRESS,
        (_PIPELINES, (_REFUSED, _REFUSED.replace("< self.next_index", "== self.next_index"))),
    ),
    "a success that overlaps what is acknowledged is ignored": (
        PROGRESS,
        _heeds_success_if("response.prev_log_index >= match"),
    ),
    "a success of what was sent before nextIndex is ignored": (
        PROGRESS,
        _heeds_success_if("response.prev_log_index + 1 >= self.next_index[peer]"),
    ),
    "a success counts if nothing was sent since": (
        PROGRESS,
        (_PIPELINES, *_heeds_success_if("response.match_index + 1 >= self.next_index[peer]")),
    ),
    "a refusal makes requests to all": (
        PROGRESS,
        (
            (
                _SENDS_AGAIN,
                f"{_BACKS_UP}            for each in self.peers:\n"
                "                self.send_entries(each)\n",
            ),
        ),
    ),
    "a refusal makes heartbeats": (
        PROGRESS,
        ((_SENDS_AGAIN, f"{_BACKS_UP}            self.send_heartbeats()\n"),),
    ),
    "with no-ops, entries of any term are committed": (
        COMMITTING,
        ((_OF_OWN_TERM, f"(self.settings.no_op or {_OF_OWN_TERM})"),),
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_goes_wrong_in_the_large_is_found(mistake: str) -> None:
    rule, changes = WRONG[mistake]

    assert Asking(partial(lives_of, changed(*changes))).broken(rule) is not None


_DURATION = "return shortest + int(draw * (longest - shortest))"
_INTERVAL = "return self.settings.heartbeat_interval"
_DOUBLED = "return (1 + bool({})) * (shortest + int(draw * (longest - shortest)))"
_REPLACES = "self.log = self.log.prefix(index - 1).extend(rest)"
_LEADS = '"leader", self.id, {}\n'
_STANDS = "self.leader, self.votes = None, {self.id}\n"
_ASKED_AGAIN = (
    "        for i, each in self.clients.items():\n"
    "            if (each.source, each.serial) == (request.source, request.serial):\n"
    "                self.out.replies += ({},)\n"
    "                return\n"
)
_DONE = "Reply(each.source, each.serial, i)"
_AWAY = "ClientResponse(self.id, each.source, each.serial, False, leader_hint=None)"
_RECOGNISES = (
    "        for i, entry in enumerate(self.log, 1):\n"
    "            if request.source and (entry.client, entry.serial) "
    "== (request.source, request.serial):\n"
    "                if i <= self.last_applied:\n"
    "                    self.out.replies += (Reply(request.source, request.serial, i),)\n"
    "                else:\n"
    "                    self.clients[i] = request\n"
    "                return\n"
)
# Sends while it writes, and counts itself when it hears from itself (thesis §10.2.1).
_SENDS_EARLY: Changes = (
    (
        "        self.out.messages += (\n            AppendEntriesRequest(",
        "        self.out.early_messages += (\n            AppendEntriesRequest(",
    ),
    ("        if not self.peers:  # Alone, its disk is the majority.\n", "        if True:\n"),
    ("        own = (self.log.last_index,) if self.peers else ()\n", "        own = (self.own,)\n"),
)


def _counts_itself(own: str, begins: str = "        self.own = self.log.last_index\n") -> Changes:
    """It sends early; `own` is what it counts of its own log when it hears from itself."""
    return (
        *_SENDS_EARLY,
        (_LEADS, f"{_LEADS}{begins}"),
        (
            "        match = self.match_index.get(peer, 0)\n",
            "        if peer == self.id:\n"
            f"            self.own = {own}\n"
            "            self.advance_commit_index()\n"
            "            return\n"
            "        match = self.match_index.get(peer, 0)\n",
        ),
    )


_TERM_OR_ALONE = "(not self.peers or vote.term == self.current_term)"
_HEARS_NEWS = "        match = self.match_index.get(peer, 0)\n"
_HEARS_ITSELF = (
    "        if peer == self.id:\n"
    "            self.own = max(getattr(self, 'own', 0), response.match_index)\n"
    "            return\n"
    "        match = self.match_index.get(peer, 0)\n"
)
_OWN_MATCH = "max(getattr(self, 'own', 0), response.match_index)"

_OLD_REFUSALS_COUNT = (
    'if self.role != "leader" or response.term != self.current_term:\n',
    'if self.role != "leader" or response.success and response.term != self.current_term:\n',
)
_IS_LAST = (
    "        last = self.log.last_index\n"
    "        entry = self.log[last] if last else Entry(0)\n"
    "        same = (entry.client, entry.serial) == (request.source, request.serial)\n"
)

WRONG_IN_A_SCENARIO: dict[str, tuple[str, Changes]] = {
    "the paper's timeouts are built in": (
        "AsSet",
        ((_DURATION, "return 150_000 + int(draw * 150_000)"),),
    ),
    "the paper's spread is built in": (
        "AsSet",
        ((_DURATION, "return shortest + int(draw * min(150_000, longest - shortest))"),),
    ),
    "there are four different waits": (
        "AsSet",
        ((_DURATION, "return shortest + int(int(draw * 4) / 4 * (longest - shortest))"),),
    ),
    "late elections are not drawn": (
        "SamePatience",
        (
            (
                _DURATION,
                "return shortest + int((draw if self.current_term < 20 else 0.5) "
                "* (longest - shortest))",
            ),
        ),
    ),
    "the heartbeats' interval is built in": ("AsSet", ((_INTERVAL, "return 50_000"),)),
    "a late copy of an older command is ignored": (
        "NextLeader",
        (
            (
                _APPENDS,
                "        self.latest = getattr(self, 'latest', 0)\n"
                "        if request.source == 'C1' and request.serial < self.latest:\n"
                "            return\n"
                "        self.latest = request.serial if request.source == 'C1' else self.latest\n"
                f"{_APPENDS}",
            ),
        ),
    ),
    "what comes again waits for others' commands": (
        "NextLeader",
        ((_APPENDS, f"{_RECOGNISES}{_APPENDS}"),),
    ),
    "what comes again before it is committed is forgotten": (
        "NextLeader",
        (
            (
                _APPENDS,
                "        count = len(self.clients)\n"
                "        self.clients = {i: c for i, c in self.clients.items() if c != request}\n"
                f"        if len(self.clients) < count:\n            return\n{_APPENDS}",
            ),
        ),
    ),
    "what comes again is called done at once": (
        "NextLeader",
        ((_APPENDS, f"{_ASKED_AGAIN.format(_DONE)}{_APPENDS}"),),
    ),
    "what comes again is sent away": (
        "NextLeader",
        ((_APPENDS, f"{_ASKED_AGAIN.format(_AWAY)}{_APPENDS}"),),
    ),
    "a client's command waits for its later one": (
        "NextLeader",
        (
            (
                _APPENDS,
                "        for each in self.clients.values():\n"
                "            if each.source == request.source and each.serial > request.serial:\n"
                f"                return\n{_APPENDS}",
            ),
        ),
    ),
    "clients of an earlier leadership stand before the new ones": (
        "NextLeader",
        (
            (_STEPS_DOWN, 'self.role = "follower"'),
            (_WINS_CLEAN, 'self.role, self.leader = "leader", self.id'),
            (_REMEMBERS, "self.clients[len(self.clients)] = self.log.last_index, request"),
            (
                "            if client := self.clients.pop(self.last_applied, None):\n"
                f"                {_ANSWERS}\n",
                "            while self.clients:\n"
                "                first = min(self.clients)\n"
                "                index, client = self.clients[first]\n"
                "                if index > self.last_applied:\n"
                "                    break\n"
                "                del self.clients[first]\n"
                f"                if index == self.last_applied and {_ITS_ENTRY}:\n"
                f"                    {_ANSWERS}\n",
            ),
        ),
    ),
    "who was not answered for long leads no more": (
        "LeaderStays",
        (
            (_WINS_CLEAN, f"{_WINS_CLEAN}\n        self.unheard = 0"),
            (
                "            for peer in self.peers:\n                self.send_entries(peer)\n",
                "            self.unheard += 1\n"
                "            if self.unheard > 10:\n"
                "                return self.follow(self.current_term)\n"
                "            for peer in self.peers:\n                self.send_entries(peer)\n",
            ),
            (
                "        match = self.match_index.get(peer, 0)\n",
                "        self.unheard = 0\n        match = self.match_index.get(peer, 0)\n",
            ),
        ),
    ),
    "who does not lead counts votes": (
        "LateVotes",
        (
            (
                'self.role == "candidate" and vote.term == self.current_term and',
                'self.role != "leader" and vote.term == self.current_term and',
            ),
        ),
    ),
    "refusals of older terms count": (
        "LateVotes",
        (
            (_STANDS, f"{_STANDS}        self.refused = set()\n"),
            (
                "    def count_vote(self, vote: RequestVoteResponse) -> None:\n",
                "    def count_vote(self, vote: RequestVoteResponse) -> None:\n"
                "        if self.role == 'candidate' and not vote.vote_granted:\n"
                "            self.refused.add(vote.source)\n"
                "            if len(self.refused) > len(self.servers) // 2:\n"
                "                self.follow(self.current_term)\n",
            ),
        ),
    ),
    "the third wait is longer": (
        "AsSet",
        (
            (_DURATION, _DOUBLED.format("self.tries > 1")),
            (
                'self.role, self.leader = "follower", None\n',
                'self.role, self.leader, self.tries = "follower", None, 0\n',
            ),
            (_STANDS, f"{_STANDS}        self.tries += 1\n"),
        ),
    ),
    "who has led waits longer": (
        "AsSet",
        ((_DURATION, _DOUBLED.format("self.next_index")),),
    ),
    "voters wait longer": (
        "AsSet",
        ((_DURATION, _DOUBLED.format("self.voted_for not in (None, self.id)")),),
    ),
    "who has a log waits longer": ("AsSet", ((_DURATION, _DOUBLED.format("len(self.log)")),)),
    "many elections make a wait shorter": (
        "SamePatience",
        (
            (
                _DURATION,
                _DURATION.replace("shortest +", "shortest // (1 + self.current_term // 9) +"),
            ),
        ),
    ),
    "hearing from itself, it counts all that it has": (
        "OwnDiskLast",
        _counts_itself("self.log.last_index"),
    ),
    "what it has counted of its own log outlives its term": (
        "OwnDiskLast",
        _counts_itself(
            _OWN_MATCH,
            f"        self.own = {_OWN_MATCH.replace('response.match', 'self.log.last')}\n",
        ),
    ),
    "its own no-op counts before it is written": (
        "OwnDiskLast",
        _counts_itself(
            _OWN_MATCH, "        self.own = self.log.last_index + self.settings.no_op\n"
        ),
    ),
    "only news of others moves its commitIndex": (
        "OwnDiskLast",
        (*_counts_itself(_OWN_MATCH)[:-1], (_HEARS_NEWS, _HEARS_ITSELF)),
    ),
    "what follows a refusal leaves early": (
        "OwnDiskLast",
        (
            (
                "        self.apply_entries()\n",
                "        if isinstance(event, AppendEntriesResponse) and self.peers:\n"
                "            self.out.early_messages, self.out.messages = self.out.messages, ()\n"
                "        self.apply_entries()\n",
            ),
        ),
    ),
    "alone, it commits all that it has when its disk has some": (
        "OwnDiskLast",
        ((_INDEX, f"{_INDEX} if self.peers else self.log.last_index"),),
    ),
    "alone, its vote for an older term counts": (
        "OwnDiskLast",
        (
            (
                'self.role == "candidate" and vote.term == self.current_term and',
                f'self.role == "candidate" and {_TERM_OR_ALONE} and',
            ),
        ),
    ),
    "what is the log's last entry already is not answered": (
        "NextLeader",
        ((_APPENDS, f"{_IS_LAST}        if same:\n            return\n{_APPENDS}"),),
    ),
    "who waits since an earlier leadership is not heard again": (
        "NextLeader",
        (
            *_KEEPS_CLIENTS,
            _pops_if(_ITS_ENTRY),
            (
                _APPENDS,
                f"        if request in self.clients.values():\n            return\n{_APPENDS}",
            ),
        ),
    ),
    "what it has ever taken is answered at its old place": (
        "NextLeader",
        (
            (
                _APPENDS,
                "        self.mine = getattr(self, 'mine', {})\n"
                "        key = request.source, request.serial\n"
                "        if key in self.mine:\n"
                "            self.clients[self.mine[key]] = request\n"
                "            return\n"
                f"        self.mine[key] = self.log.last_index + 1\n{_APPENDS}",
            ),
        ),
    ),
    "what has been applied is answered at once, and carried out again": (
        "NextLeader",
        (
            (
                _APPENDS,
                "        for i, each in enumerate(self.log.prefix(self.last_applied), 1):\n"
                "            if (each.client, each.serial) == (request.source, request.serial):\n"
                f"                self.out.replies += ({_DONE.replace('source', 'client')},)\n"
                f"{_APPENDS}",
            ),
        ),
    ),
    "it sends early, counts its own log at once, and takes refusals of older terms": (
        "OwnDiskLast",
        (_SENDS_EARLY[0], _OLD_REFUSALS_COUNT),
    ),
    "each entry is applied within the one before": (
        "LongLogs",
        (
            (
                "while self.last_applied < self.commit_index:",
                "if self.last_applied < self.commit_index:",
            ),
            (
                f"                {_ANSWERS}\n",
                f"                {_ANSWERS}\n            self.apply_entries()\n",
            ),
        ),
    ),
    "each entry is looked at within the one before": (
        "LongLogs",
        (
            (
                "enumerate(request.entries, start=",
                "enumerate(request.entries[done:], start=done + ",
            ),
            (
                "def merge(self, request: AppendEntriesRequest) -> None:",
                "def merge(self, request: AppendEntriesRequest, done: int = 0) -> None:",
            ),
            (
                f"{_REPLACES}\n                return",
                f"{_REPLACES}\n                return\n"
                "            return self.merge(request, done + 1)",
            ),
        ),
    ),
    "a conflict is looked for by calls": (
        "LongLogs",
        (
            (
                "else (term, self.log.first_index_of(term))\n",
                "else (term, self.first(previous))\n\n"
                "    def first(self, index):\n"
                "        same = self.log.term_at(index - 1) == self.log.term_at(index)\n"
                "        return self.first(index - 1) if same else index\n",
            ),
        ),
    ),
}


@pytest.mark.parametrize("mistake", WRONG_IN_A_SCENARIO)
def test_what_one_server_does_wrong_is_found_in_a_scenario(mistake: str) -> None:
    origin, changes = WRONG_IN_A_SCENARIO[mistake]

    assert run_scenario(scenario(origin), make_server=changed(*changes)) is not None


_RECOGNISES_OWN = _RECOGNISES.replace(
    "if request.source and", "if request.source and entry.term == self.current_term and"
)
_RECOGNISES_OLD = _RECOGNISES.replace(
    "                return\n",
    "                if i > self.last_applied and self.log.last_term < self.current_term:\n"
    "                    self.append(Entry(self.current_term))\n"
    "                    self.send_heartbeats()\n"
    "                return\n",
)

RIGHT: dict[str, Changes] = {
    "raises nextIndex when it sends": (_PIPELINES,),
    "raises nextIndex when it sends, and sends again with the next heartbeat": (
        _PIPELINES,
        (_SENDS_AGAIN, _BACKS_UP),
    ),
    "a deposed leader answers when that command is applied, wherever": (
        *_KEEPS_CLIENTS,
        (
            f"            {_POPS}\n",
            "            entry = self.log[self.last_applied]\n"
            "            waiting = [\n"
            "                i\n"
            "                for i, client in self.clients.items()\n"
            "                if (entry.client, entry.serial) == (client.source, client.serial)\n"
            "            ]\n"
            "            for i in waiting:\n"
            "                client = self.clients.pop(i)\n"
            "            if waiting:\n",
        ),
    ),
    "sends commands with the next heartbeat": ((_SENDS_ON, "\n    def append"),),
    "answers in the step after": (
        (
            "        self.out = Effects()\n",
            "        self.out = Effects(replies=getattr(self, 'late', ()))\n"
            "        self.late = ()\n",
        ),
        (_ANSWERS, _ANSWERS.replace("self.out.replies", "self.late")),
    ),
    "recognises what comes again, in its own term": ((_APPENDS, f"{_RECOGNISES_OWN}{_APPENDS}"),),
    "recognises what comes again, and commits it with an entry of its own": (
        (_APPENDS, f"{_RECOGNISES_OLD}{_APPENDS}"),
    ),
    "a deposed leader answers when that very entry is applied": (
        *_KEEPS_CLIENTS,
        _pops_if(_ITS_ENTRY),
    ),
    "sends while it writes, and counts itself when it hears from itself": _counts_itself(
        _OWN_MATCH
    ),
    "tells its clients when it leads no more": (
        (_STEPS_DOWN, f"{_TELLS.format(_WAITING, 'None')}\n        {_STEPS_DOWN}"),
    ),
    "tells no conflict": (
        ("return 0, self.log.last_index + 1", "return 0, previous"),
        ("(term, self.log.first_index_of(term))", "(0, previous)"),
    ),
    "backs up by one entry": (
        (
            "wanted = min(response.conflict_index, response.prev_log_index)",
            "wanted = response.prev_log_index",
        ),
    ),
}
_SCENARIOS = (
    *("NextLeader", "NobodyWaits", "DoneOnce", "NoStaleRead", "AnsweredIsDurable"),
    *("Backup", "Figure8Unreliable", "OwnDiskLast", "LongLogs"),
)


@pytest.mark.parametrize("difference", RIGHT)
def test_what_the_contract_leaves_free_breaks_nothing(difference: str) -> None:
    right = changed(*RIGHT[difference])

    assert ask_all(partial(lives_of, right)).broken == {}
    for origin in _SCENARIOS:
        assert run_scenario(scenario(origin), make_server=right) is None
