// Unpacks the windows that packing.py has packed. A sentence stays a template with its numbers until it
// is shown.

export function unpacked(window) {
  const words = window.words.map(([template, ...numbers]) => [window.templates[template], ...numbers]);
  const timers = window.timer_kinds;
  return {
    ...window,
    flights: flightsOf(window, words).sort((one, other) => one[3] - other[3]),
    events: rowsOf(window.events, 3, window.start, (time, [source, sentence]) => {
      const [who, rule, calm] = window.sources[source];
      return [time, who, words[sentence], rule, calm];
    }),
    timer_changes: rowsOf(window.timer_changes, 3, window.start, (time, [timer, left]) => [time, ...timers[timer], left === null ? null : time + left]),
    state_changes: changesOf(window),
  };
}

// Rows of `width` numbers, the first of which is the time since the row before.
function rowsOf(numbers, width, start, row) {
  const rows = [];
  let time = start;
  for (let place = 0; place < numbers.length; place += width) {
    time += numbers[place];
    rows.push(row(time, numbers.slice(place + 1, place + width)));
  }
  return rows;
}

function flightsOf({ flights, routes, start }, words) {
  const rows = [];
  let [id, left] = [0, start];
  for (let place = 0; place < flights.length; place += 5) {
    id += flights[place];
    left += flights[place + 1];
    const duration = flights[place + 2];
    const [from, to, kind, sign, outcome, via, held, term] = routes[flights[place + 3]];
    const landed = duration === null ? null : left + duration;
    rows.push([id, from, to, left, landed, kind, sign, outcome, words[flights[place + 4]], via, held, term]);
  }
  return rows;
}

function changesOf({ state_changes, states }) {
  const now = { ...states };
  return state_changes.map(([time, name, difference]) => [time, name, (now[name] = merged(now[name], difference))]);
}

// The value after a difference; parts that stay the same are shared, not copied.
export function merged(old, difference) {
  const { "-": removed = [], ...changed } = difference;
  const made = { ...old };
  for (const name of removed) delete made[name];
  for (const name in changed) {
    const [value, known] = [changed[name], old[name]];
    if (name === "log" && known) made.log = mergedLog(known, value);
    else made[name] = isTable(value) && isTable(known) ? merged(known, value) : value;
  }
  return made;
}

function isTable(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergedLog(old, { first, kept, more }) {
  const from = first - old.first;
  return { first, entries: [...(kept ? old.entries.slice(from, from + kept) : []), ...more] };
}

// A sentence from its template and the numbers in it.
export function inWords(sentence) {
  if (typeof sentence === "string") return sentence;
  const [template, ...numbers] = sentence;
  return numbers.length ? template.replaceAll("#", () => numbers.shift()) : template;
}
