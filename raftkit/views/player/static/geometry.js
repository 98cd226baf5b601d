// Points in the diagram: the positions of servers, the positions of messages between them, and the
// two groups of servers that a line separates. Nothing here touches the page.

export const RADIUS = 30; // of a server's disc that has room
export const TIMER_RADIUS = RADIUS + 5;
export const VOTES_RADIUS = RADIUS + 14;
export const REACH_OF_SERVER = RADIUS + 20; // from its middle to the outermost of its marks
export const CIRCLE = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z";
export const CROSS = "M-4 -4l8 8M-4 4l8 -8";
export const CROWN = `M-13 ${-RADIUS - 5}v-12l7 6l6 -9l6 9l7 -6v12Z`;
export const DIAGRAM = { width: 560, height: 460 };
const LARGEST = 1.2; // the scale of servers that have much room
const CLIENTS = 34; // the height of the strip at the bottom where clients stand

// The positions of servers: the given ones, else on a ring, clockwise from the top as in RaftScope.
export function positionsOf(names, given = {}, clients = 0) {
  const found = {};
  const height = DIAGRAM.height - (clients ? CLIENTS : 0);
  const centre = { x: DIAGRAM.width / 2, y: height / 2 };
  const wide = centre.x - LARGEST * REACH_OF_SERVER - 8;
  const high = centre.y - LARGEST * REACH_OF_SERVER - 4;
  names.forEach((name, index) => {
    const angle = (2 * Math.PI * index) / names.length - Math.PI / 2;
    const at = given[name];
    found[name] = at
      ? { x: centre.x + (2 * at[0] - 1) * wide, y: centre.y - (2 * at[1] - 1) * high }
      : names.length === 1
        ? centre
        : { x: centre.x + wide * Math.cos(angle), y: centre.y + high * Math.sin(angle) };
  });
  return found;
}

// The least distance of two servers; a large number if there is only one.
export function nearest(positions) {
  const all = Object.values(positions);
  const distances = all.flatMap((one, place) => all.slice(place + 1).map((other) => Math.hypot(one.x - other.x, one.y - other.y)));
  return Math.min(DIAGRAM.width, ...distances);
}

// By how much every server is drawn larger or smaller than RADIUS, so that no two of them touch.
export function scaleOf(positions) {
  return Math.min(LARGEST, nearest(positions) / 2 / REACH_OF_SERVER);
}

// Whether a role in words has room under a server's marks.
export function hasRoomForWords(positions) {
  return nearest(positions) > 2 * LARGEST * REACH_OF_SERVER + 16;
}

// The point at `share` of the way from edge to edge of two discs. The offset keeps the two directions
// of a link apart.
export function pointBetween(from, to, share, offset = 5, radius = RADIUS) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const free = Math.max(0, length - 2 * radius);
  const along = radius + free * share;
  return {
    x: from.x + (dx / length) * along - (dy / length) * offset,
    y: from.y + (dy / length) * along + (dx / length) * offset,
  };
}

// The point at `share` of a path through several discs, each segment in the same time, and the
// angle of its segment.
export function pointOnPath(points, share, radius = RADIUS) {
  const segments = points.length - 1;
  const index = Math.min(segments - 1, Math.floor(share * segments));
  const [from, to] = [points[index], points[index + 1]];
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return { ...pointBetween(from, to, share * segments - index, 5, radius), angle };
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

// The places of `count` marks around a disc, clockwise from the top.
export function placesAround(count, radius) {
  return Array.from({ length: count }, (_, place) => {
    const angle = (2 * Math.PI * place) / count - Math.PI / 2;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
}

// How much of the longest timeout is left of a timer, from 0 to 1. Of some recordings only the longest
// is known.
export function shareLeft([since, until], time, most) {
  return Math.min(1, Math.max(0, ((until ?? since + most) - time) / most));
}
