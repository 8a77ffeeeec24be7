"use strict";
// A force layout: springs along edges, repulsion by a quadtree (Barnes and Hut), gravity.
class Layout {
  constructor(nodes, links) {
    this.nodes = nodes;
    this.links = links;
    const fresh = nodes.filter((node) => node.x === undefined);
    this.heat = fresh.length > nodes.length / 2 ? 1 : fresh.length ? 0.5 : 0.15;
    const known = new Map(); // a new node starts beside one that has its place
    for (const { a, b } of links) {
      if (a.x !== undefined) known.set(b, a);
      if (b.x !== undefined) known.set(a, b);
    }
    nodes.forEach((node, i) => {
      if (node.x === undefined) {
        // a sunflower: the same start each time, and no two nodes in one place
        const beside = known.get(node), angle = i * 2.39996;
        const radius = beside ? 40 + (i % 7) * 4 : 26 * Math.sqrt(i + 0.5);
        node.x = (beside ? beside.x : 0) + radius * Math.cos(angle);
        node.y = (beside ? beside.y : 0) + radius * Math.sin(angle);
      }
      node.vx = node.vy = 0;
    });
    const degree = new Map();
    for (const { a, b } of links) {
      degree.set(a, (degree.get(a) || 0) + 1);
      degree.set(b, (degree.get(b) || 0) + 1);
    }
    this.degree = degree;
  }

  get settled() { return this.heat < 0.02; }

  step() {
    const { nodes, links, heat } = this;
    for (const { a, b } of links) {
      let dx = b.x + b.vx - a.x - a.vx, dy = b.y + b.vy - a.y - a.vy;
      const length = Math.hypot(dx, dy) || 0.1;
      const da = this.degree.get(a), db = this.degree.get(b);
      const pull = heat * (length - 70 - a.size - b.size) / length / Math.min(da, db);
      dx *= pull; dy *= pull;
      const share = da / (da + db);
      b.vx -= dx * share; b.vy -= dy * share;
      a.vx += dx * (1 - share); a.vy += dy * (1 - share);
    }
    const tree = quadtree(nodes);
    for (const node of nodes) repel(node, tree, heat);
    for (const node of nodes) {
      node.vx -= node.x * 0.045 * heat;
      node.vy -= node.y * 0.06 * heat;
      if (node.held) { node.vx = node.vy = 0; continue; }
      node.x += node.vx *= 0.62;
      node.y += node.vy *= 0.62;
    }
    this.heat *= 0.982;
  }

  run(milliseconds) {
    const end = performance.now() + milliseconds;
    while (!this.settled && performance.now() < end) this.step();
  }
}

const STRENGTH = 420;

function quadtree(nodes) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const { x, y } of nodes) {
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  const root = cell(left, top, Math.max(right - left, bottom - top, 1));
  for (const node of nodes) insert(root, node, 0);
  return root;
}

function cell(x, y, side) {
  return { x, y, side, mass: 0, mx: 0, my: 0, node: null, parts: null };
}

function insert(into, node, depth) {
  for (;;) {
    into.mass += 1; into.mx += node.x; into.my += node.y;
    if (into.mass === 1) { into.node = node; return; }
    if (depth > 40) return; // two nodes in one place: they count as mass alone
    if (!into.parts) {
      into.parts = [null, null, null, null];
      const old = into.node;
      into.node = null;
      if (old) insert(part(into, old), old, depth + 1);
    }
    into = part(into, node);
    depth += 1;
  }
}

function part(of, node) {
  const half = of.side / 2;
  const i = (node.x >= of.x + half ? 1 : 0) + (node.y >= of.y + half ? 2 : 0);
  return of.parts[i] ||= cell(of.x + (i & 1 ? half : 0), of.y + (i & 2 ? half : 0), half);
}

function repel(node, from, heat) {
  const stack = [from];
  while (stack.length) {
    const at = stack.pop();
    if (at.node === node) continue;
    let dx = node.x - at.mx / at.mass, dy = node.y - at.my / at.mass;
    const square = dx * dx + dy * dy;
    if (at.parts && at.side * at.side > 0.8 * square) {
      for (const next of at.parts) if (next) stack.push(next);
      continue;
    }
    if (square < 0.01) { dx = 0.1; dy = 0.1; }
    const push = heat * STRENGTH * at.mass / Math.max(square, 64);
    node.vx += dx * push; node.vy += dy * push;
  }
}
