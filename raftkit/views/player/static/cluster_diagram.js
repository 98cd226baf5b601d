// The diagram of the cluster: servers, links and messages in SVG. Its nodes are made once, and then
// only moved and changed.

const SVG = "http://www.w3.org/2000/svg";

function svgElement(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const LONG_PRESS = 500; // milliseconds
const DRAG = 8; // pixels: a shorter movement is a tap

const SHORT = 3; // the most letters of a badge in the large font
const OUTLINES = { follower: "thin", candidate: "double", leader: "thick" };

// A process's badge, its outline, and both in words. The badge of Raft's servers is their term.
function lookOf({ role, term, look }) {
  if (role) return [String(term), OUTLINES[role], `${role} of term ${term}`];
  return look ?? ["up", "thin", "running"];
}

class ClusterDiagram {
  constructor(setup, handlers) {
    this.setup = setup;
    this.handlers = handlers;
    this.names = setup.servers;
    this.clients = setup.clients ?? [];
    this.positions = positionsOf(this.names, setup.positions, this.clients.length);
    this.scale = scaleOf(this.positions);
    this.roomy = hasRoomForWords(this.positions);
    this.clients.forEach((name, index) => {
      this.positions[name] = { x: 40 + index * 70, y: DIAGRAM.height - 20 };
    });
    this.root = svgElement("svg", {
      viewBox: `0 0 ${DIAGRAM.width} ${DIAGRAM.height}`,
      class: "rk-diagram",
      role: "group",
      "aria-label": "The cluster: its servers, links and messages",
    });
    this.links = svgElement("g", { class: "rk-links" });
    // In a group of their own after the servers, because the Tab key is to reach the servers first.
    this.targets = svgElement("g", { class: "rk-links" });
    this.flights = new FlightLayer(this.positions, this.scale, setup);
    this.servers = svgElement("g", { class: "rk-servers" });
    this.cutLine = svgElement("line", { class: "rk-cut-line", visibility: "hidden" });
    this.root.append(this.links, this.servers, this.targets, this.flights.root, this.cutLine);
    this.link = {};
    for (const [one, other] of setup.edges) this.makeLink(one, other);
    this.server = {};
    for (const name of this.names) this.makeServer(name);
    for (const name of this.clients) this.makeClient(name);
    this.handlePresses();
    this.chooseMessages();
    this.cutByDragging();
  }

  // Links -----------------------------------------------------------------------------------

  makeLink(one, other) {
    const [a, b] = [this.positions[one], this.positions[other]];
    const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
    const line = svgElement("line", { ...ends, class: "rk-link" });
    const [start, end] = [0, 1].map((share) => pointBetween(a, b, share, 0, RADIUS * this.scale));
    const target = svgElement("line", {
      ...{ x1: start.x, y1: start.y, x2: end.x, y2: end.y },
      class: "rk-link-target",
      tabindex: 0,
      role: "button",
      "aria-label": `Link between ${one} and ${other}`,
    });
    target.dataset.ends = `${one} ${other}`;
    const sign = svgElement("text", { class: "rk-link-sign", x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const cut = (event) => this.handlers.link(one, other, event.shiftKey || event.altKey);
    target.addEventListener("click", cut);
    target.addEventListener("keydown", (event) => {
      if (event.key === "Enter") cut(event);
    });
    target.append(svgElement("title", {}, `${one} – ${other}: click to cut; with Shift, a right click or a long press one way only`));
    this.links.append(line, sign);
    this.targets.append(target);
    this.link[`${one} ${other}`] = { line, sign, target };
  }

  drawLinks(cut) {
    const cutLinks = new Set(cut.map(([from, to]) => `${from} ${to}`));
    for (const [one, other] of this.setup.edges) {
      const { line, sign, target } = this.link[`${one} ${other}`];
      const there = cutLinks.has(`${one} ${other}`);
      const back = cutLinks.has(`${other} ${one}`);
      const state = there && back ? "cut" : there || back ? "one-way" : "up";
      if (line.dataset.state === state && line.dataset.there === String(there)) continue;
      line.dataset.state = state;
      line.dataset.there = there;
      setAttribute(line, "class", `rk-link rk-link-${state}`);
      setText(sign, state === "cut" ? "✕" : state === "one-way" ? (there ? `only ${other}→${one}` : `only ${one}→${other}`) : "");
      setAttribute(target, "aria-label", `Link between ${one} and ${other}: ${state === "up" ? "works" : state === "cut" ? "cut" : `works only from ${there ? other : one} to ${there ? one : other}`}`);
    }
  }

  // The point of the diagram that a mouse event is at.
  pointAt(event) {
    const box = this.root.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * DIAGRAM.width,
      y: ((event.clientY - box.top) / box.height) * DIAGRAM.height,
    };
  }

  // The server, message or link that an event is at; a message comes before the link under it.
  targetAt(event) {
    const server = event.target.closest(".rk-server");
    if (server) return ["server", server.dataset.server];
    const id = this.flights.nearestTo(this.pointAt(event));
    if (id !== null) return ["flight", id];
    const link = event.target.closest(".rk-link-target");
    return link ? ["link", link.dataset.ends.split(" ")] : ["nothing", null];
  }

  chooseMessages() {
    const choose = (handle) => (event) => {
      const [kind, id] = this.targetAt(event);
      if (kind !== "flight") return;
      event.stopPropagation();
      handle(id);
    };
    this.root.addEventListener("click", choose(this.handlers.flight), true);
    this.root.addEventListener("dblclick", choose(this.handlers.deliver), true);
    this.root.addEventListener("keydown", (event) => {
      const dot = event.target.closest(".rk-dot");
      if (dot && event.key === "Enter") this.handlers.flight(Number(dot.dataset.flight));
      if (dot && event.key === "Delete") this.handlers.lose(Number(dot.dataset.flight));
    });
  }

  // A right click, or for fingers a long press, stops a server, loses a message, cuts one way.
  handlePresses() {
    let timer = null;
    let pressed = null;
    let done = false;
    const handlePress = (event) => {
      clearTimeout(timer);
      const [kind, which] = this.targetAt(event);
      if (done || kind === "nothing") return;
      done = true;
      if (kind === "server") this.handlers.stop(which);
      else if (kind === "flight") this.handlers.lose(which);
      else this.handlers.link(...which, true);
    };
    this.root.addEventListener("pointerdown", (event) => {
      [done, pressed] = [false, event];
      if (event.pointerType !== "mouse" && event.isPrimary) timer = setTimeout(() => handlePress(event), LONG_PRESS);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > DRAG) clearTimeout(timer);
    });
    for (const end of ["pointerup", "pointercancel"]) this.root.addEventListener(end, () => clearTimeout(timer));
    this.root.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation();
      handlePress(event);
    });
    // The click that ends a long press has no effect of its own.
    const ignoreTap = (event) => {
      if (done) event.stopImmediatePropagation();
      done = false;
    };
    this.root.addEventListener("click", ignoreTap, true);
  }

  cutByDragging() {
    let start = null;
    let cutting = false;
    this.root.addEventListener("pointerdown", (event) => {
      if (event.isPrimary && event.button === 0 && !event.target.closest(".rk-server")) start = this.pointAt(event);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!start || !event.isPrimary) return;
      const now = this.pointAt(event);
      if (!cutting && Math.hypot(now.x - start.x, now.y - start.y) < 2 * DRAG) return;
      // Not sooner, because a link would not get the click of a captured tap.
      if (!cutting) this.root.setPointerCapture(event.pointerId);
      cutting = true;
      for (const [name, value] of Object.entries({ x1: start.x, y1: start.y, x2: now.x, y2: now.y }))
        setAttribute(this.cutLine, name, value);
      setAttribute(this.cutLine, "visibility", "visible");
    });
    const end = (event) => {
      if (!start) return;
      const [from, to] = [start, this.pointAt(event)];
      start = null;
      cutting = false;
      setAttribute(this.cutLine, "visibility", "hidden");
      if (event.type !== "pointerup" || Math.hypot(to.x - from.x, to.y - from.y) < 40) return;
      const groups = sides(from, to, Object.fromEntries(this.names.map((name) => [name, this.positions[name]])));
      if (groups.every((group) => group.length)) this.handlers.partition(groups);
    };
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
  }

  // Servers ---------------------------------------------------------------------------------

  // Everything of a server is drawn round its middle, for a disc of RADIUS, and scaled to its room.
  makeServer(name) {
    const at = this.positions[name];
    const marks = placesAround(this.names.length, VOTES_RADIUS).map(({ x, y }) => svgElement("path", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }));
    const parts = {
      selection: svgElement("circle", { r: REACH_OF_SERVER, class: "rk-selection" }),
      timer: svgElement("circle", { r: TIMER_RADIUS, class: "rk-timer", pathLength: 1, transform: "rotate(-90)" }),
      votes: svgElement("g", { class: "rk-votes" }, ...marks),
      crown: svgElement("path", { class: "rk-crown", d: CROWN }),
      disc: svgElement("circle", { r: RADIUS, class: "rk-disc" }),
      name: svgElement("text", { y: -12, class: "rk-name" }, name),
      badge: svgElement("text", { y: 9, class: "rk-badge" }),
      vote: svgElement("text", { y: 22, class: "rk-voted" }),
      role: svgElement("text", { y: REACH_OF_SERVER + 9, class: "rk-role" }),
    };
    const outward = at.y < DIAGRAM.height / 2 - 1 ? -1 : 1;
    const ruleName = svgElement("text", { class: "rk-rule-name" }, ...this.linesOf(at, outward));
    const title = svgElement("title");
    const drawn = svgElement("g", { transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)}) scale(${this.scale.toFixed(3)})` }, ...Object.values(parts));
    const group = svgElement("g", { class: "rk-server", tabindex: 0, role: "button" }, title, drawn, ruleName);
    group.dataset.server = name;
    group.addEventListener("click", () => this.handlers.select(name));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.handlers.select(name);
    });
    this.servers.append(group);
    this.server[name] = { group, title, ruleName, ...parts };
  }

  // Two lines for the name of a rule, farther out than the server's name, and within the diagram.
  linesOf(at, outward) {
    const x = Math.min(Math.max(at.x, 50), DIAGRAM.width - 50);
    const first = at.y + outward * REACH_OF_SERVER * this.scale + (outward < 0 ? -14 : 12);
    return [first, first + 12].map((y) => svgElement("tspan", { x, y }));
  }

  makeClient(name) {
    const at = this.positions[name];
    const choose = () => this.handlers.select(name);
    const group = svgElement(
      "g",
      { class: "rk-client", tabindex: 0, role: "button" },
      svgElement("rect", { x: at.x - 20, y: at.y - 13, width: 40, height: 26, rx: 5 }),
      svgElement("text", { x: at.x, y: at.y + 5 }, name),
      svgElement("title"),
    );
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter") choose();
    });
    this.servers.append(group);
    this.server[name] = { group, title: group.lastChild, client: true };
  }

  drawServer(name, state, timers, time, selected, culprit) {
    const parts = this.server[name];
    this.drawTimer(parts, state.up ? timers?.election : undefined, time);
    if (parts.state === state && parts.selected === selected && parts.culprit === culprit) return;
    Object.assign(parts, { state, selected, culprit });
    if (parts.client) return this.drawClient(name, parts, state, selected);
    const { disc, badge, group } = parts;
    const up = state.up;
    const [words, outline] = lookOf(state);
    const look = up ? outline : "down";
    setAttribute(group, "class", `rk-server rk-${look}${selected ? " rk-selected" : ""}${culprit ? " rk-culprit" : ""}`);
    setAttribute(disc, "fill", up && state.term !== undefined ? termColour(this.setup, state.term) : this.setup.noTerm);
    setText(badge, up ? words : "✕");
    setAttribute(badge, "class", `rk-badge${words.length > SHORT ? " rk-badge-long" : ""}`);
    const other = state.vote && state.vote !== name;
    setText(parts.vote, !up ? "" : state.paused ? "paused" : other ? `✓ ${state.vote}` : "");
    setText(parts.role, this.roomy && up && (state.role === "leader" || state.role === "candidate") ? state.role : "");
    setAttribute(group, "aria-label", serverWords(name, state));
    setText(parts.title, serverWords(name, state));
    this.drawVotes(parts.votes, state);
  }

  drawClient(name, { group, title }, state, selected) {
    setAttribute(group, "class", `rk-client${selected ? " rk-selected" : ""}`);
    setAttribute(group, "aria-label", clientWords(name, state));
    setText(title, clientWords(name, state));
  }

  // An arc as long as what is left of the server's own timeout, so that the shortest is the next.
  drawTimer({ timer }, times, time) {
    if (!timer) return;
    const share = times ? shareLeft(times, time, this.setup.timeout[1]) : 0;
    setAttribute(timer, "stroke-dasharray", `${share.toFixed(3)} 2`);
    setAttribute(timer, "class", `rk-timer${share <= 0 ? " rk-timer-off" : share < 0.1 ? " rk-timer-late" : ""}${times && times[1] === null ? " rk-timer-at-most" : ""}`);
  }

  // A place for each server round a candidate: filled if it voted for it, crossed out if it refused.
  drawVotes(votes, state) {
    const tally = state.up && state.role === "candidate" ? state.tally : null;
    setAttribute(votes, "visibility", tally ? "visible" : "hidden");
    if (!tally) return;
    this.names.forEach((other, place) => {
      const kind = tally.granted.includes(other) ? "granted" : tally.refused.includes(other) ? "refused" : "awaited";
      setAttribute(votes.children[place], "class", `rk-vote-${kind}`);
      setAttribute(votes.children[place], "d", kind === "refused" ? CROSS : CIRCLE);
    });
  }

  drawRuleNames(rules) {
    for (const name of this.names) {
      const { ruleName: node } = this.server[name];
      const lines = inTwoLines(rules[name] ?? "");
      // The line next to the server is filled first.
      if (lines.length < 2) lines[node.firstChild.getAttribute("y") < this.positions[name].y ? "unshift" : "push"]("");
      lines.forEach((line, index) => setText(node.children[index], line));
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

const LINE_MAX = 12; // letters

// A long name in two lines, divided after the underscore that is nearest to its middle.
export function inTwoLines(words) {
  if (words.length <= LINE_MAX) return [words];
  const underscores = [...words.matchAll(/_/g)].map(({ index }) => index + 1);
  const middle = words.length / 2;
  const at = underscores.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0];
  return at === undefined ? [words] : [words.slice(0, at), words.slice(at)];
}
