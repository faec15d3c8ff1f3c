// Territories from centres where a case has no boundaries: the part of the map nearest to each.

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {Point & { beside: number }} Corner  the edge that begins here borders on this cell */
/** @typedef {{ x: number, y: number, x2: number, y2: number, cell: number, beside: number }} Edge */

const SIDES = 16;

/**
 * What is left of a polygon on the near side of the middle line between two centres.
 * @param {Corner[]} corners
 * @param {Point} centre
 * @param {Point} other
 * @param {number} beside number of the other
 */
function clipped(corners, centre, other, beside) {
  const nx = other.x - centre.x;
  const ny = other.y - centre.y;
  const limit = (other.x ** 2 + other.y ** 2 - centre.x ** 2 - centre.y ** 2) / 2;
  const outside = corners.map((corner) => corner.x * nx + corner.y * ny - limit);
  if (outside.every((value) => value <= 0)) return corners;
  /** @type {Corner[]} */
  const kept = [];
  corners.forEach((corner, i) => {
    const j = (i + 1) % corners.length;
    if (outside[i] <= 0) kept.push(corner);
    if ((outside[i] <= 0) !== (outside[j] <= 0)) {
      const share = outside[i] / (outside[i] - outside[j]);
      const next = corners[j];
      kept.push({ x: corner.x + share * (next.x - corner.x), y: corner.y + share * (next.y - corner.y),
        beside: outside[i] <= 0 ? beside : corner.beside });
    }
  });
  return kept;
}

/**
 * Voronoi cells of centres, each clipped to a circle around its centre so that the outline follows
 * the places and not a box. Equal centres share a cell.
 * @param {Point[]} centres
 * @param {number} radius
 * @returns {Corner[][]}
 */
export function cellsOf(centres, radius) {
  return centres.map((centre, i) => {
    /** @type {Corner[]} */
    let corners = Array.from({ length: SIDES }, (_, k) => {
      const angle = (2 * Math.PI * k) / SIDES;
      return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle), beside: -1 };
    });
    const near = centres.map((other, j) => ({ j, far: (other.x - centre.x) ** 2 + (other.y - centre.y) ** 2 }))
      .filter(({ j, far }) => j !== i && far > 0 && far < 4 * radius ** 2).sort((p, q) => p.far - q.far);
    for (const { j, far } of near) {
      const reach = Math.max(...corners.map((corner) => (corner.x - centre.x) ** 2 + (corner.y - centre.y) ** 2));
      if (far > 4 * reach) break;
      corners = clipped(corners, centre, centres[j], j);
    }
    return corners;
  });
}

/**
 * Edges of cells, each once.
 * @param {Corner[][]} cells
 * @returns {Edge[]}
 */
export function edgesOf(cells) {
  return cells.flatMap((corners, cell) => corners.map((corner, i) => {
    const next = corners[(i + 1) % corners.length];
    return { x: corner.x, y: corner.y, x2: next.x, y2: next.y, cell, beside: corner.beside };
  }).filter((edge) => edge.beside < 0 || edge.cell < edge.beside));
}

/**
 * A radius that lets neighbours meet: three times the usual distance to the nearest centre.
 * @param {Point[]} centres
 */
export function usualRadius(centres) {
  const nearest = centres.map((centre, i) => Math.min(...centres.filter((_, j) => j !== i)
    .map((other) => Math.hypot(other.x - centre.x, other.y - centre.y)).filter((far) => far > 0), Infinity))
    .filter(Number.isFinite).sort((p, q) => p - q);
  return nearest.length ? 3 * nearest[Math.floor(nearest.length / 2)] : 1;
}
