// The clock and the conversation with Python: what every view of one player shares.
// The browser owns the time; Python is asked for windows, and told of acts.

export const SPEEDS = [60, 10, 1, 1 / 2, 1 / 5, 1 / 10, 1 / 20, 1 / 50, 1 / 100, 1 / 200, 1 / 500, 1 / 1000];
const PATIENCE = 4_000; // real milliseconds without an answer, before "playback only" is said
const AHEAD = 12; // windows at most: no more than the reel keeps
const GAP = 500; // a longer pause between two frames is a sleeping tab, and skipped
const STILL = 1_000; // real milliseconds from event to event, for who wants less motion

class Clock {
  constructor(model) {
    this.model = model;
    this.reel = new Reel();
    this.setup = model.get("setup");
    this.views = new Set();
    this.waiting = new Map();
    this.asked = new Set();
    this.seen = {};
    this.count = 0;
    this.playing = false;
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.status = "";
    this.marks = [];
    this.take(model.get("opening"));
    this.time = model.get("time") * 1_000;
    this.speed = model.get("speed");
    model.on("msg:custom", (message) => this.hear(message));
    model.on("change:time", () => {
      const time = model.get("time") * 1_000;
      if (Math.abs(time - this.told) > 1) this.seek(time);
    });
    model.on("change:speed", () => {
      this.speed = model.get("speed");
      this.draw();
    });
    model.on("change:playing", () => this.play(model.get("playing")));
    model.on("change:opening", () => this.restart());
    this.told = this.time;
    // A recording has no windows in its opening, nor has a model that was moved before it was seen.
    this.need(windowOf(this.time)).then(() => this.draw());
    if (model.get("playing") && this.still) {
      model.set("playing", false);
      model.save_changes();
    } else if (model.get("playing")) this.play(true);
  }

  restart() {
    this.reel.clear();
    this.asked.clear();
    this.take(this.model.get("opening"));
    this.seek(this.model.get("time") * 1_000);
  }

  // Talking to Python ------------------------------------------------------------------------

  ask(message) {
    const id = ++this.count;
    const have = { future: this.future, marks: this.marks.length };
    return new Promise((resolve) => {
      const giveUp = () => {
        this.waiting.delete(id);
        this.say("No kernel answers yet: playback only.");
        resolve(null);
      };
      const late = setTimeout(giveUp, PATIENCE);
      this.waiting.set(id, (reply) => {
        clearTimeout(late);
        resolve(reply);
      });
      try {
        this.model.send({ id, have, ...message });
      } catch {
        // The line to a kernel that has ended or restarted is closed.
        clearTimeout(late);
        giveUp();
      }
    });
  }

  hear(reply) {
    if (this.status.startsWith("No kernel")) this.say("");
    if (reply.report) this.take(reply.report);
    if (reply.said) this.say(reply.said);
    this.waiting.get(reply.re)?.(reply);
    this.waiting.delete(reply.re);
    this.draw();
  }

  take(report) {
    if (report.future !== this.future || report.fresh) {
      this.reel.clear();
      this.asked.clear();
      this.marks = [];
    }
    this.future = report.future;
    this.futures = report.futures;
    this.end = report.end;
    this.live = report.live;
    this.byHand = report.byHand ?? false;
    this.marks = [...this.marks.slice(0, report.marksFrom), ...report.marks];
    this.violations = report.violations;
    for (const window of report.windows) this.reel.put(unpacked(window), this.time ?? 0);
  }

  // Windows that end with the history as it was are asked for anew once it has grown.
  async need(number) {
    if (number < 0 || this.reel.has(number) || this.asked.has(number)) return;
    if (!this.goesOn && number > windowOf(this.end)) return;
    this.asked.add(number);
    await this.ask({ do: "window", number });
    this.asked.delete(number);
  }

  say(status) {
    this.status = status;
    for (const view of this.views) view.say(status);
  }

  // Time -------------------------------------------------------------------------------------

  // Whether more happens by itself after the end of what is known.
  get goesOn() {
    return this.live && !this.byHand;
  }

  get limit() {
    const broken = this.violations.length ? this.violations[0].time : Infinity;
    return this.goesOn ? broken : Math.min(this.end, broken);
  }

  play(on) {
    if (on === this.playing) return;
    this.playing = on;
    if (this.model.get("playing") !== on) {
      this.model.set("playing", on);
      this.model.save_changes();
    }
    if (on) {
      if (this.time >= this.limit) this.seek(0);
      this.before = null;
      this.frame = requestAnimationFrame((now) => this.tick(now));
    } else {
      this.tell(true);
    }
    this.draw();
  }

  tick(now) {
    if (!this.playing || !this.views.size) return;
    if (this.still) return this.tickInSteps(now);
    const passed = this.before === null ? 0 : now - this.before;
    this.before = now;
    if (passed < GAP) {
      const target = Math.min(this.time + passed * 1_000 * this.speed, this.limit);
      if (this.reel.has(windowOf(target))) this.time = target;
      const ahead = Math.min(windowOf(target + Math.max(2_000_000 * this.speed, WINDOW / 2)), windowOf(target) + AHEAD);
      for (let number = windowOf(target); number <= ahead; number++) this.need(number);
    }
    this.tell(false);
    this.draw();
    if (this.time >= this.limit) this.play(false);
    else this.frame = requestAnimationFrame((later) => this.tick(later));
  }

  // Less motion: from event to event, and nothing moves between.
  tickInSteps(now) {
    if (now - (this.before ?? -STILL) >= STILL) {
      this.before = now;
      this.need(windowOf(this.time) + 1);
      this.time = Math.min(this.reel.neighbour(this.time, 1, false) ?? this.limit, this.limit);
      if (!Number.isFinite(this.time)) this.time = this.told;
      this.tell(true);
      this.draw();
    }
    if (this.time >= this.limit) this.play(false);
    else this.frame = requestAnimationFrame((later) => this.tick(later));
  }

  seek(time) {
    this.time = Math.max(0, Math.min(time, Math.max(this.limit, 0)));
    this.tell(true);
    this.need(windowOf(this.time)).then(() => this.draw());
    this.draw();
  }

  // The model's time is for Python's observers: now and then while playing, at once when not.
  tell(now) {
    this.seen[this.future] = Math.max(this.seen[this.future] ?? 0, this.time);
    if (!now && performance.now() - (this.toldAt ?? 0) < 250) return;
    this.toldAt = performance.now();
    this.told = this.time;
    this.model.set("time", this.time / 1_000);
    this.model.save_changes();
  }

  async step(direction) {
    this.play(false);
    await this.need(windowOf(this.time));
    await this.need(windowOf(this.time) + direction);
    const at = this.reel.neighbour(this.time, direction);
    if (at !== null) this.seek(at);
  }

  mark(direction) {
    const at = markBeside(this.marks, this.time, direction);
    if (at !== null) this.seek(at);
  }

  // Acting -----------------------------------------------------------------------------------

  async act(actions, said = "") {
    return this.doing({ do: "act", actions }, said);
  }

  async doing(message, said = "") {
    for (const view of this.views) view.acting(said);
    // Python's instants are whole; the act shows at once only if the clock stands at its instant.
    const at = Math.ceil(this.time);
    this.time = at;
    this.tell(true);
    const reply = await this.ask({ at, seen: Math.floor(this.seen[this.future] ?? 0), ...message });
    for (const view of this.views) view.acting(null);
    // By hand an act has a millisecond of its own, in which it is seen to happen.
    if (reply?.done > at) this.byHand && !this.still ? this.play(true) : this.seek(reply.done);
    this.draw();
    return reply;
  }

  draw() {
    for (const view of this.views) view.draw();
  }
}
