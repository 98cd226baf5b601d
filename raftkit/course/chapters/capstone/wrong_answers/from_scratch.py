"""A whole server written from scratch, odd but right; of the kit it uses only the values.

It has no rules and no base class: its state is one dictionary that is replaced and never
changed, and one function returns the next dictionary for an event. It shows that the suites
judge the contract of events and effects, and not how the reference keeps it.
"""

from typing import Any

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Effects,
    Entry,
    Log,
    Persistent,
    Progress,
    Reply,
    RequestVoteRequest,
    RequestVoteResponse,
    Rules,
    ServerState,
    Settings,
    Standing,
    Tally,
    TimerFired,
)

ODD = OddAnswers()
odd = ODD.answer

S = dict[str, Any]


@odd("O50", "raftkit clients", style="written from scratch: one dictionary, one function, no rules")
class FromScratch:
    """Figure 2 in one class. `rules` is ignored: every decision is made in the code below."""

    def __init__(
        self,
        id: str,
        servers: tuple[str, ...],
        rules: Rules | None = None,
        settings: Settings | None = None,
        persistent: Persistent | None = None,
    ) -> None:
        self.id, self.servers, self.settings = id, servers, settings or Settings()
        self.peers = tuple(name for name in servers if name != id)
        self.disk = persistent or Persistent()
        self.s: S = {
            "role": "follower",
            "term": self.disk.current_term,
            "vote": self.disk.voted_for,
            "log": self.disk.log,
            "commit": 0,
            "applied": 0,
            "leader": None,
            "yes": (),
            "no": (),
            "next": {},
            "match": {},
            "sent": {},
            "clients": {},
        }

    # The contract ----------------------------------------------------------------------

    def start(self) -> Effects:
        return Effects(timers=(("election", "restart"),))

    def timer_duration(self, timer: str, draw: float) -> int:
        if timer == "heartbeat":
            return self.settings.heartbeat_interval
        low, high = self.settings.election_timeout_min, self.settings.election_timeout_max
        return low + int(draw * (high - low))

    def observe(self) -> ServerState:
        s = self.s
        candidate, leader = s["role"] == "candidate", s["role"] == "leader"
        tally = Tally(s["yes"], s["no"]) if candidate or leader else None
        progress = [Progress(s["next"][p], s["match"][p]) for p in s["next"]]
        standing = Standing(s["role"], s["term"], s["vote"])
        shown = tuple(progress) if leader else ()
        return ServerState(standing, s["log"], s["commit"], s["applied"], tally, shown)

    def handle(self, event: Any) -> Effects:
        out = Effects()
        s = self._step(self.s, event, out)
        # Every step ends with applying, answering and writing, whatever the event was.
        if s["commit"] > s["applied"]:
            first = s["applied"] + 1
            out.applied = tuple(enumerate(s["log"].entries(first, s["commit"]), start=first))
            done = [index for index in s["clients"] if index <= s["commit"]]
            for index in done:
                client, serial = s["clients"][index]
                out.replies += (Reply(client, serial, index),)
            waiting = {index: who for index, who in s["clients"].items() if index not in done}
            s = {**s, "applied": s["commit"], "clients": waiting}
        now = Persistent(s["term"], s["vote"], s["log"])
        if now != self.disk:
            self.disk = now
            out.writes = (now,)
        self.s = s
        return out

    # The rules of Figure 2 -------------------------------------------------------------

    def _step(self, s: S, event: Any, out: Effects) -> S:
        if getattr(event, "term", 0) > s["term"]:
            s = {**self._follow(s, out), "term": event.term, "vote": None, "leader": None}
        match event:
            case TimerFired(timer="election"):
                return self._campaign(s, out)
            case TimerFired():
                return self._beat(s, out) if s["role"] == "leader" else s
            case RequestVoteRequest():
                return self._vote(s, event, out)
            case RequestVoteResponse():
                return self._count(s, event, out)
            case AppendEntriesRequest():
                return self._take_entries(s, event, out)
            case AppendEntriesResponse():
                return self._progress(s, event, out)
            case ClientRequest() if s["role"] != "leader":
                refusal = ClientResponse(
                    self.id, event.source, event.serial, False, leader_hint=s["leader"]
                )
                out.replies += (refusal,)
            case ClientRequest():
                return self._take_command(s, event, out)
        return s

    def _follow(self, s: S, out: Effects) -> S:
        if s["role"] == "leader":
            out.timers += (("heartbeat", "stop"), ("election", "restart"))
        return {**s, "role": "follower", "clients": {}}

    def _campaign(self, s: S, out: Effects) -> S:
        out.timers += (("election", "restart"),)
        s = {**s, "role": "candidate", "term": s["term"] + 1, "vote": self.id, "leader": None}
        log, term = s["log"], s["term"]
        out.messages += tuple(
            RequestVoteRequest(self.id, peer, term, log.last_index, log.last_term)
            for peer in self.peers
        )
        if not self.peers:  # It sends itself its vote, which arrives once it is durable.
            out.messages += (RequestVoteResponse(self.id, self.id, term, True),)
            return {**s, "yes": (), "no": ()}
        return {**s, "yes": (self.id,), "no": ()}

    def _vote(self, s: S, ask: RequestVoteRequest, out: Effects) -> S:
        log = s["log"]
        newer = (ask.last_log_term, ask.last_log_index) >= (log.last_term, log.last_index)
        granted = ask.term == s["term"] and s["vote"] in (None, ask.source) and newer
        out.messages += (RequestVoteResponse(self.id, ask.source, s["term"], granted),)
        if not granted:
            return s
        out.timers += (("election", "restart"),)
        return {**s, "vote": ask.source}

    def _count(self, s: S, vote: RequestVoteResponse, out: Effects) -> S:
        stale = vote.term != s["term"] or vote.source in s["yes"] + s["no"]
        if s["role"] != "candidate" or stale:
            return s
        kind = "yes" if vote.vote_granted else "no"
        s = {**s, kind: (*s[kind], vote.source)}
        return self._lead(s, out) if 2 * len(s["yes"]) > len(self.servers) else s

    def _lead(self, s: S, out: Effects) -> S:
        last, log = s["log"].last_index, s["log"]
        if self.settings.no_op:
            log = self._append(log, Entry(s["term"]), s["term"], out)
        out.timers += (("election", "stop"),)
        s = {**s, "role": "leader", "leader": self.id, "log": log, "clients": {}}
        s["next"] = dict.fromkeys(self.peers, last + 1)
        s["match"] = dict.fromkeys(self.peers, 0)
        return self._beat({**s, "sent": dict.fromkeys(self.peers, last)}, out)

    def _append(self, log: Log, entry: Entry, term: int, out: Effects) -> Log:
        log = log.extend([entry])
        if not self.peers:  # Its own disk is a majority; this arrives once it is done.
            done = AppendEntriesResponse(self.id, self.id, term, True, log.last_index)
            out.messages += (done,)
        return log

    def _beat(self, s: S, out: Effects) -> S:
        out.timers += (("heartbeat", "restart"),)
        s = {**s, "sent": {peer: index - 1 for peer, index in s["next"].items()}}
        for peer in self.peers:
            s = self._send(s, peer, out)
        return s

    def _send(self, s: S, peer: str, out: Effects) -> S:
        log, before = s["log"], s["sent"][peer]
        entries = log.entries(before + 1, before + self.settings.batch)
        out.messages += (
            AppendEntriesRequest(
                self.id, peer, s["term"], before, log.term_at(before), entries, s["commit"]
            ),
        )
        return {**s, "sent": {**s["sent"], peer: before + len(entries)}}

    def _take_command(self, s: S, ask: ClientRequest, out: Effects) -> S:
        entry = Entry(s["term"], ask.command, ask.source, ask.serial)
        log = self._append(s["log"], entry, s["term"], out)
        clients = {**s["clients"], log.last_index: (ask.source, ask.serial)}
        s = {**s, "log": log, "clients": clients}
        for peer in self.peers:
            s = self._send(s, peer, out)
        return s

    def _take_entries(self, s: S, new: AppendEntriesRequest, out: Effects) -> S:
        def answer(success: bool, *rest: int) -> None:
            source, term, previous = new.source, s["term"], new.prev_log_index
            match, *conflict = rest
            out.messages += (
                AppendEntriesResponse(self.id, source, term, success, match, previous, *conflict),
            )

        log, previous, last = s["log"], new.prev_log_index, new.prev_log_index + len(new.entries)
        if new.term < s["term"]:
            answer(False, 0)
            return s
        out.timers += (("election", "restart"),)
        s = {**self._follow(s, out), "leader": new.source}
        if previous > log.last_index:
            answer(False, 0, 0, log.last_index + 1)
            return s
        if log.term_at(previous) != new.prev_log_term:
            term = log.term_at(previous)
            answer(False, 0, term, log.first_index_of(term))
            return s
        for index, entry in enumerate(new.entries, start=previous + 1):
            if index > log.last_index or log.term_at(index) != entry.term:
                log = log.prefix(index - 1).extend(new.entries[index - previous - 1 :])
                break
        answer(True, last)
        return {**s, "log": log, "commit": max(s["commit"], min(new.leader_commit, last))}

    def _progress(self, s: S, told: AppendEntriesResponse, out: Effects) -> S:
        if s["role"] != "leader" or told.term != s["term"]:
            return s
        if not self.peers:
            return {**s, "commit": max(s["commit"], told.match_index)}
        peer, match = told.source, max(s["match"][told.source], told.match_index)
        if told.success:
            after, sent = match + 1, max(s["sent"][peer], match)
        elif told.prev_log_index <= match or told.conflict_index >= s["next"][peer]:
            return s
        else:
            after = max(match + 1, min(told.conflict_index, told.prev_log_index))
            sent = after - 1
        s = {**s, "match": {**s["match"], peer: match}, "next": {**s["next"], peer: after}}
        s = {**s, "sent": {**s["sent"], peer: sent}}
        if sent < s["log"].last_index:
            s = self._send(s, peer, out)
        held = sorted((s["log"].last_index, *s["match"].values()), reverse=True)
        index = held[len(self.servers) // 2]
        own = s["log"].term_at(index) == s["term"]
        return {**s, "commit": max(s["commit"], index) if own else s["commit"]}
