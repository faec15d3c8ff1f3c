// What the charts look like, in Vega-Lite.

import { colour as themed } from "./theme.js";
import { word, spoken } from "./words.js";

const side = () => [themed("side-a"), themed("side-b")];

export function pathsSpec(title, fan) {
  const sides = { domain: [word("as_it_stands"), word("this_plan")], range: side() };
  const x = { field: "year", type: "quantitative", axis: { format: "d", title: null, tickMinStep: 1 },
    scale: { zero: false, nice: false } };
  const colour = { field: "side", type: "nominal", scale: sides,
    legend: { title: null, orient: "top", symbolType: "stroke", symbolOpacity: 1, symbolStrokeWidth: 3 } };
  const band = (low, high, opacity) => ({ mark: { type: "area", opacity },
    encoding: { x, y: { field: low, type: "quantitative", title }, y2: { field: high },
      color: colour } });
  return (width) => ({ width, height: width < 500 ? 220 : 300, autosize: { type: "fit-x", contains: "padding" },
    data: { name: "paths" },
    layer: [
      ...(fan ? [band("p05", "p95", 0.13), band("p25", "p75", 0.22)] : []),
      { mark: { type: "rule", color: themed("bad"), strokeWidth: 1 }, data: { values: [{}] }, encoding: { y: { datum: 0 } } },
      { mark: { type: "line", strokeWidth: 2.5, tooltip: null },
        encoding: { x, y: { field: "central", type: "quantitative", title }, color: colour,
          strokeDash: { field: "side", type: "nominal", scale: { domain: sides.domain, range: [[6, 4], [1, 0]] }, legend: colour.legend } } },
      { mark: { type: "point", size: 90, opacity: 0, filled: true },
        encoding: { x, y: { field: "central", type: "quantitative", title }, color: colour,
          tooltip: [{ field: "year", format: "d", title: word("year") }, { field: "side", title: " " }, { field: "central", format: ",.1f", title }] } },
    ] });
}

// Shapes and colours of the five classes of the map, from bad to good, and of none.
const SHAPES = ["triangle-down", "diamond", "square", "circle", "triangle-up", "cross"];

export function classes() {
  return SHAPES.map((shape, place) => ({ shape, colour: themed(`class-${place}`) }));
}

export function mapSpec(geometry, label) {
  const at = (field, domain) => ({ field, type: "quantitative", axis: null, scale: { domain, nice: false } });
  const x = (field) => at(field, geometry.x);
  const y = (field) => at(field, geometry.y);
  const range = (name) => ({ domain: [0, 1, 2, 3, 4, 5], range: classes().map((entry) => entry[name]) });
  return (width) => ({ width: width - 10, height: Math.round(Math.min(620, (width - 10) * geometry.aspect)), autosize: { type: "none" },
    padding: 5, data: { name: "points" },
    layer: [
      { data: { name: "edges" }, mark: { type: "rule", color: themed("edge"), tooltip: null },
        encoding: { x: x("x"), y: y("y"), x2: { field: "x2" }, y2: { field: "y2" },
          strokeWidth: { field: "width", type: "quantitative", scale: null } } },
      { data: { name: "arcs" }, mark: { type: "rule", color: themed("arc"), opacity: 0.45, tooltip: null },
        encoding: { x: x("x"), y: y("y"), x2: { field: "x2" }, y2: { field: "y2" },
          strokeWidth: { field: "width", type: "quantitative", scale: null } } },
      { mark: { type: "point", filled: true, opacity: 0.9, stroke: themed("paper"), strokeWidth: 0.6, cursor: "pointer" },
        encoding: { x: x("x"), y: y("y"),
          size: { field: "size", type: "quantitative", scale: null },
          color: { field: "class", type: "ordinal", legend: null, scale: range("colour") },
          shape: { field: "class", type: "ordinal", legend: null, scale: range("shape") },
          tooltip: [{ field: "name", title: word("county") }, { field: "fund", title: word("fund") }, { field: "shown", title: label }] } },
      { data: { name: "arcs" }, mark: { type: "point", shape: "triangle", filled: true, color: themed("arc"), size: 46, opacity: 0.85, tooltip: null },
        encoding: { x: x("xm"), y: y("ym"), angle: { field: "angle", type: "quantitative", scale: null } } },
      { transform: [{ filter: "datum.picked" }], mark: { type: "point", filled: false, stroke: themed("ink"), strokeWidth: 2.5, shape: "circle", tooltip: null },
        encoding: { x: x("x"), y: y("y"), size: { field: "ring", type: "quantitative", scale: null } } },
      ...[3, 0].map((halo) => ({ data: { name: "names" }, mark: { type: "text", baseline: "top", dy: 8, fontSize: 11, tooltip: null,
        color: themed("ink"), ...(halo ? { stroke: themed("paper"), strokeWidth: halo } : {}) },
      encoding: { x: x("x"), y: y("y"), text: { field: "name" } } })),
    ] });
}

export function gainsSpec(currency) {
  return (width) => ({ width, height: { step: 17 }, autosize: { type: "fit-x", contains: "padding" }, data: { name: "gains" },
    encoding: { y: { field: "name", type: "nominal", sort: { field: "rank", op: "min" }, axis: { title: null, labelLimit: 150, domain: false, ticks: false } },
      x: { field: "value", type: "quantitative", title: word("gains_axis", { currency }) } },
    layer: [
      { mark: { type: "bar", height: { band: 0.72 }, tooltip: true },
        encoding: { color: { condition: { test: "datum.value < 0", value: themed("loses") }, value: themed("side-b") },
          tooltip: [{ field: "name", title: word("county") }, { field: "value", format: ",.0f", title: word("gains_person") }] } },
      { mark: { type: "rule", color: themed("ink"), tooltip: null }, data: { values: [{}] }, encoding: { x: { datum: 0 }, y: null } },
    ] });
}

export function ratesSpec(title) {
  const sides = [word("as_it_stands"), word("this_plan")];
  return (width) => ({ width, height: 110, autosize: { type: "fit-x", contains: "padding" }, data: { name: "rates" },
    mark: { type: "point", filled: true, opacity: 0.55, tooltip: true },
    encoding: { x: { field: "rate", type: "quantitative", title, scale: { zero: false } },
      y: { field: "side", type: "nominal", scale: { domain: sides }, axis: { title: null, ticks: false, domain: false } },
      size: { field: "size", type: "quantitative", scale: null },
      color: { field: "side", type: "nominal", legend: null, scale: { domain: sides, range: side() } },
      shape: { field: "side", type: "nominal", legend: null, scale: { domain: sides, range: ["circle", "diamond"] } },
      tooltip: [{ field: "name", title: word("fund") }, { field: "rate", format: ".2f", title }] } });
}

export function pinsSpec(title, names) {
  const palette = [...side(), ...[2, 3, 4, 5, 6, 7].map((place) => themed(`plan-${place}`))];
  const dashes = [[6, 4], [1, 0], [8, 3, 2, 3], [2, 2], [12, 3], [10, 2, 2, 2, 2, 2], [4, 1], [1, 3]];
  // one legend for colour and dashes
  const legend = (width) => ({ title: null, orient: "top", columns: width < 500 ? 1 : 3, symbolType: "stroke", symbolStrokeWidth: 3 });
  return (width) => ({ width, height: 260, autosize: { type: "fit-x", contains: "padding" }, data: { name: "pins" },
    encoding: { x: { field: "year", type: "quantitative", axis: { format: "d", title: null, tickMinStep: 1 }, scale: { zero: false, nice: false } },
      y: { field: "value", type: "quantitative", title } },
    layer: [{ mark: { type: "line", strokeWidth: 2.5, tooltip: null }, encoding: {
      color: { field: "plan", type: "nominal", scale: { domain: names, range: palette.slice(0, names.length) }, legend: legend(width) },
      strokeDash: { field: "plan", type: "nominal", scale: { domain: names, range: dashes.slice(0, names.length) }, legend: legend(width) } } },
    { mark: { type: "point", size: 90, opacity: 0, filled: true }, encoding: {
      tooltip: [{ field: "plan", title: " " }, { field: "year", format: "d", title: word("year") }, { field: "value", format: ",.1f", title }] } }] });
}

export function frontierSpec() {
  return (width) => ({ width, height: 280, autosize: { type: "fit-x", contains: "padding" }, data: { name: "frontier" },
    mark: { type: "point", filled: true, opacity: 0.8, cursor: "pointer", color: themed("side-b"), tooltip: true },
    encoding: { x: { field: "rate", type: "quantitative", title: word("f_rate"), scale: { zero: false } },
      y: { field: "uneven", type: "quantitative", title: word("f_uneven") },
      size: { field: "swaps", type: "quantitative", title: word("f_swaps"), scale: { range: [60, 500] } } } });
}

export function languageKey() {
  return spoken();
}
