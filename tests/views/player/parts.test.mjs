// The parts of the player that touch no page, run by Node alone: `node --test`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const folder = new URL("../../../raftkit/views/player/static/", import.meta.url);

async function part(name) {
  const text = readFileSync(new URL(`${name}.js`, folder), "utf8");
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

const timelines = await part("timeline");
const geometry = await part("geometry");
const tables = await part("tables");
const actions = await part("actions");
const diagram = await part("cluster_diagram");
const packing = await part("packing");
const flights = await part("flights");
const stories = await part("story_panel");
const moments = await part("moment");

const UP = { up: true, role: "follower", term: 1 };

function flight(id, { from = "S1", to = "S2", left = 0, landed = 10_000, kind = "vote", outcome = "arrived", held = null }) {
  return [id, from, to, left, landed, kind, "", outcome, "words", [], held];
}

function window(number, extra = {}) {
  return {
    number,
    start: number * timelines.WINDOW,
    states: { S1: UP },
    timers: { S1: { election: 5 } },
    cut: [],
    conditions: {},
    state_changes: [],
    timer_changes: [],
    cut_changes: [],
    condition_changes: [],
    flights: [],
    events: [],
    ...extra,
  };
}

test("a scene is the window's beginning and every change up to the instant", () => {
  const leader = { ...UP, role: "leader" };
  const timeline = new timelines.Timeline();
  timeline.put(window(0, {
    state_changes: [[100, "S1", leader]],
    timer_changes: [[100, "S1", "election", "stop", null], [200, "S1", "heartbeat", "restart", 250]],
    cut_changes: [[150, [["S1", "S2"]]]],
    condition_changes: [[160, { loss: 0.3 }]],
  }), 0);

  assert.equal(timeline.at(99).states.S1.role, "follower");
  assert.deepEqual(timeline.at(99).timers.S1, { election: 5 });
  assert.equal(timeline.at(100).states.S1.role, "leader");
  assert.deepEqual(timeline.at(100).timers.S1, {});
  assert.deepEqual(timeline.at(200).timers.S1, { heartbeat: [200, 250] });
  assert.deepEqual(timeline.at(149).cut, []);
  assert.deepEqual(timeline.at(150).cut, [["S1", "S2"]]);
  assert.deepEqual(timeline.at(159).conditions, {});
  assert.deepEqual(timeline.at(160).conditions, { loss: 0.3 });
  assert.equal(timeline.at(timelines.WINDOW), null);
});

test("moving on from an instant gives what beginning there gives", () => {
  const rows = {
    state_changes: [[100, "S1", { ...UP, term: 2 }], [300, "S1", { ...UP, term: 3 }]],
    timer_changes: [[50, "S1", "heartbeat", "restart"], [250, "S1", "election", "stop"]],
    cut_changes: [[120, [["S1", "S2"]]], [310, []]],
    flights: [flight(1, { left: 0, landed: 90 }), flight(2, { left: 80, landed: 400 }), flight(3, { left: 200, landed: 210 })],
  };
  const timeline = new timelines.Timeline();
  timeline.put(window(0, rows), 0);

  for (let time = 0; time < 500; time += 10) {
    const anew = new timelines.Timeline();
    anew.put(window(0, rows), 0);
    assert.deepEqual(timeline.at(time), anew.at(time));
  }
});

test("a scene that has been looked at stays as it was", () => {
  const timeline = new timelines.Timeline();
  timeline.put(window(0, { state_changes: [[100, "S1", { ...UP, term: 2 }]], timer_changes: [[100, "S1", "election", "stop"]] }), 0);
  const early = timeline.at(50);

  timeline.at(500);

  assert.equal(early.states.S1.term, 1);
  assert.deepEqual(early.timers.S1, { election: 5 });
});

test("looking at an instant does not change what is remembered", () => {
  const timeline = new timelines.Timeline();
  timeline.put(window(0, { timer_changes: [[100, "S1", "election", "stop"]] }), 0);

  timeline.at(500);

  assert.deepEqual(timeline.at(50).timers.S1, { election: 5 });
});

test("only windows near the eye are kept, however many come", () => {
  const timeline = new timelines.Timeline();
  for (let number = 0; number < 100; number++) timeline.put(window(number), number * timelines.WINDOW);

  assert.ok(timeline.windows.size <= 32);
  assert.ok(timeline.has(99));
  assert.ok(!timeline.has(0));
});

test("a message is in the air from when it leaves until it lands", () => {
  const there = flight(1, { left: 1_000, landed: 5_000 });

  assert.deepEqual([999, 1_000, 4_999, 5_000].map((time) => timelines.isInFlight(there, time)), [false, true, true, false]);
  assert.equal(timelines.progressOf(there, 3_000), 0.5);
});

test("a lost message is seen on its way, and never gets beyond the middle", () => {
  const lost = flight(1, { left: 1_000, landed: 1_000, outcome: "cut" });

  assert.ok(timelines.isInFlight(lost, 2_000));
  assert.ok(!timelines.isInFlight(lost, 9_000));
  assert.ok(timelines.progressOf(lost, 4_900) < 0.5);
});

test("one that never left is never seen, one with an unknown end does not arrive", () => {
  assert.ok(!timelines.isInFlight(flight(1, { outcome: "never left" }), 5_000));
  assert.ok(timelines.progressOf(flight(1, { landed: null, outcome: "under way" }), 9_999) <= 0.9);
});

test("what waits to be delivered by hand stands in line until then, and flies when it is", () => {
  const first = flight(1, { left: 1_000, landed: 9_000, held: 1_000 });
  const second = flight(2, { left: 1_000, landed: null, outcome: "under way", held: 1_000 });
  const other = flight(3, { to: "S3", left: 1_000, landed: null, outcome: "under way", held: 1_000 });
  const all = [other, second, first];

  assert.deepEqual(timelines.placeInLine(second, all, 5_000), { place: 1, many: 2 });
  assert.deepEqual(timelines.placeInLine(second, all, 9_000), { place: 0, many: 1 });
  assert.ok(timelines.isInFlight(second, 1e9));
  assert.ok(timelines.progressOf(first, 5_000, 0) > timelines.progressOf(second, 5_000, 1));
  assert.equal(timelines.progressOf(first, 5_000), timelines.progressOf(first, 2_000));
  assert.equal(timelines.progressOf(first, 9_000), 1);
  assert.ok(!timelines.isInFlight(first, 9_000));
});

test("a message that is lost by hand is seen to be lost, and not before", () => {
  const lost = flight(1, { left: 1_000, landed: 6_000, outcome: "dropped", held: 1_000 });

  assert.deepEqual([5_900, 6_000].map((time) => timelines.isShownLost(lost, time)), [false, true]);
  assert.deepEqual([6_500, 7_000].map((time) => timelines.isInFlight(lost, time)), [true, false]);
});

test("by hand a message is named as in Python: the oldest by nothing, the newest by -1", () => {
  const named = (place, many) => actions.byHandAs("Deliver", flight(1, {}), { place, many }).place;

  assert.deepEqual([named(0, 1), named(0, 3), named(1, 3), named(2, 3)], [0, 0, 1, -1]);
});

test("a message's place is counted among its like, as the simulator counts", () => {
  const flights = [
    flight(3, {}),
    flight(1, {}),
    flight(2, { to: "S3" }),
    flight(4, { kind: "heartbeat" }),
    flight(5, { kind: "append" }),
    flight(0, { outcome: "lost" }),
  ];

  assert.equal(timelines.placeOf(flights[0], flights), 1);
  assert.equal(timelines.placeOf(flights[1], flights), 0);
  assert.equal(timelines.placeOf(flights[4], flights), 1); // a heartbeat is an AppendEntriesRequest too
});

test("events are stepped through over the edges of windows", () => {
  const timeline = new timelines.Timeline();
  const at = (time) => [time, "S1", "words", null, 0];
  timeline.put(window(0, { events: [at(10), at(20)] }), 0);
  timeline.put(window(1, { events: [at(timelines.WINDOW + 5)] }), 0);

  assert.equal(timeline.neighbour(10, 1), 20);
  assert.equal(timeline.neighbour(20, 1), timelines.WINDOW + 5);
  assert.equal(timeline.neighbour(timelines.WINDOW + 5, -1), 20);
  assert.equal(timeline.neighbour(10, -1), null);
  assert.equal(timeline.neighbour(timelines.WINDOW + 5, 1), null);
});

test("the last events are told, the newest last, and calm ones only when asked for", () => {
  const timeline = new timelines.Timeline();
  timeline.put(window(0, { events: [[1, "S1", "a", null, 0], [2, "S1", "b", null, 1], [3, "S1", "c", null, 0]] }), 0);

  assert.deepEqual(timeline.events(3, 5).map((event) => event[2]), ["a", "c"]);
  assert.deepEqual(timeline.events(3, 2, true).map((event) => event[2]), ["b", "c"]);
  assert.deepEqual(timeline.events(2, 5).map((event) => event[2]), ["a"]);
});

test("bookmarks are found on either side", () => {
  const marks = [[10], [20], [30]];

  assert.equal(timelines.neighbouringMark(marks, 20, 1), 30);
  assert.equal(timelines.neighbouringMark(marks, 20, -1), 10);
  assert.equal(timelines.neighbouringMark(marks, 30, 1), null);
});

test("servers stand on a ring, with all their marks apart and inside the picture", () => {
  for (let many = 1; many <= 15; many++) {
    const names = Array.from({ length: many }, (_, turn) => `S${turn + 1}`);
    for (const clients of [0, 3]) {
      const at = geometry.positionsOf(names, {}, clients);
      const reach = geometry.scaleOf(at) * geometry.REACH_OF_SERVER;
      assert.ok(reach > 30, `${many} servers are too small`);
      for (const one of names) {
        assert.ok(at[one].x >= reach && at[one].x <= geometry.DIAGRAM.width - reach);
        assert.ok(at[one].y >= reach && at[one].y <= geometry.DIAGRAM.height - reach - (clients ? 34 : 0));
        for (const other of names)
          if (one !== other)
            assert.ok(Math.hypot(at[one].x - at[other].x, at[one].y - at[other].y) >= 2 * reach - 0.001);
      }
    }
  }
});

test("the marks of the votes do not touch each other, nor the timer", () => {
  const places = geometry.placesAround(15, geometry.VOTES_RADIUS);
  const mark = 4.5 + 0.75;

  assert.ok(Math.hypot(places[0].x - places[1].x, places[0].y - places[1].y) > 2 * mark);
  assert.ok(geometry.VOTES_RADIUS - mark > geometry.TIMER_RADIUS + 2.5);
  assert.ok(geometry.VOTES_RADIUS + mark <= geometry.REACH_OF_SERVER);
});

test("a message that is passed on goes from disc to disc, each stretch in the same time", () => {
  const points = [{ x: 0, y: 0 }, { x: 200, y: 0 }, { x: 200, y: 200 }];
  const first = geometry.pointOnPath(points, 0.25);
  const second = geometry.pointOnPath(points, 0.75);
  const end = geometry.pointOnPath(points, 1);

  assert.deepEqual([first.x, first.angle], [100, 0]);
  assert.deepEqual([second.y, second.angle], [100, 90]);
  assert.equal(end.y, 200 - geometry.RADIUS);
});

test("given places are kept, with y upwards as graphs have it", () => {
  const at = geometry.positionsOf(["S1", "S2"], { S1: [0, 0], S2: [1, 1] });

  assert.ok(at.S1.x < at.S2.x);
  assert.ok(at.S1.y > at.S2.y);
});

test("messages there and back do not meet", () => {
  const [a, b] = [{ x: 100, y: 100 }, { x: 300, y: 100 }];

  assert.notEqual(geometry.pointBetween(a, b, 0.5).y, geometry.pointBetween(b, a, 0.5).y);
  assert.equal(geometry.pointBetween(a, b, 0).x, 130);
  assert.equal(geometry.pointBetween(a, b, 1).x, 270);
});

test("a line across the picture parts the servers, wherever it begins", () => {
  const at = { S1: { x: 0, y: 0 }, S2: { x: 0, y: 100 }, S3: { x: 50, y: 100 } };

  const [one, other] = geometry.sides({ x: -10, y: 50 }, { x: 10, y: 50 }, at);

  assert.deepEqual([one, other].map((group) => group.join()).sort(), ["S1", "S2,S3"]);
});

test("an arc is what is left of a timeout, and of some recordings what may be left", () => {
  assert.equal(geometry.shareLeft([100, 250], 200, 200), 0.25);
  assert.equal(geometry.shareLeft([100, 250], 300, 200), 0);
  assert.equal(geometry.shareLeft([100, null], 200, 200), 0.5);
});

test("a story asks, waits, goes on, stops with its last chapter, and ends when time goes on", () => {
  const chapters = [{ question: "a?", told: "a" }, { question: "b?", told: "b" }];
  const story = new stories.Story("Two", chapters, [10, 20, 30], 0, { begin: 5 });

  assert.equal(story.follow(7, 0), "");
  assert.equal(story.follow(10, 0), "ask");
  assert.equal(story.follow(10, 0), "");
  story.goOn();
  assert.equal(story.follow(15, 0), "");
  assert.equal(story.follow(21, 0), "ask");
  assert.equal(story.chapter, 1);
  assert.equal(story.goBack(), 10);
  story.seek(25);
  assert.deepEqual([story.chapter, story.asks], [1, false]);
  assert.equal(story.goBack(), 20);
  story.goOn();
  assert.equal(story.follow(32, 0), "stop");
  assert.equal(story.until, 30);
  assert.equal(story.follow(30, 0), "");
  assert.equal(story.follow(31, 0), "end");
  assert.equal(story.goBack(), 20);
  assert.equal(story.follow(31, 0), "");
});

test("a story ends in another future and before its beginning, unless it stays", () => {
  const chapters = [{ question: "a?", told: "a" }];
  const told = (stays) => new stories.Story("One", chapters, [10, 20], 3, { stays });

  assert.equal(told(false).follow(15, 4), "end");
  assert.equal(told(false).follow(9, 3), "end");
  assert.equal(told(true).follow(15, 4), "");
  assert.equal(told(true).follow(25, 3), "");
  const stays = told(true);
  stays.seek(25);
  assert.equal(stays.follow(25, 3), "");
});

test("the tables show the columns up to the longest log", () => {
  const log = (first, length) => ({ log: { first, entries: Array(length).fill([1, "x"]) } });

  assert.deepEqual(tables.columnsOf({ S1: log(1, 2) }, ["S1"], 3), [1, 2, 3]);
  assert.deepEqual(tables.columnsOf({ S1: log(1, 2), S2: log(5, 4) }, ["S1", "S2"], 3), [6, 7, 8]);
});

test("the leader is the running one of the highest term", () => {
  const leads = (term, up = true) => ({ up, role: "leader", term });

  assert.equal(tables.leaderOf({ S1: leads(1), S2: leads(3), S3: leads(9, false) }), "S2");
  assert.equal(tables.leaderOf({ S1: UP }), null);
});

test("a client's details say what it asks for and what it was told", () => {
  const fields = { serial: 2, command: "x", target: "S3", waiting: 1 };
  const rows = tables.clientRows({ fields, answered: [["x=1", "1"], ["y", null]] });

  assert.deepEqual(rows, [
    ["asks for", "x, of S3, under serial 2"],
    ["then", "1 more"],
    ["was told", "x=1 → 1"],
    ["was told", "y → nothing there"],
  ]);
  assert.deepEqual(tables.clientRows({ up: false }), []);
});

test("an election timer is told with the instant at which it runs out, if that is known", () => {
  const words = (times) => timelines.timerRows({ up: true }, { election: times }, [150_000, 300_000])[0][1];

  assert.match(words([1_000, 181_000]), /set at 1.0 ms, runs out at 181.0 ms/);
  assert.match(words([1_000, null]), /set at 1.0 ms, runs out between 151.0 ms and 301.0 ms/);
  assert.deepEqual(timelines.timerRows({ up: false }, { election: [1, 2] }, [1, 2]), []);
});

test("a rule's name is cut in two at the joint nearest to its middle", () => {
  assert.deepEqual(diagram.inTwoLines("count_vote"), ["count_vote"]);
  assert.deepEqual(diagram.inTwoLines("follower_commit_index"), ["follower_", "commit_index"]);
  assert.deepEqual(diagram.inTwoLines("unbreakableword"), ["unbreakableword"]);
});

test("what is durable is said apart from what is volatile", () => {
  const rows = tables.serverRows({ up: false, disk: { term: 3, vote: null, last: 2 } });

  assert.deepEqual(rows[0], ["state", "down: all that is volatile is gone"]);
  assert.deepEqual(rows[1], ["on disk", "term 3, vote for nobody, 2 entries"]);
});

test("a cell of the log table tells its entry and what the leader knows", () => {
  const state = { ...UP, commit: 1, log: { first: 1, entries: [[1, "x=1"], [2, ""]] }, disk: { last: 1 } };

  assert.deepEqual(tables.cellOf(state, 1, [3, 1]), { sign: "●", term: 1, command: "x=1", committed: true, durable: true, index: 1, up: true });
  assert.deepEqual(tables.cellOf(state, 2, undefined), { sign: "", term: 2, command: "no-op", committed: false, durable: false, index: 2, up: true });
  assert.deepEqual(tables.cellOf(state, 3, [3, 1]), { sign: "↑" });
  assert.deepEqual(tables.cellOf({ up: false }, 1, undefined), { sign: "" });
  const onDisk = { up: false, log: state.log, disk: { last: 2 } };
  assert.deepEqual(tables.cellOf(onDisk, 2, undefined), { sign: "", term: 2, command: "no-op", committed: false, durable: true, index: 2, up: false });
});

test("words are inTwoLines until they are read, and may be read twice", () => {
  const said = ["S# has # entries", 1, 20];

  assert.equal(packing.inWords(said), "S1 has 20 entries");
  assert.equal(packing.inWords(said), "S1 has 20 entries");
  assert.equal(packing.inWords(["a # of its own"]), "a # of its own");
});

test("of a portrait only what has changed is told, and the rest is shared", () => {
  const log = { first: 1, entries: [[1, "a"], [1, "b"]] };
  const old = { up: true, term: 1, vote: "S1", disk: { last: 1, vote: null }, log };

  const made = packing.merged(old, { term: 2, disk: { last: 2 }, log: { first: 2, kept: 1, more: [[2, "c"]] }, "-": ["vote"] });

  assert.deepEqual(made, { up: true, term: 2, disk: { last: 2, vote: null }, log: { first: 2, entries: [[1, "b"], [2, "c"]] } });
  assert.equal(packing.merged(old, { term: 5 }).log, log);
  assert.deepEqual(old.vote, "S1");
});

test("a message's shape says what it is, an answer has a sign, a lost message is a cross", () => {
  assert.deepEqual(["vote", "append-answer", "heartbeat", "client", "Ping"].map(flights.shapeOf), ["diamond", "square", "dot", "triangle", "disc"]);
  assert.match(flights.outline(10, 20, "disc", ""), /^M3\.0 20\.0a7\.0 7\.0/);
  assert.match(flights.outline(10, 20, "square", "+"), /Z.*h7\.0.*v7\.0$/);
  assert.match(flights.outline(10, 20, "diamond", "-"), /Z.*h7\.0$/);
  assert.match(flights.outline(10, 20, "lost", "+"), /^M5\.0 15\.0l10\.0 10\.0M5\.0 25\.0l10\.0 -10\.0$/);
});

test("a moment's text is read again, and a damaged one is not", () => {
  const text = moments.momentText("abc_-9", 250_000);

  assert.equal(text, "raftkit1-250000-42095-abc_-9");
  assert.deepEqual(moments.momentOf(` ${text}\n`), { time: 250_000, run: "abc_-9" });
  for (const damaged of [text.slice(0, -1), text.replace("250", "251"), text.replace("abc", "acb"), "raftkit1-1"])
    assert.equal(moments.momentOf(damaged), null);
});
