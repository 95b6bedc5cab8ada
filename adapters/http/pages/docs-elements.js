// Small makers of elements. Text is always set as text, never as markup.

/** An element with attributes and children; strings become text, empty children are left out. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== "" && child !== false));
  return made;
}

/** One line of CommonMark, of which it knows `code`, **strong** and [links](/path). */
export function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([/#][^)\s]*\))/).map((part) => {
    if (/^`.+`$/s.test(part)) return make("code", {}, part.slice(1, -1));
    if (/^\*\*.+\*\*$/s.test(part)) return make("strong", {}, inline(part.slice(2, -2)));
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    // Relative to /docs, so that it also works where a proxy puts a path before all of ours.
    return link ? make("a", { href: link[2].replace(/^\//, "") }, inline(link[1])) : part;
  });
}

/** Paragraphs and lists. */
export function prose(text = "") {
  return text.split(/\n{2,}/).filter(Boolean).map((block) => {
    const lines = block.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return make("p", {}, inline(block));
    return make("ul", {}, lines.map((line) => make("li", {}, inline(line.slice(2)))));
  });
}

/** A block of code; with `copied`, it has a button that copies it. */
export function code(text, copied = false) {
  const block = make("pre", { tabindex: "0" }, make("code", {}, text));
  if (!copied || !navigator.clipboard) return block;
  const button = make("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return make("div", { class: "sample" }, block, button);
}

export function methodLabel(method) {
  return make("span", { class: `method m-${method}` }, method.toUpperCase());
}
