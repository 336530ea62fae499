"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const content = document.getElementById("content");
  const tip = document.getElementById("tip");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const redraws = [];

  // ---- small helpers

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const count = (value) => whole.format(value);

  function percent(share) {
    const value = share * 100;
    return (value !== 0 && Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)) + " %";
  }

  /** A duration in words of at most two units: 2 h 5 min, 12.4 s, 3.2 ms. */
  function duration(seconds) {
    if (seconds === 0) return "0\u00a0s";
    if (seconds < 1e-3) return trim(seconds * 1e6) + "\u00a0µs";
    if (seconds < 0.9995) return trim(seconds * 1e3) + "\u00a0ms";
    if (seconds < 59.95) return trim(seconds) + "\u00a0s";
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    let rest = Math.round(seconds);
    const words = [];
    for (const [unit, size] of units) {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      if (amount > 0) words.push(amount + "\u00a0" + unit);
      else if (words.length > 0) break;
      if (words.length === 2) break;
    }
    return words.join(" ");
  }

  function trim(value) {
    const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return value.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.startsWith(".") ? "" : zeros));
  }

  /** Where on the run's clock: 0:12.5, 1:02:03, 3 d 04:00. */
  function clock(seconds) {
    const sign = seconds < 0 ? "−" : "";
    let rest = Math.abs(seconds);
    const days = Math.floor(rest / 86400);
    rest -= days * 86400;
    const hours = Math.floor(rest / 3600);
    rest -= hours * 3600;
    const minutes = Math.floor(rest / 60);
    const whole = Math.floor(rest - minutes * 60 + 1e-9);
    const fraction = rest - minutes * 60 - whole;
    const two = (value) => String(value).padStart(2, "0");
    const part = fraction > 5e-4 ? fraction.toFixed(3).slice(1).replace(/0+$/, "") : "";
    const day = days > 0 ? days + " d " : "";
    if (days > 0 || hours > 0) return sign + day + hours + ":" + two(minutes) + ":" + two(whole) + part;
    return sign + minutes + ":" + two(whole) + part;
  }

  function card(title, say, ...children) {
    return el("section", { class: "card" }, el("h2", {}, title), say ? el("p", { class: "say" }, say) : null, ...children);
  }

  function swatch(fill) {
    return el("i", { style: "background:" + fill });
  }

  // ---- the read-out that follows the pointer

  function showTip(event, ...children) {
    tip.replaceChildren(...children);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const x = event.clientX + 14 + box.width > innerWidth ? event.clientX - 14 - box.width : event.clientX + 14;
    const y = event.clientY + 14 + box.height > innerHeight ? event.clientY - 14 - box.height : event.clientY + 14;
    tip.style.left = Math.max(8, Math.min(x, innerWidth - box.width - 8)) + "px";
    tip.style.top = Math.max(8, y) + "px";
  }

  function hideTip() {
    tip.hidden = true;
  }

  function tipRow(fill, name, value) {
    return el("div", { class: "row" }, el("span", {}, fill ? swatch(fill) : null, name), el("span", {}, value));
  }

  // ---- the head

  function verdict() {
    if (data.expectations.length === 0) return null;
    const failed = data.expectations.filter((outcome) => !outcome.met).length;
    return failed === 0
      ? el("span", { class: "pill good" }, "all " + data.expectations.length + " expectations met")
      : el("span", { class: "pill bad" }, failed + " of " + data.expectations.length + " expectations not met");
  }

  function head() {
    const meta = document.getElementById("meta");
    const pill = verdict();
    if (pill) meta.append(pill, " ");
    meta.append("seed " + data.seed + " · digest ", el("code", {}, data.digest), " · starts " + data.start);
    const tiles = el("div", { class: "tiles" });
    const tile = (value, label, title) => tiles.append(el("div", { class: "tile", title }, el("b", {}, value), el("span", {}, label)));
    tile(duration(data.virtualSeconds), "virtual time");
    const faster = data.wallSeconds > 0 ? data.virtualSeconds / data.wallSeconds : 0;
    tile(duration(data.wallSeconds), faster >= 1.5 ? "to compute, " + short(faster) + "× real time" : "to compute");
    tile(short(data.events), "events", count(data.events));
    if (data.nodes.name.length > 0) tile(count(data.nodes.name.length), "nodes");
    for (const [label, value] of data.pods) tile(short(value), "pods " + label, count(value));
    content.append(tiles);
  }

  // ---- plots over time

  const SECOND_STEPS = [1, 2, 5, 10, 15, 30];
  const TIME_STEPS = [
    ...[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
    ...SECOND_STEPS, ...SECOND_STEPS.map((step) => step * 60),
    ...[1, 2, 3, 6, 12].map((step) => step * 3600),
    ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((step) => step * 86400),
  ];

  function axisTime(seconds, step) {
    if (step >= 86400) return Math.round(seconds / 86400) + " d";
    if (step < 1) return seconds === 0 ? "0" : duration(seconds);
    return clock(seconds);
  }

  /** Marks on the timeline: dashed lines in every plot over time. */
  function happeningsPlugin() {
    return {
      hooks: {
        draw: [
          (plot) => {
            const { ctx, bbox } = plot;
            const ratio = devicePixelRatio || 1;
            ctx.save();
            ctx.beginPath();
            ctx.rect(bbox.left, bbox.top - 6 * ratio, bbox.width, bbox.height + 6 * ratio);
            ctx.clip();
            ctx.strokeStyle = ctx.fillStyle = color("--mark");
            ctx.lineWidth = ratio;
            // A few are lines across the plot; many are ticks above it, or they would hide it.
            const { min, max } = plot.scales.x;
            const shown = data.timeline.filter(([seconds]) => seconds >= min && seconds <= max);
            const lines = shown.length <= 40;
            let last = -Infinity;
            for (const [seconds] of shown) {
              const x = Math.round(plot.valToPos(seconds, "x", true)) + 0.5;
              if (x - last < 3 * ratio) continue;
              last = x;
              if (!lines) {
                ctx.fillRect(x, bbox.top - 6 * ratio, ratio, 5 * ratio);
                continue;
              }
              ctx.setLineDash([4 * ratio, 3 * ratio]);
              ctx.beginPath();
              ctx.moveTo(x, bbox.top);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
              ctx.setLineDash([]);
              ctx.beginPath();
              ctx.moveTo(x - 4 * ratio, bbox.top - 5 * ratio);
              ctx.lineTo(x + 4 * ratio, bbox.top - 5 * ratio);
              ctx.lineTo(x, bbox.top + 2 * ratio);
              ctx.fill();
            }
            ctx.restore();
          },
        ],
      },
    };
  }

  function happeningsNear(plot, x) {
    const near = data.timeline.filter(([seconds]) => Math.abs(plot.valToPos(seconds, "x") - x) <= 6);
    const shown = near.slice(0, 4).map(([seconds, what]) => el("div", { class: "mark" }, clock(seconds) + "  " + what));
    if (near.length > 4) shown.push(el("div", { class: "mark" }, "and " + (near.length - 4) + " more"));
    return shown;
  }

  function readOutPlugin(rows) {
    return {
      hooks: {
        init: [
          (plot) => {
            plot.over.addEventListener("pointermove", (event) => {
              const index = plot.cursor.idx;
              if (index === null || index === undefined) return hideTip();
              const x = event.clientX - plot.over.getBoundingClientRect().left;
              showTip(event, el("b", {}, clock(plot.data[0][index])), ...rows(index), ...happeningsNear(plot, x));
            });
            plot.over.addEventListener("pointerleave", hideTip);
          },
        ],
      },
    };
  }

  const cursors = typeof uPlot === "undefined" ? null : uPlot.sync("time");

  /** A plot over time that follows its container's width and the colour scheme. */
  function timePlot(holder, build) {
    let plot = null;
    let width = 0;
    const draw = () => {
      if (plot) {
        cursors.unsub(plot);
        plot.destroy();
      }
      width = holder.clientWidth;
      const { options, columns } = build();
      const soft = color("--soft");
      const grid = { stroke: color("--grid"), width: 1 };
      const axis = { stroke: soft, grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
      plot = new uPlot(
        {
          width,
          height: width < 500 ? 220 : 280,
          padding: [10, 24, 0, 0],
          legend: { show: false },
          focus: { alpha: 1 },
          cursor: { sync: { key: "time", setSeries: false }, points: { show: false }, drag: { x: true, y: false } },
          ...options,
          scales: { x: { time: false }, ...options.scales },
          axes: [
            {
              ...axis,
              size: 28,
              incrs: TIME_STEPS,
              space: width < 500 ? 64 : 84,
              values: (u, splits, axisIndex, space, step) => splits.map((split) => axisTime(split, step)),
            },
            { ...axis, ...options.y, size: 56 },
          ],
        },
        columns,
        holder,
      );
      cursors.sub(plot);
    };
    redraws.push(draw);
    new ResizeObserver(() => {
      if (holder.clientWidth !== width) draw();
    }).observe(holder);
  }

  function legend(entries) {
    const list = el("ul", { class: "legend" }, ...entries.map(([name, variable]) => el("li", {}, el("i", { style: "background:var(" + variable + ")" }), name)));
    if (data.timeline.length > 0) list.append(el("li", {}, el("i", { class: "flag" }), "done to the cluster"));
    return list;
  }

  const PHASES = [
    ["Running", "--phase-running"],
    ["Pending", "--phase-pending"],
    ["Succeeded", "--phase-succeeded"],
    ["Failed", "--phase-failed"],
    ["Unknown", "--phase-unknown"],
  ];

  function podsOverTime() {
    const { seconds, pods } = data.series;
    const shown = PHASES.filter(([phase]) => pods.some((line) => line[0] === phase));
    if (seconds.length === 0 || shown.length === 0) return;
    const counts = shown.map(([phase]) => pods.find((line) => line[0] === phase)[1]);
    if (seconds.length < 2) return content.append(card("Pods by phase", "The run took no virtual time: there is no course to show."));
    // From the bottom up; each line is the sum of those below it and its own.
    const sums = [];
    counts.forEach((column, i) => sums.push(column.map((value, at) => value + (i > 0 ? sums[i - 1][at] : 0))));
    const holder = el("div", { class: "plot" });
    content.append(card("Pods by phase", null, legend(shown), holder));
    timePlot(holder, () => {
      const fills = shown.map(([, variable]) => color(variable));
      return {
        columns: [seconds, ...sums],
        options: {
          series: [
            {},
            ...shown.map(([phase], i) => ({ label: phase, stroke: fills[i], width: 1, fill: fills[i], points: { show: false } })),
          ],
          bands: shown.slice(1).map((unused, i) => ({ series: [i + 2, i + 1], fill: fills[i + 1] })),
          scales: { y: { range: (u, min, max) => [0, Math.max(1, max * 1.04)] } },
          y: { values: (u, splits) => splits.map((split) => (!Number.isInteger(split) ? "" : split >= 1e4 && split < 1e6 ? trim(split / 1e3) + " k" : short(split))) },
          plugins: [
            happeningsPlugin(),
            readOutPlugin((index) => shown.map(([phase], i) => tipRow(fills[i], phase, count(counts[i][index]))).reverse()),
          ],
        },
      };
    });
  }

  function short(value) {
    return value >= 1e6 ? trim(value / 1e6) + "\u00a0M" : count(value);
  }

  const LINES = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5"];

  function utilizationOverTime() {
    const { seconds, utilization } = data.series;
    const lines = utilization.slice(0, LINES.length);
    if (seconds.length < 2 || lines.length === 0) return;
    const holder = el("div", { class: "plot" });
    const left = utilization.length - lines.length;
    content.append(
      card(
        "Utilisation",
        "What pods request of what nodes offer: the mean over nodes, and one standard deviation to both sides." +
          (left > 0 ? " " + left + " more resources are not shown." : ""),
        legend(lines.map(([name], i) => [name, LINES[i]])),
        holder,
      ),
    );
    timePlot(holder, () => {
      const strokes = lines.map((unused, i) => color(LINES[i]));
      const columns = [seconds];
      const series = [{}];
      const bands = [];
      lines.forEach(([name, mean, deviation], i) => {
        const first = series.length;
        columns.push(mean, mean.map((value, at) => value + deviation[at]), mean.map((value, at) => Math.max(0, value - deviation[at])));
        series.push(
          { label: name, stroke: strokes[i], width: 2, points: { show: false } },
          { stroke: "transparent", width: 0, points: { show: false } },
          { stroke: "transparent", width: 0, points: { show: false } },
        );
        bands.push({ series: [first + 1, first + 2], fill: fade(strokes[i], 0.16) });
      });
      return {
        columns,
        options: {
          series,
          bands,
          scales: { y: { range: (u, min, max) => [0, Math.max(0.05, max > 0.6 && max <= 1 ? 1 : max * 1.06)] } },
          y: { values: (u, splits) => splits.map((split) => Math.round(split * 100) + " %") },
          plugins: [
            happeningsPlugin(),
            readOutPlugin((index) =>
              lines.map(([name, mean, deviation], i) => tipRow(strokes[i], name, percent(mean[index]) + " ± " + percent(deviation[index])))),
          ],
        },
      };
    });
  }

  function fade(hex, alpha) {
    return hex + Math.round(alpha * 255).toString(16).padStart(2, "0");
  }

  // ---- how long pods took

  const SVG = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, text) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function startup() {
    const all = data.startup.filter((distribution) => distribution.count > 0);
    if (all.length === 0) return;
    const table = el(
      "table",
      { class: "latency" },
      el("tr", {}, el("th", {}, "Pods"), ...["count", "p50", "p90", "p99", "max"].map((name) => el("th", { class: "number" }, name))),
      ...all.map((distribution) =>
        el(
          "tr",
          {},
          el("td", { class: "text" }, distribution.name),
          el("td", { class: "number" }, count(distribution.count)),
          ...[distribution.p50, distribution.p90, distribution.p99, distribution.max].map((value) =>
            el("td", { class: "number" }, duration(value))),
        )),
    );
    const holder = el("div", { class: "plot" });
    const takesTime = all.some((distribution) => distribution.max >= 1e-4);
    content.append(
      card(
        "Startup latency",
        takesTime ? "How many pods took so long, from their creation; the scale of time is logarithmic." : "Nothing took any virtual time.",
        takesTime ? holder : null,
        table,
      ),
    );
    if (!takesTime) return;
    let width = 0;
    const draw = () => {
      width = holder.clientWidth;
      holder.replaceChildren(startupPlot(all, width));
    };
    redraws.push(draw);
    new ResizeObserver(() => {
      if (holder.clientWidth !== width) draw();
    }).observe(holder);
  }

  function startupPlot(all, width) {
    const bounds = all.flatMap((distribution) => distribution.buckets.map(([from, to]) => [from, to]));
    const ends = bounds.map(([, to]) => to);
    const low = Math.log10(Math.min(...ends)) - 0.1;
    const high = Math.log10(Math.max(...ends)) + 0.02;
    const rowHeight = 92;
    const top = 20;
    const plotHeight = rowHeight - top - 4;
    const height = all.length * rowHeight + 24;
    const x = (seconds) => ((Math.log10(Math.max(seconds, 1e-9)) - low) / (high - low)) * (width - 2) + 1;
    const root = svg("svg", { width, height, viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Distribution of startup latencies" });
    const soft = color("--soft");
    const ticks = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const digit of high - low > 2.4 ? [1] : [1, 2, 5]) ticks.push(digit * 10 ** power);
    }
    for (const tick of ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high)) {
      const at = Math.round(x(tick)) + 0.5;
      root.append(svg("line", { x1: at, x2: at, y1: top, y2: height - 22, stroke: color("--grid") }));
      const anchor = at < 24 ? "start" : at > width - 24 ? "end" : "middle";
      root.append(svg("text", { x: at, y: height - 6, fill: soft, "font-size": 12, "text-anchor": anchor }, duration(tick)));
    }
    all.forEach((distribution, row) => {
      const base = row * rowHeight + top + plotHeight;
      const fill = color(LINES[row % LINES.length]);
      const most = Math.max(...distribution.buckets.map(([, , n]) => n));
      root.append(svg("text", { x: 1, y: row * rowHeight + 13, fill: color("--ink"), "font-size": 13 }, distribution.name));
      root.append(svg("line", { x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5, stroke: color("--line") }));
      for (const [from, to, n] of distribution.buckets) {
        if (n === 0) continue;
        const left = x(from === 0 ? to / 10 ** 0.1 : from);
        const tall = Math.max(1.5, (n / most) * plotHeight);
        root.append(svg("rect", { x: left, y: base - tall, width: Math.max(1, x(to) - left - 1), height: tall, fill, rx: 1 }));
      }
      for (const [name, value] of [["p50", distribution.p50], ["p99", distribution.p99]]) {
        if (value <= 0) continue;
        const at = Math.round(x(value)) + 0.5;
        root.append(svg("line", { x1: at, x2: at, y1: base - plotHeight, y2: base, stroke: color("--ink"), "stroke-dasharray": "2 2", opacity: 0.75 }));
        const end = at > width - 34;
        root.append(
          svg(
            "text",
            { x: at + (end ? -4 : 4), y: base - plotHeight + 9, fill: color("--ink"), "font-size": 11, "text-anchor": end ? "end" : "start", stroke: color("--card"), "stroke-width": 3, "paint-order": "stroke" },
            name,
          ),
        );
      }
    });
    root.addEventListener("pointermove", (event) => {
      const box = root.getBoundingClientRect();
      const row = Math.floor((event.clientY - box.top) / rowHeight);
      const distribution = all[row];
      if (!distribution) return hideTip();
      const at = event.clientX - box.left;
      const bucket = distribution.buckets.find(([from, to]) => at >= x(from === 0 ? to / 10 ** 0.1 : from) && at < x(to));
      if (!bucket) return hideTip();
      const [from, to, n] = bucket;
      const below = distribution.buckets.filter((other) => other[1] <= to).reduce((sum, other) => sum + other[2], 0);
      showTip(
        event,
        el("b", {}, from === 0 ? "less than " + duration(to) : duration(from) + " to " + duration(to)),
        tipRow(null, "pods", count(n)),
        tipRow(null, "up to here", percent(below / distribution.count)),
      );
    });
    root.addEventListener("pointerleave", hideTip);
    return root;
  }

  // ---- nodes at the end

  const MEASURES = [
    ["CPU", (nodes, i) => nodes.cpu[i] / 1000, percent],
    ["Memory", (nodes, i) => nodes.memory[i] / 1000, percent],
    ["Pods", (nodes, i) => nodes.pods[i], count],
  ];

  function nodeMap() {
    const nodes = data.nodes;
    const total = nodes.name.length;
    if (total === 0) return;
    let measure = 0;
    const holder = el("div", { class: "plot" });
    const say = el("p", { class: "say" });
    const scale = el("div", { class: "scale" });
    const buttons = MEASURES.map(([name], i) => {
      const button = el("button", { type: "button", "aria-pressed": String(i === 0) }, name);
      button.addEventListener("click", () => {
        measure = i;
        buttons.forEach((other, at) => other.setAttribute("aria-pressed", String(at === i)));
        draw();
      });
      return button;
    });
    content.append(card("Nodes at the end", null, say, el("div", { class: "switch" }, ...buttons), scale, holder));
    // Nodes come in order of zone and name.
    const zones = [];
    for (let i = 0; i < total; i++) {
      if (zones.length === 0 || zones.at(-1).zone !== nodes.zone[i]) zones.push({ zone: nodes.zone[i], from: i, to: i });
      zones.at(-1).to = i + 1;
    }
    let width = 0;
    const draw = () => {
      width = holder.clientWidth;
      const [name, value, format] = MEASURES[measure];
      const values = Array.from({ length: total }, (unused, i) => value(nodes, i));
      const most = values.reduce((a, b) => Math.max(a, b), 0);
      const full = name === "Pods" ? Math.max(1, most) : 1;
      const mean = values.reduce((a, b) => a + b, 0) / total;
      const down = nodes.ready.filter((ready) => ready === 0).length;
      const over = values.filter((share) => share > full * 1.0005).length;
      say.textContent =
        count(total) + " nodes, " + name + (name === "Pods" ? " a node" : " requested") + ": mean " + (name === "Pods" ? trim(mean) : percent(mean)) +
        ", most " + format(most) + (down > 0 ? "; " + count(down) + " not ready" : "") + ".";
      scale.replaceChildren(
        el("span", {}, format(0), el("i", { class: "ramp" }), format(full)),
        ...(over > 0 ? [el("span", {}, el("i", { style: "background:var(--heat-over)" }), "more than it offers")] : []),
        ...(down > 0 ? [el("span", {}, el("i", { style: "background:var(--heat-down)" }), "not ready")] : []),
      );
      holder.replaceChildren(...zones.flatMap((zone) => zoneMap(zone, values, full, format, width)));
    };
    const zoneMap = ({ zone, from, to }, values, full, format, width) => {
      const cells = to - from;
      const size = cellSize(total, width);
      const gap = size >= 5 ? 1 : 0;
      const perRow = Math.max(1, Math.floor(width / size));
      const rows = Math.ceil(cells / perRow);
      const ratio = devicePixelRatio || 1;
      const canvas = el("canvas", { class: "own", role: "img", "aria-label": ("Nodes of " + nodes.zones[zone]).trim() });
      const height = rows * size;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = height + "px";
      const ctx = canvas.getContext("2d");
      ctx.scale(canvas.width / width, canvas.height / height);
      const shades = ramp(64);
      for (let i = 0; i < cells; i++) {
        const at = from + i;
        ctx.fillStyle =
          nodes.ready[at] === 0 ? shades.down : values[at] > full * 1.0005 ? shades.over : shades[Math.round((values[at] / full) * 63)];
        ctx.fillRect((i % perRow) * size, Math.floor(i / perRow) * size, size - gap, size - gap);
      }
      canvas.addEventListener("pointermove", (event) => {
        const box = canvas.getBoundingClientRect();
        const column = Math.floor((event.clientX - box.left) / size);
        const i = Math.floor((event.clientY - box.top) / size) * perRow + column;
        if (column >= perRow || i < 0 || i >= cells) return hideTip();
        const at = from + i;
        showTip(
          event,
          el("b", {}, nodes.name[at]),
          ...(nodes.zones[nodes.zone[at]] !== "" ? [tipRow(null, "zone", nodes.zones[nodes.zone[at]])] : []),
          tipRow(null, "CPU", percent(nodes.cpu[at] / 1000)),
          tipRow(null, "memory", percent(nodes.memory[at] / 1000)),
          tipRow(null, "pods", count(nodes.pods[at])),
          tipRow(null, "ready", nodes.ready[at] === 1 ? "yes" : "no"),
        );
      });
      canvas.addEventListener("pointerleave", hideTip);
      const label = nodes.zones[zone];
      const shown = label === "" ? (zones.length > 1 ? "no zone" : null) : label;
      return shown === null ? [canvas] : [el("div", { class: "zone" }, shown, el("span", {}, " " + count(cells))), canvas];
    };
    redraws.push(draw);
    new ResizeObserver(() => {
      if (holder.clientWidth !== width) draw();
    }).observe(holder);
  }

  /** So large that all nodes take about half a screen, a whole one if need be: to be told apart. */
  function cellSize(total, width) {
    const height = Math.min(900, Math.max(420, total / 110));
    return Math.max(2, Math.min(18, Math.floor(Math.sqrt((width * height) / total))));
  }

  function ramp(steps) {
    const from = rgb(color("--heat-0"));
    const to = rgb(color("--heat-1"));
    const shades = Array.from({ length: steps }, (unused, i) => {
      const part = i / (steps - 1);
      return "rgb(" + from.map((channel, c) => Math.round(channel + (to[c] - channel) * part)).join(",") + ")";
    });
    shades.over = color("--heat-over");
    shades.down = color("--heat-down");
    return shades;
  }

  function rgb(hex) {
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  }

  // ---- tables

  /** A table that shows its first rows, and all on request. */
  function longTable(header, rows, limit) {
    const table = el("table", {}, header, ...rows.slice(0, limit));
    if (rows.length <= limit) return [table];
    const more = el("button", { type: "button", class: "more" }, "Show all " + count(rows.length));
    more.addEventListener("click", () => {
      table.append(...rows.slice(limit));
      more.remove();
    });
    return [table, more];
  }

  function tables() {
    const columns = el("div", { class: "columns" });
    if (data.expectations.length > 0) {
      columns.append(
        card(
          "Expectations",
          null,
          ...longTable(
            null,
            data.expectations.map((outcome) =>
              el(
                "tr",
                {},
                el("td", { class: "state" }, el("span", { class: "pill " + (outcome.met ? "good" : "bad") }, outcome.met ? "met" : "not met")),
                el("td", { class: "text" }, el("code", {}, outcome.expectation), outcome.actual ? el("div", { class: "actual" }, outcome.actual) : null),
              )),
            30,
          ),
        ),
      );
    }
    if (data.timeline.length > 0) {
      columns.append(
        card(
          "Done to the cluster",
          null,
          ...longTable(null, data.timeline.map(([seconds, what]) => el("tr", {}, el("td", { class: "time" }, clock(seconds)), el("td", { class: "text" }, what))), 20),
        ),
      );
    }
    if (data.unschedulable.length > 0) {
      const most = Math.max(...data.unschedulable.map(([, n]) => n));
      columns.append(
        card(
          "Why pods could not be placed",
          null,
          ...longTable(
            null,
            data.unschedulable.map(([text, n]) =>
              el(
                "tr",
                {},
                el("td", { class: "text" }, text, el("div", { class: "bar", style: "width:" + ((n / most) * 100).toFixed(1) + "%" })),
                el("td", { class: "number" }, count(n)),
              )),
            15,
          ),
        ),
      );
    }
    if (data.counters.length > 0) {
      const rows = [];
      let last = null;
      for (const [component, name, value] of data.counters) {
        if (component !== last) rows.push(el("tr", {}, el("td", { class: "group", colspan: 2 }, component)));
        last = component;
        rows.push(el("tr", {}, el("td", { class: "text" }, name), el("td", { class: "number" }, count(value))));
      }
      columns.append(card("What components did", null, ...longTable(null, rows, 40)));
    }
    if (columns.childElementCount > 0) content.append(columns);
  }

  head();
  podsOverTime();
  utilizationOverTime();
  startup();
  nodeMap();
  tables();
  dark.addEventListener("change", () => redraws.forEach((draw) => draw()));
})();
