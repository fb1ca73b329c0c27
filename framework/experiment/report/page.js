"use strict";

/** An element with attributes and children; texts are never read as HTML. */
function make(tag, attributes, ...children) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) out.setAttribute(name, value);
  }
  out.append(...children);
  return out;
}

/** The text in parts, between which a line may break: names have no spaces. */
function breakable(text) {
  return text.split(/(?<=[_\/])|(?<=\.)(?=[a-z])/).flatMap((part) => [make("wbr", {}), part]).slice(1);
}

function makeTable(table) {
  const head = make("tr", {}, ...table.columns.map((column) =>
    make("th", {scope: "col", class: column.number ? "number" : "text"}, ...breakable(column.name))));
  const body = make("tbody", {}, ...table.rows.map((row) => make("tr", {}, ...row.map((cell, i) => {
    const text = cell === null ? "-" : String(cell);
    if (i === 0) return make("th", {scope: "row"}, ...breakable(text));
    return make("td", {class: table.columns[i].number ? "number" : "text"}, text);
  }))));
  return make("div", {}, make("p", {class: "caption"}, table.title),
    make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": table.title},
      make("table", {"aria-label": table.title}, make("thead", {}, head), body)));
}

/** The table is made when it is first opened: a chart may have a thousand rows. */
function folded(summary, table) {
  const details = make("details", {}, make("summary", {}, summary));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(makeTable(table));
  });
  return details;
}

function makeTableBlock(table) {
  const out = make("div", {class: table.wide ? "wide" : undefined});
  out.append(table.folded ? folded(table.title, table) : makeTable(table));
  return out;
}

/** A chart, and what it shows in words and as a table. */
function makeChartBlock(chart, id) {
  const place = make("div", {class: "chart"});
  if (chart.kind === "graph") place.setAttribute("tabindex", "0");  // it may scroll
  charts.push([place, chart]);
  return make("figure", {class: chart.wide ? "wide" : undefined, "aria-labelledby": id},
    make("h3", {id}, ...breakable(chart.title)), place, make("figcaption", {}, chart.description),
    folded("The figures of this chart", chart));
}

function makeSection(section) {
  const blocks = section.blocks.map((block, i) =>
    block.kind === "table" ? makeTableBlock(block) : makeChartBlock(block, `${section.id}-${i}`));
  return make("section", {id: section.id, "aria-labelledby": `${section.id}-title`},
    make("h2", {id: `${section.id}-title`}, section.title),
    ...section.text.map((text) => make("p", {}, text)),
    make("div", {class: "blocks"}, ...blocks));
}

const report = JSON.parse(document.getElementById("report").textContent);
const charts = [];

document.getElementById("head").append(
  make("h1", {}, report.title),
  ...report.lead.map((text) => make("p", {class: "lead"}, text)),
  ...report.notes.map((text) => make("p", {class: "remark", role: "note"}, text)),
  ...report.problems.map((text) => make("p", {class: "problem", role: "note"}, text)),
  make("dl", {class: "figures"}, ...report.figures.map(({name, value, note}) => make("div", {},
    make("dt", {}, ...breakable(name)), make("dd", {class: "value"}, value), make("dd", {class: "note"}, ...breakable(note))))));
document.getElementById("contents").append(make("ul", {}, ...report.sections.map((section) =>
  make("li", {}, make("a", {href: `#${section.id}`}, section.title)))));
document.getElementById("main").append(...report.sections.map(makeSection));

const dark = matchMedia("(prefers-color-scheme: dark)");

function draw(place, chart) {
  const width = Math.floor(place.clientWidth);
  if (place.view) place.view.finalize();
  place.view = new vega.View(vega.parse(specification(chart, width, themes[dark.matches ? "dark" : "light"])),
    {renderer: "svg", container: place, hover: false});
  place.drawn = width;
  return place.view.runAsync();
}

async function drawAll() {
  for (const [place, chart] of charts) await draw(place, chart);
  document.documentElement.dataset.drawn = "true";
}

dark.addEventListener("change", drawAll);
addEventListener("resize", () => {
  for (const [place, chart] of charts) {
    if (place.drawn !== undefined && place.drawn !== Math.floor(place.clientWidth)) draw(place, chart);
  }
});
drawAll();
