// The clock and the messages to and from Python, which all views of one player share. The browser
// owns the time; it asks Python for windows and sends it actions.

export const SPEEDS = [60, 10, 1, 1 / 2, 1 / 5, 1 / 10, 1 / 20, 1 / 50, 1 / 100, 1 / 200, 1 / 500, 1 / 1000];
const ANSWER_TIMEOUT = 4_000; // real milliseconds without an answer, after which the status is "playback only"
const WINDOWS_AHEAD = 24; // windows that are loaded in advance: fewer than the timeline keeps
const WINDOWS_AT_ONCE = 6; // windows in one request at most, so that none waits long for the others
const LONGEST_FRAME = 500; // real milliseconds; a longer frame is a sleeping tab, and does not count
const STEP_INTERVAL = 1_000; // real milliseconds from event to event, with reduced motion
// An idle stretch passes quickly: what is left of it would always take CATCH_UP real milliseconds. It
// ends LEAD before something happens.
const CATCH_UP = 400;
const LEAD = 300;
const QUIET = new Set(["heartbeat", "append-answer"]); // messages that an idle cluster sends, too

class Clock {
  constructor(model) {
    this.model = model;
    this.timeline = new Timeline();
    this.setup = model.get("setup");
    this.views = new Set();
    this.waiting = new Map();
    this.asked = new Set();
    this.watchedUntil = {};
    this.count = 0;
    this.playing = false;
    this.story = null;
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.status = "";
    this.marks = [];
    this.apply(model.get("opening"));
    this.time = model.get("time") * 1_000;
    this.speed = model.get("speed");
    this.waitsToBeSeen = !this.setup.still && !this.reducedMotion;
    const { story } = this.setup;
    if (story) this.tell(new Story(story.title, story.chapters, story.times, this.future, { stays: true }));
    model.on("msg:custom", (message) => this.receive(message));
    model.on("change:time", () => {
      const time = model.get("time") * 1_000;
      if (Math.abs(time - this.sentTime) > 1) this.seek(time);
    });
    model.on("change:speed", () => {
      this.speed = model.get("speed");
      this.draw();
    });
    model.on("change:playing", () => this.play(model.get("playing")));
    model.on("change:opening", () => this.restart());
    this.sentTime = this.time;
    // A recording has no windows in its opening, nor has a model that was moved before it was seen.
    this.load(windowOf(this.time)).then(() => this.draw());
    if (model.get("playing") && this.reducedMotion) {
      model.set("playing", false);
      model.save_changes();
    } else if (model.get("playing")) this.play(true);
  }

  restart() {
    this.timeline.clear();
    this.asked.clear();
    this.apply(this.model.get("opening"));
    this.seek(this.model.get("time") * 1_000);
  }

  // Messages to and from Python --------------------------------------------------------------------

  ask(message) {
    const id = ++this.count;
    const have = { future: this.future, marks: this.marks.length };
    return new Promise((resolve) => {
      const giveUp = () => {
        this.waiting.delete(id);
        this.setStatus("No kernel answers: what is loaded can be played, not changed.");
        resolve(null);
      };
      const timeout = setTimeout(giveUp, ANSWER_TIMEOUT);
      this.waiting.set(id, (reply) => {
        clearTimeout(timeout);
        resolve(reply);
      });
      try {
        this.model.send({ id, have, ...message });
      } catch {
        // The connection to a kernel that has ended or restarted is closed.
        clearTimeout(timeout);
        giveUp();
      }
    });
  }

  receive(reply) {
    if (this.status.startsWith("No kernel")) this.setStatus("");
    if (reply.report) this.apply(reply.report);
    // Another future may end earlier, if it does not go on.
    if (reply.report?.fresh && this.time > this.limit) this.seek(this.limit);
    if (reply.status) this.setStatus(reply.status);
    this.waiting.get(reply.re)?.(reply);
    this.waiting.delete(reply.re);
    this.draw();
  }

  apply(report) {
    if (report.future !== this.future || report.fresh) {
      this.timeline.clear();
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
    for (const window of report.windows) this.timeline.put(unpacked(window), this.time ?? 0);
  }

  // Asks Python for windows, unless they are here, are on their way or lie beyond the end of the run.
  async load(first, last = first) {
    const wanted = [];
    for (let number = Math.max(0, first); number <= last; number++) if (this.lacks(number)) wanted.push(number);
    const loads = [];
    while (wanted.length) {
      let count = 1;
      while (count < WINDOWS_AT_ONCE && wanted[count] === wanted[0] + count) count += 1;
      loads.push(this.loadTogether(wanted.splice(0, count)));
    }
    await Promise.all(loads);
  }

  lacks(number) {
    if (this.timeline.has(number) || this.asked.has(number)) return false;
    return this.continues || number <= windowOf(this.end);
  }

  async loadTogether(numbers) {
    for (const number of numbers) this.asked.add(number);
    await this.ask({ do: "window", number: numbers[0], count: numbers.length });
    for (const number of numbers) this.asked.delete(number);
  }

  setStatus(status) {
    this.status = status;
    for (const view of this.views) view.setStatus(status);
  }

  // Time -------------------------------------------------------------------------------------

  // Whether the run goes on by itself after its present end.
  get continues() {
    return this.live && !this.byHand;
  }

  get limit() {
    const broken = this.violations.length ? this.violations[0].time : Infinity;
    return this.continues ? broken : Math.min(this.end, broken);
  }

  // A player plays as soon as it is seen, and stands while nobody sees it, unless somebody chose.
  noteSight() {
    const seen = [...this.views].some((view) => view.visible);
    if (seen && this.waitsToBeSeen) {
      this.play(true);
      this.bySight = true;
    } else if (!seen && this.bySight) {
      this.play(false);
      this.waitsToBeSeen = true;
    }
  }

  // The speed at this instant: an idle stretch of which the end is known passes more quickly.
  get pace() {
    const next = this.nextEvent();
    const busy = () => this.timeline.at(this.time)?.flights.some((flight) => !QUIET.has(flight[5]));
    if (next === null || next - this.time < (CATCH_UP + LEAD) * 1_000 * this.speed || busy()) return this.speed;
    return Math.max(this.speed, (next - this.time - LEAD * 1_000 * this.speed) / (CATCH_UP * 1_000));
  }

  // The next instant at which something happens that is more than a heartbeat; null if none is known.
  nextEvent() {
    const known = this.nextKnown;
    if (!known || known.at <= this.time || this.time < known.from || known.timeline !== this.timeline.version) {
      const found = this.timeline.neighbour(this.time, 1, false);
      this.nextKnown = { from: this.time, at: found ?? Infinity, timeline: this.timeline.version };
    }
    const broken = this.violations[0]?.time ?? Infinity;
    const at = Math.min(this.nextKnown.at, broken, this.story && !this.story.asks ? this.story.until : Infinity);
    return Number.isFinite(at) && at > this.time ? at : null;
  }

  play(on) {
    if (on) this.story?.goOn();
    this.setPlaying(on);
  }

  // Goes on, but not past a question.
  resume() {
    this.setPlaying(true);
  }

  setPlaying(on) {
    this.bySight = this.waitsToBeSeen = false;
    if (on === this.playing) return;
    this.playing = on;
    this.hurry = 1;
    if (this.model.get("playing") !== on) {
      this.model.set("playing", on);
      this.model.save_changes();
    }
    if (on) {
      if (this.time >= this.limit) this.seek(0);
      this.lastFrame = null;
      this.frame = requestAnimationFrame((now) => this.tick(now));
    } else {
      this.sendTime(true);
    }
    this.draw();
  }

  tick(now) {
    if (!this.playing || !this.views.size) return;
    if (this.reducedMotion) return this.tickInSteps(now);
    const passed = this.lastFrame === null ? 0 : now - this.lastFrame;
    this.lastFrame = now;
    if (passed < LONGEST_FRAME) {
      const pace = this.pace;
      this.hurry = pace / this.speed;
      const target = Math.min(this.time + passed * 1_000 * pace, this.limit);
      if (this.timeline.has(windowOf(target))) this.time = target;
      const ahead = Math.min(windowOf(target + Math.max(2_000_000 * this.speed, WINDOW / 2)), windowOf(target) + WINDOWS_AHEAD);
      this.load(windowOf(target), ahead);
    }
    this.followStory();
    if (!this.playing) return;
    this.sendTime(false);
    this.draw();
    if (this.time >= this.limit) this.play(false);
    else this.frame = requestAnimationFrame((later) => this.tick(later));
  }

  // With reduced motion the time jumps from event to event.
  tickInSteps(now) {
    if (now - (this.lastFrame ?? -STEP_INTERVAL) >= STEP_INTERVAL) {
      this.lastFrame = now;
      this.load(windowOf(this.time) + 1);
      this.time = Math.min(this.timeline.neighbour(this.time, 1, false) ?? this.limit, this.limit);
      if (!Number.isFinite(this.time)) this.time = this.sentTime;
      this.followStory();
      if (!this.playing) return;
      this.sendTime(true);
      this.draw();
    }
    if (this.time >= this.limit) this.play(false);
    else this.frame = requestAnimationFrame((later) => this.tick(later));
  }

  seek(time) {
    this.time = Math.max(0, Math.min(time, Math.max(this.limit, 0)));
    this.story?.seek(this.time);
    this.followStory();
    this.sendTime(true);
    this.load(windowOf(this.time)).then(() => this.draw());
    this.draw();
  }

  // Sets the model's time for Python's observers: four times a second while playing, else at once.
  sendTime(now) {
    this.watchedUntil[this.future] = Math.max(this.watchedUntil[this.future] ?? 0, this.time);
    if (!now && performance.now() - (this.sentAt ?? 0) < 250) return;
    this.sentAt = performance.now();
    this.sentTime = this.time;
    this.model.set("time", this.time / 1_000);
    this.model.save_changes();
  }

  async step(direction) {
    this.play(false);
    await this.load(windowOf(this.time));
    await this.load(windowOf(this.time) + direction);
    const at = this.timeline.neighbour(this.time, direction);
    if (at !== null) this.seek(at);
  }

  mark(direction) {
    const at = neighbouringMark(this.marks, this.time, direction);
    if (at !== null) this.seek(at);
  }

  // Stories ----------------------------------------------------------------------------------

  tell(story) {
    this.story = story;
    // What happens in a story stays, whatever the viewer does in the middle of it.
    if (story.stays) this.watchedUntil[this.future] = Math.max(this.watchedUntil[this.future] ?? 0, story.times.at(-1));
  }

  // Stops at the next question of the story that is told, and at its end; leaves one that is over.
  followStory() {
    const what = this.story?.follow(this.time, this.future);
    if (what === "end") this.story = null;
    if (what !== "ask" && what !== "stop") return;
    this.time = what === "ask" ? this.story.times[this.story.chapter] : this.story.until;
    this.play(false);
  }

  // Back to the question before, also from another future.
  async goBack() {
    if (!this.story) return;
    const at = this.story.goBack();
    this.play(false);
    if (this.story.future !== this.future) await this.ask({ do: "watch", future: this.story.future, at });
    this.time = at;
    this.sendTime(true);
    await this.load(windowOf(at));
    this.draw();
  }

  // Acting -----------------------------------------------------------------------------------

  async act(actions, announcement = "") {
    return this.perform({ do: "act", actions }, announcement);
  }

  async perform(message, announcement = "") {
    for (const view of this.views) view.showActing(announcement);
    // Python's instants are whole numbers, and an action is visible at once only at its own instant.
    const at = Math.ceil(this.time);
    this.time = at;
    this.sendTime(true);
    const reply = await this.ask({ at, watched_until: Math.floor(this.watchedUntil[this.future] ?? 0), ...message });
    for (const view of this.views) view.showActing(null);
    if (!this.story?.stays) this.story = null;
    // By hand an action takes a millisecond, during which its effect is drawn.
    if (reply?.done > at) this.byHand && !this.reducedMotion ? this.play(true) : this.seek(reply.done);
    this.draw();
    return reply;
  }

  draw() {
    for (const view of this.views) view.draw();
  }
}
