// The tables beside the stage: the logs one above the other, and what is selected, in detail.

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), attributes[name]);
    else if (attributes[name] !== null) node.setAttribute(name, attributes[name]);
  }
  node.append(...children);
  return node;
}

const COLUMNS = 8;

// The columns that fit: those up to the last index that anybody holds.
export function columnsOf(states, names, most = COLUMNS) {
  const ends = names.map((name) => states[name]?.log).filter(Boolean).map(lastIndex);
  const last = Math.max(most, ...ends);
  return Array.from({ length: most }, (_, place) => last - most + 1 + place);
}

export function lastIndex(log) {
  return log.first + log.entries.length - 1;
}

// The running leader of the highest term, by name.
export function leaderOf(states) {
  const leaders = Object.keys(states).filter((name) => states[name].up && states[name].role === "leader");
  return leaders.sort((one, other) => states[other].term - states[one].term)[0] ?? null;
}

class LogTable {
  constructor(setup) {
    this.setup = setup;
    const names = setup.servers;
    const places = Array.from({ length: COLUMNS });
    this.heads = places.map(() => element("th", { scope: "col" }));
    this.rows = names.map(() => ({ label: element("th", { scope: "row" }), cells: places.map(() => element("td")) }));
    this.lines = this.rows.map(({ label, cells }) => element("tr", {}, label, ...cells));
    const caption = element("caption", {}, "Logs: a solid frame if this server knows that the entry is committed; ● match index, ↑ next index");
    const head = element("tr", {}, element("th", { scope: "col" }, "index"), ...this.heads);
    this.root = element("table", { class: "rk-logs" }, caption, element("thead", {}, head), element("tbody", {}, ...this.lines));
  }

  // Only cells that have changed are made anew.
  draw(states, culprits) {
    const names = this.setup.servers;
    const key = names.map((name) => states[name]);
    if (this.key && key.every((state, place) => state === this.key[place]) && culprits === this.culprits) return;
    this.key = key;
    this.culprits = culprits;
    this.hasLogs ||= this.setup.raft || names.some((name) => states[name]?.log);
    this.root.hidden = !this.hasLogs;
    const columns = columnsOf(states, names);
    const leader = leaderOf(states);
    const progress = leader ? (states[leader].progress ?? {}) : {};
    columns.forEach((index, place) => setText(this.heads[place], String(index)));
    names.forEach((name, row) => {
      const state = states[name];
      setText(this.rows[row].label, state.up && state.role === "leader" ? `${name} ♛` : name);
      this.lines[row].className = culprits.has(name) ? "rk-culprit" : "";
      columns.forEach((index, place) => this.drawCell(this.rows[row].cells[place], cellOf(state, index, progress[name])));
    });
  }

  drawCell(cell, shown) {
    const key = Object.values(shown).join("\n");
    if (cell.key === key) return;
    cell.key = key;
    const { sign, term, command, committed, durable, index, up } = shown;
    const mark = sign ? [element("span", { class: "rk-progress" }, sign)] : [];
    if (term === undefined) {
      cell.className = "rk-empty";
      cell.style.background = cell.title = "";
      return cell.replaceChildren(...mark);
    }
    cell.className = `${committed ? "rk-committed" : "rk-uncommitted"}${durable ? "" : " rk-volatile"}${up ? "" : " rk-on-disk"}`;
    cell.style.background = termColour(this.setup, term);
    const known = up ? (committed ? "committed" : "not committed") : "on the disk of a server that is down";
    cell.title = `Entry ${index}: ${command}, term ${term}, ${known}${durable ? "" : ", not on disk yet"}`;
    cell.replaceChildren(...mark, element("b", {}, String(term)), element("small", {}, command));
  }
}

// What stands in a cell of the log table: an entry or nothing, and what the leader knows of it.
export function cellOf(state, index, progress) {
  const sign = progress ? `${progress[1] === index ? "●" : ""}${progress[0] === index ? "↑" : ""}` : "";
  const entry = state.log ? state.log.entries[index - state.log.first] : undefined;
  if (!entry) return { sign };
  const durable = !state.disk || index <= state.disk.last;
  return { sign, term: entry[0], command: entry[1] || "no-op", committed: index <= state.commit, durable, index, up: state.up };
}

class Details {
  constructor(handlers, timeout) {
    this.handlers = handlers;
    this.timeout = timeout;
    this.root = element("section", { class: "rk-details", "aria-label": "What is selected" });
    this.key = "";
  }

  draw(snapshot, selected, byHand, live) {
    const [kind, which] = selected;
    const flight = kind === "flight" ? snapshot.flights.find((each) => each[0] === which) : null;
    const state = kind === "server" ? snapshot.states[which] : null;
    const waiting = flight && waits(flight, snapshot.time) ? placeInLine(flight, snapshot.flights, snapshot.time) : null;
    const key = JSON.stringify([selected, flight, state, state && snapshot.timers[which], waiting, byHand, live]);
    if (key === this.key) return;
    this.key = key;
    // The button with the focus keeps it, because each change makes the buttons anew.
    const focused = this.root.contains(document.activeElement) ? document.activeElement.textContent : null;
    if (flight) this.drawFlight(flight, snapshot.flights, waiting);
    else if (state?.fields && "serial" in state.fields) this.drawClient(which, state);
    else if (state) this.drawServer(which, state, snapshot.timers[which], byHand);
    else this.root.replaceChildren(element("p", {}, kind === "flight" ? "That message has arrived." : !live ? LOOK : byHand ? BY_HAND : POINT));
    if (focused === null) return;
    const buttons = [...this.root.querySelectorAll("button")];
    (buttons.find((button) => button.textContent === focused) ?? buttons[0] ?? this.root.closest(".rk-player"))?.focus();
  }

  drawClient(name, state) {
    const command = element("input", { type: "text", value: "x", size: 8, "aria-label": `What ${name} asks for` });
    const ask = () => this.handlers.act([{ is: "Ask", client: name, command: command.value }]);
    command.addEventListener("keydown", (event) => {
      if (event.key === "Enter") ask();
    });
    const button = element("button", { type: "button", onclick: ask, title: "x reads, x=1 sets, x+=1 appends, x?1=2 sets to 2 if it is 1" }, "Ask");
    this.root.replaceChildren(element("h4", {}, name), tableOf(clientRows(state)), element("div", { class: "rk-buttons" }, command, button));
  }

  drawServer(name, state, timers, byHand) {
    const rows = [...serverRows(state), ...timerRows(state, timers, this.timeout)];
    const actionButton = (words, action, title = "") => element("button", { type: "button", title, onclick: () => this.handlers.act([action]) }, words);
    const server = { server: name };
    // By hand no time passes, so that nothing can be slow.
    const inTime = [
      state.paused ? actionButton("Resume", { is: "Resume", ...server }) : actionButton("Pause", { is: "Pause", ...server }),
      actionButton("Slow disk", { is: "SlowDisk", ...server, sync_delay: 20000 }, "each write takes 20 ms"),
      actionButton("Mend disk", { is: "MendDisk", ...server }),
      actionButton("Clock slow", { is: "Drift", ...server, parts_per_million: 500000 }, "timers run half as long again"),
      actionButton("Clock right", { is: "Drift", ...server, parts_per_million: 0 }),
    ];
    // Of Raft's two timers one runs at a time; other processes may have any.
    const running = state.role === "leader" ? ["heartbeat"] : state.role ? ["election"] : Object.keys(timers ?? {});
    const runsOut = (timer) =>
      actionButton(state.role ? (timer === "election" ? "Time out" : "Heartbeat") : `Time out: ${timer}`, { is: "Timeout", ...server, timer }, `its ${timer} timer runs out`);
    const buttons = state.up
      ? [
          actionButton("Stop", { is: "Crash", ...server }, "crash: only the disk remains"),
          ...running.map(runsOut),
          ...(state.role ? [element("button", { type: "button", onclick: () => this.handlers.request(name) }, "Request")] : []),
          actionButton("Tear next write", { is: "TornWrite", ...server, keep: 0 }, "crash in the next write"),
          ...(byHand ? [] : inTime),
        ]
      : [actionButton("Start again", { is: "Restart", ...server })];
    this.root.replaceChildren(element("h4", {}, name), element("div", { class: "rk-buttons" }, ...buttons), tableOf(rows));
  }

  drawFlight(flight, flights, waiting) {
    const [, from, to, left, landed, , , outcome, words] = flight;
    const actionButton = (label, action, title = "") => element("button", { type: "button", title, onclick: () => this.handlers.act([action]) }, label);
    const known = waiting ? "waiting to be delivered" : landed === null ? "under way" : isLost(outcome) ? `${outcome}` : `due at ${inMilliseconds(landed)}`;
    const caught = (verdict, delay) => caughtAs(flight, flights, verdict, delay);
    const buttons = waiting
      ? [
          actionButton("Deliver", byHandAs("Deliver", flight, waiting), "let it arrive (or double-click it)"),
          actionButton("Deliver, keep a copy", { ...byHandAs("Deliver", flight, waiting), again: true }, "let it arrive, and once more later"),
          actionButton("Lose", byHandAs("Lose", flight, waiting)),
        ]
      : isLost(outcome) ? [] : [actionButton("Drop", caught("lose", 0)), actionButton("Duplicate", caught("repeat", 5000)), actionButton("Delay", caught("hold up", 20000))];
    this.root.replaceChildren(
      element("h4", {}, `Message from ${from} to ${to}`),
      element("p", {}, `${inWords(words)}. Sent at ${inMilliseconds(left)}, ${known}.`),
      element("div", { class: "rk-buttons" }, ...buttons),
    );
  }
}

const POINT = "Click a server, a message or a link. Drag a line across the picture to cut the network in two.";
const LOOK = "Click a server or a message to see more of it.";
const BY_HAND = "By hand nothing happens unless you say so: double-click a message and it arrives; click a server to let it time out.";

function tableOf(rows) {
  return element("table", {}, ...rows.map(([label, text]) => element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, text))));
}

// What a client knows: what it asks for, and what it was told.
export function clientRows({ fields, answered = [] }) {
  if (!fields) return [];
  const asks = fields.command === null ? "nothing" : `${fields.command}, of ${fields.target}, under serial ${fields.serial}`;
  const rows = [["asks for", asks]];
  if (fields.waiting) rows.push(["then", `${fields.waiting} more`]);
  return [...rows, ...answered.map(([command, result]) => ["was told", `${command} → ${result ?? "nothing there"}`])];
}

// What a server's state is, volatile and durable apart, as rows of words.
export function serverRows(state) {
  if (!state.up) return [["state", "down: all that is volatile is gone"], ...diskRows(state)];
  if (!state.role) return [...Object.entries(state.fields ?? {}).map(([name, value]) => [name, String(value)]), ...diskRows(state)];
  const rows = [
    ["role", state.role + (state.paused ? ", paused" : "")],
    ["current_term", String(state.term)],
    ["voted_for", state.vote ?? "nobody"],
    ["log", `up to ${lastIndex(state.log)}`],
    ["commit_index", String(state.commit)],
    ["last_applied", String(state.applied)],
  ];
  if (state.tally) rows.push(["votes", `${state.tally.granted.length} for, ${state.tally.refused.length} against`]);
  const values = Object.entries(state.values ?? {}).map(([key, value]) => `${key} = ${value}`);
  rows.push(["state machine", values.join(", ") || "empty"]);
  for (const [peer, [next, match]] of Object.entries(state.progress ?? {})) rows.push([peer, `next_index ${next}, match_index ${match}`]);
  return [...rows, ...diskRows(state)];
}

function counted(entries) {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}

function diskRows(state) {
  if (!state.disk) return [["on disk", "nothing yet"]];
  if (state.disk.holds) return [["on disk", state.disk.holds]];
  return [["on disk", `term ${state.disk.term}, vote ${state.disk.vote ?? "for nobody"}, ${counted(state.disk.last)}`]];
}
