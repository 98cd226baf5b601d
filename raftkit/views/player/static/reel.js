// The reel: windows of a run as Python sends them, and what is to be seen at an instant.
// Times are microseconds of virtual time. Nothing here touches the page.

export const WINDOW = 2_000_000;
const KEPT = 16; // windows: what is farther from the eye is asked for again when needed
const LOST_FLIES = 4_000; // how long a lost message is seen before it vanishes
const UNKNOWN_FLIES = 10_000; // how long one is shown whose arrival is not known yet
const HAND_FLIES = 800; // how long one is seen to fly that is delivered by hand

export function windowOf(time) {
  return Math.max(0, Math.floor(time / WINDOW));
}

export class Reel {
  constructor() {
    this.windows = new Map();
  }

  clear() {
    this.windows.clear();
  }

  has(number) {
    return this.windows.has(number);
  }

  put(window, eye) {
    this.windows.set(window.number, window);
    if (this.windows.size <= KEPT) return;
    const farthest = [...this.windows.keys()].sort(
      (one, other) => Math.abs(other - windowOf(eye)) - Math.abs(one - windowOf(eye)),
    )[0];
    this.windows.delete(farthest);
  }

  // Everything at an instant: servers' portraits, since when timers run, flights, cut links.
  at(time) {
    const window = this.windows.get(windowOf(time));
    if (!window) return null;
    // The eye mostly moves on: what has been read once need not be read again for every frame.
    if (this.cursor?.window !== window || time < this.cursor.time) this.cursor = new Cursor(window);
    return this.cursor.moveTo(time);
  }

  // The rows of events up to an instant, newest last; calm ones only if asked for.
  events(time, most, calm = false) {
    const found = [];
    for (let number = windowOf(time); number >= 0 && found.length < most; number--) {
      const window = this.windows.get(number);
      if (!window) break;
      for (let place = window.events.length - 1; place >= 0 && found.length < most; place--) {
        const event = window.events[place];
        if (event[0] <= time && (calm || !event[4])) found.unshift(event);
      }
    }
    return found;
  }

  // The instant of the next event after `time`, or of the last one before it; null if unknown.
  neighbour(time, direction, calm = true) {
    const from = windowOf(time);
    for (let number = from; this.windows.has(number); number += direction) {
      const times = this.windows
        .get(number)
        .events.filter((event) => calm || !event[4])
        .map((event) => event[0]);
      const found =
        direction > 0 ? times.find((at) => at > time) : times.findLast((at) => at < time);
      if (found !== undefined) return found;
      if (number + direction < 0) break;
    }
    return null;
  }
}

// A place in a window, and everything as it is there; it only moves on.
class Cursor {
  constructor(window) {
    this.window = window;
    this.time = window.start;
    this.read = { changes: 0, timings: 0, links: 0, weathers: 0, flights: 0 };
    this.states = window.states;
    this.timers = window.timers;
    this.cut = window.cut;
    this.weather = window.weather;
    this.flights = [];
  }

  moveTo(time) {
    for (const [, name, state] of this.next("changes", time)) this.states = { ...this.states, [name]: state };
    for (const [at, name, timer, change] of this.next("timings", time)) this.turn(name, timer, change === "stop" ? undefined : at);
    for (const [, ways] of this.next("links", time)) this.cut = ways;
    for (const [, weather] of this.next("weathers", time)) this.weather = weather;
    // Flights are in the order in which they leave; those of an earlier window come first.
    const leaving = this.next("flights", time, 3);
    this.flights = [...this.flights, ...leaving].filter((flight) => isInAir(flight, time));
    this.time = time;
    const { states, timers, cut, weather, flights } = this;
    return { time, states, timers, cut, weather, flights };
  }

  // The rows up to an instant that have not been read; `column` says where in a row its instant is.
  next(name, time, column = 0) {
    const rows = this.window[name];
    const from = this.read[name];
    while (this.read[name] < rows.length && rows[this.read[name]][column] <= time) this.read[name] += 1;
    return rows.slice(from, this.read[name]);
  }

  turn(name, timer, at) {
    const { [timer]: before, ...others } = this.timers[name];
    this.timers = { ...this.timers, [name]: at === undefined ? others : { ...others, [timer]: at } };
  }
}

export function isInAir(flight, time) {
  const [, , , left, , , , fate] = flight;
  return fate !== "never left" && left <= time && time < flightEnd(flight);
}

function flightEnd([, , , left, landed, , , fate, , , held]) {
  if (isHeld(held)) return landed === null ? Infinity : landed + (isLost(fate) ? HAND_FLIES : 0);
  if (landed === null) return left + UNKNOWN_FLIES;
  return isLost(fate) ? left + LOST_FLIES : Math.max(landed, left + 1);
}

function isHeld(held) {
  return held !== null && held !== undefined;
}

// Whether a message waits to be delivered by hand.
export function waits([, , , , landed, , , , , , held], time) {
  return isHeld(held) && held <= time && (landed === null || time < landed);
}

export function isLost(fate) {
  return fate === "lost" || fate === "cut" || fate === "dropped";
}

// How far a message has got, from 0 to 1; a lost one never gets beyond the middle. Those that
// wait to be delivered by hand stand in line: `turn` are before it.
export function progressOf(flight, time, turn = 0) {
  const [, , , left, landed, , , fate, , , held] = flight;
  if (isHeld(held)) {
    const parked = Math.max(0.08, 0.7 - 0.14 * turn);
    if (time < held) return Math.min(parked, (time - left) / UNKNOWN_FLIES);
    const flown = landed === null || isLost(fate) ? 0 : 1 - (landed - time) / HAND_FLIES;
    return parked + (1 - parked) * Math.min(1, Math.max(0, flown));
  }
  const share = (time - left) / (flightEnd(flight) - left);
  if (landed === null) return Math.min(0.9, share);
  return isLost(fate) ? 0.5 * share : Math.min(1, share);
}

// Whether a message is seen to be lost.
export function isSeenLost(flight, time) {
  const [, , , , landed, , , fate, , , held] = flight;
  return isLost(fate) && (isHeld(held) ? time >= landed : progressOf(flight, time) > 0.42);
}

// Where a message stands in the line of those that wait between the same ends, the oldest first,
// and how many there are.
export function placeInLine(flight, flights, time) {
  const line = flights
    .filter((other) => other[1] === flight[1] && other[2] === flight[2] && waits(other, time))
    .map((other) => other[0])
    .sort((one, other) => one - other);
  return { place: line.indexOf(flight[0]), many: line.length };
}

// Which of the messages alike to it in the air a flight is, as Python's `Catch` counts them.
export function placeOf(flight, flights) {
  const alike = flights
    .filter((other) => other[1] === flight[1] && other[2] === flight[2])
    .filter((other) => kindOf(other) === kindOf(flight) && !isLost(other[7]))
    .sort((one, other) => one[0] - other[0]);
  return Math.max(0, alike.findIndex((other) => other[0] === flight[0]));
}

const KINDS = {
  vote: "RequestVoteRequest",
  "vote-answer": "RequestVoteResponse",
  append: "AppendEntriesRequest",
  heartbeat: "AppendEntriesRequest",
  "append-answer": "AppendEntriesResponse",
  client: "ClientRequest",
  "client-answer": "ClientResponse",
};

export function kindOf(flight) {
  return KINDS[flight[5]] ?? flight[5];
}

// The nearest bookmark on one side of an instant.
export function markBeside(marks, time, direction) {
  const times = marks.map((mark) => mark[0]);
  return direction > 0
    ? (times.find((at) => at > time) ?? null)
    : (times.findLast((at) => at < time) ?? null);
}

// Making a format takes a hundred times as long as using it.
const formats = new Map();

export function inMilliseconds(time, digits = 1) {
  if (!formats.has(digits))
    formats.set(digits, new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  return `${formats.get(digits).format(time / 1000)} ms`;
}

// When its timers began, and between which instants patience ends.
export function timerRows(state, timers, [least, most]) {
  const since = state.up ? timers?.election : undefined;
  if (since === undefined) return [];
  return [["election timer", `since ${inMilliseconds(since)}, ends between ${inMilliseconds(since + least)} and ${inMilliseconds(since + most)}`]];
}
