// Messages on the stage. While time passes, all that look alike are one path: to draw ten long
// paths anew costs a tenth of moving two hundred nodes. At rest each is a node of its own, with
// its words, and an arrow that says where it goes.

// How near a click must be to a message; a finger is less exact.
const REACH = globalThis.matchMedia?.("(pointer: coarse)").matches ? 24 : 13;
const PIECE = 120; // the side of a square of the stage whose messages are drawn together

class FlightLayer {
  constructor(at) {
    this.at = at;
    this.root = make("g", { class: "rk-flights" });
    this.crowd = make("g");
    this.root.append(this.crowd);
    this.pieces = new Map();
    this.dots = new Map();
    this.shown = [];
  }

  draw(flights, time, selected, moving) {
    const lines = {}; // how many already wait between the same ends
    this.shown = flights.map((flight) => this.place(flight, time, lines)).filter(Boolean);
    const alone = moving ? this.shown.filter(({ flight }) => flight[0] === selected) : this.shown;
    this.drawCrowd(moving ? this.shown : []);
    this.drawDots(alone, selected);
    this.root.dataset.inFlight = this.shown.length;
  }

  place(flight, time, lines) {
    const [, from, to, , , kind, sign, , , via] = flight;
    if (!this.at[from] || !this.at[to]) return null;
    const ends = `${from} ${to}`;
    const turn = lines[ends] ?? 0;
    if (waits(flight, time)) lines[ends] = turn + 1;
    const points = [from, ...via, to].map((name) => this.at[name]);
    const { x, y, angle } = along(points, progressOf(flight, time, turn));
    const lost = isSeenLost(flight, time);
    return { flight, x, y, angle, look: lost ? "lost" : kind, sign: lost ? "✕" : sign };
  }

  drawCrowd(placed) {
    const outlines = new Map();
    for (const { x, y, look, sign } of placed) {
      // In pieces, each of which the browser can leave out where it is not.
      const piece = `${look} ${Math.floor(x / PIECE)} ${Math.floor(y / PIECE)}`;
      outlines.set(piece, (outlines.get(piece) ?? "") + outline(x, y, sign));
    }
    for (const piece of outlines.keys()) if (!this.pieces.has(piece)) this.makePiece(piece);
    for (const [piece, path] of this.pieces) set(path, "d", outlines.get(piece) ?? "");
  }

  makePiece(piece) {
    const path = make("path", { class: `rk-dot-disc rk-dot-${piece.split(" ")[0]}` });
    this.pieces.set(piece, path);
    this.crowd.append(path);
  }

  drawDots(placed, selected) {
    const seen = new Set();
    for (const { flight, x, y, angle, look, sign } of placed) {
      const id = flight[0];
      seen.add(id);
      if (!this.dots.has(id)) this.dots.set(id, this.makeDot(flight));
      const dot = this.dots.get(id);
      set(dot, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      set(dot.querySelector(".rk-dot-arrow"), "transform", `rotate(${angle.toFixed(1)})`);
      set(dot, "class", `rk-dot${selected === id ? " rk-selected" : ""}`);
      set(dot.lastChild, "class", `rk-dot-disc rk-dot-${look}`);
      set(dot.lastChild, "d", outline(0, 0, sign));
    }
    for (const [id, dot] of this.dots) {
      if (seen.has(id)) continue;
      // Whoever had the focus on it goes on with the keys of the player.
      if (dot === document.activeElement) dot.closest(".rk-player").focus();
      dot.remove();
      this.dots.delete(id);
    }
  }

  makeDot([id, , , , , , , , said]) {
    const words = inWords(said);
    const dot = make(
      "g",
      // At rest whoever walks with the keyboard comes by.
      { tabindex: 0, role: "button", "aria-label": words },
      make("title", {}, words),
      make("circle", { r: REACH, class: "rk-dot-target" }),
      make("path", { d: "M9 -5L17 0L9 5Z", class: "rk-dot-arrow" }),
      make("path"),
    );
    dot.dataset.flight = id;
    this.root.append(dot);
    return dot;
  }

  // The message nearest to a point of the stage, if it is within reach.
  near({ x, y }) {
    const away = ({ x: theirs, y: down }) => Math.hypot(theirs - x, down - y);
    const nearest = this.shown.reduce((best, each) => (best && away(best) <= away(each) ? best : each), null);
    return nearest && away(nearest) <= REACH ? nearest.flight[0] : null;
  }
}

// A disc with its sign, or the cross of a message that is lost, as a path.
export function outline(x, y, sign) {
  const at = (dx, dy) => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`;
  if (sign === "✕") return `M${at(-5, -5)}l10 10M${at(-5, 5)}l10 -10`;
  const disc = `M${at(-7, 0)}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z`;
  if (sign === "+") return `${disc}M${at(-3.5, 0)}h7M${at(0, -3.5)}v7`;
  return sign === "-" ? `${disc}M${at(-3.5, 0)}h7` : disc;
}
