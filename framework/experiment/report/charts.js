"use strict";

const themes = {
  light: {text: "#1d2125", soft: "#565e66", line: "#d9dde1", card: "#ffffff", strong: "#0b5fa5",
    series: ["#0b5fa5", "#c2500a", "#1a7f5a", "#8a3ab9", "#8c6d00", "#5b6670"]},
  dark: {text: "#e6e9ec", soft: "#a4adb6", line: "#363d44", card: "#1d2125", strong: "#74b6ee",
    series: ["#74b6ee", "#ffa15c", "#5fd0a3", "#d39bf5", "#e0c34a", "#a4adb6"]},
};

const kHeight = 260;
const kSeveral = 60;  // so many points are not drawn one by one

/** What all charts have in common; a screen reader is told the description, not each mark. */
function frame(chart, width, theme, parts) {
  const axis = {labelColor: theme.soft, titleColor: theme.soft, domainColor: theme.line, tickColor: theme.line,
    gridColor: theme.line, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal", labelOverlap: true,
    labelLimit: Math.max(90, width * 0.4), titleLimit: width};
  return {
    description: `${chart.title}. ${chart.description}`,
    width, height: kHeight, padding: 2, autosize: {type: "fit", contains: "padding"},
    config: {
      axis,
      legend: {labelColor: theme.text, titleColor: theme.soft, labelFontSize: 11, symbolStrokeWidth: 2,
        orient: "top", direction: "horizontal", columns: Math.max(1, Math.floor(width / 170)), labelLimit: width * 0.8},
      text: {fill: theme.text, fontSize: 11},
    },
    ...parts,
  };
}

const silent = {aria: false};
const grid = (orient, scale, title, more) => ({orient, scale, title, grid: true, aria: false, ...more});
const bare = (orient, scale, title, more) => ({orient, scale, title, aria: false, ...more});

/** {data: name, values} with a row's cells by their columns' names: c0, c1, … */
function rowsOf(chart) {
  return chart.rows.map((row) => Object.fromEntries(row.map((cell, i) => [`c${i}`, cell])));
}

/** Columns 1 … `series` over column 0, a line each; the two after them, where `band` says so, around the first. */
function lines(chart, width, theme) {
  const names = chart.columns.slice(1, 1 + chart.series).map((column) => column.name);
  const values = [];
  for (const row of chart.rows) {
    names.forEach((name, i) => {
      if (row[i + 1] !== null) values.push({x: row[0], y: row[i + 1], series: name});
    });
  }
  const ordinal = typeof chart.rows[0][0] === "string";
  const drawn = new Map(names.map((name) => [name, values.filter((value) => value.series === name).length]));
  for (const value of values) value.size = drawn.get(value.series) > kSeveral ? 0 : 34;
  const crowded = ordinal && chart.rows.length * 75 > width;
  const band = chart.band ? rowsOf(chart).filter((row) => row.c2 !== null && row.c3 !== null) : [];
  const x = ordinal ? {name: "x", type: "point", domain: chart.rows.map((row) => row[0]), range: "width", padding: 0.5}
    : {name: "x", type: "linear", domain: {data: "points", field: "x"}, range: "width", zero: false};
  const tip = {signal: "datum.series + ', ' + datum.x + ': ' + format(datum.y, '.5~g')"};
  return frame(chart, width, theme, {
    data: [{name: "points", values}, {name: "band", values: band}],
    scales: [x,
      {name: "y", type: "linear", range: "height", nice: true, zero: false,
        domain: {fields: [{data: "points", field: "y"}, ...(band.length ? [{data: "band", field: "c2"}, {data: "band", field: "c3"}] : [])]}},
      {name: "color", type: "ordinal", domain: names, range: theme.series}],
    axes: [bare("bottom", "x", chart.x, {labelAngle: crowded ? -40 : 0, labelAlign: crowded ? "right" : "center",
      tickMinStep: 1, tickCount: Math.ceil(width / 70), labelOverlap: !ordinal}), grid("left", "y", chart.y, {tickCount: 6})],
    legends: names.length > 1 ? [{stroke: "color", symbolType: "stroke", symbolSize: 250, aria: false}] : [],
    marks: [
      {type: "area", from: {data: "band"}, ...silent, encode: {enter: {x: {scale: "x", field: "c0"}, y: {scale: "y", field: "c3"},
        y2: {scale: "y", field: "c2"}, fill: {value: theme.series[0]}, fillOpacity: {value: 0.2}}}},
      {type: "group", from: {facet: {name: "line", data: "points", groupby: "series"}}, ...silent, marks: [
        {type: "line", from: {data: "line"}, ...silent, encode: {enter: {x: {scale: "x", field: "x"}, y: {scale: "y", field: "y"},
          stroke: {scale: "color", field: "series"}, strokeWidth: {value: 2}}}},
        {type: "symbol", from: {data: "line"}, ...silent, encode: {enter: {x: {scale: "x", field: "x"}, y: {scale: "y", field: "y"},
          fill: {scale: "color", field: "series"}, size: {field: "size"}, tooltip: tip}}},
      ]},
    ],
  });
}

/** Column 1 as a bar for each name in column 0. */
function bars(chart, width, theme) {
  const values = rowsOf(chart).map((row) => ({...row, fill: theme.series[row.c0 === chart.strong ? 1 : 0]}));
  return frame(chart, width, theme, {
    height: Math.max(90, 45 + 22 * values.length),
    data: [{name: "bars", values}],
    scales: [{name: "y", type: "band", domain: values.map((row) => row.c0), range: "height", padding: 0.25},
      {name: "x", type: "linear", domain: {data: "bars", field: "c1"}, range: "width", nice: true, zero: true}],
    axes: [grid("bottom", "x", chart.x, {tickCount: Math.ceil(width / 90)}), bare("left", "y", undefined, {labelColor: theme.text, ticks: false, labelOverlap: false})],
    marks: [{type: "rect", from: {data: "bars"}, ...silent, encode: {enter: {y: {scale: "y", field: "c0"}, height: {scale: "y", band: 1},
      x: {scale: "x", value: 0}, x2: {scale: "x", field: "c1"}, tooltip: {signal: "datum.c0 + ': ' + format(datum.c1, '.4~g')"},
      fill: {field: "fill"}}}}],
  });
}

/** Cells [label, label's mean, from, to, rows, share of the label's rows]: darker, or brighter, where the share is more. */
function cells(chart, width, theme) {
  const values = rowsOf(chart);
  const labels = [...new Set(chart.rows.map((row) => row[0]))];
  const means = labels.map((label) => ({label, mean: chart.rows.find((row) => row[0] === label)[1]}));
  return frame(chart, width, theme, {
    height: 320,
    data: [{name: "cells", values}, {name: "means", values: means}],
    scales: [{name: "x", type: "band", domain: labels, range: "width", paddingInner: 0.04},
      {name: "y", type: "linear", range: "height", zero: false, domain: {fields: [{data: "cells", field: "c2"},
        {data: "cells", field: "c3"}, {data: "means", field: "mean"}]}},
      {name: "color", type: "linear", domain: [0, {signal: "extent(pluck(data('cells'), 'c5'))[1]"}], range: [theme.card, theme.strong]}],
    axes: [bare("bottom", "x", chart.x), grid("left", "y", chart.y, {tickCount: 7})],
    marks: [
      {type: "rect", from: {data: "cells"}, ...silent, encode: {enter: {x: {scale: "x", field: "c0"}, width: {scale: "x", band: 1},
        y: {scale: "y", field: "c3"}, y2: {scale: "y", field: "c2"}, fill: {scale: "color", field: "c5"},
        tooltip: {signal: "'true ' + datum.c0 + ', predicted ' + format(datum.c2, '.3~g') + ' to ' + format(datum.c3, '.3~g') + ': ' + format(datum.c4, ',') + ' rows, ' + format(datum.c5, '.1%') + ' of these'"}}}},
      {type: "rect", from: {data: "means"}, ...silent, encode: {enter: {x: {scale: "x", field: "label"}, width: {scale: "x", band: 1},
        y: {scale: "y", field: "mean", offset: -1}, height: {value: 2}, fill: {value: theme.series[1]}}}},
    ],
  });
}

/** Points [x, y, from, to] with their intervals, and the line where y is x. */
function diagonal(chart, width, theme) {
  const domain = {fields: ["c0", "c1", "c2", "c3"].map((field) => ({data: "points", field}))};
  return frame(chart, width, theme, {
    height: 320,
    data: [{name: "points", values: rowsOf(chart)}],
    scales: [{name: "x", type: "linear", range: "width", domain, zero: false, nice: true},
      {name: "y", type: "linear", range: "height", domain, zero: false, nice: true}],
    axes: [grid("bottom", "x", chart.x, {tickCount: Math.ceil(width / 90)}), grid("left", "y", chart.y, {tickCount: 7})],
    marks: [
      {type: "rule", ...silent, encode: {enter: {x: {value: 0}, y: {signal: "height"}, x2: {signal: "width"}, y2: {value: 0},
        stroke: {value: theme.soft}, strokeDash: {value: [5, 4]}}}},
      {type: "rule", from: {data: "points"}, ...silent, encode: {enter: {x: {scale: "x", field: "c0"}, y: {scale: "y", field: "c2"},
        y2: {scale: "y", field: "c3"}, stroke: {value: theme.strong}, strokeWidth: {value: 1.5}}}},
      {type: "symbol", from: {data: "points"}, ...silent, encode: {enter: {x: {scale: "x", field: "c0"}, y: {scale: "y", field: "c1"},
        fill: {value: theme.strong}, size: {value: 40},
        tooltip: {signal: "'predicted ' + format(datum.c0, '.4~g') + ', true ' + format(datum.c1, '.4~g')"}}}},
    ],
  });
}

/** For each name in column 0: column 1 with its interval, columns 2 and 3, over the points [name, value]. */
function intervals(chart, width, theme) {
  // Where there is little room, a line of a name for each of its "key=value".
  const lines = width >= 480 ? 1 : Math.max(...chart.rows.map((row) => row[0].split(/(?<!:) (?=[^ ]+=)/).length));
  const label = {fill: {value: theme.text}, ...lines > 1 && {limit: {value: width / 2}, text: {signal: "split(datum.label, regexp('(?<!:) (?=[^ ]+=)'))"}}};
  const values = rowsOf(chart);
  const points = chart.points.map(([name, value, run]) => ({name, value, run}));
  const domain = {fields: [{data: "rows", field: "c1"}, {data: "points", field: "value"},
    ...["c2", "c3"].map((field) => ({data: "whole", field}))]};
  return frame(chart, width, theme, {
    height: Math.max(110, 50 + Math.max(22, 8 + 13 * lines) * values.length),
    data: [{name: "rows", values}, {name: "points", values: points},
      {name: "whole", values: values.filter((row) => row.c2 !== null)}],
    scales: [{name: "y", type: "band", domain: values.map((row) => row.c0), range: "height"},
      {name: "x", type: "linear", range: "width", domain, zero: false, nice: true}],
    axes: [grid("bottom", "x", chart.x, {tickCount: Math.ceil(width / 90)}), bare("left", "y", undefined, {encode: {labels: {update: label}}, ticks: false, labelOverlap: false})],
    marks: [
      {type: "symbol", from: {data: "points"}, ...silent, encode: {enter: {x: {scale: "x", field: "value"}, y: {scale: "y", field: "name", band: 0.5},
        fill: {value: theme.soft}, fillOpacity: {value: 0.55}, size: {value: 26}, tooltip: {signal: "datum.run + ': ' + format(datum.value, '.5~g')"}}}},
      {type: "rule", from: {data: "whole"}, ...silent, encode: {enter: {x: {scale: "x", field: "c2"}, x2: {scale: "x", field: "c3"},
        y: {scale: "y", field: "c0", band: 0.5}, stroke: {value: theme.series[0]}, strokeWidth: {value: 2}}}},
      {type: "symbol", from: {data: "rows"}, ...silent, encode: {enter: {x: {scale: "x", field: "c1"}, y: {scale: "y", field: "c0", band: 0.5},
        shape: {value: "diamond"}, fill: {value: theme.series[0]}, size: {value: 70},
        tooltip: {signal: "datum.c0 + ': mean ' + format(datum.c1, '.5~g')"}}}},
    ],
  });
}

/** Points [x, y, name]; x is a number, spread by its logarithm where `log` says so, or a text. */
function scatter(chart, width, theme) {
  const ordinal = typeof chart.rows[0][0] === "string";
  const x = ordinal ? {type: "point", padding: 0.5, domain: [...new Set(chart.rows.map((row) => row[0]))]}
    : {type: chart.log ? "log" : "linear", domain: {data: "points", field: "c0"}, zero: false, nice: !chart.log};
  return frame(chart, width, theme, {
    data: [{name: "points", values: rowsOf(chart)}],
    scales: [{name: "x", range: "width", ...x},
      {name: "y", type: "linear", range: "height", domain: {data: "points", field: "c1"}, zero: false, nice: true}],
    axes: [bare("bottom", "x", chart.x, {tickCount: Math.ceil(width / 90), labelLimit: 120}), grid("left", "y", chart.y, {tickCount: 6})],
    marks: [{type: "symbol", from: {data: "points"}, ...silent, encode: {enter: {x: {scale: "x", field: "c0"}, y: {scale: "y", field: "c1"},
      fill: {value: theme.series[0]}, fillOpacity: {value: 0.6}, size: {value: 42},
      tooltip: {signal: "datum.c2 + ': ' + format(datum.c1, '.5~g')"}}}}],
  });
}

/** Nodes [number, what, where, shape, inputs] at `places` [column, row], and the `edges` through such places. */
function graph(chart, width, theme) {
  const kNode = {width: 176, height: 36};
  const step = {x: kNode.width + 14, y: kNode.height + 26};
  const columns = 1 + Math.max(...chart.places.map(([x]) => x));
  const rows = 1 + Math.max(...chart.places.map(([, y]) => y));
  const whole = Math.max(width - 4, columns * step.x);
  const at = ([x, y]) => ({x: whole / 2 + (x - (columns - 1) / 2) * step.x, y: (y + 0.5) * step.y});
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const nodes = chart.rows.map((row, i) => ({...at(chart.places[i]), name: cut(row[1], 28), shape: cut(`${row[2]} ${row[3]}`, 34),
    tip: `${row[1]}${row[2] ? ` in ${row[2]}` : ""}, ${row[3]}`}));
  const corners = chart.edges.flatMap((edge, e) => edge.map((place) => ({...at(place), edge: e})));
  return frame(chart, width, theme, {
    width: whole, height: rows * step.y, autosize: {type: "none"},
    data: [{name: "nodes", values: nodes}, {name: "corners", values: corners}],
    marks: [
      {type: "group", from: {facet: {name: "edge", data: "corners", groupby: "edge"}}, ...silent, marks: [
        {type: "line", from: {data: "edge"}, ...silent, encode: {enter: {x: {field: "x"}, y: {field: "y"}, stroke: {value: theme.soft},
          strokeWidth: {value: 1.2}}}}]},
      {type: "rect", from: {data: "nodes"}, ...silent, encode: {enter: {xc: {field: "x"}, yc: {field: "y"}, width: {value: kNode.width},
        height: {value: kNode.height}, cornerRadius: {value: 5}, fill: {value: theme.card}, stroke: {value: theme.strong}, tooltip: {field: "tip"}}}},
      {type: "text", from: {data: "nodes"}, ...silent, interactive: false, encode: {enter: {x: {field: "x"}, y: {field: "y", offset: -4},
        align: {value: "center"}, fill: {value: theme.text}, fontSize: {value: 11.5}, text: {field: "name"}}}},
      {type: "text", from: {data: "nodes"}, ...silent, interactive: false, encode: {enter: {x: {field: "x"}, y: {field: "y", offset: 11},
        align: {value: "center"}, fill: {value: theme.soft}, fontSize: {value: 10}, text: {field: "shape"}}}},
    ],
  });
}

function specification(chart, width, theme) {
  return {lines, bars, cells, diagonal, intervals, scatter, graph}[chart.kind](chart, width, theme);
}
