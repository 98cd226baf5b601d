// A moment of a run as a text, as moment.py has it: raftkit1-INSTANT-SUM-RUN.

const PREFIX = "raftkit1";
const MODULUS = 65_521;

export function sumOf(text) {
  let total = 0;
  for (const letter of text) total = (31 * total + letter.charCodeAt(0)) % MODULUS;
  return total;
}

export function momentText(run, time) {
  return `${PREFIX}-${time}-${sumOf(`${time}-${run}`)}-${run}`;
}

// The instant and the run of a text; null if it is damaged.
export function momentOf(text) {
  const found = new RegExp(`^${PREFIX}-(\\d+)-(\\d+)-(.+)$`).exec(text.trim());
  if (!found) return null;
  const [, time, sum, run] = found;
  return String(sumOf(`${time}-${run}`)) === sum ? { time: Number(time), run } : null;
}
