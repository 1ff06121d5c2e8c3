/** Elements of a page. Every text enters as text: nothing that is pasted or fetched becomes markup. */

/** An element with attributes and children, which are texts or elements. */
export function element(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...children);
  return found;
}

export const link = (address, text) => element("a", { href: String(address) }, text);

/** Names and what is known of each. */
export function fields(rows) {
  const list = element("dl");
  for (const [name, text] of rows) list.append(element("dt", {}, name), element("dd", {}, text));
  return list;
}

export const bullets = (items) =>
  element("ul", {}, ...items.map((item) => element("li", {}, ...[item].flat())));

/**
 * Models in the order of their ranks, in a table that scrolls in itself on a narrow page. Each of the
 * `rows` has a link to the model, texts of its figures, and a text that is no number.
 */
export function ranked(caption, heads, rows) {
  const column = (text, isNumber) => {
    const [word, unit] = text.split("\n");
    const below = unit ? [element("br"), element("span", { class: "unit" }, unit)] : [];
    return element("th", { scope: "col", ...numeric(isNumber) }, word, ...below);
  };
  const head = heads.map((text, place) => column(text, place !== 1 && place !== heads.length - 1));
  const body = rows.map(([model, ...texts], place) => {
    const name = element("th", { scope: "row" }, model);
    if (place === 0) name.append(" ", element("span", { class: "mark" }, "winner"));
    const cells = texts.map((text, at) => element("td", numeric(at < texts.length - 1), figure(text)));
    const rank = element("td", numeric(true), String(place + 1));
    return element("tr", place === 0 ? { class: "winner" } : {}, rank, name, ...cells);
  });
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  const region = { class: "wide", tabindex: "0", role: "region", "aria-label": caption };
  return element("div", region, table);
}

/** What is unknown stands out from a number. */
const figure = (text) => (text === "unknown" ? element("i", {}, text) : text);

const numeric = (isNumber) => (isNumber ? { class: "number" } : {});

/** Lets the page draw and answer before work goes on. */
export const breath = () => new Promise((resolve) => setTimeout(resolve));
