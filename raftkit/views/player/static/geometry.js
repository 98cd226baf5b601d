// Points in the diagram: the positions of servers, the positions of messages between them, and the
// two groups of servers that a line separates. Nothing here touches the page.

export const RADIUS = 30;
export const DIAGRAM = { width: 560, height: 460 };

// The positions of servers: the given ones, else on a ring, clockwise from the top as in RaftScope.
export function positionsOf(names, given = {}) {
  const found = {};
  const centre = { x: DIAGRAM.width / 2, y: DIAGRAM.height / 2 };
  const wide = DIAGRAM.width / 2 - 105;
  const high = DIAGRAM.height / 2 - 88;
  names.forEach((name, index) => {
    const angle = (2 * Math.PI * index) / names.length - Math.PI / 2;
    const at = given[name];
    found[name] = at
      ? { x: 80 + at[0] * (DIAGRAM.width - 160), y: 70 + (1 - at[1]) * (DIAGRAM.height - 140) }
      : names.length === 1
        ? centre
        : { x: centre.x + wide * Math.cos(angle), y: centre.y + high * Math.sin(angle) };
  });
  return found;
}

// The point at `share` of the way from edge to edge of two discs. The offset keeps the two directions
// of a link apart.
export function pointBetween(from, to, share, offset = 5) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const free = Math.max(0, length - 2 * RADIUS);
  const along = RADIUS + free * share;
  return {
    x: from.x + (dx / length) * along - (dy / length) * offset,
    y: from.y + (dy / length) * along + (dx / length) * offset,
  };
}

// The point at `share` of a path through several discs, each segment in the same time, and the
// angle of its segment.
export function pointOnPath(points, share) {
  const segments = points.length - 1;
  const index = Math.min(segments - 1, Math.floor(share * segments));
  const [from, to] = [points[index], points[index + 1]];
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return { ...pointBetween(from, to, share * segments - index), angle };
}

// The two groups of names on the two sides of the line through two points.
export function sides(start, end, at) {
  const groups = [[], []];
  for (const name in at) {
    const side =
      (end.x - start.x) * (at[name].y - start.y) - (end.y - start.y) * (at[name].x - start.x);
    groups[side > 0 ? 0 : 1].push(name);
  }
  return groups;
}

// An arc from the top, clockwise, as far as `share` of a circle.
export function arc(at, radius, share) {
  const whole = Math.min(Math.max(share, 0), 0.9999);
  const angle = 2 * Math.PI * whole - Math.PI / 2;
  const x = at.x + radius * Math.cos(angle);
  const y = at.y + radius * Math.sin(angle);
  return `M${at.x} ${at.y - radius}A${radius} ${radius} 0 ${whole > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}`;
}
