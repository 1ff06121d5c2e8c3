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

/** A table that scrolls in itself on a narrow page, its winner's row marked. */
export function ranked(caption, heads, rows) {
  const head = heads.map((text) => element("th", { scope: "col" }, text));
  const body = rows.map(([model, ...cells], place) => {
    const number = element("td", { class: "number" }, String(place + 1));
    const name = element("th", { scope: "row" }, model, place === 0 ? " (winner)" : "");
    const rest = cells.map((text) => element("td", { class: "number" }, text));
    return element("tr", place === 0 ? { class: "winner" } : {}, number, name, ...rest);
  });
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption }, table);
}

/** Lets the page draw and answer before work goes on. */
export const breath = () => new Promise((resolve) => setTimeout(resolve));
