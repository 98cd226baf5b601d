// Opens the windows that packing.py has made small. Words stay folded until they are read.

export function unpacked(window) {
  const words = window.words.map(([template, ...numbers]) => [window.templates[template], ...numbers]);
  const told = window.timer_changes;
  return {
    ...window,
    flights: flightsOf(window, words).sort((one, other) => one[3] - other[3]),
    events: rowsOf(window.events, 3, window.start, (time, [source, said]) => {
      const [who, rule, calm] = window.sources[source];
      return [time, who, words[said], rule, calm];
    }),
    timings: rowsOf(window.timings, 2, window.start, (time, [timer]) => [time, ...told[timer]]),
    changes: changesOf(window),
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
    const lasts = flights[place + 2];
    const [from, to, kind, sign, fate, via, held] = routes[flights[place + 3]];
    const landed = lasts === null ? null : left + lasts;
    rows.push([id, from, to, left, landed, kind, sign, fate, words[flights[place + 4]], via, held]);
  }
  return rows;
}

function changesOf({ changes, states }) {
  const now = { ...states };
  return changes.map(([time, name, difference]) => [time, name, (now[name] = merged(now[name], difference))]);
}

// What comes of something by a difference; what stays the same is shared, not copied.
export function merged(old, difference) {
  const { "-": gone = [], ...told } = difference;
  const made = { ...old };
  for (const name of gone) delete made[name];
  for (const name in told) {
    const [value, known] = [told[name], old[name]];
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
export function inWords(said) {
  if (typeof said === "string") return said;
  const [template, ...numbers] = said;
  return numbers.length ? template.replaceAll("#", () => numbers.shift()) : template;
}
