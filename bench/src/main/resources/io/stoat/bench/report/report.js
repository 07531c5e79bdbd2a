(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = document.getElementById("page");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  // When a page is about to be printed its layout is still the screen's: this fits A4 and Letter.
  const PRINTED_WIDTH = 640;
  const plots = [];

  // Hues that stay apart for people with colour-blindness, in a light and a dark variant; dashes help beyond eight.
  const HUES = [
    ["#2166b8", "#78b0f2"], ["#c4501b", "#f79a66"], ["#1b7f5c", "#5ccba4"], ["#8a3fa0", "#cf93e0"],
    ["#9c7a00", "#e3c04d"], ["#b02a5b", "#f28bb0"], ["#4a5560", "#aeb8c2"], ["#0b7a94", "#5cc8e0"],
  ];
  const isDark = () => dark.matches && !printing;
  const color = i => HUES[i % HUES.length][isDark() ? 1 : 0];
  const DASHES = [[], [6, 4], [2, 3]], BORDERS = ["solid", "dashed", "dotted"];
  const MOST_LINES = DASHES.length * HUES.length;
  const turn = i => Math.min(DASHES.length - 1, Math.floor(i / HUES.length));
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "style") node.style.cssText = value; else node.setAttribute(key, value);
    }
    for (const child of children.flat()) if (child != null) node.append(child);
    return node;
  }

  function time(ns) {
    if (ns == null) return "–";
    const [value, unit] = ns < 1e3 ? [ns, "ns"] : ns < 1e6 ? [ns / 1e3, "µs"] : ns < 1e9 ? [ns / 1e6, "ms"] : [ns / 1e9, "s"];
    return (value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)) + " " + unit;
  }
  function count(n) {
    if (n == null) return "–";
    return n >= 1e6 ? (n / 1e6).toFixed(n >= 1e7 ? 1 : 2) + " M" : n >= 1e4 ? (n / 1e3).toFixed(0) + " k" : n >= 1e3 ? (n / 1e3).toFixed(1) + " k" : n.toFixed(0);
  }
  function bytes(n) { return n >= 1024 && n % 1024 === 0 ? n / 1024 + " KiB" : n + " B"; }
  const powers = values => values.map(v => Math.abs(Math.log10(v) % 1) < 1e-9 ? v : null);
  const nines = x => { const p = 100 - 100 / x; return x < 1.5 ? "0 %" : +p.toFixed(6) + " %"; };

  const AXES = {
    latency: { label: "latency", format: time, log: true },
    throughput: { label: "operations a second", format: count, log: false },
    rate: { label: "operations a second", format: count, log: true },
    percentile: { label: "percentile", format: nines, log: true },
    seconds: { label: "seconds", format: v => v + " s", log: false },
    bytes: { label: "value length", format: bytes, log: true, base: 2 },
    number: { label: "", format: v => Number.isInteger(v) ? String(v) : "", log: false },
  };

  function axis(kind, label) {
    const a = AXES[kind];
    const values = (u, splits) => {
      const shown = a.log && a.base !== 2 && kind !== "percentile" ? powers(splits) : a.log && kind === "percentile" ? powers(splits) : splits;
      return shown.map(v => v == null ? "" : a.format(v));
    };
    return {
      label: label || a.label, labelSize: 20, stroke: css("--soft"), size: kind === "latency" || kind === "throughput" || kind === "rate" ? 62 : 34,
      grid: { stroke: css("--grid"), width: 1 }, ticks: { stroke: css("--line"), width: 1 }, values,
      font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
    };
  }

  // A log axis from whole decade to whole decade, so that its first and last labels are there.
  function decades(base) {
    return (u, min, max) => {
      if (min == null || !(min > 0)) return [1, 10];
      const log = v => Math.log(v) / Math.log(base);
      const low = Math.floor(log(min) + 1e-9), high = Math.ceil(log(max) - 1e-9);
      return [base ** low, base ** Math.max(high, low + 1)];
    };
  }
  function scale(kind, latest) {
    const a = AXES[kind];
    if (a.log) return { time: false, distr: 3, log: a.base || 10, range: kind === "percentile" || kind === "bytes" ? (u, min, max) => min == null || min === max ? decades(a.base || 10)(u, min, max) : [min, max] : decades(10) };
    return { time: false, range: (u, min, max) => {
      if (min == null) return [0, 1];
      if (kind === "throughput") return [0, max * 1.05 || 1];
      if (kind === "seconds") return [0, Math.max(max, latest || 0) || 1];
      return min === max ? [min - 1, max + 1] : [min, max];
    } };
  }

  // lines: [{ label, x: [], y: [] }]; marks: [{ t, name }]
  function draw(host, options) {
    const holder = el("div", { class: "plot" });
    host.append(holder);
    let plot = null;
    const render = () => {
      if (plot) plot.destroy();
      const lines = options.lines();
      const width = printing ? PRINTED_WIDTH : Math.max(240, holder.clientWidth || host.clientWidth - 24);
      const marks = options.marks ? options.marks() : [];
      if (lines.length === 0) { plot = null; return; }
      const tables = lines.map(line => {
        const order = line.x.map((v, i) => i).sort((a, b) => line.x[a] - line.x[b]);
        return [order.map(i => line.x[i]), order.map(i => line.y[i])];
      });
      plot = new uPlot({
        width, height: Math.round(Math.min(printing ? 280 : 340, Math.max(220, width * .6))),
        cursor: { y: false, points: { size: 6 } },
        legend: { live: true, markers: { dash: (u, i) => BORDERS[turn(Math.max(0, i - 1))] } },
        scales: { x: scale(options.x, Math.max(0, ...marks.map(mark => mark.t))), y: scale(options.y) },
        axes: [axis(options.x, options.xLabel), axis(options.y, options.yLabel)],
        series: [
          { label: options.xLabel || AXES[options.x].label, value: (u, v) => v == null ? "" : AXES[options.x].format(v) },
          ...lines.map((line, i) => ({
            label: line.label, stroke: color(i), dash: DASHES[turn(i)], width: 2, spanGaps: true,
            points: { show: options.points === true, size: 6, fill: color(i) },
            value: (u, v) => v == null ? "" : AXES[options.y].format(v),
          })),
        ],
        hooks: { draw: [u => marks.forEach((mark, i) => {
          const x = Math.round(u.valToPos(mark.t, "x", true));
          const c = u.ctx;
          c.save(); c.strokeStyle = css("--warn"); c.fillStyle = css("--warn"); c.setLineDash([4, 4]); c.beginPath();
          c.moveTo(x, u.bbox.top); c.lineTo(x, u.bbox.top + u.bbox.height); c.stroke();
          c.font = `${12 * devicePixelRatio}px system-ui, sans-serif`; c.textAlign = x > u.bbox.left + u.bbox.width / 2 ? "right" : "left";
          c.fillText(" " + mark.name + " ", x, u.bbox.top + 14 * (1 + i % 5) * devicePixelRatio); c.restore();
        })] },
      }, uPlot.join(tables), holder);
    };
    plots.push(render);
    return render;
  }

  function panel(title, note) {
    return el("div", { class: "panel" }, el("h3", {}, title), note ? el("p", { class: "soft small" }, note) : null);
  }

  const several = (points, key) => new Set(points.map(p => JSON.stringify(p[key]))).size > 1;
  function labelOf(points) {
    const parts = ["target"];
    for (const key of ["build", "workload", "valueLength", "keys", "clients", "options"]) if (several(points, key)) parts.push(key);
    return p => parts.map(key => key === "valueLength" ? bytes(p[key]) : key === "clients" ? p.clients + (p.clients === 1 ? " client" : " clients")
      : key === "keys" ? count(p.keys) + " keys" : key === "options" ? Object.entries(p.options).map(o => o.join("=")).join(" ") || "default" : p[key]).join(" ");
  }
  const unique = values => [...new Set(values)];

  function choice(host, name, values, initial, changed) {
    if (values.length < 2) return () => values[0];
    const select = el("select", { "aria-label": name }, values.map(v => el("option", v === initial ? { selected: "" } : {}, v)));
    const chosen = el("p", { class: "chosen soft small" }, name + ": " + initial);
    select.addEventListener("change", () => { chosen.textContent = name + ": " + select.value; changed(); });
    host.append(select, chosen);
    return () => select.value;
  }

  function percentiles(points) {
    const host = panel("Latency by percentile", "Each step to the right is one more nine. Timed loops count from the intended send time.");
    const phases = unique(points.map(p => p.phase));
    let render = () => {};
    const phase = choice(host, "phase", phases, phases[0], () => render());
    const label = labelOf(points);
    const shown = name => points.filter(p => p.phase === name && p.curve[0].length > 1);
    // more lines than there are colours and dashes cannot be told apart: the rest is a choice away
    const most = Math.max(...phases.map(name => shown(name).length));
    const parts = [];
    for (let from = 0; from < most; from += MOST_LINES) parts.push(`${from + 1} to ${Math.min(from + MOST_LINES, most)} of ${most}`);
    const part = choice(host, "lines", parts, parts[0], () => render());
    render = draw(host, { x: "percentile", y: "latency", lines: () => {
      const lines = shown(phase()), from = Math.max(0, parts.indexOf(part())) * MOST_LINES;
      const start = from < lines.length ? from : 0;
      return lines.slice(start, start + MOST_LINES).map(p => ({ label: label(p), x: p.curve[0], y: p.curve[1] }));
    } });
    return host;
  }

  function loadCurve(points) {
    const open = points.filter(p => p.loop === "open");
    if (open.length < 2) return null;
    const host = panel("Latency against throughput", "Open loops at rising rates; the P99 of each, over what was really answered.");
    const label = labelOf(open);
    draw(host, { x: "rate", y: "latency", points: true, yLabel: "P99", lines: () => unique(open.map(label)).map(name => {
      const own = open.filter(p => label(p) === name);
      return { label: name, x: own.map(p => p.throughput[0]), y: own.map(p => p.p99[0]) };
    }) });
    return host;
  }

  function timeline(points) {
    const shown = points.filter(p => p.series[0].length > 1);
    if (shown.length === 0) return null;
    const host = panel("Latency over time", "The fork whose P99 is the median.");
    const label = labelOf(shown);
    const names = shown.map(p => label(p) + ", " + p.phase);
    let render = () => {};
    const name = choice(host, "run", names, names[0], () => render());
    const chosen = () => shown[Math.max(0, names.indexOf(name()))];
    render = draw(host, { x: "seconds", y: "latency", marks: () => chosen().events, lines: () => {
      const s = chosen().series;
      return [{ label: "max", x: s[0], y: s[4] }, { label: "P99", x: s[0], y: s[3] }, { label: "median", x: s[0], y: s[2] }];
    } });
    return host;
  }

  function sweep(points, key, x, xLabel) {
    if (!several(points, key)) return [];
    const own = points.filter(p => p.loop === "closed");
    const rest = p => p.target + (several(points, "build") ? " " + p.build : "");
    const make = (title, y, pick) => {
      const host = panel(title);
      draw(host, { x, xLabel, y, points: true, lines: () => unique(own.map(rest)).flatMap(name => pick.map(([what, f]) => {
        const line = own.filter(p => rest(p) === name);
        return { label: name + " " + what, x: line.map(p => p[key]), y: line.map(f) };
      })) });
      return host;
    };
    return [
      make("Latency by " + xLabel, "latency", [["median", p => p.p50[0]], ["P99", p => p.p99[0]]]),
      make("Throughput by " + xLabel, "throughput", [["", p => p.throughput[0]]]),
    ];
  }

  function table(points) {
    const label = labelOf(points);
    const most = Math.max(...points.map(p => p.throughput[0]));
    const head = ["target", "phase", "throughput", "median", "P90", "P99", "P99.9", "P99.99", "max", "forks", "P99 over forks"];
    const rows = points.map(p => el("tr", p.problem ? { class: "bad" } : {},
      el("td", {}, label(p)), el("td", { class: "text" }, p.phase + (p.problem ? ": FAILED, " + p.problem : p.saturated ? " (saturated)" : p.loop === "search" ? p.rate > 0 ? " → " + count(p.rate) + "/s" : " → none" : "")),
      el("td", {}, el("span", { class: "bar", style: `width:${(40 * p.throughput[0] / most).toFixed(1)}px` }), count(p.throughput[0]) + "/s"),
      [p.p50, p.p90, p.p99, p.p999, p.p9999, p.max].map(v => el("td", {}, time(v[0]))),
      el("td", {}, String(p.forks)), el("td", {}, p.forks > 1 ? time(p.p99[1]) + " – " + time(p.p99[2]) : "")));
    return el("div", { class: "panel long" }, el("div", { class: "scroll" }, el("table", { class: "data" },
      el("thead", {}, el("tr", {}, head.map((h, i) => el("th", i === 1 ? { class: "text" } : {}, h)))), el("tbody", {}, rows))));
  }

  const NOTES = {
    "single-node": "Every way into one node, the same workload.",
    "value-size": "How latency and throughput follow the length of the values.",
    "concurrency": "Clients at the same time, each with a session of its own.",
    "pipelining": "Requests in flight of one client; the echo is Aeron without a store.",
    "threads": "Reading threads over the same shared memory.",
    "mixed-read-write": "The core workloads of YCSB, A to F.",
    "peers": "Stoat, other stores, and the floor that no store can beat, under the same load generator.",
    "three-node": "Three replicated nodes and a client.",
    "failover": "Three nodes, of which the leader is killed.",
    "switches": "The same run with and without an optimization.",
    "replay": "Recorded trades.",
  };

  function section(name, points) {
    const node = el("section", { id: name }, el("h2", {}, name), NOTES[name] ? el("p", { class: "soft" }, NOTES[name]) : null);
    page.append(node);
    const panels = el("div", { class: "panels" });
    node.append(panels);
    const sweeps = [...sweep(points, "valueLength", "bytes", "value length"),
      ...sweep(points, "clients", "number", name === "threads" ? "threads" : "clients")];
    for (const host of [...sweeps, percentiles(points), loadCurve(points), timeline(points)]) if (host) panels.append(host);
    node.append(table(points));
  }

  function facts(map) {
    return el("dl", {}, Object.entries(map).flatMap(([key, value]) => [
      el("dt", {}, key.replace(/([A-Z])/g, " $1").toLowerCase()), el("dd", {}, String(value))]));
  }

  function build() {
    page.replaceChildren();
    document.title = "Stoat bench: " + data.name;
    page.append(el("h1", {}, "Stoat bench: " + data.name),
      el("p", { class: "soft" }, `${data.startedAt.replace("T", " ").replace("Z", " UTC")} · commit ${data.environment.commit} · ${data.environment.cpu}`));
    if (data.failures.length) page.append(el("div", { class: "notice bad" }, el("strong", {}, `${data.failures.length} FAILED. `), "Their figures count for nothing.",
      el("ul", {}, data.failures.map(f => el("li", {}, f)))));
    if (!data.complete) page.append(el("div", { class: "notice" }, "Interrupted: not every planned run is here."));
    if (data.quick) page.append(el("div", { class: "notice" }, "A quick run: short, few forks. Read orders of magnitude, not differences."));
    const names = Object.keys(data.scenarios);
    if (names.length > 1) page.append(el("nav", { "aria-label": "scenarios" }, names.map(n => el("a", { href: "#" + n }, n)), el("a", { href: "#host" }, "host and settings")));
    for (const name of names) section(name, data.scenarios[name]);
    page.append(el("h2", { id: "host" }, "Host and settings"),
      el("div", { class: "panels" },
        el("div", { class: "panel long" }, el("h3", {}, "Host"), facts(data.environment)),
        el("div", { class: "panel long" }, el("h3", {}, "Targets"),
          facts(Object.fromEntries(Object.entries(data.targets).map(([k, v]) => [k, v.version + ". " + v.settings + (v.processes ? ". " + v.processes : "")]))),
          Object.keys(data.absent).length ? el("h3", {}, "Not measured") : null, Object.keys(data.absent).length ? facts(data.absent) : null)));
  }

  build();
  const renderAll = () => plots.forEach(render => render());
  renderAll();
  let width = innerWidth, timer = 0;
  addEventListener("resize", () => {
    if (innerWidth !== width) { width = innerWidth; clearTimeout(timer); timer = setTimeout(renderAll, 100); }
  });
  dark.addEventListener("change", renderAll);
  const print = on => { printing = on; document.documentElement.classList.toggle("printing", on); renderAll(); };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  document.documentElement.dataset.ready = String(plots.length);
})();
