// Points on the stage: where servers stand, where messages are between them, and which
// servers a line drawn across the picture parts from which. Nothing here touches the page.

export const RADIUS = 30;
export const STAGE = { width: 560, height: 460 };

// On a ring, the first on top and then clockwise, as RaftScope does; or where the graph has them.
export function places(names, given = {}) {
  const found = {};
  const centre = { x: STAGE.width / 2, y: STAGE.height / 2 };
  const wide = STAGE.width / 2 - 105;
  const high = STAGE.height / 2 - 88;
  names.forEach((name, turn) => {
    const angle = (2 * Math.PI * turn) / names.length - Math.PI / 2;
    const at = given[name];
    found[name] = at
      ? { x: 80 + at[0] * (STAGE.width - 160), y: 70 + (1 - at[1]) * (STAGE.height - 140) }
      : names.length === 1
        ? centre
        : { x: centre.x + wide * Math.cos(angle), y: centre.y + high * Math.sin(angle) };
  });
  return found;
}

// The point at `share` of the way from edge to edge of two discs; there and back keep apart.
export function between(from, to, share, aside = 5) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const free = Math.max(0, length - 2 * RADIUS);
  const along = RADIUS + free * share;
  return {
    x: from.x + (dx / length) * along - (dy / length) * aside,
    y: from.y + (dy / length) * along + (dx / length) * aside,
  };
}

// The same by way of other discs, each stretch in the same time; and which way it goes there.
export function along(points, share) {
  const stretches = points.length - 1;
  const turn = Math.min(stretches - 1, Math.floor(share * stretches));
  const [from, to] = [points[turn], points[turn + 1]];
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return { ...between(from, to, share * stretches - turn), angle };
}

// The two groups of names on either side of the endless line through two points.
export function sides(start, end, at) {
  const groups = [[], []];
  for (const name in at) {
    const turn =
      (end.x - start.x) * (at[name].y - start.y) - (end.y - start.y) * (at[name].x - start.x);
    groups[turn > 0 ? 0 : 1].push(name);
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
