// Writes the reference of /docs from /openapi.json.

import { code, inline, make, methodLabel, prose } from "./docs-elements.js";
import { content, headerList, parameterList, resolve, schemaSection } from "./docs-schema.js";

const shownMethods = ["get", "post", "put", "patch", "delete"];
const places = [["path", "Path"], ["query", "Query parameters"], ["header", "Request headers"]];

/** The operations of `tag` that are shown, with what their path says of all of them. */
function operationsOf(api, tag) {
  return Object.entries(api.paths).flatMap(([path, item]) => shownMethods
    .filter((method) => item[method] && item[method].tags.includes(tag))
    .map((method) => ({ path, method, item, ...item[method] })));
}

function parameters(api, operation) {
  const all = [...(operation.item.parameters || []), ...operation.parameters]
    .map((one) => resolve(api, one));
  return places.map(([where, title]) => {
    const those = all.filter((one) => one.in === where);
    return those.length > 0 && [make("h4", {}, title), parameterList(api, those)];
  });
}

function requestBody(api, operation) {
  if (!operation.requestBody) return "";
  const bodies = Object.entries(operation.requestBody.content);
  return [make("h4", {}, "Request body"), bodies.map(([type, media], at) =>
    content(api, type, media, at > 0 && type === "application/json" ? 0 : 9))];
}

function answers(api, operation) {
  return [make("h4", {}, "Answers"), Object.entries(operation.responses).map(([status, node]) => {
    const { description, headers, content: bodies } = resolve(api, node);
    // That every answer has an X-Request-Id stands in the introduction.
    const special = Object.entries(headers || {}).filter(([name]) => name !== "X-Request-Id");
    const [first, ...rest] = description.split(" Kinds: ");
    const problems = Object.values((bodies || {})["application/problem+json"]?.examples || {});
    return make("details", { class: "answer" },
      make("summary", {}, make("span", { class: `status s${status[0]}` },
        status === "default" ? "others" : status), make("span", {}, inline(first))),
      make("div", {}, rest.length > 0 && prose(`Kinds: ${rest.join("")}`),
        special.length > 0 && [make("h4", {}, "Headers"), headerList(api, special)],
        bodies && [make("h4", {}, "Body"),
          Object.entries(bodies).map(([type, media]) =>
            content(api, type, media, problems.length > 0 ? 1 : 9))]));
  })];
}

function samples(operation) {
  const all = operation["x-codeSamples"] || [];
  return all.length > 0 && [make("h4", {}, "With curl"), all.map((one) => [
    one.label && make("p", { class: "caption" }, one.label),
    code(one.source.replaceAll("http://localhost:8000", location.origin), true)])];
}

function operationSection(api, operation) {
  const { operationId, path, method, summary, item } = operation;
  const also = method === "get" && ["head", "options"].filter((one) => item[one]);
  return make("section", { class: "operation", id: operationId },
    make("header", {},
      make("h3", {}, make("a", { class: "anchor", href: `#${operationId}` }, summary)),
      make("p", { class: "route" }, methodLabel(method), make("code", {}, path))),
    prose(operation.description), samples(operation), parameters(api, operation),
    requestBody(api, operation), answers(api, operation),
    also && also.length > 0 && make("p", { class: "also" }, "Also: ",
      also.map((one) => one.toUpperCase()).join(" and "), "."));
}

function tagSection(api, tag) {
  return [make("h2", { id: `tag-${tag.name}` }, tag.name), prose(tag.description),
    operationsOf(api, tag.name).map((one) => operationSection(api, one))];
}

function navigation(api) {
  const link = (href, ...label) => make("li", {}, make("a", { href }, label));
  const groups = api.tags.map((tag) => [make("h2", {}, tag.name), make("ul", {},
    operationsOf(api, tag.name).map((one) =>
      link(`#${one.operationId}`, methodLabel(one.method), make("span", {}, one.summary))))]);
  return [groups, make("h2", {}, "Data"),
    make("ul", {}, Object.keys(api.components.schemas).map((name) => link(`#schema-${name}`, name))),
    make("h2", {}, "More"),
    make("ul", {}, link("openapi.json", "OpenAPI document"), link("problems", "Kinds of problems"))];
}

/** On a small screen the menu starts closed, and closes once something is chosen. */
function tameMenu() {
  const menu = document.getElementById("menu");
  const small = matchMedia("(max-width: 56rem)");
  const settle = () => { menu.open = !small.matches; };
  small.addEventListener("change", settle);
  menu.addEventListener("click", (event) => {
    if (small.matches && event.target.closest("a")) menu.open = false;
  });
  settle();
}

function render(api) {
  const put = (id, ...what) => document.getElementById(id)
    .replaceChildren(...what.flat(Infinity).filter((one) => one));
  put("intro", make("p", { class: "hint" }, `Version ${api.info.version}`), prose(api.info.description));
  put("nav", navigation(api));
  put("reference", api.tags.map((tag) => tagSection(api, tag)), make("h2", {}, "Data"),
    Object.keys(api.components.schemas).map((name) => schemaSection(api, name)));
}

tameMenu();
try {
  const answer = await fetch("openapi.json", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  render(await answer.json());
  // What the address names exists only now.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
} catch (problem) {
  document.getElementById("state").textContent = `/openapi.json can't be shown: ${problem.message}.`;
}
