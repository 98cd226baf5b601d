"""Notebook 01: roles and timers.

A server follows until its patience ends, stands for election, and leads as long as the
others hear of it (§5.1, §5.2).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="01_timers",
    title="Timers and roles",
    section="§5.1, §5.2, §5.6, §9.3",
    sees="a leader that dies, and how long nobody takes its place",
    writes="roles, timeouts, heartbeats, and an experiment of your own",
)

EXERCISES = (
    Exercise(
        title="The ways between the roles",
        answer="next_role",
        section="§5.1, Figure 4",
        minutes=8,
        hints=(
            "How many arrows has the picture? Which of them can a leader take?",
            "There are eight arrows (Figure 4). A pair of role and occasion that has none is "
            "forbidden, and the answer is None: not the old role.",
            "A dictionary from pairs to roles, such as `(None, 'starts up'): 'follower'` and "
            "`('leader', 'higher term'): 'follower'`, with six more. Then `return "
            "ways.get((role, occasion))`.",
        ),
    ),
    Exercise(
        title="How long to wait",
        answer="election_timeout",
        section="§5.2",
        minutes=5,
        hints=(
            "Which wait belongs to the draw 0, which to a draw of nearly 1, and which lies "
            "half-way?",
            "Election timeouts are chosen randomly from a fixed interval (§5.2): from the "
            "shortest to the longest, and each part of it can be drawn.",
            "`span = settings.election_timeout_max - settings.election_timeout_min`; then the "
            "shortest wait plus `int(draw * span)`.",
        ),
    ),
    Exercise(
        title="How often to be heard",
        answer="heartbeat_interval",
        section="§5.2, §5.6",
        minutes=4,
        hints=(
            "The most impatient follower waits `settings.election_timeout_min`. One heartbeat "
            "may get lost. How many should it be sent in that time?",
            "Leaders send heartbeats to prevent election timeouts (Figure 2, Leaders): several "
            "in the shortest timeout, and no more than it takes.",
            "A part of the shortest timeout: `settings.election_timeout_min // 4`. Anything from "
            "a half to a twentieth is right.",
        ),
    ),
    Exercise(
        title="What starts the wait anew",
        answer="election_timer_change",
        section="§5.2, Figure 2",
        minutes=10,
        hints=(
            "What tells a follower that an election is not needed now? Who could keep it calm "
            "for ever, if more than that did?",
            "A follower times out without AppendEntries from the current leader or granting a "
            "vote (Figure 2, Followers). A candidate resets its timer when it starts an "
            "election. Leaders have no timeout.",
            "`'stop'` for a leader. `'restart'` on five occasions: started up, heard from the "
            "current leader, granted a vote, started an election, stepped down from leader. "
            "Otherwise `'keep'`.",
        ),
    ),
    Exercise(
        title="Who hears the leader",
        answer="heartbeat_targets",
        section="§5.2, §5.3, Figure 2",
        minutes=5,
        hints=(
            "One server is down. What becomes of the others if the leader waits for its answer?",
            "Upon election, and in idle periods, send AppendEntries to each server (Figure 2, "
            "Leaders). What is not answered is sent again, for ever (§5.3).",
            "Everybody, always: whoever answered needs to hear that the leader is alive, and "
            "whoever did not may have missed the last one. Return `peers`.",
        ),
    ),
    Exercise(
        title="Timeouts for a network",
        answer="choose_timeouts",
        section="§5.6, §9.3",
        minutes=15,
        hints=(
            "Count in messages: each takes up to `latency_max`. How long does an election last? "
            "How many heartbeats in a row may get lost?",
            "Broadcast time ≪ election timeout (§5.6). Too little randomness splits votes; too "
            "short timeouts disturb a healthy leader; too long ones cost their own length "
            "(§9.3).",
            "A heartbeat every `2 * latency_max`, a shortest timeout of six heartbeats, a "
            "longest of twice that: `Settings(election_timeout_min=..., "
            "election_timeout_max=..., heartbeat_interval=...)`.",
        ),
    ),
)
