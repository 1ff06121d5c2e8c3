/** The box: a person pastes a log line or a receipt, and reads its explanation. */
import { breath, bullets, element, fields, link, ranked } from "./elements.js";

const MAX_CHARACTERS = 1_048_576;
const TOO_LONG =
  "This has more than the 1,048,576 characters that are read here. Paste one line, and not the whole log: zumik replay judges each line of a file.";
const NOT_CHECKED = [
  "Not checked here: the ledger SHA256SUMS, signatures, and which release was live when. In a clone of the repository zumik check does it.",
  "Not known here: whether this site gave you the releases that your team froze. Compare the digest with the log line's, or with the file in the repository.",
];

for (const box of document.querySelectorAll("[data-box]")) setUp(box);

function setUp(box) {
  const form = box.querySelector("form");
  const pasted = box.querySelector("textarea");
  const said = box.querySelector("[role=status]");
  const answer = element("div", { class: "answer" });
  box.append(answer);
  form.hidden = false;
  // The browser stops reading a paste there, so that 50 MB do not freeze it.
  pasted.maxLength = MAX_CHARACTERS + 1;

  let asked = 0;
  const clear = (sentence) => {
    asked += 1;
    said.textContent = sentence;
    answer.replaceChildren();
  };
  const refuseLong = (event, text) => {
    if (text.length <= MAX_CHARACTERS) return;
    event.preventDefault();
    clear(TOO_LONG);
  };
  pasted.addEventListener("paste", (event) => {
    refuseLong(event, event.clipboardData.getData("text/plain"));
    // What is pasted is explained at once; what is typed, when its writer says so.
    if (!event.defaultPrevented) setTimeout(() => form.requestSubmit());
  });
  pasted.addEventListener("drop", (event) =>
    refuseLong(event, event.dataTransfer.getData("text/plain")),
  );
  pasted.addEventListener("input", () => clear(""));
  pasted.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  box.querySelector("[data-example]")?.addEventListener("click", ({ target }) => {
    pasted.value = target.dataset.example;
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear("Reading …");
    const mine = asked;
    await breath();
    const found =
      pasted.textLength > MAX_CHARACTERS ? { sentence: TOO_LONG } : await explained(pasted.value);
    // What was pasted since then has an answer of its own.
    if (mine !== asked) return;
    said.textContent = found.sentence;
    answer.replaceChildren(...(found.parts ?? []));
  });
}

/** `{sentence, parts}`: the answer to a text that was pasted. */
async function explained(text) {
  if (!text.trim()) return { sentence: "Paste a log line or a receipt first." };
  const [{ Refused }, { judgedHere, pastedReference, readPasted }] = await Promise.all([
    import("./refused.js"),
    import("./pasted_line.js"),
  ]);
  let read;
  try {
    read = readPasted(text);
  } catch (fault) {
    if (!(fault instanceof Refused)) return failed(fault);
    const reference = pastedReference(text);
    return reference ? referred(reference) : unreadable(fault);
  }
  try {
    const now = BigInt(Date.now()) * 1000n;
    return await answered(read, await judgedHere(read.line, now));
  } catch (fault) {
    return fault instanceof Refused ? damaged(fault) : failed(fault);
  }
}

async function answered({ line, isInside }, found) {
  const [{ explanationOf }, { aliasPage, modelPage }] = await Promise.all([
    import("./explanation.js"),
    import("./published.js"),
  ]);
  const { sentence, rows, table, checked } = explanationOf(line, found);
  const { alias, model } = line.reference;
  const parts = [fields(isInside ? [["taken", "from inside what was pasted"], ...rows] : rows)];
  if (table) {
    const caption = `The ranking of ${alias} in ${found.release.id}, derived in this browser.`;
    const heads = ["rank", "model", ...table.words.map(headOf), "revision"];
    const linked = table.rows.map(([id, ...texts]) => [link(modelPage(id), id), ...texts]);
    parts.push(ranked(caption, heads, linked));
  }
  if (checked.length) parts.push(element("h3", {}, "What was checked in this browser"), fields(checked));
  const pages = found.release
    ? [
        [link(aliasPage(alias, found.release.id), `${alias} in ${found.release.id}`), ": every candidate, and what would change the winner"],
        [link(aliasPage(alias), alias), ": what it answers today"],
      ]
    : [[link(alias === undefined ? modelPage(model) : aliasPage(alias), alias ?? model), ": its page"]];
  parts.push(bullets([...NOT_CHECKED, ...pages]));
  return { sentence, parts };
}

const headOf = (word) => (word === "expected_cost" ? `${word}\nper request` : word);

/** A reference asks for a decision now, so its page answers it. */
async function referred({ alias, release, model }) {
  const { aliasPage, modelPage } = await import("./published.js");
  const page = alias === undefined ? modelPage(model) : aliasPage(alias, release);
  const name = alias === undefined ? model : release ? `${alias}@${release}` : alias;
  return {
    sentence: `${name} is a reference: it records no decision that could be checked.`,
    parts: [element("p", {}, "What it answers is on its page: ", link(page, name), ".")],
  };
}

const unreadable = ({ message }) => ({
  sentence: `This is no log line and no receipt: ${message}.`,
  parts: [
    element(
      "p",
      {},
      "A log line is one JSON object with requested_model, alias_release, resolved_model, candidates_considered and resolution_reason. A receipt is ",
      element("code", {}, "ALIAS@RELEASE:HEX=MODEL"),
      ".",
    ),
  ],
});

const damaged = ({ message }) => ({
  sentence: `NOT INTACT: what this site gave is not the release that it names: ${message}.`,
  parts: [
    element("p", {}, "Nothing follows from it. Tell those who publish this site, and run zumik check in a clone of the repository."),
  ],
});

const failed = ({ message }) => ({
  sentence: `This could not be checked: ${message}.`,
  parts: [
    element("p", {}, "In a terminal, in a clone of the repository: ", element("code", {}, "zumik explain -"), ", and paste the line."),
  ],
});
