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
    const text = value.toFixed(digits);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
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

  function sum(values) {
    return values.reduce((a, b) => a + b, 0);
  }

  /** The name of a counter in words: podsCreated as pods created. */
  function words(camelCase) {
    return camelCase.replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase());
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
    if (data.description) meta.before(el("p", { class: "lead" }, data.description));
    const pill = verdict();
    if (pill) meta.append(pill, " ");
    meta.append("seed " + data.seed + " · digest ", el("code", {}, data.digest), " · starts " + data.start);
    const tiles = el("div", { class: "tiles" });
    const tile = (value, label, title) => tiles.append(el("div", { class: "tile", title }, el("b", {}, value), el("span", {}, label)));
    tile(duration(data.virtualSeconds), "virtual time");
    const faster = data.wallSeconds > 0 ? data.virtualSeconds / data.wallSeconds : 0;
    tile(duration(data.wallSeconds), faster >= 1.5 ? "to compute, " + short(faster) + "× real time" : "to compute");
    tile(short(data.events), "events", count(data.events));
    const nodes = sum(data.nodes.count);
    if (nodes > 0) tile(count(nodes), "nodes");
    for (const [label, value] of data.pods) tile(short(value), "pods " + label, count(value));
    content.append(tiles);
    if (data.notes.length > 0) content.append(card("Good to know", "", el("ul", { class: "notes" }, ...data.notes.map((note) => el("li", {}, note)))));
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

  const MOST_LINES = 40;
  const MOST_BANDS = 12;
  const LANES = 3;

  /** In which of a few lines the label of each fault is, so that they do not lie on one another. */
  const lanes = (() => {
    const ends = [];
    return data.faults.map(([from, until]) => {
      let lane = ends.findIndex((end) => end <= from);
      if (lane < 0) lane = ends.length < LANES ? ends.length : ends.indexOf(Math.min(...ends));
      ends[lane] = until;
      return lane;
    });
  })();

  /** A text cut to a width, or nothing where hardly a letter fits. */
  function fitting(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let length = text.length;
    while (length > 2 && ctx.measureText(text.slice(0, length) + "…").width > width) length--;
    return length > 2 ? text.slice(0, length) + "…" : "";
  }

  /** Faults are bands from their beginning to their end, below what is plotted. */
  function drawBands(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.globalAlpha = 0.13;
    ctx.fillStyle = color("--fault");
    for (const { left, right } of bands(plot)) ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.restore();
  }

  /** Where on a plot the faults are that it shows. */
  function bands(plot) {
    const { bbox } = plot;
    const { min, max } = plot.scales.x;
    const end = bbox.left + bbox.width;
    return data.faults
      .map(([from, until, label], i) => ({ from, until, label, lane: lanes[i] }))
      .filter(({ from, until }) => until >= min && from <= max)
      .map((band) => {
        const left = Math.max(bbox.left, plot.valToPos(band.from, "x", true));
        return { ...band, left, right: Math.max(left + 1, Math.min(end, plot.valToPos(band.until, "x", true))) };
      });
  }

  /** Their edges and labels lie on what is plotted, which may hide the rest. */
  function drawBandLabels(plot) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.font = 11 * ratio + "px system-ui, sans-serif";
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    for (const { left, right, label, lane } of bands(plot)) {
      ctx.fillStyle = color("--fault");
      ctx.fillRect(left, bbox.top + 3 * lane * ratio, right - left, 3 * ratio);
      const text = data.faults.length > MOST_BANDS ? "" : fitting(ctx, label, right - left - 10 * ratio);
      if (text === "") continue;
      const y = bbox.top + (18 + 17 * lane) * ratio;
      ctx.globalAlpha = 0.85;
      ctx.fillStyle = color("--card");
      ctx.fillRect(left + 2 * ratio, y - 7.5 * ratio, ctx.measureText(text).width + 6 * ratio, 15 * ratio);
      ctx.globalAlpha = 1;
      ctx.fillStyle = color("--fault");
      ctx.fillText(text, left + 5 * ratio, y + 0.5 * ratio);
    }
    ctx.restore();
  }

  /**
   * What was done to the cluster, in every plot over time: dashed lines with the numbers that the
   * list under the first plot has. Many are ticks above the plot, or they would hide it.
   */
  function happeningsPlugin() {
    return {
      hooks: {
        drawClear: [drawBands],
        draw: [
          (plot) => {
            const { ctx, bbox } = plot;
            const ratio = devicePixelRatio || 1;
            const { min, max } = plot.scales.x;
            const shown = data.timeline
              .map(([seconds], i) => ({ number: i + 1, seconds }))
              .filter(({ seconds }) => seconds >= min && seconds <= max);
            ctx.save();
            ctx.strokeStyle = ctx.fillStyle = color("--mark");
            ctx.lineWidth = ratio;
            if (data.timeline.length > MOST_LINES) {
              for (const { seconds } of shown) {
                ctx.fillRect(Math.round(plot.valToPos(seconds, "x", true)), bbox.top - 9 * ratio, ratio, 7 * ratio);
              }
              return ctx.restore();
            }
            // Numbers that would lie on one another share a badge.
            const badges = [];
            for (const { number, seconds } of shown) {
              const x = Math.round(plot.valToPos(seconds, "x", true)) + 0.5;
              ctx.setLineDash([4 * ratio, 3 * ratio]);
              ctx.beginPath();
              ctx.moveTo(x, bbox.top);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
              const last = badges.at(-1);
              if (last && x - last.to < 22 * ratio) Object.assign(last, { to: x, end: number });
              else badges.push({ from: x, to: x, begin: number, end: number });
            }
            ctx.setLineDash([]);
            ctx.font = "600 " + 11 * ratio + "px system-ui, sans-serif";
            ctx.textAlign = "center";
            ctx.textBaseline = "middle";
            for (const { from, to, begin, end } of badges) {
              const text = begin === end ? String(begin) : begin + "–" + end;
              const half = Math.max(8 * ratio, ctx.measureText(text).width / 2 + 5 * ratio);
              const x = (from + to) / 2;
              const y = bbox.top - 10 * ratio;
              ctx.fillStyle = color("--mark");
              ctx.beginPath();
              ctx.roundRect(x - half, y - 8 * ratio, 2 * half, 16 * ratio, 8 * ratio);
              ctx.fill();
              ctx.fillStyle = color("--card");
              ctx.fillText(text, x, y + 0.5 * ratio);
            }
            ctx.restore();
          },
          drawBandLabels,
        ],
      },
    };
  }

  /** The list that the numbers on the plots belong to. */
  function happenings() {
    if (data.timeline.length === 0) return [];
    const numbered = data.timeline.length <= MOST_LINES;
    return longTable(
      null,
      data.timeline.map(([seconds, what], i) =>
        el("tr", {}, numbered ? el("td", { class: "time" }, el("span", { class: "badge" }, String(i + 1))) : null,
          el("td", { class: "time" }, clock(seconds)), el("td", { class: "text" }, what))),
      8,
    );
  }

  /** The same for those who cannot see a plot: at most 13 of its samples. */
  function numbers(seconds, columns, format) {
    const step = Math.max(1, Math.ceil((seconds.length - 1) / 12));
    const at = seconds.map((unused, i) => i).filter((i) => i % step === 0 || i === seconds.length - 1);
    return el(
      "details",
      { class: "numbers" },
      el("summary", {}, "The numbers"),
      scrolled(
        "The numbers",
        el(
          "table",
          {},
          el("tr", {}, el("th", { scope: "col" }, "Time"), ...columns.map(([name]) => el("th", { class: "number", scope: "col" }, name))),
          ...at.map((i) => el("tr", {}, el("td", { class: "time" }, clock(seconds[i])), ...columns.map(([, values]) => el("td", { class: "number" }, format(values[i]))))),
        ),
      ),
    );
  }

  /** The faults of a moment. */
  function faultsAt(seconds) {
    const going = data.faults.filter(([from, until]) => from <= seconds && seconds <= until);
    return going.slice(0, 4).map(([from, until, , what]) => el("div", { class: "fault" }, clock(from) + " – " + clock(until) + "  " + what));
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
              showTip(event, el("b", {}, clock(plot.data[0][index])), ...rows(index), ...faultsAt(plot.data[0][index]), ...happeningsNear(plot, x));
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
          padding: [data.timeline.length > 0 ? 22 : 10, 24, 0, 0],
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

  function legend(entries, lines) {
    const list = el("ul", { class: "legend" }, ...entries.map(([name, variable]) => el("li", {}, el("i", { style: "background:var(" + variable + ")" }), name)));
    for (const [name, variable] of lines || []) list.append(el("li", {}, el("i", { class: "line", style: "background:var(" + variable + ")" }), name));
    if (!lines && data.timeline.length > 0) list.append(el("li", {}, el("i", { class: "flag" }), "done to the cluster"));
    if (!lines && data.faults.length > 0) list.append(el("li", {}, el("i", { class: "band" }), "something is wrong"));
    return list;
  }

  const PHASES = [
    ["Running", "--phase-running"],
    ["Running, not ready", "--phase-not-ready"],
    ["Pending", "--phase-pending"],
    ["Succeeded", "--phase-succeeded"],
    ["Failed", "--phase-failed"],
    ["Unknown", "--phase-unknown"],
  ];

  const NODE_STATES = [
    ["Ready", "--node-ready"],
    ["Not ready", "--phase-failed"],
  ];

  /** Counts over time, one kind on top of the other. */
  function stacked(title, say, kinds, lines, ...more) {
    const { seconds } = data.series;
    const shown = kinds.filter(([kind]) => lines.some((line) => line[0] === kind));
    if (seconds.length === 0 || shown.length === 0) return;
    const counts = shown.map(([kind]) => lines.find((line) => line[0] === kind)[1]);
    if (seconds.length < 2) return content.append(card(title, "The run took no virtual time: there is no course to show.", ...more));
    // From the bottom up; each line is the sum of those below it and its own.
    const sums = [];
    counts.forEach((column, i) => sums.push(column.map((value, at) => value + (i > 0 ? sums[i - 1][at] : 0))));
    const holder = el("div", {
      class: "plot",
      role: "img",
      "aria-label": title + " over virtual time; at the end " + shown.map(([kind], i) => count(counts[i].at(-1)) + " " + kind).join(", "),
    });
    content.append(card(title, say, legend(shown), holder, ...more, numbers(seconds, shown.map(([kind], i) => [kind, counts[i]]), count)));
    timePlot(holder, () => {
      const fills = shown.map(([, variable]) => color(variable));
      return {
        columns: [seconds, ...sums],
        options: {
          // Without outlines: of what is not there nothing is to be seen.
          series: [{}, ...shown.map(([kind], i) => ({ label: kind, width: 0, fill: fills[i], points: { show: false } }))],
          bands: shown.slice(1).map((unused, i) => ({ series: [i + 2, i + 1], fill: fills[i + 1] })),
          scales: { y: { range: (u, min, max) => [0, Math.max(1, max * 1.04)] } },
          y: { values: (u, splits) => splits.map((split) => (!Number.isInteger(split) ? "" : split >= 1e4 && split < 1e6 ? trim(split / 1e3) + " k" : short(split))) },
          plugins: [
            happeningsPlugin(),
            readOutPlugin((index) => shown.map(([kind], i) => tipRow(fills[i], kind, count(counts[i][index]))).reverse()),
          ],
        },
      };
    });
  }

  function podsOverTime() {
    const lines = data.series.pods;
    const running = lines.find(([name]) => name === "Running");
    const ready = lines.find(([name]) => name === "Ready");
    const split = running
      ? [
          ["Running", ready ? ready[1] : running[1].map(() => 0)],
          ["Running, not ready", running[1].map((value, i) => value - (ready ? ready[1][i] : 0))],
        ]
      : [];
    const shown = [...split.filter(([, values]) => values.some((value) => value > 0)), ...lines.filter((line) => line !== running && line !== ready)];
    stacked("Pods by phase", null, PHASES, shown, ...happenings());
  }

  /** Only where nodes came, went, or were lost: else there is nothing to see. */
  function nodesOverTime() {
    const lines = data.series.nodes;
    // That they are not ready for a moment when the run starts is no news.
    const changes = lines.some(([, values]) => {
      const first = Math.ceil(values.length / 20);
      return values.slice(first).some((value) => value !== values[first]);
    });
    if (changes) stacked("Nodes", null, NODE_STATES, lines);
  }

  function short(value) {
    return value >= 1e6 ? trim(value / 1e6) + "\u00a0M" : count(value);
  }

  const LINES = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5"];

  function utilizationOverTime() {
    const { seconds, utilization } = data.series;
    const lines = utilization.slice(0, LINES.length);
    if (seconds.length < 2 || lines.length === 0) return;
    const holder = el("div", {
      class: "plot",
      role: "img",
      "aria-label": "Utilisation over virtual time; at the end " + lines.map(([name, mean]) => name + " " + percent(mean.at(-1))).join(", "),
    });
    const left = utilization.length - lines.length;
    content.append(
      card(
        "Utilisation",
        "What pods request of what nodes offer: the mean over all nodes, and one standard deviation to both sides as a shade." +
          (left > 0 ? " " + left + " more resources are not shown." : ""),
        legend(lines.map(([name], i) => [name, LINES[i]])),
        holder,
        numbers(seconds, lines.map(([name, mean]) => [name, mean]), percent),
      ),
    );
    timePlot(holder, () => {
      const strokes = lines.map((unused, i) => color(LINES[i]));
      const columns = [seconds];
      const series = [{}];
      const bands = [];
      lines.forEach(([name, mean, deviation], i) => {
        const first = series.length;
        // The shade ends where shares do, unless nodes are promised more than they have.
        columns.push(
          mean,
          mean.map((value, at) => Math.min(value + deviation[at], Math.max(1, value))),
          mean.map((value, at) => Math.max(0, value - deviation[at])),
        );
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

  // ---- requests

  const MOST_PLOTTED = 6;
  const LATENCIES = [["p50", "--line-1"], ["p90", "--line-2"], ["p99", "--line-3"]];
  const REQUESTS = [["came", "--line-1"], ["failed", "--phase-failed"]];

  function lastName(service) {
    return service.startsWith("default/") ? service.slice("default/".length) : service;
  }

  /** Lines over time; null where there is nothing to show. */
  function linePlot(seconds, lines, label, format, stepped) {
    const holder = el("div", { class: "plot", role: "img", "aria-label": label });
    timePlot(holder, () => ({
      columns: [seconds, ...lines.map(([, , values]) => values)],
      options: {
        height: 180,
        series: [{}, ...lines.map(([name, variable]) => ({ label: name, stroke: color(variable), width: 2, points: { show: false }, paths: stepped ? uPlot.paths.stepped({ align: 1 }) : undefined }))],
        scales: { y: { range: (u, min, max) => [0, max > 0 ? max * 1.06 : 1] } },
        y: { values: (u, splits) => splits.map(format) },
        plugins: [happeningsPlugin(), readOutPlugin((index) => lines.map(([name, variable, values]) => tipRow(color(variable), name, format(values[index]))))],
      },
    }));
    return holder;
  }

  const perSecond = (value) => (value === 0 ? "0" : value < 1e4 ? trim(value) : short(value)) + "/s";

  function trafficTable() {
    const failed = (result) => sum(result.errors.map(([, n]) => n));
    const heads = ["Service", "requests", "failed", "p50", "p90", "p99", "same zone"];
    const rows = data.traffic.map((result) =>
      el(
        "tr",
        {},
        el("td", { class: "text" }, lastName(result.service),
          result.destinations.length > 0
            ? el("div", { class: "actual" }, result.destinations.map(([name, n]) => name + " " + percent(n / Math.max(1, sum(result.destinations.map(([, m]) => m))))).join(", "))
            : null,
          failed(result) > 0
            ? el("div", { class: "actual" }, result.errors.filter(([, n]) => n > 0).map(([why, n]) => count(n) + " " + why).join(", "))
            : null),
        el("td", { class: "number" }, count(result.requests)),
        el("td", { class: "number" }, percent(failed(result) / Math.max(1, result.requests))),
        ...result.quantiles.map((seconds) => el("td", { class: "number" }, duration(seconds))),
        el("td", { class: "number" }, percent(result.sameZone)),
      ));
    return longTable(el("tr", {}, ...heads.map((name, i) => el("th", { class: i > 0 ? "number" : null, scope: "col" }, name))), rows, 12);
  }

  function traffic() {
    if (data.traffic.length === 0) return;
    const left = data.trafficInAll - data.traffic.length;
    content.append(
      card(
        "Requests to services",
        "Latencies are of requests that were answered." + (left > 0 ? " " + count(left) + " services that were asked less are not shown." : ""),
        scrolled("Requests to services", ...trafficTable()),
      ),
    );
    for (const result of data.traffic.slice(0, MOST_PLOTTED)) {
      if (result.rate.length < 2) continue;
      const name = lastName(result.service);
      const seconds = result.rate.map((unused, i) => i * result.every);
      const requests = REQUESTS.map(([what, variable], i) => [what, variable, i === 0 ? result.rate : result.failed]);
      const latencies = LATENCIES.map(([what, variable]) => [what, variable, result[what]]);
      content.append(
        card(
          name,
          "Requests a second, and below how long they took; each point stands for " + duration(result.every) + ".",
          legend(REQUESTS),
          linePlot(seconds, requests, "Requests a second to " + name + " over virtual time", perSecond),
          legend(LATENCIES),
          linePlot(seconds, latencies, "Latencies of " + name + " over virtual time", duration),
          numbers(seconds, [...requests.map(([what, , values]) => [what + " a second", values]), ...latencies.map(([what, , values]) => [what, values])], (value) => trim(value)),
        ),
      );
    }
  }

  // ---- autoscalers

  /** Whole numbers on an axis, and nothing between them. */
  const wholeNumber = (value) => (Number.isInteger(value) ? short(value) : "");

  const LIMITS = {
    ScaleUpStabilized: "earlier recommendations were lower",
    ScaleDownStabilized: "earlier recommendations were higher",
    ScaleUpLimit: "a policy, or twice as many at a time",
    ScaleDownLimit: "a policy",
    TooManyReplicas: "maxReplicas",
    TooFewReplicas: "minReplicas",
  };

  function metricWords(metric) {
    const unit = metric.percent ? "\u00a0%" : "";
    return metric.problem !== ""
      ? metric.name + ": " + metric.problem
      : metric.name + " " + trim(metric.value) + unit + " of " + trim(metric.target) + unit + " → " + count(metric.replicas);
  }

  function autoscalers() {
    if (data.autoscalers.length === 0) return;
    const left = data.autoscalersInAll - data.autoscalers.length;
    const columns = [
      { name: "Autoscaler" }, { name: "Up", number: true }, { name: "Down", number: true },
      { name: "Turns", number: true, title: "how often it went the other way than the time before" },
      { name: "Replicas", number: true, title: "the fewest and the most" },
      { name: "Held back", number: true, title: "looks at which recommendations of late were applied" },
      { name: "Limited", number: true, title: "looks at which a policy or a bound counted" },
      { name: "Failed", number: true, title: "looks at which nothing could be decided, or done" },
    ];
    const rows = data.autoscalers.map((one) => [
      [one.name, lastName(one.name), el("div", { class: "actual" }, one.target)],
      ...[one.scaledUp, one.scaledDown, one.turns].map((value) => [value, count(value)]),
      [one.most, count(one.least) + "\u00a0–\u00a0" + count(one.most)],
      ...[one.held, one.limited, one.failed].map((value) => [value, count(value)]),
    ]);
    content.append(
      card(
        "Autoscalers of workloads",
        "How often each added and took away replicas." + (left > 0 ? " " + count(left) + " that did less are not shown." : ""),
        sortableTable("Autoscalers of workloads", columns, rows, 1),
      ),
    );
    for (const one of data.autoscalers.slice(0, MOST_PLOTTED)) {
      if (one.replicas.length < 2 || one.scaledUp + one.scaledDown === 0) continue;
      const name = lastName(one.name);
      const seconds = one.replicas.map((unused, i) => i * one.every);
      const replicas = [["replicas", "--line-1", one.replicas]];
      const load = [["metric, of its target", "--line-2", one.load]];
      content.append(
        card(
          name,
          "Replicas of " + one.target + ", and below how much of its target the metric was that called for most; each point stands for " + duration(one.every) + ".",
          legend([["replicas", "--line-1"]]),
          linePlot(seconds, replicas, "Replicas of " + name + " over virtual time", wholeNumber, true),
          legend([["metric, of its target", "--line-2"]]),
          linePlot(seconds, load, "The metric of " + name + " as a share of its target over virtual time", percent),
          numbers(seconds, [["replicas", one.replicas], ["of its target", one.load]], trim),
        ),
      );
    }
    scalings();
  }

  /** Each decision with the numbers that it was made from. */
  function scalings() {
    if (data.scalings.length === 0) return;
    const left = data.scalingsInAll - data.scalings.length;
    const columns = [{ name: "Time", number: true }, { name: "Autoscaler" }, { name: "From", number: true }, { name: "To", number: true }, { name: "Called for", number: true }, { name: "By" }, { name: "Limited by" }];
    const rows = data.scalings.map((decision) => {
      const limits = [decision.held, decision.limited].filter((limit) => limit !== "").map((limit) => LIMITS[limit] || limit);
      const by = decision.metrics.length > 0 ? decision.metrics.map((metric) => el("div", {}, metricWords(metric))) : [decision.reason];
      return [
        [decision.at, clock(decision.at)], [decision.name, lastName(decision.name)], [decision.from, count(decision.from)],
        [decision.to, el("b", {}, count(decision.to))], [decision.proposed, count(decision.proposed)],
        [decision.metrics.map((metric) => metric.name).join(), ...by], [limits.join(), limits.join("; ")],
      ];
    });
    content.append(
      card(
        "Scaling decisions",
        "What each metric was, of what it should be, and the replicas that it called for. Press the head of a column to sort by it." +
          (left > 0 ? " " + count(left) + " more are not shown." : ""),
        ...longSortable("Scaling decisions", columns, rows, 12),
      ),
    );
  }

  /** A sortable table of the first rows, and of all on request. */
  function longSortable(label, columns, rows, limit) {
    const table = sortableTable(label, columns, rows.slice(0, limit), -1);
    if (rows.length <= limit) return [table];
    const more = el("button", { type: "button", class: "more" }, "Show all " + count(rows.length));
    more.addEventListener("click", () => {
      table.replaceWith(sortableTable(label, columns, rows, -1));
      more.remove();
    });
    return [table, more];
  }

  const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  function pools() {
    const { use, seconds, running, paid } = data.pools;
    if (use.length === 0) return;
    const total = (key) => sum(use.map((pool) => pool[key]));
    const heads = ["Pool", "a node an hour", "at the end", "at most", "added", "removed", "never came", "node hours", "cost"];
    const cells = (pool) => [money.format(pool.price), count(pool.nodes), count(pool.peak), count(pool.added), count(pool.removed), count(pool.lost), trim(pool.hours), money.format(pool.cost)];
    const row = (name, values, bold) => el("tr", {}, el("td", { class: "text" }, bold ? el("b", {}, name) : name), ...values.map((value) => el("td", { class: "number" }, bold ? el("b", {}, value) : value)));
    const rows = use.map((pool) => row(pool.name, cells(pool)));
    if (use.length > 1) {
      rows.push(row("all", ["", count(total("nodes")), "", count(total("added")), count(total("removed")), count(total("lost")), trim(total("hours")), money.format(total("cost"))], true));
    }
    const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Pools of nodes" },
      el("table", { class: "pools" }, el("tr", {}, ...heads.map((name, i) => el("th", { class: i > 0 ? "number" : null, scope: "col" }, name))), ...rows));
    const plot = [];
    if (seconds.length > 1) {
      // To the end of the run, where nothing changes any more.
      const until = [...seconds, data.virtualSeconds];
      const last = (column) => [...column, column.at(-1)];
      const shown = use.slice(0, LINES.length);
      const lines = shown.map((pool, i) => [pool.name, LINES[i], last(running[i])]);
      const asked = [["asked for and paid", "--phase-unknown", last(seconds.map((unused, at) => sum(paid.map((column) => column[at]))))]];
      plot.push(
        legend([...lines, ...asked].map(([name, variable]) => [name, variable])),
        linePlot(until, [...lines, ...asked], "Nodes of pools over virtual time", wholeNumber, true),
        numbers(until, [...lines, ...asked].map(([name, , values]) => [name, values]), count),
      );
    }
    content.append(card("Pools of nodes", "Nodes that have joined, and all machines that are paid for: from their request until they are given up.", ...plot, table));
    nodeScalings();
  }

  function optionWords(option) {
    return option.pool + ": " + count(option.nodes) + " for " + count(option.pods) + " pods, " + percent(option.idleCpu) + " of CPU idle, " + percent(option.idleMemory) + " of memory, " + money.format(option.price) + " an hour";
  }

  function nodeScalings() {
    const { decisions, decisionsInAll } = data.pools;
    if (decisions.length === 0) return;
    const left = decisionsInAll - decisions.length;
    const what = {
      up: (one) => ["from " + count(one.from) + " to " + count(one.to) + " nodes"],
      down: (one) => [one.node + " is given up"],
      failure: (one) => [el("span", { class: "pill bad" }, "failure"), " " + one.message],
    };
    const why = {
      up: (one) => [count(one.pods) + (one.pods === 1 ? " pod waits" : " pods wait"), ...one.options.map((option) => el("div", { class: "actual" }, optionWords(option)))],
      down: (one) => [percent(one.utilization) + " used, not needed for " + duration(one.unneeded) + ", " + count(one.pods) + (one.pods === 1 ? " pod moves" : " pods move")],
      failure: () => [""],
    };
    const columns = [{ name: "Time", number: true }, { name: "Pool" }, { name: "Decision" }, { name: "Because" }];
    const rows = decisions.map((one) => [[one.at, clock(one.at)], [one.pool, one.pool], [one.what, ...what[one.what](one)], [one.what, ...why[one.what](one)]]);
    content.append(card("Decisions of the cluster autoscaler", left > 0 ? count(left) + " later ones are not shown." : null, ...longSortable("Decisions of the cluster autoscaler", columns, rows, 12)));
  }

  // ---- vertical autoscalers

  const RESOURCES = { cpu: ["CPU", cores], memory: ["Memory", bytes] };

  /** As Kubernetes writes it: 250m, 1.5. */
  function cores(value) {
    return Math.abs(value) < 1 && value !== 0 ? trim(value * 1000) + "m" : Math.abs(value) < 1000 ? trim(value) : count(value);
  }

  /** As Kubernetes writes it, with no more digits than help: 262Mi, 12.5Gi. */
  function bytes(value) {
    if (value === 0) return "0";
    const mebibytes = value / 2 ** 20;
    const size = Math.abs(mebibytes);
    if (size < 1e4) return (size < 1 ? trim(mebibytes) : count(mebibytes)) + "Mi";
    return size < 1e7 ? trim(mebibytes / 2 ** 10) + "Gi" : trim(mebibytes / 2 ** 20) + "Ti";
  }

  function recommendations() {
    if (data.recommendations.length === 0) return;
    const of = (resource) => RESOURCES[resource] || [resource, trim];
    const together = data.recommendations.map(({ resource, saved }) => {
      const [name, format] = of(resource);
      return format(Math.abs(saved)) + (saved < 0 ? " more " : " less ") + (name === "CPU" ? name : name.toLowerCase());
    });
    const tables = data.recommendations.flatMap(({ resource, containers, inAll }) => {
      const [name, format] = of(resource);
      const columns = [
        { name: "Autoscaler and container" }, { name: "Pods", number: true },
        { name: "Requests", number: true, title: "what a pod requests now, the mean of all" },
        { name: "Target", number: true, title: "what a pod should request" },
        { name: "Saved", number: true, title: "how much less all its pods would request; negative for more" },
        { name: "Lower bound", number: true, title: "what is too little" },
        { name: "Upper bound", number: true, title: "what is too much" },
      ];
      const rows = containers.map((one) => {
        const requests = one.pods > 0 ? one.requests / one.pods : 0;
        return [
          [one.name + " " + one.container, lastName(one.name), el("div", { class: "actual" }, one.container)], [one.pods, count(one.pods)],
          [requests, one.pods === 0 ? "–" : requests === 0 ? "none" : format(requests)],
          [one.target, el("b", {}, format(one.target))], [one.saved, format(one.saved).replace("-", "−")],
          [one.lower, format(one.lower)], [one.upper, format(one.upper)],
        ];
      });
      const left = inAll - containers.length;
      return [el("h3", { class: "part" }, name), ...longSortable("Recommended " + name, columns, rows, 12), leftOut(left, "containers that would change less")];
    });
    content.append(
      card(
        "Requests that vertical autoscalers recommend",
        "Of each pod, now and as it should be; a request is good enough between the bounds. Followed everywhere, " + together.join(" and ") + " would be requested.",
        ...tables.filter((part) => part !== null),
      ),
    );
  }

  // ---- samples of nodes

  function sampling() {
    if (data.sampling.length === 0) return;
    const columns = [
      { name: "Profile" }, { name: "Scored" }, { name: "Decisions", number: true },
      { name: "Worse by sample", number: true, title: "decisions in which the sample's node is not among the best of all" },
      { name: "Lower on average", number: true, title: "by how much the score of the sample's node is lower than the best of all" },
      { name: "At p99", number: true }, { name: "At most", number: true },
      { name: "Best score", number: true, title: "the highest of all nodes, on average" },
      { name: "Nodes looked at", number: true, title: "for a sample, on average" }, { name: "Of", number: true },
      { name: "Not compared", number: true, title: "extenders took part, which are asked only once" },
    ];
    const rows = [...data.sampling].sort((a, b) => b.decisions - a.decisions).map((one) => [
      [one.profile, one.profile], [String(one.sampled), one.sampled ? "samples" : "all nodes"], [one.decisions, count(one.decisions)],
      [one.elsewhere, count(one.elsewhere), el("div", { class: "actual" }, percent(one.elsewhere / Math.max(1, one.decisions)))],
      [one.meanLoss, trim(one.meanLoss)], [one.p99Loss, count(one.p99Loss)], [one.maxLoss, count(one.maxLoss)],
      [one.bestScore, trim(one.bestScore)], [one.lookedAt, count(Math.round(one.lookedAt))], [one.nodes, count(Math.round(one.nodes))],
      [one.notCompared, count(one.notCompared)],
    ]);
    content.append(
      card(
        "Samples of nodes against all nodes",
        "Each decision was also made the other way, from the cluster as it was at that moment: what a sample, as kube-scheduler takes it, gives away.",
        sortableTable("Samples of nodes against all nodes", columns, rows, 2),
      ),
    );
  }

  // ---- pods that come by themselves

  function arrivals() {
    const { came, placed, waited, neverPlaced, longestWait, reasons, devices } = data.arrivals;
    if (came === 0) return;
    const heading = (names) => el("tr", {}, ...names.map(([name, number]) => el("th", { class: number ? "number" : null, scope: "col" }, name)));
    const number = (...shown) => el("td", { class: "number" }, ...shown);
    const row = (what, shown, part) => el("tr", {}, el("td", { class: "text" }, what), number(shown), number(part));
    const share = (n, all) => percent(n / Math.max(1, all));
    const parts = [
      el(
        "table",
        {},
        row("came", count(came), ""),
        row("were given a node", count(placed), share(placed, came)),
        row("of these after more than a second", count(waited), share(waited, placed)),
        row("were never given one", neverPlaced > 0 ? el("span", { class: "pill bad" }, count(neverPlaced)) : "0", share(neverPlaced, came)),
        row("longest wait", duration(longestWait), ""),
      ),
    ];
    if (reasons.length > 0) {
      const most = Math.max(...reasons.map(([, n]) => n));
      parts.push(el("h3", { class: "part" }, "Why pods were never given a node"), ...longTable(null, reasons.map(([text, n]) => barRow(text, n, most)), 8));
    }
    if (devices.length > 0) {
      const rows = devices.map((of) => {
        const free = of.allocatable - of.requested;
        return el(
          "tr",
          {},
          el("td", { class: "text" }, of.resource), number(count(of.requested) + " of " + count(of.allocatable)), number(clock(of.at)), number(count(of.nodesInUse)),
          number(count(of.freeOnThem), free > 0 ? el("div", { class: "actual" }, percent(of.freeOnThem / free) + " of all that were free") : ""),
        );
      });
      parts.push(
        el("h3", { class: "part" }, "Devices, when most were asked for"),
        scrolled("Devices", ...longTable(heading([["Resource"], ["in use", true], ["at", true], ["on nodes", true], ["free on these", true]]), rows, 8)),
      );
    }
    content.append(card("Pods that arrived", "What became of those that came by themselves.", ...parts));
  }

  /** What slices of endpoints saved: what each node was sent, and what it would have been. */
  function endpoints() {
    const of = (name) => {
      const found = data.counters.find(([component, counter]) => component === "endpointslice-controller" && counter === name);
      return found ? found[2] : 0;
    };
    const writes = of("slicesCreated") + of("slicesUpdated") + of("slicesDeleted");
    if (of("endpointsWritesInstead") === 0) return;
    const row = (what, n, bytes) => el("tr", {}, el("td", { class: "text" }, what), el("td", { class: "number" }, count(n)), el("td", { class: "number" }, bytes < 1e6 ? trim(bytes / 1e3) + "\u00a0kB" : trim(bytes / 1e6) + "\u00a0MB"));
    content.append(
      card(
        "Endpoints",
        "What every node is sent when endpoints of services change: EndpointSlices, and what it would be with one Endpoints object for each service that holds all of its addresses.",
        el("table", {}, el("tr", {}, el("th", { scope: "col" }, ""), el("th", { class: "number", scope: "col" }, "writes"), el("th", { class: "number", scope: "col" }, "to each node")),
          row("EndpointSlices", writes, of("bytesWritten")), row("Endpoints instead", of("endpointsWritesInstead"), of("endpointsBytesInstead"))),
      ),
    );
  }

  function fade(hex, alpha) {
    return hex + Math.round(alpha * 255).toString(16).padStart(2, "0");
  }

  // ---- roll-outs

  const OUTCOMES = { complete: "good", failed: "bad" };

  function rollouts() {
    if (data.rollouts.length === 0) return;
    const left = data.rolloutsInAll - data.rollouts.length;
    const heads = ["Began", "Workload", "Outcome", "Took", "Least available", "Most pods", "Step by step"];
    const header = el("tr", {}, ...heads.map((name, i) => el("th", { scope: "col", class: i >= 3 && i <= 5 ? "number" : null }, name)));
    const rows = data.rollouts.map((rollout) =>
      el(
        "tr",
        {},
        el("td", { class: "time" }, clock(rollout.began)),
        el("td", { class: "text" }, rollout.target, el("div", { class: "actual" }, rollout.update ? "revision " + rollout.revision : "created")),
        el(
          "td",
          { class: "state" },
          el("span", { class: "pill " + (OUTCOMES[rollout.outcome] || "") }, rollout.outcome),
          rollout.late ? el("div", { class: "actual" }, "beyond its deadline") : null,
        ),
        el("td", { class: "number" }, duration(rollout.ended - rollout.began)),
        el("td", { class: "number" }, rollout.update ? count(rollout.leastAvailable) + " of " + count(rollout.pods) : "–"),
        el("td", { class: "number" }, count(rollout.mostPods)),
        el("td", {}, course(rollout)),
      ));
    content.append(
      card(
        "Roll-outs",
        "Pods of the new version under those of the old ones; the line is how many are available." +
          (left > 0 ? " Of " + count(data.rolloutsInAll) + ", those that did not come to their end and then the longest updates." : ""),
        legend([["new version", "--phase-running"], ["old versions", "--phase-not-ready"]], [["available", "--line-2"]]),
        scrolled("Roll-outs", ...longTable(header, rows, 8)),
      ),
    );
  }

  /** A roll-out in small: steps, for that is how controllers work. */
  function course({ steps, began, ended, pods, mostPods }) {
    const width = 180;
    const height = 40;
    const most = Math.max(1, pods, mostPods);
    const span = Math.max(1e-9, ended - began);
    const x = (seconds) => Math.min(width, ((seconds - began) / span) * width);
    const y = (value) => height - 1 - (value / most) * (height - 2);
    // Under each step its whole width: it holds until the next.
    const outline = (value) =>
      steps.map((step, i) => "H" + x(step[0]).toFixed(1) + "V" + y(value(step)).toFixed(1) + (i === steps.length - 1 ? "H" + width : "")).join("");
    const root = svg("svg", { class: "course", width, height, viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": steps.length + " steps; the numbers follow the pointer" });
    if (steps.length === 0) return root;
    for (const [from, until] of data.faults) {
      if (until < began || from > ended) continue;
      const left = x(Math.max(from, began));
      root.append(svg("rect", { x: left, y: 0, width: Math.max(1, x(until) - left), height, class: "fault" }));
    }
    const area = (value) => "M" + x(steps[0][0]).toFixed(1) + " " + (height - 1) + outline(value) + "V" + (height - 1) + "Z";
    root.append(svg("path", { d: area((step) => step[1]), class: "old" }));
    root.append(svg("path", { d: area((step) => step[2]), class: "new" }));
    root.append(svg("path", { d: "M" + x(steps[0][0]).toFixed(1) + " " + y(steps[0][3]).toFixed(1) + outline((step) => step[3]), class: "available" }));
    root.addEventListener("pointermove", (event) => {
      const at = began + ((event.clientX - root.getBoundingClientRect().left) / width) * span;
      const step = steps.findLast(([seconds]) => seconds <= at) || steps[0];
      showTip(event, el("b", {}, clock(step[0])), tipRow(null, "pods", count(step[1])), tipRow(null, "of the new version", count(step[2])), tipRow(null, "available", count(step[3])));
    });
    root.addEventListener("pointerleave", hideTip);
    return root;
  }

  /** What befell pods, by reason. */
  function incidents() {
    const groups = [["Restarts of containers, by why they had ended", data.restarts], ["Disruptions of pods", data.disruptions]]
      .filter(([, tallies]) => tallies.length > 0)
      .map(([title, tallies]) =>
        el("div", { class: "group" }, el("h3", {}, title), el("table", {}, ...tallies.map(([what, n]) => el("tr", {}, el("td", { class: "text" }, what), el("td", { class: "number" }, count(n)))))));
    if (groups.length > 0) content.append(card("What befell pods", null, el("div", { class: "groups" }, ...groups)));
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

  // What a clock knows rather than powers of ten: a minute, not 100 seconds.
  const LATENCY_TICKS = [
    ...[1e-4, 1e-3, 1e-2, 0.1].flatMap((unit) => [unit, 3 * unit]), 1, 3, 10, 30,
    60, 180, 600, 1800, 3600, 3 * 3600, 12 * 3600, 86400, 3 * 86400, 10 * 86400, 30 * 86400, 100 * 86400,
  ];

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
    const root = svg("svg", { width, height, viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Distribution of startup latencies; their quantiles are in the table below" });
    const soft = color("--soft");
    let free = -Infinity;
    for (const tick of LATENCY_TICKS.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high)) {
      const at = Math.round(x(tick)) + 0.5;
      if (at < free) continue;
      free = at + 62;
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
        // The median's name is left of its line, so that the two never meet.
        const end = at > 34 && (name === "p50" || at > width - 34);
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
    ["CPU", (nodes, i) => nodes.cpu[i] / 1000, percent, (most) => most.cpu / 1000],
    ["Memory", (nodes, i) => nodes.memory[i] / 1000, percent, (most) => most.memory / 1000],
    ["Pods", (nodes, i) => nodes.pods[i], trim, (most) => most.pods],
  ];

  function nodeMap() {
    const nodes = data.nodes;
    // A cell is a node, or several neighbours where there are too many nodes to tell apart.
    const total = nodes.name.length;
    if (total === 0) return;
    const nodeCount = sum(nodes.count);
    const most = nodes.most;
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
      zones.at(-1).nodes = (zones.at(-1).nodes || 0) + nodes.count[i];
    }
    let width = 0;
    const draw = () => {
      width = holder.clientWidth;
      const [name, value, format, largest] = MEASURES[measure];
      const values = Array.from({ length: total }, (unused, i) => value(nodes, i));
      const full = name === "Pods" ? Math.max(1, largest(most)) : 1;
      const mean = sum(values.map((share, i) => share * nodes.count[i])) / nodeCount;
      const down = sum(nodes.notReady);
      const over = values.filter((share) => share > full * 1.0005).length;
      say.textContent =
        count(nodeCount) + (nodeCount === 1 ? " node, " : " nodes, ") + name + (name === "Pods" ? " a node" : " requested") + ": mean " + format(mean) +
        ", most " + format(largest(most)) + (down > 0 ? "; " + count(down) + " not ready" : "") + "." +
        (total < nodeCount ? " Each square is up to " + Math.max(...nodes.count) + " nodes that follow one another, and their mean." : "");
      scale.replaceChildren(
        el("span", {}, format(0), el("i", { class: "ramp" }), format(full)),
        ...(over > 0 ? [el("span", {}, el("i", { style: "background:var(--heat-over)" }), "more than it offers")] : []),
        ...(down > 0 ? [el("span", {}, el("i", { style: "background:var(--heat-down)" }), "not ready")] : []),
      );
      holder.replaceChildren(...zones.flatMap((zone) => zoneMap(zone, values, full, format, width)));
    };
    const zoneMap = ({ zone, from, to, nodes: inZone }, values, full, format, width) => {
      const cells = to - from;
      const size = cellSize(total, width);
      const gap = size >= 5 ? 1 : 0;
      const perRow = Math.max(1, Math.floor(width / size));
      const rows = Math.ceil(cells / perRow);
      const ratio = devicePixelRatio || 1;
      const canvas = el("canvas", { class: "own", role: "img", "aria-label": ("Nodes " + nodes.zones[zone]).trim() + ": " + count(inZone) + ", shaded by " + MEASURES[measure][0] });
      const height = rows * size;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = height + "px";
      const ctx = canvas.getContext("2d");
      ctx.scale(canvas.width / width, canvas.height / height);
      const shades = ramp(64);
      for (let i = 0; i < cells; i++) {
        const at = from + i;
        ctx.fillStyle = values[at] > full * 1.0005 ? shades.over : shades[Math.round((values[at] / full) * 63)];
        const x = (i % perRow) * size;
        const y = Math.floor(i / perRow) * size;
        ctx.fillRect(x, y, size - gap, size - gap);
        if (nodes.notReady[at] > 0) {
          // As much of the square as there are such nodes among its own.
          const tall = Math.max(1, Math.round(((size - gap) * nodes.notReady[at]) / nodes.count[at]));
          ctx.fillStyle = shades.down;
          ctx.fillRect(x, y + size - gap - tall, size - gap, tall);
        }
      }
      canvas.addEventListener("pointermove", (event) => {
        const box = canvas.getBoundingClientRect();
        const column = Math.floor((event.clientX - box.left) / size);
        const i = Math.floor((event.clientY - box.top) / size) * perRow + column;
        if (column >= perRow || i < 0 || i >= cells) return hideTip();
        const at = from + i;
        showTip(
          event,
          el("b", {}, nodes.name[at] + (nodes.count[at] > 1 ? " and " + (nodes.count[at] - 1) + " more" : "")),
          ...(nodes.zones[nodes.zone[at]] !== "" ? [tipRow(null, "zone", nodes.zones[nodes.zone[at]])] : []),
          tipRow(null, "CPU", percent(nodes.cpu[at] / 1000)),
          tipRow(null, "memory", percent(nodes.memory[at] / 1000)),
          tipRow(null, "pods", trim(nodes.pods[at])),
          tipRow(null, "ready", nodes.count[at] > 1 ? nodes.count[at] - nodes.notReady[at] + " of " + nodes.count[at] : nodes.notReady[at] === 0 ? "yes" : "no"),
        );
      });
      canvas.addEventListener("pointerleave", hideTip);
      const label = nodes.zones[zone];
      const shown = label === "" ? (zones.length > 1 ? "no zone" : null) : label;
      return shown === null ? [canvas] : [el("div", { class: "zone" }, shown, el("span", {}, " " + count(inZone))), canvas];
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

  /** What may be wider than a narrow screen: it is scrolled within, by keys, too. */
  function scrolled(label, ...children) {
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, ...children);
  }

  /** How often something was, with a bar as long as that is of the most. */
  function barRow(text, n, most) {
    return el(
      "tr",
      {},
      el("td", { class: "text" }, text, el("div", { class: "bar", style: "width:" + ((n / most) * 100).toFixed(1) + "%" })),
      el("td", { class: "number" }, count(n)),
    );
  }

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
    if (data.unschedulable.length > 0) {
      const most = Math.max(...data.unschedulable.map(([, n]) => n));
      columns.append(
        card(
          "Why pods could not be placed",
          null,
          ...longTable(
            null,
            data.unschedulable.map(([text, n]) => barRow(text, n, most)),
            15,
          ),
        ),
      );
    }
    if (columns.childElementCount > 0) content.append(columns);
  }

  // ---- why pods are where they are

  const inOrder = new Intl.Collator("en", { numeric: true });

  /**
   * A table that is sorted by a column when its head is pressed. A column: its name, and whether it
   * has numbers, which are sorted from the highest; a cell: what it is sorted by, and what is shown.
   * Rows come sorted by one of the numbers.
   */
  function sortableTable(label, columns, rows, sortedBy) {
    const body = el("tbody", {}, ...rows.map((row) => {
      const line = el("tr", {}, ...row.map(([, ...shown], i) => el("td", { class: columns[i].number ? "number" : "text" }, ...shown)));
      line.keys = row.map(([key]) => key);
      return line;
    }));
    const heads = columns.map(({ name, number, title }, i) => {
      const button = el("button", { type: "button", title }, ...breakable(name));
      const head = el("th", { scope: "col", class: number ? "number" : null, "aria-sort": i === sortedBy ? "descending" : null }, button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const descending = before ? before === "ascending" : Boolean(number);
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const compare = (a, b) => (number ? a.keys[i] - b.keys[i] : inOrder.compare(a.keys[i], b.keys[i]));
        body.append(...[...body.rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b))));
      });
      return head;
    });
    return scrolled(label, el("table", { class: "sortable" }, el("thead", {}, el("tr", {}, ...heads)), body));
  }

  /** A name that may break where its words begin: NodeResourcesFit. */
  function breakable(name) {
    return name.split(/(?<=[a-z])(?=[A-Z])/).flatMap((word, i) => (i === 0 ? [word] : [el("wbr"), word]));
  }

  function nodeNames(group) {
    const [first, ...others] = group.names;
    const more = group.count - group.names.length;
    return [
      first,
      ...(group.chosen ? [el("b", {}, first), " ", el("span", { class: "pill good" }, "chosen")] : [first]),
      [group.chosen && others.length > 0 ? " of equals: " : others.length > 0 ? ", " : "", others.join(", "), more > 0 ? " and " + count(more) + " more" : ""].join(""),
    ];
  }

  function leftOut(rows, what) {
    return rows > 0 ? el("p", { class: "say" }, "and " + count(rows) + " more " + what) : null;
  }

  function turnedDownTable(pod) {
    if (pod.turnedDown.length === 0) return [];
    const columns = [{ name: "Turned down by" }, { name: "Because" }, { name: "Nodes", number: true }, { name: "Namely" }];
    const rows = pod.turnedDown.map((group) => [[group.plugin, group.plugin], [group.why, group.why], [group.count, count(group.count)], nodeNames(group)]);
    return [sortableTable("Nodes that turned " + pod.pod + " down", columns, rows, 2), leftOut(pod.turnedDownLeftOut, "reasons")];
  }

  function scoreTable(pod) {
    if (pod.scored.length === 0) return [];
    const best = Math.max(...pod.scored.map((group) => group.total));
    const columns = [
      { name: "Nodes that fit" }, { name: "How many", number: true }, { name: "Total", number: true },
      { name: "Behind", number: true, title: "how much less than the best" },
      ...pod.plugins.map(([plugin]) => ({ name: plugin, number: true })),
    ];
    const rows = pod.scored.map((group) => [
      nodeNames(group),
      [group.count, count(group.count)], [group.total, el("b", {}, count(group.total))],
      [best - group.total, count(best - group.total)],
      ...group.scores.map((score, i) => scoreCell(score, pod.plugins[i][1])),
    ]);
    return [sortableTable("Scores of the nodes that " + pod.pod + " fits", columns, rows, 2), leftOut(pod.scoredLeftOut, "rows of nodes that score less")];
  }

  /** What counts, and how it came: the weight, the normalised score, and the plugin's own. */
  function scoreCell(score, weight) {
    if (score === null) return [-1, "–"];
    const [raw, normalized] = score;
    return [normalized * weight, count(normalized * weight), el("div", { class: "actual" }, weight + " × " + normalized + (raw === normalized ? "" : ", from " + count(raw)))];
  }

  function explainedPod(pod, open) {
    const [first, ...rest] = pod.headline.split("\n");
    const alike = pod.count > 1 ? el("span", { class: "pill bad" }, "and " + count(pod.count - 1) + " more of its template") : null;
    const details = el("details", { class: "explained", open }, el("summary", {}, first, alike ? " " : null, alike));
    details.append(...rest.map((line) => el("p", { class: "say" }, line.trim())));
    if (!("fits" in pod)) return details;
    if (pod.ways.length > 0) {
      details.append(
        el("h3", {}, "What would have to change"),
        el("ul", { class: "ways" }, ...pod.ways.map(([node, ...changes]) => el("li", {}, "to fit ", el("b", {}, node), ": " + changes.join("; ")))),
      );
    }
    details.append(...[...turnedDownTable(pod), ...scoreTable(pod)].filter((part) => part !== null));
    return details;
  }

  function explained() {
    const { pods, notes, templatesLeftOut, podsLeftOut } = data.explained;
    if (pods.length === 0 && notes.length === 0) return;
    content.append(
      card(
        "Scheduling, pod by pod",
        "A plugin's part of the total is its weight times its score, brought to 0 to 100 beside those of the other nodes. Press the head of a column to sort by it.",
        ...notes.map((note) => el("p", { class: "note" }, note)),
        ...pods.map((pod, i) => explainedPod(pod, i === 0 ? "" : null)),
        templatesLeftOut > 0 ? el("p", { class: "say" }, count(podsLeftOut) + " pods of " + count(templatesLeftOut) + " more templates wait, too.") : null,
      ),
    );
  }

  /** What components counted, without what never happened. */
  function counters() {
    const components = new Map();
    for (const [component, name, value] of data.counters) {
      if (value === 0) continue;
      if (!components.has(component)) components.set(component, []);
      components.get(component).push(el("tr", {}, el("td", { class: "text" }, words(name)), el("td", { class: "number" }, count(value))));
    }
    if (components.size === 0) return;
    const groups = [...components].map(([component, rows]) => el("div", { class: "group" }, el("h3", {}, component), el("table", {}, ...rows)));
    content.append(card("What components did", null, el("div", { class: "groups" }, ...groups)));
  }

  head();
  podsOverTime();
  nodesOverTime();
  utilizationOverTime();
  pools();
  rollouts();
  autoscalers();
  recommendations();
  traffic();
  endpoints();
  startup();
  arrivals();
  sampling();
  incidents();
  nodeMap();
  tables();
  explained();
  counters();
  dark.addEventListener("change", () => redraws.forEach((draw) => draw()));
})();
