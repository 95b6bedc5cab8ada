// What an OpenAPI document says about data, as elements.

import { code, inline, make, prose } from "./docs-elements.js";

/** Follows references within `api`. */
export function resolve(api, node) {
  let found = node;
  while (found && found.$ref) {
    const path = found.$ref.slice(2).split("/");
    found = path.reduce((at, name) => at[name.replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return found;
}

const nameOf = (node) => node.$ref && node.$ref.split("/").pop();

/** The type in a few words, with a link where there is more to read. */
export function typeOf(api, node) {
  const name = nameOf(node);
  if (name) return make("a", { href: `#schema-${name}` }, name);
  if (node["x-itemSchema"]) return make("span", {}, "lines, each ", typeOf(api, node["x-itemSchema"]));
  if (node.oneOf) {
    return make("span", {}, node.oneOf.flatMap((one, at) => [at ? " or " : "", typeOf(api, one)]));
  }
  if (node.type === "array") return make("span", {}, "array of ", typeOf(api, node.items));
  if (node.enum && node.enum.length < 5) return make("span", {}, node.enum.join(" or "));
  return make("span", {}, node.const !== undefined ? `always ${node.const}` : node.type || "any");
}

function limitsOf(node) {
  const { minimum, maximum } = node;
  const said = [];
  if (minimum !== undefined && maximum !== undefined) said.push(`${minimum} to ${maximum}`);
  if (node.default !== undefined) said.push(`default ${node.default}`);
  return said.join(", ");
}

function field(api, name, node, required, description, example) {
  const limits = limitsOf(resolve(api, node));
  return make("div", { class: "field" },
    make("dt", {}, make("code", {}, name),
      make("span", { class: "kind" }, typeOf(api, node), limits && `, ${limits}`,
        required && make("span", { class: "required" }, " required"))),
    make("dd", {}, prose(description),
      example !== undefined && make("p", { class: "hint" }, "As in ", make("code", {}, String(example)))));
}

/** The parameters of an operation that stand in `where`. */
export function parameterList(api, parameters) {
  return make("dl", { class: "fields" }, parameters.map((one) =>
    field(api, one.name, one.schema, one.required, one.description, one.example)));
}

/** Headers of an answer, as pairs of name and node. */
export function headerList(api, headers) {
  return make("dl", { class: "fields" }, headers.map(([name, node]) => {
    const header = resolve(api, node);
    return field(api, name, header.schema, false, header.description, header.example);
  }));
}

function fieldList(api, node) {
  if (!node.properties) return "";
  return make("dl", { class: "fields" }, Object.entries(node.properties).map(([name, one]) =>
    field(api, name, one, (node.required || []).includes(name),
      one.description || resolve(api, one).description)));
}

/** A named schema, with its fields. */
export function schemaSection(api, name) {
  const node = api.components.schemas[name];
  const heading = make("h3", {}, make("a", { class: "anchor", href: `#schema-${name}` }, name));
  const alternatives = (node.oneOf || []).map((one) => [prose(one.description), fieldList(api, one)]);
  return make("section", { class: "operation", id: `schema-${name}` },
    make("header", {}, heading), prose(node.description), fieldList(api, node), alternatives,
    node.pattern && make("p", { class: "hint" }, "Pattern ", make("code", {}, node.pattern)));
}

function show(value) {
  return typeof value === "string" ? value.trimEnd() : JSON.stringify(value, null, 2);
}

/** A body in one media type: what it is, and its examples. */
export function content(api, type, media, exampleMax) {
  const examples = Object.values(media.examples || {}).map((one) => resolve(api, one));
  return [
    make("p", {}, make("code", {}, type), ": ", typeOf(api, media.schema), "."),
    media.schema.description && make("p", { class: "hint" }, inline(media.schema.description)),
    examples.slice(0, exampleMax).map((one) => [
      make("p", { class: "caption" }, one.summary), code(show(one.value))]),
  ];
}
