// Draws nodes and edges on a canvas; knows where they are, not what they mean.
class View {
  constructor(canvas, pick) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.pick = pick;
    this.nodes = []; this.edges = [];
    this.scale = 1; this.left = 0; this.top = 0;
    this.selected = this.hovered = null;
    this.moved = false; // by the user: then the graph is not fitted to the window again
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.listen();
  }

  show(nodes, edges) {
    this.nodes = nodes; this.edges = edges;
    bend(edges);
    this.layout = new Layout(nodes, edges.filter(({ a, b }) => a !== b));
    this.layout.run(this.calm ? 4000 : 500);
    if (!this.moved) this.fit();
    this.wake();
  }

  wake() {
    if (this.waking) return;
    this.waking = true;
    requestAnimationFrame(() => {
      this.waking = false;
      if (this.layout && !this.layout.settled) {
        this.layout.run(12);
        if (!this.moved) this.fit();
        this.wake();
      }
      this.draw();
    });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas, dots = devicePixelRatio || 1;
    this.canvas.width = width * dots; this.canvas.height = height * dots;
    this.pen.setTransform(dots, 0, 0, dots, 0, 0);
    if (!this.moved) this.fit();
    this.draw();
  }

  fit(nodes = this.nodes, most = 1.8) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!nodes.length || !width) return;
    const xs = nodes.map((n) => n.x), ys = nodes.map((n) => n.y);
    const [x0, x1] = [low(xs), -low(xs.map((x) => -x))], [y0, y1] = [low(ys), -low(ys.map((y) => -y))];
    const room = Math.min((width - 150) / (x1 - x0 + 1), (height - 110) / (y1 - y0 + 1));
    this.scale = Math.min(Math.max(room, 0.05), most);
    this.left = width / 2 - this.scale * (x0 + x1) / 2;
    this.top = height / 2 - this.scale * (y0 + y1) / 2;
  }

  // Moves to the selected thing and what it is joined to, unless all of it can be seen well.
  frame() {
    const near = [...this.focus() || []].filter((thing) => !thing.a);
    if (!near.length) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const seen = near.every((node) => {
      const [x, y] = this.place(node);
      return x > 40 && y > 30 && x < width - 40 && y < height - 50;
    });
    if (seen && this.scale > 0.7) return;
    this.moved = true;
    this.fit(near, Math.max(this.scale, 1.4));
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(Math.max(this.scale * factor, 0.03), 12);
    this.left = x - (x - this.left) * scale / this.scale;
    this.top = y - (y - this.top) * scale / this.scale;
    this.scale = scale; this.moved = true;
    this.draw();
  }

  pan(dx, dy) { this.left += dx; this.top += dy; this.moved = true; this.draw(); }
  place(node) { return [node.x * this.scale + this.left, node.y * this.scale + this.top]; }
  radius(node) { return Math.min(Math.max(node.size * Math.sqrt(this.scale), 2.5), 30); }

  // The curve of an edge on the screen: start, control point, end (shortened to the node's rim).
  curve(edge) {
    const [ax, ay] = this.place(edge.a), [bx, by] = this.place(edge.b);
    if (edge.a === edge.b) {
      const r = this.radius(edge.a) + 14 + 8 * Math.abs(edge.bend);
      return [ax - 6, ay, ax, ay - 2 * r, ax + 6, ay - this.radius(edge.a)];
    }
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const side = edge.a.id < edge.b.id ? 1 : -1, off = edge.bend * side * Math.min(34, length * 0.3);
    const cx = (ax + bx) / 2 - (by - ay) / length * off, cy = (ay + by) / 2 + (bx - ax) / length * off;
    const last = Math.hypot(bx - cx, by - cy) || 1, rim = this.radius(edge.b) + 3;
    return [ax, ay, cx, cy, bx - (bx - cx) / last * rim, by - (by - cy) / last * rim];
  }

  draw() {
    const { pen, canvas } = this, { clientWidth: width, clientHeight: height } = canvas;
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const ink = { back: colour("--back"), text: colour("--text"), quiet: colour("--quiet"),
      edge: colour("--edge"), accent: colour("--accent"), colour };
    pen.clearRect(0, 0, width, height);
    const focus = this.focus();
    const dim = (thing) => focus && !focus.has(thing) ? 0.16 : 1;
    const ordered = focus ? [...this.edges].sort((a, b) => focus.has(a) - focus.has(b)) : this.edges;
    for (const edge of ordered) this.drawEdge(edge, dim(edge), focus?.has(edge), ink);
    for (const node of this.nodes) this.drawNode(node, dim(node), ink);
    pen.globalAlpha = 1;
    this.drawLabels(focus, ink, width, height);
  }

  focus() {
    const thing = this.hovered || this.selected;
    if (!thing) return null;
    const near = new Set([thing]);
    if (thing.a) near.add(thing.a).add(thing.b);
    else for (const edge of this.edges) {
      if (edge.a === thing || edge.b === thing) near.add(edge).add(edge.a).add(edge.b);
    }
    return near;
  }

  drawEdge(edge, alpha, focused, ink) {
    const { pen } = this, [ax, ay, cx, cy, bx, by] = this.curve(edge);
    pen.globalAlpha = alpha * (focused ? 1 : 0.75);
    pen.strokeStyle = pen.fillStyle = edge === this.selected ? ink.accent : focused ? ink.quiet : ink.edge;
    pen.lineWidth = edge === this.selected ? 2.5 : focused ? 1.6 : 1 + Math.min(edge.weight, 4) * 0.15;
    pen.setLineDash(edge.dashed ? [5, 4] : []);
    pen.beginPath(); pen.moveTo(ax, ay); pen.quadraticCurveTo(cx, cy, bx, by); pen.stroke();
    pen.setLineDash([]);
    const angle = Math.atan2(by - cy, bx - cx), size = focused ? 8 : Math.min(6, 3 + 4 * this.scale);
    pen.beginPath(); pen.moveTo(bx, by);
    for (const turn of [-0.42, 0.42]) {
      pen.lineTo(bx - size * Math.cos(angle + turn), by - size * Math.sin(angle + turn));
    }
    pen.fill();
  }

  drawNode(node, alpha, ink) {
    const { pen } = this, [x, y] = this.place(node), r = this.radius(node);
    pen.globalAlpha = alpha;
    pen.fillStyle = ink.colour(node.colour);
    pen.strokeStyle = node === this.selected ? ink.text : ink.back;
    pen.lineWidth = node === this.selected ? 3 : 1.5;
    pen.beginPath();
    if (node.square) pen.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
    else pen.arc(x, y, r, 0, 7);
    pen.fill(); pen.stroke();
  }

  drawLabels(focus, ink, width, height) {
    const { pen } = this, taken = [];
    const free = (box) => !taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
    const write = (text, x, y, font, fill, must) => {
      if (x < -60 || y < -20 || x > width + 60 || y > height + 20) return;
      pen.font = font;
      const half = pen.measureText(text).width / 2 + 2, box = [x - half, y - 8, x + half, y + 8];
      if (!must && !free(box)) return;
      taken.push(box);
      pen.lineWidth = 3.5; pen.strokeStyle = ink.back; pen.fillStyle = fill;
      pen.strokeText(text, x, y); pen.fillText(text, x, y);
    };
    for (const node of this.nodes) {
      const [x, y] = this.place(node), r = this.radius(node);
      if (r > 9 && (!focus || focus.has(node))) taken.push([x - r, y - r, x + r, y + r]);
    }
    pen.textAlign = "center"; pen.textBaseline = "middle"; pen.lineJoin = "round";
    const first = focus ? [...this.nodes].sort((a, b) => focus.has(b) - focus.has(a)) : this.nodes;
    for (const node of first) {
      if (focus && !focus.has(node)) break;
      const [x, y] = this.place(node), bold = node === this.selected ? "600 " : "";
      const big = Math.round(Math.min(11 + node.size / 6, 14));
      const must = node === this.selected || node === this.hovered;
      write(cut(node.name, 32), x, y + this.radius(node) + 9, `${bold}${big}px system-ui, sans-serif`, ink.text, must);
    }
    if (!focus && this.edges.length > 70 && this.scale < 1.4) return;
    for (const edge of this.edges) {
      if (focus && !focus.has(edge)) continue;
      const [ax, ay, cx, cy, bx, by] = this.curve(edge);
      if (!focus && Math.hypot(bx - ax, by - ay) < 60) continue;
      write(edge.label, (ax + 2 * cx + bx) / 4, (ay + 2 * cy + by) / 4, "11px system-ui, sans-serif", ink.quiet, edge === this.selected);
    }
  }

  at(x, y) {
    let best = null, least = 9;
    for (const node of this.nodes) {
      const [nx, ny] = this.place(node), gap = Math.hypot(nx - x, ny - y) - this.radius(node);
      if (gap < 5 && gap < least) { best = node; least = gap; }
    }
    if (best) return best;
    least = 7;
    for (const edge of this.edges) {
      const [ax, ay, cx, cy, bx, by] = this.curve(edge);
      for (let t = 0.04; t < 1; t += 0.04) {
        const s = 1 - t;
        const gap = Math.hypot(s * s * ax + 2 * s * t * cx + t * t * bx - x, s * s * ay + 2 * s * t * cy + t * t * by - y);
        if (gap < least) { best = edge; least = gap; }
      }
    }
    return best;
  }

  listen() {
    const { canvas } = this, fingers = new Map();
    let held = null, travelled = 0;
    const spot = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, spot(event));
      travelled = 0;
      const thing = this.at(...spot(event));
      held = thing && !thing.a && fingers.size === 1 ? thing : null;
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = spot(event), before = fingers.get(event.pointerId);
      if (!before) {
        const thing = this.at(x, y);
        if (thing !== this.hovered) { this.hovered = thing; this.draw(); }
        canvas.classList.toggle("pointing", Boolean(thing));
        return;
      }
      const [dx, dy] = [x - before[0], y - before[1]];
      if (fingers.size === 2) {
        const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        const was = Math.hypot(before[0] - other[0], before[1] - other[1]) || 1;
        this.zoom(Math.hypot(x - other[0], y - other[1]) / was, other[0], other[1]);
      } else if ((travelled += Math.abs(dx) + Math.abs(dy)) > 4) {
        canvas.classList.add("dragging");
        if (held) {
          held.held = this.moved = true;
          held.x += dx / this.scale; held.y += dy / this.scale;
          if (this.layout) this.layout.heat = Math.max(this.layout.heat, 0.12);
          this.wake();
        } else this.pan(dx, dy);
      }
      fingers.set(event.pointerId, [x, y]);
    });
    const drop = (event) => {
      if (fingers.delete(event.pointerId) && travelled <= 4 && event.type === "pointerup") {
        this.pick(this.at(...spot(event)));
      }
      if (held) held.held = false;
      held = null;
      canvas.classList.remove("dragging");
    };
    canvas.addEventListener("pointerup", drop);
    canvas.addEventListener("pointercancel", drop);
    canvas.addEventListener("pointerleave", () => {
      if (this.hovered) { this.hovered = null; this.draw(); }
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...spot(event));
    }, { passive: false });
  }
}

function low(values) { return values.reduce((least, value) => Math.min(least, value), Infinity); }
function cut(text, length) { return text.length > length ? text.slice(0, length - 1) + "…" : text; }

// Edges between the same two nodes are spread so that each can be seen and clicked.
function bend(edges) {
  const between = new Map();
  for (const edge of edges) {
    const key = Math.min(edge.a.id, edge.b.id) + " " + Math.max(edge.a.id, edge.b.id);
    if (!between.has(key)) between.set(key, []);
    between.get(key).push(edge);
  }
  for (const group of between.values()) {
    group.forEach((edge, i) => { edge.bend = i - (group.length - 1) / 2; });
  }
}
