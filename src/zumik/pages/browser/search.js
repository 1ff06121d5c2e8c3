/** Search over aliases and models: a list of links that follows what is typed. */
import { element, link } from "./elements.js";
import { ROOT } from "./root.js";

const MAX_SHOWN = 20;

for (const place of document.querySelectorAll("[data-search]")) setUp(place);

function setUp(place) {
  const input = place.querySelector("input");
  const said = place.querySelector("[role=status]");
  const list = place.querySelector("ul");
  let entries;
  place.hidden = false;

  const show = async () => {
    const words = wordsOf(input.value);
    entries ??= fetchEntries();
    const all = await entries.catch(() => null);
    // What was typed while the list came is shown by the call that follows.
    if (words.join(" ") !== wordsOf(input.value).join(" ")) return;
    if (all === null) {
      entries = undefined;
      said.textContent = "The search could not be loaded; the lists of aliases and models have all.";
      return;
    }
    const found = words.length ? matching(all, words) : [];
    list.replaceChildren(...found.slice(0, MAX_SHOWN).map(itemOf));
    list.hidden = !found.length;
    said.textContent = words.length ? countText(found.length) : "";
  };
  input.addEventListener("input", show);
  place.addEventListener("keydown", (event) => move(event, input, list));
}

/** Down and up go through the links, Enter opens the first, Escape empties the field. */
function move(event, input, list) {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    input.value = "";
    input.dispatchEvent(new Event("input"));
    input.focus();
  } else if (event.key === "ArrowDown" && links.length) {
    links[Math.min(at + 1, links.length - 1)].focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    (links[at - 1] ?? input).focus();
  } else if (event.key === "Enter" && document.activeElement === input) {
    links[0]?.click();
  } else {
    return;
  }
  event.preventDefault();
}

async function fetchEntries() {
  const response = await fetch(new URL("search.json", ROOT));
  if (!response.ok) throw new Error(`this site answered ${response.status}`);
  return (await response.json()).entries;
}

const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** The entries that have every word: first where a name, or a part of it, begins with the first. */
function matching(entries, words) {
  const place = ({ name }) => {
    const at = name.toLowerCase().indexOf(words[0]);
    if (at <= 0) return at < 0 ? 3 : 0;
    return /[/.]/.test(name[at - 1]) ? 1 : 2;
  };
  return entries
    .filter(({ name, about }) => words.every((word) => `${name} ${about}`.toLowerCase().includes(word)))
    .map((entry) => ({ ...entry, place: place(entry) }))
    .sort((a, b) => a.place - b.place || a.name.length - b.name.length);
}

function itemOf({ name, about, address }) {
  return element("li", {}, link(new URL(`./${address}`, ROOT), name), " ", element("span", { class: "quiet" }, about));
}

function countText(count) {
  if (!count) return "No alias and no model has this.";
  const shown = count > MAX_SHOWN ? `, the first ${MAX_SHOWN} shown` : "";
  return `${count} ${count === 1 ? "result" : "results"}${shown}.`;
}
