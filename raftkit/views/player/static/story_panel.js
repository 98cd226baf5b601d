// What is told beside the diagram: the chapters of a scene or a story. Each begins with a question,
// at which the clock stands until the viewer goes on. All of it ends when its scene does.

export class Story {
  // `chapters` are {question, told}; chapter k lasts from instant times[k] to times[k + 1]. A story that
  // `stays` is never left.
  constructor(title, chapters, times, future, { begin = times[0], stays = false } = {}) {
    Object.assign(this, { title, chapters, times, future, begin, stays });
    this.asks = begin >= times[0];
    this.chapter = this.asks ? 0 : -1; // Before the first question its stage may be set.
    this.isOver = false;
  }

  // What to do at an instant of a future: "end", "stop" or "ask" (both at `until`), or nothing. What was
  // told last stays as long as the clock stands.
  follow(time, future) {
    if (future !== this.future || time < this.begin) return this.stays ? "" : "end";
    if (this.asks || time < this.until) return "";
    if (this.isOver) return this.stays || time === this.until ? "" : "end";
    if (this.isLast) {
      this.isOver = true;
      return "stop";
    }
    this.chapter += 1;
    this.asks = true;
    return "ask";
  }

  get until() {
    return this.times[this.chapter + 1];
  }

  get isLast() {
    return this.chapter === this.chapters.length - 1;
  }

  goOn() {
    this.asks = false;
  }

  // Back to the question before; the instant to go to.
  goBack() {
    if (this.asks && this.chapter > 0) this.chapter -= 1;
    this.asks = true;
    this.isOver = false;
    return this.times[this.chapter];
  }

  // The chapter that an instant belongs to, after the viewer has moved the clock.
  seek(time) {
    const place = this.times.findLastIndex((at) => at <= time);
    this.chapter = Math.min(place, this.chapters.length - 1);
    this.asks = place >= 0 && time === this.times[this.chapter];
    this.isOver = place === this.chapters.length;
  }
}

class StoryPanel {
  constructor(handlers) {
    this.words = element("p", { class: "rk-narration", role: "status" });
    this.place = element("small", { class: "rk-chapter" });
    const button = (label, title, act) => element("button", { type: "button", title, onclick: act }, label);
    this.back = button("‹ Back", "The question before (P)", handlers.back);
    this.next = button("Go on ›", "See what happens (N or Space)", handlers.next);
    this.root = element("div", { class: "rk-story" }, this.words, element("span", { class: "rk-turns" }, this.place, this.back, this.next));
  }

  draw(story, waiting) {
    const chapter = story?.chapters[story.chapter];
    setText(this.words, !story ? waiting : story.asks ? chapter.question : (chapter?.told ?? story.title));
    setText(this.place, !story || story.chapters.length < 2 || !chapter ? "" : `${story.chapter + 1} of ${story.chapters.length}`);
    this.words.classList.toggle("rk-asks", Boolean(story?.asks));
    for (const button of [this.back, this.next]) button.hidden = !story;
    this.next.disabled = story ? !story.asks && !(story.isOver && !story.stays) : true;
  }
}
