// Plays a recording in a page of its own: answers the widget's code as Python would, from the windows
// that are in the page.

const recording = JSON.parse(document.getElementById("recording").textContent);
const state = { ...recording.state, opening: recording.reports[recording.watched] };
const windowTexts = document.getElementById("windows").textContent.split("\n");
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
function opened(text) {
  const plain = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(plain).json();
}
const listeners = {};
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; },
  save_changes: () => {},
  on: (name, listener) => { (listeners[name] ??= []).push(listener); },
  send: (message) => answer(message),
};
// By what is asked: the first of the windows that are wanted.
const FIRST_WINDOWS = { window: ({ number }) => number, watch: ({ at }) => Math.floor(at / recording.window) };
let status = recording.note || undefined;
async function answer(message) {
  const first = FIRST_WINDOWS[message.do]?.(message);
  if (first === undefined) status = "This is a recording: it can be played, not changed.";
  const future = message.future ?? message.have.future;
  const places = recording.places[future].slice(first ?? 0, (first ?? 0) + (message.count ?? 1));
  // Anything else is refused, and changes nothing.
  const windows = first === undefined ? [] : await Promise.all(places.map((place) => opened(windowTexts[place])));
  const known = message.do === "watch" ? {} : { fresh: false, marksFrom: message.have.marks, marks: [] };
  const reply = { re: message.id, report: { ...recording.reports[future], ...known, windows }, status };
  status = undefined;
  for (const listener of listeners["msg:custom"] ?? []) listener(reply);
}
const code = new TextDecoder().decode(bytesOf(document.getElementById("code").textContent));
const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
const { default: widget, momentOf } = await import(url);
if (location.hash) status = openMoment(decodeURIComponent(location.hash.slice(1)));
widget.render({ model, el: document.getElementById("player") });

// Opens the page at the moment in its address; what is wrong with it in words, if anything is.
function openMoment(text) {
  const moment = momentOf(text);
  if (!moment) return "The address holds no moment of a run, or a part of it is missing.";
  if (moment.run !== state.setup.run) return "The address holds a moment of another run: open it in a notebook with play(...).";
  state.time = Math.min(moment.time, state.opening.end) / 1000;
  state.setup.still = true;
}
