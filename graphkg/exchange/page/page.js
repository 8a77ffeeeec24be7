// What the page does: filters on the left, the graph in the middle, sentences on the right.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const VALUES = ["DATE", "TIME", "DURATION", "NUMBER", "ORDINAL", "MONEY", "PERCENT"];
const COLOURS = { PERSON: 0, ORGANIZATION: 1, LOCATION: 2, MISC: 3 };
VALUES.forEach((kind, i) => { COLOURS[kind] = i < 3 ? 4 : 5; });
let next = 6;
for (const kind of data.kinds) COLOURS[kind] ??= 6 + (next++ - 6) % 4;

const nodes = data.nodes.map(([name, kind, description, aliases], id) => ({
  id, name, kind, description, aliases, edges: [], square: VALUES.includes(data.kinds[kind]),
  colour: `--c${COLOURS[data.kinds[kind]]}`, size: 5,
}));
const anySentence = data.edges.some(([, , , evidence]) => evidence.length);
const edges = data.edges.map(([a, relation, b, evidence], id) => ({
  id, a: nodes[a], b: nodes[b], relation, label: data.relations[relation], evidence,
  weight: evidence.length, dashed: anySentence && !evidence.length,
  score: evidence.length ? Math.max(...evidence.map((e) => e[5])) : 1,
}));
for (const edge of edges) {
  edge.a.edges.push(edge);
  if (edge.b !== edge.a) edge.b.edges.push(edge);
}
const state = { kinds: new Set(), relations: new Set(), pinned: new Set(), limit: 0, score: 0 };
const view = new View(byId("graph"), select);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
function dot(node) {
  const made = element("span", { class: node.square ? "dot square" : "dot" });
  made.style.background = `var(${node.colour})`;
  return made;
}

// Which entities and triples pass the filters; the best connected entities first.
function refresh() {
  const passing = edges.filter((e) => !state.relations.has(e.relation) && e.score >= state.score
    && !state.kinds.has(e.a.kind) && !state.kinds.has(e.b.kind));
  const degree = new Map();
  for (const { a, b } of passing) {
    degree.set(a, (degree.get(a) || 0) + 1);
    degree.set(b, (degree.get(b) || 0) + 1);
  }
  const most = (node) => degree.get(node) || 0;
  const least = (edge) => Math.min(most(edge.a), most(edge.b));
  const shown = new Set();
  const add = (node) => { if (shown.size < state.limit) shown.add(node); };
  // pairs of well connected entities first, so that nobody stands alone
  for (const { a, b } of [...passing].sort((x, y) => least(y) - least(x) || x.id - y.id)) {
    if (most(a) >= most(b)) { add(a); add(b); } else { add(b); add(a); }
  }
  if (!edges.length) nodes.filter((node) => !state.kinds.has(node.kind)).forEach(add);
  for (const node of state.pinned) shown.add(node);
  const drawn = passing.filter(({ a, b }) => shown.has(a) && shown.has(b));
  for (const node of nodes) node.size = 4.5 + 2.6 * Math.sqrt(most(node));
  const order = [...shown].sort((x, y) => most(y) - most(x) || x.id - y.id);
  view.show(order, drawn);
  byId("shown").textContent = `${count(shown.size, nodes.length, "entities")}, `
    + count(drawn.length, edges.length, "triples");
}
function count(some, all, what) {
  return some === all ? `all ${all.toLocaleString()} ${what}`
    : `${some.toLocaleString()} of ${all.toLocaleString()} ${what}`;
}

function select(thing) {
  if (thing) bringIn(thing);
  view.selected = thing;
  view.hovered = null;
  const panel = byId("panel");
  panel.hidden = !thing;
  byId("hint").hidden = Boolean(thing);
  if (thing) {
    const close = element("button", { id: "close", type: "button", "aria-label": "Close",
      onclick: () => select(null) }, "×");
    panel.replaceChildren(close, ...(thing.a ? aboutEdge(thing) : aboutNode(thing)));
    panel.scrollTop = 0;
    view.resize();
    view.frame();
  }
  view.draw();
}
// An entity comes with the 30 triples that most sentences state, even if they were not drawn.
function bringIn(thing) {
  const near = thing.a ? [thing] : [...thing.edges].sort((x, y) => y.weight - x.weight).slice(0, 30);
  const wanted = near.flatMap(({ a, b }) => [a, b]).concat(thing.a ? [] : [thing]);
  if (wanted.every((node) => view.nodes.includes(node))) return;
  for (const node of wanted) state.pinned.add(node);
  view.moved = true;
  refresh();
}

function aboutNode(node) {
  const kind = element("p", { class: "tag" }, dot(node), data.kinds[node.kind]);
  const about = [element("h2", {}, node.name), kind];
  if (node.description) about.push(element("p", {}, node.description));
  if (node.aliases.length) {
    about.push(element("p", { class: "quiet" }, "also: " + node.aliases.join(", ")));
  }
  const groups = new Map();
  for (const edge of node.edges) {
    const name = edge.a === node ? `${edge.label} →` : `← ${edge.label}`;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(edge);
  }
  for (const [name, group] of groups) {
    const rows = group.map((edge) => {
      const other = edge.a === node ? edge.b : edge.a;
      return element("li", {}, element("button", { class: "row", type: "button",
        onclick: () => select(edge) }, dot(other), element("span", { class: "name" }, other.name),
      element("small", {}, edge.evidence.length ? sentences(edge) : "")));
    });
    about.push(element("h3", {}, name), element("ul", {}, ...rows));
  }
  return about;
}
function sentences(edge) {
  const number = new Set(edge.evidence.map(([sentence]) => sentence)).size;
  return number === 1 ? "1 sentence" : `${number} sentences`;
}

function aboutEdge(edge) {
  const end = (node) => element("button", { type: "button", onclick: () => select(node) }, node.name);
  const triple = element("p", { class: "triple" }, end(edge.a), " ",
    element("i", {}, edge.label), " ", end(edge.b));
  if (!edge.evidence.length) {
    return [triple, element("p", { class: "quiet" }, "No sentence is kept for this triple.")];
  }
  const quotes = [...bySentence(edge.evidence)].map(([sentence, { marks, score }]) => {
    const [place, text] = data.sentences[sentence];
    return element("blockquote", {}, element("p", {}, ...marked(text, marks)),
      element("footer", {}, `${place} · score ${score.toFixed(2)}`));
  });
  const legend = element("p", { class: "quiet" }, element("mark", {}, "subject"), " ",
    element("mark", { class: "object" }, "object"), ` · ${sentences(edge)}`);
  return [triple, legend, ...quotes];
}

function bySentence(evidence) {
  const found = new Map();
  for (const [sentence, s0, s1, o0, o1, score] of evidence) {
    if (!found.has(sentence)) found.set(sentence, { marks: [], score });
    const kept = found.get(sentence);
    kept.marks.push([s0, s1, "subject"], [o0, o1, "object"]);
    kept.score = Math.max(kept.score, score);
  }
  return found;
}

// The sentence as nodes, its mentions marked; offsets count code points, as Python does.
function marked(text, marks) {
  const signs = [...text], parts = [];
  let at = 0;
  for (const [start, end, kind] of marks.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (start < at || end > signs.length || start >= end) continue;
    parts.push(signs.slice(at, start).join(""));
    parts.push(element("mark", { class: kind }, signs.slice(start, end).join("")));
    at = end;
  }
  return [...parts, signs.slice(at).join("")];
}

function search() {
  const typed = plain(byId("search").value.trim());
  const fits = (node) => [node.name, ...node.aliases].some((name) => plain(name).includes(typed));
  const starts = (node) => plain(node.name).startsWith(typed);
  const found = nodes.filter((node) => !typed || fits(node));
  found.sort((x, y) => (typed ? starts(y) - starts(x) : 0) || y.edges.length - x.edges.length || x.id - y.id);
  const rows = found.slice(0, typed ? 60 : 7).map((node) => element("li", {}, element("button",
    { class: "row", type: "button", onclick: () => select(node) },
    dot(node), element("span", { class: "name", title: node.name }, node.name), element("small", {}, node.edges.length))));
  byId("found").replaceChildren(...rows.length ? rows : [element("li", { class: "quiet" }, "nothing found")]);
}
function plain(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(); }

function filterList(list, names, off, counts, mark) {
  const order = names.map((_, i) => i).filter((i) => counts[i]);
  order.sort((x, y) => counts[y] - counts[x] || x - y);
  byId(list).replaceChildren(...order.map((i) => {
    const box = element("input", { type: "checkbox", onchange: () => {
      if (box.checked) off.delete(i); else off.add(i);
      refresh();
    } });
    box.checked = !off.has(i);
    const label = element("span", { class: "name", title: names[i] }, names[i]);
    return element("li", {}, element("label", {}, box, ...mark(i), label, element("small", {}, counts[i].toLocaleString())));
  }));
}
function tally(length, numbers) {
  const counts = new Array(length).fill(0);
  for (const number of numbers) counts[number] += 1;
  return counts;
}
function lists() {
  const kinds = tally(data.kinds.length, nodes.map((n) => n.kind));
  filterList("kinds", data.kinds, state.kinds, kinds, (i) => [dot(nodes.find((n) => n.kind === i))]);
  const relations = tally(data.relations.length, edges.map((e) => e.relation));
  filterList("relations", data.relations, state.relations, relations, () => []);
}
function everything(off) {
  data.relations.forEach((_, i) => (off ? state.relations.add(i) : state.relations.delete(i)));
  lists(); refresh();
}

function keys(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape") { select(null); byId("graph").focus(); return; }
  if (event.key === "/" && !typing) { event.preventDefault(); byId("search").focus(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const pans = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (pans[event.key] && document.activeElement === byId("graph")) {
    event.preventDefault();
    view.pan(...pans[event.key]);
  } else if (event.key === "+" || event.key === "=") view.zoom(1.25);
  else if (event.key === "-") view.zoom(0.8);
  else if (event.key === "0") { view.moved = false; view.fit(); view.draw(); }
}

function start() {
  byId("app").hidden = false;
  const limit = byId("limit"), score = byId("score");
  limit.max = Math.max(nodes.length, 1);
  limit.value = state.limit = Math.min(nodes.length, 120);
  byId("limit-value").value = state.limit;
  limit.addEventListener("input", () => {
    state.limit = Number(limit.value);
    byId("limit-value").value = limit.value;
    state.pinned.clear();
    refresh();
  });
  byId("score-row").hidden = !edges.some((edge) => edge.score < 1);
  byId("score-value").value = "0.00";
  score.addEventListener("input", () => {
    state.score = Number(score.value);
    byId("score-value").value = state.score.toFixed(2);
    refresh();
  });
  byId("all").addEventListener("click", () => everything(false));
  byId("none").addEventListener("click", () => everything(true));
  byId("in").addEventListener("click", () => view.zoom(1.25));
  byId("out").addEventListener("click", () => view.zoom(0.8));
  byId("fit").addEventListener("click", () => { view.moved = false; view.fit(); view.draw(); });
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("found").querySelector("button")?.click();
  });
  document.addEventListener("keydown", keys);
  lists(); search(); refresh();
  const named = decodeURIComponent(location.hash.slice(1));
  const asked = named && nodes.find((node) => node.name === named);
  if (asked) select(asked);
}
start();
