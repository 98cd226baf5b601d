// The stage: servers, links and messages in SVG. Nodes are made once and then only moved.

const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}

function set(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const LONG_PRESS = 500; // milliseconds
const DRAG = 8; // pixels: less is the trembling of a finger

const SHORT = 4; // letters of a badge, as in "F 12"
const OUTLINES = { follower: "thin", candidate: "double", leader: "thick" };

// What a process wears: a badge, an outline, and both in words. Raft's servers say it by role and term.
function lookOf({ role, term, look }) {
  if (role) return [`${role[0].toUpperCase()} ${term}`, OUTLINES[role], `${role} of term ${term}`];
  return look ?? ["up", "thin", "running"];
}

class Stage {
  constructor(setup, on) {
    this.setup = setup;
    this.on = on;
    this.at = places(setup.servers, setup.positions);
    this.names = setup.servers;
    this.clients = setup.clients ?? [];
    this.clients.forEach((name, turn) => {
      this.at[name] = { x: 40 + turn * 70, y: STAGE.height - 26 };
    });
    this.root = make("svg", {
      viewBox: `0 0 ${STAGE.width} ${STAGE.height}`,
      class: "rk-stage",
      role: "group",
      "aria-label": "The cluster: its servers, links and messages",
    });
    this.links = make("g", { class: "rk-links" });
    // On their own, because the keyboard is to come to the servers first.
    this.targets = make("g", { class: "rk-links" });
    this.flights = new FlightLayer(this.at);
    this.servers = make("g", { class: "rk-servers" });
    this.line = make("line", { class: "rk-knife", visibility: "hidden" });
    this.root.append(this.links, this.servers, this.targets, this.flights.root, this.line);
    this.link = {};
    for (const [one, other] of setup.edges) this.makeLink(one, other);
    this.server = {};
    for (const name of this.names) this.makeServer(name);
    for (const name of this.clients) this.makeClient(name);
    this.actByPressing();
    this.chooseMessages();
    this.cutByDragging();
  }

  // Links -----------------------------------------------------------------------------------

  makeLink(one, other) {
    const [a, b] = [this.at[one], this.at[other]];
    const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
    const seen = make("line", { ...ends, class: "rk-link" });
    const [start, end] = [between(a, b, 0, 0), between(a, b, 1, 0)];
    const target = make("line", {
      ...{ x1: start.x, y1: start.y, x2: end.x, y2: end.y },
      class: "rk-link-target",
      tabindex: 0,
      role: "button",
      "aria-label": `Link between ${one} and ${other}`,
    });
    target.dataset.ends = `${one} ${other}`;
    const sign = make("text", { class: "rk-link-sign", x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const cut = (event) => this.on.link(one, other, event.shiftKey || event.altKey);
    target.addEventListener("click", cut);
    target.addEventListener("keydown", (event) => {
      if (event.key === "Enter") cut(event);
    });
    target.append(make("title", {}, `${one} – ${other}: click to cut; with Shift, a right click or a long press one way only`));
    this.links.append(seen, sign);
    this.targets.append(target);
    this.link[`${one} ${other}`] = { seen, sign, target };
  }

  drawLinks(cut) {
    const ways = new Set(cut.map(([from, to]) => `${from} ${to}`));
    for (const [one, other] of this.setup.edges) {
      const { seen, sign, target } = this.link[`${one} ${other}`];
      const there = ways.has(`${one} ${other}`);
      const back = ways.has(`${other} ${one}`);
      const state = there && back ? "cut" : there || back ? "one-way" : "up";
      if (seen.dataset.state === state && seen.dataset.there === String(there)) continue;
      seen.dataset.state = state;
      seen.dataset.there = there;
      set(seen, "class", `rk-link rk-link-${state}`);
      say(sign, state === "cut" ? "✕" : state === "one-way" ? (there ? `only ${other}→${one}` : `only ${one}→${other}`) : "");
      set(target, "aria-label", `Link between ${one} and ${other}: ${state === "up" ? "works" : state === "cut" ? "cut" : `works only from ${there ? other : one} to ${there ? one : other}`}`);
    }
  }

  // The point of the stage that a mouse is at.
  where(event) {
    const box = this.root.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * STAGE.width,
      y: ((event.clientY - box.top) / box.height) * STAGE.height,
    };
  }

  // What somebody points at: a message before the link that it flies along.
  pointed(event) {
    const server = event.target.closest(".rk-server");
    if (server) return ["server", server.dataset.server];
    const id = this.flights.near(this.where(event));
    if (id !== null) return ["flight", id];
    const link = event.target.closest(".rk-link-target");
    return link ? ["link", link.dataset.ends.split(" ")] : ["nothing", null];
  }

  chooseMessages() {
    const choose = (act) => (event) => {
      const [kind, id] = this.pointed(event);
      if (kind !== "flight") return;
      event.stopPropagation();
      act(id);
    };
    this.root.addEventListener("click", choose(this.on.flight), true);
    this.root.addEventListener("dblclick", choose(this.on.deliver), true);
    this.root.addEventListener("keydown", (event) => {
      const dot = event.target.closest(".rk-dot");
      if (dot && event.key === "Enter") this.on.flight(Number(dot.dataset.flight));
      if (dot && event.key === "Delete") this.on.lose(Number(dot.dataset.flight));
    });
  }

  // A right click, or for fingers a long press, stops a server, loses a message, cuts one way.
  actByPressing() {
    let timer = null;
    let pressed = null;
    let done = false;
    const act = (event) => {
      clearTimeout(timer);
      const [kind, which] = this.pointed(event);
      if (done || kind === "nothing") return;
      done = true;
      if (kind === "server") this.on.stop(which);
      else if (kind === "flight") this.on.lose(which);
      else this.on.link(...which, true);
    };
    this.root.addEventListener("pointerdown", (event) => {
      [done, pressed] = [false, event];
      if (event.pointerType !== "mouse" && event.isPrimary) timer = setTimeout(() => act(event), LONG_PRESS);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > DRAG) clearTimeout(timer);
    });
    for (const end of ["pointerup", "pointercancel"]) this.root.addEventListener(end, () => clearTimeout(timer));
    this.root.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation();
      act(event);
    });
    // The tap that ends a long press is none.
    const swallow = (event) => {
      if (done) event.stopImmediatePropagation();
      done = false;
    };
    this.root.addEventListener("click", swallow, true);
  }

  cutByDragging() {
    let start = null;
    const where = (event) => this.where(event);
    let cutting = false;
    this.root.addEventListener("pointerdown", (event) => {
      if (event.isPrimary && event.button === 0 && !event.target.closest(".rk-server")) start = where(event);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!start || !event.isPrimary) return;
      const now = where(event);
      if (!cutting && Math.hypot(now.x - start.x, now.y - start.y) < 2 * DRAG) return;
      // Not sooner: a captured tap would not be a link's.
      if (!cutting) this.root.setPointerCapture(event.pointerId);
      cutting = true;
      for (const [name, value] of Object.entries({ x1: start.x, y1: start.y, x2: now.x, y2: now.y }))
        set(this.line, name, value);
      set(this.line, "visibility", "visible");
    });
    const end = (event) => {
      if (!start) return;
      const [from, to] = [start, where(event)];
      start = null;
      cutting = false;
      set(this.line, "visibility", "hidden");
      if (event.type !== "pointerup" || Math.hypot(to.x - from.x, to.y - from.y) < 40) return;
      const groups = sides(from, to, Object.fromEntries(this.names.map((name) => [name, this.at[name]])));
      if (groups.every((group) => group.length)) this.on.partition(groups);
    };
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
  }

  // Servers ---------------------------------------------------------------------------------

  makeServer(name) {
    const at = this.at[name];
    const outward = at.y < STAGE.height / 2 - 1 ? -1 : 1;
    const parts = {
      halo: make("circle", { cx: at.x, cy: at.y, r: RADIUS + 12, class: "rk-halo" }),
      timer: make("path", { class: "rk-timer" }),
      disc: make("circle", { cx: at.x, cy: at.y, r: RADIUS, class: "rk-disc", fill: "#D9D9D9" }),
      ring: make("circle", { cx: at.x, cy: at.y, r: RADIUS - 5, class: "rk-ring" }),
      role: make("text", { x: at.x, y: at.y + 1, class: "rk-role" }),
      vote: make("text", { x: at.x, y: at.y + 17, class: "rk-voted" }),
      name: make("text", { x: at.x, y: at.y + outward * (RADIUS + 22) + 4, class: "rk-name" }, name),
      said: make("text", { class: "rk-said" }, ...this.linesOf(at, outward)),
      votes: make("g", { class: "rk-votes" }),
      title: make("title"),
    };
    this.names.forEach((other, turn) => {
      const x = at.x + (turn - (this.names.length - 1) / 2) * 11;
      parts.votes.append(make("text", { x, y: at.y - 12, class: "rk-vote" }));
    });
    const group = make("g", { class: "rk-server", tabindex: 0, role: "button" }, ...Object.values(parts));
    group.dataset.server = name;
    group.addEventListener("click", () => this.on.select(name));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.on.select(name);
    });
    this.servers.append(group);
    this.server[name] = { group, ...parts };
  }

  // Two lines for the name of a rule, farther out than that of the server, and within the picture.
  linesOf(at, outward) {
    const x = Math.min(Math.max(at.x, 50), STAGE.width - 50);
    const first = at.y + outward * (RADIUS + 38) + (outward < 0 ? -8 : 4);
    return [first, first + 12].map((y) => make("tspan", { x, y }));
  }

  makeClient(name) {
    const at = this.at[name];
    const choose = () => this.on.select(name);
    const group = make(
      "g",
      { class: "rk-client", tabindex: 0, role: "button" },
      make("rect", { x: at.x - 20, y: at.y - 13, width: 40, height: 26, rx: 5 }),
      make("text", { x: at.x, y: at.y + 5 }, name),
      make("title"),
    );
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter") choose();
    });
    this.servers.append(group);
    this.server[name] = { group, title: group.lastChild, client: true };
  }

  drawServer(name, state, since, time, selected, culprit) {
    const parts = this.server[name];
    this.drawTimer(parts, this.at[name], state.up ? since?.election : undefined, time);
    if (parts.state === state && parts.selected === selected && parts.culprit === culprit) return;
    Object.assign(parts, { state, selected, culprit });
    if (parts.client) return this.drawClient(name, parts, state, selected);
    const { disc, ring, role, group } = parts;
    const up = state.up;
    set(group, "class", `rk-server${selected ? " rk-selected" : ""}${culprit ? " rk-culprit" : ""}${up ? "" : " rk-down"}`);
    const colour = up && state.term !== undefined ? termColour(this.setup, state.term) : "#D9D9D9";
    set(disc, "fill", colour);
    const [badge, outline] = lookOf(state);
    set(ring, "class", `rk-ring rk-ring-${up ? outline : "down"}`);
    say(role, up ? (state.paused ? "❚❚ " : "") + badge : "✕");
    set(role, "class", `rk-role${badge.length > SHORT ? " rk-role-long" : ""}`);
    say(parts.vote, up && state.vote ? `vote ${state.vote}` : "");
    set(group, "aria-label", serverWords(name, state));
    say(parts.title, serverWords(name, state));
    this.drawVotes(parts.votes, state);
  }

  drawClient(name, { group, title }, state, selected) {
    set(group, "class", `rk-client${selected ? " rk-selected" : ""}`);
    set(group, "aria-label", clientWords(name, state));
    say(title, clientWords(name, state));
  }

  // How much of the longest patience is over, as an arc; the only thing that moves on its own.
  drawTimer({ timer }, at, since, time) {
    if (!timer) return;
    const [least, most] = this.setup.timeout;
    const share = since === undefined ? 0 : (time - since) / most;
    set(timer, "d", share > 0 ? arc(at, RADIUS + 6, share) : "");
    set(timer, "class", `rk-timer${share >= least / most ? " rk-timer-late" : ""}`);
  }

  drawVotes(votes, state) {
    const tally = state.up && state.role === "candidate" ? state.tally : null;
    this.names.forEach((other, turn) => {
      const sign = !tally ? "" : tally.granted.includes(other) ? "●" : tally.refused.includes(other) ? "×" : "○";
      say(votes.children[turn], sign);
    });
  }

  drawSaid(said) {
    for (const name of this.names) {
      const { said: node } = this.server[name];
      const lines = folded(said[name] ?? "");
      // The line next to the server is filled first.
      if (lines.length < 2) lines[node.firstChild.getAttribute("y") < this.at[name].y ? "unshift" : "push"]("");
      lines.forEach((line, turn) => say(node.children[turn], line));
    }
  }
}

function termColour(setup, term) {
  return term > 0 ? setup.colours[(term - 1) % setup.colours.length] : setup.noTerm;
}

function serverWords(name, state) {
  if (!state.up) return `${name} is down${state.disk ? `; its disk holds ${state.disk.holds ?? `term ${state.disk.term}, ${counted(state.disk.last)}`}` : ""}`;
  if (!state.role) return `${name} is ${lookOf(state)[2]}${state.paused ? "; paused" : ""}`;
  const vote = state.vote ? `, voted for ${state.vote}` : "";
  const log = state.log.first + state.log.entries.length - 1;
  return `${name} is ${state.role} of term ${state.term}${vote}; log up to ${log}, committed up to ${state.commit}${state.paused ? "; paused" : ""}`;
}

function clientWords(name, state) {
  const rows = clientRows(state).map(([label, text]) => `${label} ${text}`);
  return `Client ${name}${rows.length ? `: ${rows.join(", ")}` : ""}`;
}

const LINE = 12; // letters

// A long name in two lines, cut at the joint that is nearest to its middle.
export function folded(words) {
  if (words.length <= LINE) return [words];
  const joints = [...words.matchAll(/_/g)].map(({ index }) => index + 1);
  const middle = words.length / 2;
  const at = joints.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0];
  return at === undefined ? [words] : [words.slice(0, at), words.slice(at)];
}
