/** The button that checks a release in this browser: its bytes, and each ranking derived again. */
import { breath, bullets, element } from "./elements.js";

const NOT_CHECKED = [
  "Not checked here: the ledger SHA256SUMS and signatures. In a clone of the repository zumik check does it.",
  "Not known here: whether this site is honest. Compare the digest with a log line's, or with the name of the file in the repository.",
];

for (const place of document.querySelectorAll("[data-verify]")) setUp(place);

function setUp(place) {
  const button = place.querySelector("button");
  const said = place.querySelector("[role=status]");
  const result = element("div", { class: "answer" });
  place.append(result);
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    result.replaceChildren();
    const show = async (text) => {
      said.textContent = text;
      await breath();
    };
    const { sentence, parts } = await verified(place.dataset, show);
    said.textContent = sentence;
    result.replaceChildren(...parts);
    button.removeAttribute("aria-disabled");
  });
}

/** `{sentence, parts}`, of the id and digest of a release, and of an alias where its page asks. */
async function verified({ release: id, sha256, alias }, show) {
  const fileName = `${id}.${sha256}.json`;
  if (!globalThis.crypto?.subtle) return unhashed(fileName, sha256);
  const [{ NotPublished, fetchFile }, { verifyRelease }, { Refused }] = await Promise.all([
    import("./published.js"),
    import("./verification.js"),
    import("./refused.js"),
  ]);
  try {
    await show(`Fetching ${fileName} …`);
    const bytes = await fetchFile(id, fileName);
    const progress = (done, all) => show(`Deriving the rankings again: ${done} of ${all} …`);
    const { aliases } = await verifyRelease(fileName, bytes, progress);
    return resultOf({ id, sha256, alias }, aliases);
  } catch (fault) {
    const isRefused = fault instanceof Refused;
    const isKnown = isRefused || fault instanceof NotPublished;
    const sentence = isRefused ? `NOT VERIFIED: ${fault.message}.` : `This could not be verified: ${fault.message}.`;
    return { sentence, parts: isKnown ? [bullets(NOT_CHECKED)] : [] };
  }
}

/** The models in the table of the page, as a reader sees them. */
const shownRanking = () =>
  [...document.querySelectorAll("#ranking tbody th a")].map(({ textContent }) => textContent);

function resultOf({ id, sha256, alias }, aliases) {
  const others = [...aliases].filter(([, { isAgreed }]) => !isAgreed).map(([name]) => name);
  const derived = aliases.get(alias)?.ranking ?? [];
  const shown = alias === undefined ? [] : shownRanking();
  // A long table ends before the ranking does.
  const isAsShown =
    alias === undefined ||
    (shown.length > 0 && derived.slice(0, shown.length).join(" ") === shown.join(" "));
  const rankings = `${aliases.size} ${aliases.size === 1 ? "ranking" : "rankings"}`;
  const lines = [
    `bytes: hashed here, SHA-256 ${sha256}, which is the digest in the file's name and on this page`,
    others.length
      ? `rankings: derived here from the frozen facts; ${others.join(", ")} came out otherwise than stored`
      : `rankings: ${rankings} derived here from the frozen facts, each as the release stores it`,
  ];
  if (alias !== undefined) {
    lines.push(
      isAsShown
        ? `this page: its table shows the ranking of ${alias} that was derived here`
        : `this page: its table shows another ranking of ${alias} than the one that was derived here, ${derived.join(", ")}`,
    );
  }
  const isRight = !others.length && isAsShown;
  const sentence = isRight
    ? `Verified: the bytes of ${id} are intact, and ${rankings === "1 ranking" ? "its ranking follows" : `its ${rankings} follow`} from the frozen facts.`
    : `NOT VERIFIED: the bytes of ${id} are intact, but not every ranking that is stored or shown follows from them.`;
  return { sentence, parts: [bullets([...lines, ...NOT_CHECKED])] };
}

const unhashed = (fileName, sha256) => ({
  sentence: "This browser hashes only on pages that come over https, and this one came over plain http.",
  parts: [
    element("p", {}, "Download the release, and compare what ", element("code", {}, `sha256sum ${fileName}`), " prints with ", element("code", {}, sha256), "."),
  ],
});
