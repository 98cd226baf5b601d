// One view of a player: the scenes, the diagram, the tables, the bar of controls and the keys.

const KEYS = {
  " ": (view) => view.clock.play(!view.clock.playing),
  ".": (view) => view.clock.play(!view.clock.playing),
  ArrowRight: (view) => view.clock.step(1),
  ArrowLeft: (view) => view.clock.step(-1),
  "]": (view) => view.clock.mark(1),
  "[": (view) => view.clock.mark(-1),
  "+": (view) => view.faster(-1),
  "-": (view) => view.faster(1),
  n: (view) => view.goOn(),
  p: (view) => view.clock.goBack(),
  c: (view) => view.request(null),
  r: (view) => view.actions.restartLeader(),
  a: (view) => view.actions.timers(0),
  t: (view) => view.actions.timers(100_000),
  h: (view) => view.actions.heal(),
  b: (view) => view.actions.startAll(),
  d: (view) => view.actions.byHand(),
  g: (view) => view.toggle("rk-guess"),
  l: (view) => view.toggle("rk-rules"),
  s: (view) => view.share(),
  o: (view) => view.openDrawer(),
  m: (view) => view.lecture(),
  f: (view) => view.back(),
  "?": (view) => view.overlay.showKeys(HELP),
  Escape: (view) => view.overlay.close(),
};

const HELP = [
  ["Space or .", "play, pause; go on after a question"],
  ["← →", "one event back, one on"],
  ["[ ]", "previous, next bookmark"],
  ["+ −", "faster, slower"],
  ["1 to 9", "a scene"],
  ["N, P", "go on, or the next scene; the question before"],
  ["C", "a client's request to the leader"],
  ["R", "restart the leader"],
  ["A, T", "align timers (split vote), spread them"],
  ["H", "heal all links"],
  ["B", "start and resume all servers"],
  ["D", "by hand: nothing happens by itself; hands off again"],
  ["G", "guess who is next: hide the timers; show them"],
  ["L", "labels: the names of the rules at work"],
  ["O", "open the tools; close them"],
  ["F", "back to the future this one came from"],
  ["S", "share this moment as a text"],
  ["M", "lecture mode"],
  ["Tab, Enter", "choose a server or a message, cut a link"],
  ["Delete", "lose the message that has the focus"],
  ["Right click", "or a long press: stop or start a server, lose a message, cut a link one way"],
];

class View {
  constructor(clock, host) {
    this.clock = clock;
    this.setup = clock.setup;
    this.actions = new Actions(clock);
    this.selected = [null, null];
    this.scene = -1;
    this.diagram = new ClusterDiagram(this.setup, {
      select: (name) => this.select("server", name),
      stop: (name) => this.actions.stop(name),
      flight: (id) => this.select("flight", id),
      deliver: (id) => this.actions.deliver(id),
      lose: (id) => this.actions.lose(id),
      link: (one, other, oneWay) => this.actions.link(one, other, oneWay),
      partition: ([group]) => this.actions.partition(group),
    });
    this.network = new NetworkSliders((name, share) => this.actions.changeConditions(name, share));
    this.logs = new LogTable(this.setup);
    this.details = new Details({
      act: (actions) => this.clock.act(actions),
      request: (name) => this.request(name),
    }, this.setup.timeout);
    this.scenes = new SceneList(this.setup.scenes, (number) => this.showScene(number));
    this.storyPanel = new StoryPanel({ back: () => clock.goBack(), next: () => this.goOn() });
    this.overlay = new Overlay((words) => setText(this.announcement, words));
    this.build();
    host.append(this.root);
    clock.views.add(this);
    this.visible = true;
    this.draw();
    // A view that is scrolled out of sight is not drawn.
    this.watcher = new IntersectionObserver((seen) => {
      this.visible = seen.at(-1).isIntersecting;
      if (this.visible) this.draw();
      clock.noteSight();
    });
    this.watcher.observe(this.root);
  }

  // Building ---------------------------------------------------------------------------------

  build() {
    this.statusLine = element("p", { class: "rk-status", role: "status" });
    this.announcement = element("p", { class: "rk-live", "aria-live": "polite" });
    this.eventList = element("ol", { class: "rk-events", "aria-label": "What has happened" });
    this.futureTree = element("div", { class: "rk-futures", "aria-label": "Futures" });
    this.hurry = element("p", { class: "rk-hurry" });
    const picture = element("div", { class: "rk-picture" }, this.storyPanel.root, element("div", { class: "rk-stage" }, this.diagram.root, this.hurry), legend(this.setup.raft));
    const tables = element("div", { class: "rk-tables" }, this.logs.root, this.details.root, element("div", { class: "rk-event-list" }, this.eventList));
    this.root = element("div", { class: "rk-player", tabindex: 0, role: "application", "data-lm-suppress-shortcuts": "true", "aria-label": this.setup.title },
      element("header", {}, element("strong", {}, this.setup.title),
        element("small", { class: "rk-only" }, "A recording: it can be played, not changed"), this.statusLine),
      element("div", { class: "rk-main" }, this.scenes.root, picture, tables),
      this.bar(), this.drawer(), this.futureTree, this.announcement, this.overlay.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
    if (this.setup.servers.length > MANY) this.root.classList.add("rk-many");
    if (this.clock.reducedMotion) this.root.classList.add("rk-reduced-motion");
  }

  button(label, title, onclick) {
    return element("button", { type: "button", title, "aria-label": title, onclick }, label);
  }

  // What is used all the time: play, step, speed and time.
  bar() {
    const { clock } = this;
    this.playButton = this.button("▶ Play", "Play or pause (Space)", () => clock.play(!clock.playing));
    this.playButton.classList.add("rk-play");
    this.slider = element("input", { type: "range", min: 0, max: 1000, step: 1, "aria-label": "Time", oninput: () => {
      clock.play(false);
      clock.seek((this.slider.value / 1000) * this.span);
    } });
    this.ticks = element("div", { class: "rk-ticks", "aria-hidden": "true" });
    this.clockFace = element("output", { class: "rk-time" });
    this.speeds = element("select", { "aria-label": "Speed", onchange: () => this.setSpeed(SPEEDS[this.speeds.selectedIndex]) },
      ...SPEEDS.map((speed) => element("option", {}, speed >= 1 ? `${speed}×` : `1/${Math.round(1 / speed)}×`)));
    this.drawerButton = this.button("Tools", "Requests, weather, links to share (O)", () => this.openDrawer());
    return element("div", { class: "rk-bar" }, this.playButton,
      this.button("‹", "One event back (←)", () => clock.step(-1)),
      this.button("›", "One event on (→)", () => clock.step(1)),
      this.speeds, element("div", { class: "rk-slide" }, this.slider, this.ticks), this.clockFace,
      this.drawerButton,
      this.button("Lecture", "Large type (M)", () => this.lecture()),
      this.button("?", "Keys (?)", () => this.overlay.showKeys(HELP)));
  }

  // What is used now and then: what to do to the cluster, the weather, and what to take away.
  drawer() {
    const { clock, actions } = this;
    this.command = element("input", { type: "text", size: 6, placeholder: "x=1", "aria-label": "What is requested" });
    this.handButton = this.button("By hand", "Nothing happens by itself (D)", () => actions.byHand());
    const group = (label, ...parts) => element("div", { class: "rk-buttons", role: "group", "aria-label": label }, element("small", {}, label), ...parts);
    const doing = group("Do",
      this.button("Request", "A client's request to the leader (C)", () => this.request(null)), this.command,
      element("span", { class: "rk-buttons rk-in-time" },
        this.button("Align timers", "All timers run out together (A)", () => actions.timers(0)),
        this.button("Spread timers", "Timers run out one after the other (T)", () => actions.timers(100_000)),
        this.button("Heal", "All links work (H)", () => actions.heal())),
      this.button("Start all", "Start and resume all servers (B)", () => actions.startAll()), this.handButton);
    const weather = group("Weather", this.network.root);
    const looking = group("Show",
      this.button("« mark", "Previous bookmark ([)", () => clock.mark(-1)),
      this.button("mark »", "Next bookmark (])", () => clock.mark(1)),
      this.button("Timers", "Hide or show how much is left of each timeout (G)", () => this.toggle("rk-guess")),
      this.button("Rules", "Show or hide the names of the rules at work (L)", () => this.toggle("rk-rules")));
    const taking = group("Take away",
      this.button("Share", "This moment as a text, for others to open (S)", () => this.share()),
      element("span", { class: "rk-buttons rk-actions" },
        this.button("Python", "The lines that make this run again", () => this.python(false)),
        this.button("Schedule", "This run as actions by hand, an answer to notebook 06", () => this.python(true))));
    for (const each of [doing, weather]) each.classList.add("rk-actions");
    weather.classList.add("rk-weather");
    this.drawerRoot = element("div", { class: "rk-drawer" }, doing, weather, looking, taking);
    this.drawerRoot.hidden = true;
    return this.drawerRoot;
  }

  // Keys and choices -------------------------------------------------------------------------

  key(event) {
    // Or JupyterLab would insert cells; Notebook 7 listens earlier, and heeds an attribute of ours.
    event.stopPropagation();
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && event.target.matches("button")) return;
    const digit = /^[1-9]$/.test(event.key) ? (view) => view.showScene(event.key - 1) : null;
    const what = KEYS[event.key] ?? KEYS[event.key.toLowerCase()] ?? digit;
    if (!what) return;
    event.preventDefault();
    what(this);
  }

  select(kind, which) {
    this.selected = [kind, which];
    this.textDrawnAt = -Infinity; // What was asked for is shown in the next frame.
    if (kind === "server") {
      this.clock.model.set("selected", which);
      this.clock.model.save_changes();
    }
    if (kind === "flight") this.clock.play(false);
    this.draw();
  }

  setSpeed(speed) {
    this.clock.speed = speed;
    this.clock.model.set("speed", speed);
    this.clock.model.save_changes();
    this.draw();
  }

  faster(by) {
    const place = SPEEDS.findIndex((speed) => speed <= this.clock.speed + 1e-9);
    this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place + by))]);
  }

  request(server) {
    this.actions.request(server, this.command.value);
  }

  toggle(name) {
    this.root.classList.toggle(name);
    this.draw();
  }

  openDrawer() {
    this.drawerRoot.hidden = !this.drawerRoot.hidden;
    this.drawerButton.setAttribute("aria-expanded", !this.drawerRoot.hidden);
  }

  // Scenes and futures ------------------------------------------------------------------------

  // After a question what happens; without one, and after the last, the next scene.
  goOn() {
    const { story } = this.clock;
    const isOver = !story || (story.isOver && !story.stays);
    if (isOver && this.setup.scenes.length) this.showScene((this.scene + 1) % this.setup.scenes.length);
    else this.clock.play(true);
  }

  async showScene(number) {
    const scene = this.setup.scenes[number];
    if (!scene || !this.clock.live) return;
    const { clock } = this;
    const { playing } = clock;
    clock.play(false);
    const reply = await clock.perform({ do: "scene", scene: number }, scene.title);
    if (!reply?.times) return clock.play(playing);
    this.scene = number;
    if (!scene.chapters.length) return clock.play(true);
    clock.tell(new Story(scene.title, scene.chapters, reply.times, clock.future, { begin: clock.time }));
    // If the stage has to be set first, that is seen too.
    if (!clock.story.asks) clock.resume();
    clock.draw();
  }

  back() {
    const parent = this.clock.futures.find((each) => each.id === this.clock.future)?.parent;
    if (parent !== null && parent !== undefined) this.clock.ask({ do: "watch", future: parent, at: Math.round(this.clock.time) });
  }

  // Texts ------------------------------------------------------------------------------------

  async python(byHand) {
    const reply = await this.clock.ask({ do: "python", at: Math.round(this.clock.time), by_hand: byHand });
    if (reply?.text) this.overlay.showText(byHand ? "As a schedule, to paste into a function of notebook 06" : "To make this run again", reply.text);
  }

  // In a saved page a link to it; in a notebook what opens this moment in any notebook.
  async share() {
    const { clock } = this;
    const time = Math.round(clock.time);
    const run = clock.live ? (await clock.ask({ do: "share" }))?.run : this.setup.run;
    if (!run) return clock.live || clock.setStatus("This run has rules of its own, which no text can hold: share the file.");
    const text = momentText(run, time);
    const link = clock.live ? "" : `${location.href.split("#")[0]}#${text}\n\n`;
    this.overlay.showText("To open this moment", `${link}from raftkit import play\nplay("${text}")`);
  }

  async rule(name) {
    const reply = await this.clock.ask({ do: "rule", name });
    if (reply) this.overlay.showText(`${name}, as the kit has it`, reply.text);
  }

  lecture() {
    this.root.classList.toggle("rk-lecture");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.root.classList.contains("rk-lecture")) this.root.requestFullscreen?.().catch(() => {});
  }

  setStatus(status) {
    this.statusLine.textContent = status;
  }

  showActing(announcement) {
    this.root.classList.toggle("rk-acting", announcement !== null);
    if (announcement) this.announcement.textContent = announcement;
  }

  // Drawing ----------------------------------------------------------------------------------

  get span() {
    const { clock } = this;
    return Math.max(clock.continues ? Math.max(clock.watchedUntil[clock.future] ?? 0, clock.time) : clock.end, 1_000);
  }

  draw() {
    const { clock } = this;
    this.root.dataset.time = Math.round(clock.time);
    this.root.dataset.future = clock.future;
    if (!this.visible) return;
    const snapshot = clock.timeline.at(clock.time);
    const broken = clock.violations.find((each) => each.time <= clock.time);
    if (snapshot) this.drawDiagram(snapshot, broken);
    // While it plays, words change no faster than they can be read: laying them out costs most.
    const now = performance.now();
    if (clock.playing && now - (this.textDrawnAt ?? 0) < TEXT_INTERVAL) return;
    this.textDrawnAt = now;
    this.drawTransport();
    if (snapshot) this.drawTexts(snapshot, broken);
  }

  drawDiagram(snapshot, broken) {
    const culprits = broken ? this.culprits(broken) : NO_SERVERS;
    const [kind, which] = this.selected;
    this.diagram.drawLinks(snapshot.cut);
    for (const name of [...this.setup.servers, ...(this.setup.clients ?? [])])
      this.diagram.drawServer(name, snapshot.states[name], snapshot.timers[name], snapshot.time, kind === "server" && which === name, culprits.has(name));
    this.diagram.flights.draw(snapshot.flights, snapshot.time, kind === "flight" ? which : null, this.clock.playing);
  }

  // One set for each violation, so that tables see that it is still the same.
  culprits(broken) {
    if (this.outlined?.broken !== broken) this.outlined = { broken, servers: new Set(broken.servers) };
    return this.outlined.servers;
  }

  drawTransport() {
    const { clock } = this;
    setText(this.playButton, clock.playing ? "❚❚ Pause" : "▶ Play");
    setText(this.hurry, clock.playing && clock.hurry > 1.5 ? `▸▸ idle: ${Math.round(clock.hurry)}× faster` : "");
    this.scenes.draw(clock.story && !clock.story.stays ? this.scene : -1);
    setText(this.handButton, clock.byHand ? "Hands off" : "By hand");
    this.root.classList.toggle("rk-by-hand", clock.byHand);
    this.root.classList.toggle("rk-recording", !clock.live);
    setText(this.clockFace, inMilliseconds(clock.time));
    if (document.activeElement !== this.slider) this.slider.value = (1000 * clock.time) / this.span;
    const place = SPEEDS.findIndex((speed) => speed <= clock.speed + 1e-9);
    if (place !== this.speeds.selectedIndex) this.speeds.selectedIndex = place;
  }

  drawTexts(snapshot, broken) {
    const { clock } = this;
    this.storyPanel.draw(clock.story, this.setup.raft && !leaderOf(snapshot.states) ? WAITING : "");
    this.logs.draw(snapshot.states, broken ? this.culprits(broken) : NO_SERVERS);
    this.details.draw(snapshot, this.selected, clock.byHand, clock.live);
    this.network.draw(snapshot.conditions);
    this.drawEvents(clock.timeline.events(clock.time, 7), broken);
    this.drawMarks();
    this.drawFutures();
  }

  drawEvents(events, broken) {
    // Rule names go after a while, also if nothing else happens.
    const recent = this.root.classList.contains("rk-rules") ? events.filter(([at, , , rule]) => rule && this.clock.time - at < 25_000) : [];
    this.diagram.drawRuleNames(Object.fromEntries(recent.map(([, who, , rule]) => [who, rule])));
    const key = events.map((event) => event.join()).join() + (broken?.words ?? "");
    if (key === this.drawnEvents) return;
    this.drawnEvents = key;
    const rows = events.map(([at, who, words, rule]) => {
      const line = element("li", {}, element("a", { href: "#", onclick: (event) => (event.preventDefault(), this.clock.seek(at)) }, inMilliseconds(at)), ` ${who} `, inWords(words), " ");
      if (rule) line.append(element("a", { href: "#", class: "rk-rule", onclick: (event) => (event.preventDefault(), this.rule(rule)) }, rule));
      return line;
    });
    const all = broken ? this.clock.violations.filter((each) => each.time <= this.clock.time) : [];
    rows.push(...all.map((each) => element("li", { class: "rk-broken" }, each.words)));
    this.eventList.replaceChildren(...rows);
    this.announceEvent(events.at(-1), broken);
  }

  // What a screen reader says: each event while the clock stands, else what one would jump to.
  announceEvent(event, broken) {
    const mark = this.clock.marks.findLast((each) => each[0] <= this.clock.time);
    const text = broken ? broken.words : !this.clock.playing && event ? `${event[1]} ${inWords(event[2])}` : (mark?.[3] ?? "");
    if (text && text !== this.announced) this.announcement.textContent = text;
    this.announced = text;
  }

  drawMarks() {
    const { marks } = this.clock;
    const key = `${this.clock.future} ${marks.length} ${Math.round(this.span / 5_000)}`;
    if (key === this.drawnMarks) return;
    this.drawnMarks = key;
    const shown = marks.filter((mark) => mark[0] <= this.span && mark[1] !== "candidate").slice(-400);
    this.ticks.replaceChildren(...shown.map(([at, kind, , words]) => {
      const tick = element("i", { class: `rk-tick-${kind}`, title: words });
      tick.style.left = `${(100 * at) / this.span}%`;
      return tick;
    }));
  }

  drawFutures() {
    const { futures, future } = this.clock;
    if (futures === this.drawnFutures && future === this.drawnFuture) return;
    [this.drawnFutures, this.drawnFuture] = [futures, future];
    const hidden = futures.length < 2;
    const item = (each, depth) => {
      const label = each.label === "" ? "the first future" : `at ${inMilliseconds(each.forked)}: ${each.label}`;
      const button = element("button", { type: "button", "aria-pressed": each.id === future, onclick: () => this.clock.ask({ do: "watch", future: each.id, at: Math.round(this.clock.time) }) }, `${"· ".repeat(depth)}${label}`);
      return [button, ...futures.filter((child) => child.parent === each.id).flatMap((child) => item(child, depth + 1))];
    };
    this.futureTree.replaceChildren(...(hidden ? [] : [element("h4", {}, "Futures"), ...futures.filter((each) => each.parent === null).flatMap((each) => item(each, 0))]));
  }

  remove() {
    this.watcher.disconnect();
    this.clock.views.delete(this);
    this.root.remove();
  }
}

const WAITING = "Whose ring is shortest? That server runs out of patience first.";
const MANY = 7; // servers; with more of them the rows of the log table are lower
const NO_SERVERS = new Set();
const TEXT_INTERVAL = 100; // milliseconds between two changes of words

// What the shapes are; colours are terms.
function legend(raft) {
  const kinds = [["vote", "asks for a vote"], ["append", "entries"], ["heartbeat", "heartbeat"], ["client", "client"]];
  const mark = (kind, sign = "") =>
    svgElement("svg", { viewBox: "-10 -10 20 20", width: 15, height: 15 }, svgElement("path", { d: outline(0, 0, shapeOf(kind), sign), class: "rk-dot-disc", fill: "#D9D9D9" }));
  const lost = element("span", {}, "✕ lost");
  if (!raft) return element("p", { class: "rk-legend" }, element("span", {}, mark("other"), " a message"), lost);
  const items = kinds.map(([kind, words]) => element("span", {}, mark(kind), ` ${words}`));
  const answers = element("span", {}, mark("vote-answer", "+"), mark("vote-answer", "-"), " answers");
  return element("p", { class: "rk-legend" }, ...items, answers, lost, element("span", {}, "colour: term"));
}
