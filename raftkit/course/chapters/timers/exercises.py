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
        id="1.1",
        notebook=NOTEBOOK.name,
        title="The ways between the roles",
        answer="next_role",
        section="§5.1, Figure 4",
        points=10,
        minutes=8,
        lines=10,
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
        id="1.2",
        notebook=NOTEBOOK.name,
        title="How long to wait",
        answer="election_timeout",
        section="§5.2",
        points=7,
        minutes=5,
        lines=2,
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
        id="1.3",
        notebook=NOTEBOOK.name,
        title="How often to be heard",
        answer="heartbeat_interval",
        section="§5.2, §5.6",
        points=5,
        minutes=4,
        lines=1,
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
        id="1.4",
        notebook=NOTEBOOK.name,
        title="What starts the wait anew",
        answer="election_timer_change",
        section="§5.2, Figure 2",
        points=12,
        minutes=10,
        lines=5,
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
        id="1.5",
        notebook=NOTEBOOK.name,
        title="Who hears the leader",
        answer="heartbeat_targets",
        section="§5.2, §5.3, Figure 2",
        points=6,
        minutes=5,
        lines=1,
        hints=(
            "One server is down. What becomes of the others if the leader waits for its answer?",
            "Upon election, and in idle periods, send AppendEntries to each server (Figure 2, "
            "Leaders). What is not answered is sent again, for ever (§5.3).",
            "Everybody, always: whoever answered needs to hear that the leader is alive, and "
            "whoever did not may have missed the last one. Return `peers`.",
        ),
    ),
    Exercise(
        id="1.6",
        notebook=NOTEBOOK.name,
        title="Timeouts for a network",
        answer="choose_timeouts",
        section="§5.6, §9.3",
        points=4,
        minutes=15,
        lines=5,
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
