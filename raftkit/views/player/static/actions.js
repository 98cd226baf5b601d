// The actions of a viewer on the cluster, in the form that Python reads, each with an announcement
// for screen readers. The state that an action depends on is that of the shown instant.

class Actions {
  constructor(clock) {
    this.clock = clock;
    this.count = 0;
  }

  now() {
    return this.clock.timeline.at(this.clock.time);
  }

  link(one, other, oneWay) {
    const cut = this.now().cut.some(([from, to]) => (from === one && to === other) || (from === other && to === one));
    const action = cut ? { is: "Mend", source: one, target: other } : { is: "Cut", source: one, target: other, one_way: oneWay };
    this.clock.act([action], `The link ${one} – ${other} is ${cut ? "mended" : "cut"}.`);
  }

  stop(name) {
    const { up } = this.now().states[name];
    this.clock.act([{ is: up ? "Crash" : "Restart", server: name }], `${name} ${up ? "stops" : "starts again"}.`);
  }

  // A message by its number: itself, all others, and its place in line if it waits.
  flightOf(id) {
    const { flights } = this.now();
    const flight = flights.find((each) => each[0] === id);
    const waiting = flight && waits(flight, this.clock.time) ? placeInLine(flight, flights, this.clock.time) : null;
    return { flight, flights, waiting };
  }

  deliver(id) {
    const { flight, waiting } = this.flightOf(id);
    if (waiting) this.clock.act([byHandAs("Deliver", flight, waiting)], `${inWords(flight[8])} arrives at ${flight[2]}.`);
  }

  lose(id) {
    const { flight, flights, waiting } = this.flightOf(id);
    if (!flight || isLost(flight[7])) return;
    const action = waiting ? byHandAs("Lose", flight, waiting) : caughtAs(flight, flights, "lose");
    this.clock.act([action], `${inWords(flight[8])} to ${flight[2]} is lost.`);
  }

  byHand() {
    const { byHand } = this.clock;
    this.clock.play(false);
    this.clock.act([{ is: byHand ? "HandsOff" : "ByHand" }], byHand ? "Hands off: time passes by itself." : "By hand: nothing happens by itself.");
  }

  // A client's request; without a command it asks for a new one.
  request(server, wanted) {
    this.count += 1;
    const command = wanted || `x=${this.count}`;
    this.clock.act([{ is: "Propose", command, server }], `A client asks for ${command}.`);
  }

  restartLeader() {
    const leader = leaderOf(this.now().states);
    if (leader) this.clock.act([{ is: "Crash", server: leader }, { is: "Restart", server: leader }], `${leader} restarts.`);
  }

  timers(apart) {
    const { states } = this.now();
    const waiting = this.clock.setup.servers.filter((name) => states[name].up && states[name].role !== "leader");
    const actions = waiting.map((server, index) => ({ is: "SetTimer", server, delay: 30_000 + index * apart, timer: "election" }));
    if (actions.length) this.clock.act(actions, apart ? "Timers run out one after the other." : "All timers run out together.");
  }

  startAll() {
    const { states } = this.now();
    const actions = this.clock.setup.servers.flatMap((server) =>
      !states[server].up ? [{ is: "Restart", server }] : states[server].paused ? [{ is: "Resume", server }] : []);
    if (actions.length) this.clock.act(actions, "Everybody runs.");
  }

  partition(group) {
    this.clock.act([{ is: "Partition", groups: [group] }], `Cut off: ${group.join(" ")}.`);
  }

  // One condition changes; the others stay as they are at that instant.
  changeConditions(name, share) {
    const conditions = { loss: 0, duplicate: 0, slow: 0, latency_slow: 50_000, ...this.now().conditions, [name]: share };
    this.clock.act([{ is: "NetworkConditions", ...conditions }], "The network changes.");
  }

  heal() {
    this.clock.act([{ is: "Heal" }], "All links work.");
  }
}

// The action that catches a message on its way, by its place among messages of its kind.
function caughtAs(flight, flights, verdict, delay = 0) {
  return { is: "Catch", source: flight[1], target: flight[2], kind: kindOf(flight), place: placeOf(flight, flights), verdict, delay };
}

// The action by hand on a message that waits; the newest of several has place -1, as in Python.
export function byHandAs(is, flight, { place, many }) {
  return { is, source: flight[1], target: flight[2], place: place > 0 && place === many - 1 ? -1 : place };
}
