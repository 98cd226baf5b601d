// The timeline: the windows of a run as Python sends them, and the snapshot of the cluster at any
// instant of them. Times are microseconds of virtual time. Nothing here touches the page.

export const WINDOW = 2_000_000;
const WINDOWS_KEPT = 32; // windows; the ones farthest from the shown instant are dropped, and loaded again at need
const LOST_SHOWN = 4_000; // how long a lost message is shown
const UNKNOWN_SHOWN = 10_000; // how long a message is shown whose arrival is not known yet
const DELIVERY_SHOWN = 800; // how long the flight of a message takes that is delivered by hand

export function windowOf(time) {
  return Math.max(0, Math.floor(time / WINDOW));
}

export class Timeline {
  constructor() {
    this.windows = new Map();
    this.version = 0; // grows with each change
  }

  clear() {
    this.windows.clear();
    this.version += 1;
  }

  has(number) {
    return this.windows.has(number);
  }

  put(window, shown) {
    this.windows.set(window.number, window);
    this.version += 1;
    if (this.windows.size <= WINDOWS_KEPT) return;
    const farthest = [...this.windows.keys()].sort(
      (one, other) => Math.abs(other - windowOf(shown)) - Math.abs(one - windowOf(shown)),
    )[0];
    this.windows.delete(farthest);
  }

  // A snapshot at an instant: servers' states, starts of timers, cut links, conditions and flights.
  at(time) {
    const window = this.windows.get(windowOf(time));
    if (!window) return null;
    // Time mostly moves on, so the rows that have been read need not be read again for every frame.
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

// An instant of a window and the snapshot there; it moves forwards only.
class Cursor {
  constructor(window) {
    this.window = window;
    this.time = window.start;
    this.read = { state_changes: 0, timer_changes: 0, cut_changes: 0, condition_changes: 0, flights: 0 };
    this.states = window.states;
    this.timers = window.timers;
    this.cut = window.cut;
    this.conditions = window.conditions;
    this.flights = [];
  }

  moveTo(time) {
    for (const [, name, state] of this.next("state_changes", time)) this.states = { ...this.states, [name]: state };
    for (const [at, name, timer, change, until] of this.next("timer_changes", time)) this.setTimer(name, timer, change === "stop" ? undefined : [at, until]);
    for (const [, cut] of this.next("cut_changes", time)) this.cut = cut;
    for (const [, conditions] of this.next("condition_changes", time)) this.conditions = conditions;
    // Flights are in the order in which they leave; those of an earlier window come first.
    const leaving = this.next("flights", time, 3);
    this.flights = [...this.flights, ...leaving].filter((flight) => isInFlight(flight, time));
    this.time = time;
    const { states, timers, cut, conditions, flights } = this;
    return { time, states, timers, cut, conditions, flights };
  }

  // The rows up to an instant that have not been read; `column` says where in a row its instant is.
  next(name, time, column = 0) {
    const rows = this.window[name];
    const from = this.read[name];
    while (this.read[name] < rows.length && rows[this.read[name]][column] <= time) this.read[name] += 1;
    return rows.slice(from, this.read[name]);
  }

  setTimer(name, timer, times) {
    const { [timer]: before, ...others } = this.timers[name];
    this.timers = { ...this.timers, [name]: times ? { ...others, [timer]: times } : others };
  }
}

export function isInFlight(flight, time) {
  const [, , , left, , , , outcome] = flight;
  return outcome !== "never left" && left <= time && time < endOf(flight);
}

function endOf([, , , left, landed, , , outcome, , , held]) {
  if (isHeld(held)) return landed === null ? Infinity : landed + (isLost(outcome) ? DELIVERY_SHOWN : 0);
  if (landed === null) return left + UNKNOWN_SHOWN;
  return isLost(outcome) ? left + LOST_SHOWN : Math.max(landed, left + 1);
}

function isHeld(held) {
  return held !== null && held !== undefined;
}

// Whether a message waits to be delivered by hand.
export function waits([, , , , landed, , , , , , held], time) {
  return isHeld(held) && held <= time && (landed === null || time < landed);
}

export function isLost(outcome) {
  return outcome === "lost" || outcome === "cut" || outcome === "dropped";
}

// How far a message has got, from 0 to 1; a lost one gets no farther than the middle. Messages that
// wait for a delivery by hand form a line: `ahead` of them are before this one.
export function progressOf(flight, time, ahead = 0) {
  const [, , , left, landed, , , outcome, , , held] = flight;
  if (isHeld(held)) {
    const waitingShare = Math.max(0.08, 0.7 - 0.14 * ahead);
    if (time < held) return Math.min(waitingShare, (time - left) / UNKNOWN_SHOWN);
    const flown = landed === null || isLost(outcome) ? 0 : 1 - (landed - time) / DELIVERY_SHOWN;
    return waitingShare + (1 - waitingShare) * Math.min(1, Math.max(0, flown));
  }
  const share = (time - left) / (endOf(flight) - left);
  if (landed === null) return Math.min(0.9, share);
  return isLost(outcome) ? 0.5 * share : Math.min(1, share);
}

// Whether a message is drawn as lost.
export function isShownLost(flight, time) {
  const [, , , , landed, , , outcome, , , held] = flight;
  return isLost(outcome) && (isHeld(held) ? time >= landed : progressOf(flight, time) > 0.42);
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
export function neighbouringMark(marks, time, direction) {
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

// When a server's election timer was set, and when it runs out; some recordings do not know that.
export function timerRows(state, timers, [least, most]) {
  if (!state.up || !timers?.election) return [];
  const [since, until] = timers.election;
  const end = until === null ? `between ${inMilliseconds(since + least)} and ${inMilliseconds(since + most)}` : `at ${inMilliseconds(until)}`;
  return [["election timer", `set at ${inMilliseconds(since)}, runs out ${end}`]];
}
