// The messages in the diagram. While time passes, messages that look alike are drawn as one path,
// because ten long paths cost a tenth of two hundred moved nodes. At rest each message is a node of
// its own, with its words and an arrow in the direction in which it travels.

// How near a click must be to a message; a finger is less exact than a mouse.
const REACH = globalThis.matchMedia?.("(pointer: coarse)").matches ? 24 : 13;
const TILE = 120; // the side of a square of the diagram whose messages are drawn as one path

class FlightLayer {
  constructor(positions, scale, setup) {
    this.positions = positions;
    this.radius = RADIUS * scale;
    this.size = Math.min(1, Math.max(0.6, scale)); // of the messages, relative to their usual one
    this.setup = setup;
    this.root = svgElement("g", { class: "rk-flights" });
    this.batch = svgElement("g");
    this.root.append(this.batch);
    this.tiles = new Map();
    this.dots = new Map();
    this.shown = [];
  }

  draw(flights, time, selected, moving) {
    const queued = {}; // how many already wait between the same servers
    this.shown = flights.map((flight) => this.place(flight, time, queued)).filter(Boolean);
    const single = moving ? this.shown.filter(({ flight }) => flight[0] === selected) : this.shown;
    this.drawTiles(moving ? this.shown : []);
    this.drawDots(single, selected);
    this.root.dataset.inFlight = this.shown.length;
  }

  place(flight, time, queued) {
    const [, from, to, , , kind, sign, , , via, , term] = flight;
    if (!this.positions[from] || !this.positions[to]) return null;
    const ends = `${from} ${to}`;
    const index = queued[ends] ?? 0;
    if (waits(flight, time)) queued[ends] = index + 1;
    const points = [from, ...via, to].map((name) => this.positions[name]);
    const { x, y, angle } = pointOnPath(points, progressOf(flight, time, index), this.radius);
    if (isShownLost(flight, time)) return { flight, x, y, angle, colour: "none", shape: "lost", sign };
    return { flight, x, y, angle, colour: term ? termColour(this.setup, term) : this.setup.noTerm, shape: shapeOf(kind), sign };
  }

  drawTiles(placed) {
    const outlines = new Map();
    for (const { x, y, colour, shape, sign } of placed) {
      // A path covers one tile only, so that the browser repaints no more than that tile.
      const tile = `${colour} ${Math.floor(x / TILE)} ${Math.floor(y / TILE)}`;
      outlines.set(tile, (outlines.get(tile) ?? "") + outline(x, y, shape, sign, this.size));
    }
    for (const tile of outlines.keys()) if (!this.tiles.has(tile)) this.makeTile(tile);
    for (const [tile, path] of this.tiles) setAttribute(path, "d", outlines.get(tile) ?? "");
  }

  makeTile(tile) {
    const colour = tile.split(" ")[0];
    const path = svgElement("path", { class: lookOfDot(colour), fill: colour });
    this.tiles.set(tile, path);
    this.batch.append(path);
  }

  drawDots(placed, selected) {
    const shown = new Set();
    for (const { flight, x, y, angle, colour, shape, sign } of placed) {
      const id = flight[0];
      shown.add(id);
      if (!this.dots.has(id)) this.dots.set(id, this.makeDot(flight));
      const dot = this.dots.get(id);
      setAttribute(dot, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      setAttribute(dot.querySelector(".rk-dot-arrow"), "transform", `rotate(${angle.toFixed(1)})`);
      setAttribute(dot, "class", `rk-dot${selected === id ? " rk-selected" : ""}`);
      setAttribute(dot.lastChild, "class", lookOfDot(colour));
      setAttribute(dot.lastChild, "fill", colour);
      setAttribute(dot.lastChild, "d", outline(0, 0, shape, sign, this.size));
    }
    for (const [id, dot] of this.dots) {
      if (shown.has(id)) continue;
      // If the message had the focus, the player gets it, and its keys still work.
      if (dot === document.activeElement) dot.closest(".rk-player").focus();
      dot.remove();
      this.dots.delete(id);
    }
  }

  makeDot([id, , , , , , , , sentence]) {
    const words = inWords(sentence);
    const dot = svgElement(
      "g",
      // At rest the Tab key reaches every message.
      { tabindex: 0, role: "button", "aria-label": words },
      svgElement("title", {}, words),
      svgElement("circle", { r: REACH, class: "rk-dot-target" }),
      svgElement("path", { d: "M9 -3.5L20 0L9 3.5Z", class: "rk-dot-arrow" }),
      svgElement("path"),
    );
    dot.dataset.flight = id;
    this.root.append(dot);
    return dot;
  }

  // The message nearest to a point of the diagram, if it is within reach.
  nearestTo({ x, y }) {
    const distance = ({ x: theirs, y: down }) => Math.hypot(theirs - x, down - y);
    const nearest = this.shown.reduce((best, each) => (best && distance(best) <= distance(each) ? best : each), null);
    return nearest && distance(nearest) <= REACH ? nearest.flight[0] : null;
  }
}

// A message has the colour of its term; a lost one has none.
function lookOfDot(colour) {
  return colour === "none" ? "rk-dot-disc rk-dot-lost" : "rk-dot-disc";
}

const SHAPES = { vote: "diamond", append: "square", heartbeat: "dot", client: "triangle" };

// What a message is, as a shape: an answer has that of what it answers, with a sign in it.
export function shapeOf(kind) {
  return SHAPES[kind.replace("-answer", "")] ?? "disc";
}

// A shape with its sign, or the cross of a message that is lost, as a path.
export function outline(x, y, shape, sign, size = 1) {
  const by = (length) => (length * size).toFixed(1);
  const at = (dx, dy) => `M${(x + dx * size).toFixed(1)} ${(y + dy * size).toFixed(1)}`;
  const circle = (radius) => `${at(-radius, 0)}a${by(radius)} ${by(radius)} 0 1 0 ${by(2 * radius)} 0a${by(radius)} ${by(radius)} 0 1 0 ${by(-2 * radius)} 0Z`;
  const body = {
    lost: `${at(-5, -5)}l${by(10)} ${by(10)}${at(-5, 5)}l${by(10)} ${by(-10)}`,
    diamond: `${at(0, -9)}l${by(9)} ${by(9)}l${by(-9)} ${by(9)}l${by(-9)} ${by(-9)}Z`,
    square: `${at(-7, -7)}h${by(14)}v${by(14)}h${by(-14)}Z`,
    triangle: `${at(0, -9)}l${by(9)} ${by(15)}h${by(-18)}Z`,
    dot: circle(5),
    disc: circle(7),
  }[shape];
  if (shape === "lost" || !sign) return body;
  const line = `${body}${at(-3.5, 0)}h${by(7)}`;
  return sign === "+" ? `${line}${at(0, -3.5)}v${by(7)}` : line;
}
