/** The explanation of a log line or a receipt in words, as `zumik explain` has them. No page here. */
import { momentText } from "./days.js";
import { requestTree } from "./requests.js";
import { factsOf, resolverOf } from "./releases.js";
import { LATEST } from "./resolvers.js";
import { margin, passedText, tableOf, valueText, why, wordsOf } from "./sentences.js";
import { grouped, safe, shown } from "./text.js";

/** Characters of one text that are shown: a line may ask for 60,000 models. */
const MAX_SHOWN = 1000;

/** What the log has in a field, which may be anything, and what it should have. */
export function differenceText({ field, logged, replayed }, { reference }) {
  const giver = reference.alias === undefined ? "a target" : "the release";
  const given =
    replayed === undefined || replayed === null ? "has none" : `gives ${shown(String(replayed))}`;
  return `${field}: the log has ${shown(String(logged))}, ${giver} ${given}`;
}

/** What the line says the provider served, beside what was resolved. */
function servedText({ served, answer }, line) {
  const said = shown(line.served_model ?? "");
  const isNamed = line.resolved_model ?? line.reference.model ?? answer?.model;
  return {
    as_resolved: `the model that was resolved, as ${said}`,
    other_revision: `another revision of it, ${said}`,
    other_model: `ANOTHER MODEL, ${said}`,
    alias_echoed: `not known: served_model repeats the alias, ${said}`,
    not_logged: "not logged",
    not_judged: isNamed
      ? `not known: ${said} names the model and not which revision of it`
      : `${said}, and the line names no model to compare it with`,
  }[served];
}

/**
 * What there is to say of a line, `found` being what `judgedHere` gives: `{sentence, rows, table,
 * checked}`. `rows` are names and texts, `table` has the ranked models with their figures, or is
 * undefined where no release is known.
 */
export function explanationOf(line, found) {
  const { release } = found;
  const table = release && tableOf(release, line.reference.alias);
  return {
    sentence: sentenceOf(line, found),
    rows: rowsOf(line, found, table)
      .filter(([, text]) => text)
      .map(([name, text]) => [name, cut(text)]),
    table: table && tableText(table),
    checked: release ? checksOf(line, found, table) : [],
  };
}

const cut = (text) =>
  text.length > MAX_SHOWN
    ? `${text.slice(0, MAX_SHOWN)}… and ${grouped(text.length - MAX_SHOWN)} characters more`
    : text;

function sentenceOf(line, { verdict, release, why: reason, differences }) {
  const asked = release ? `${line.reference.alias}@${release.id}` : safe(line.requested_model);
  const model = line.resolved_model;
  switch (verdict) {
    case "reproduced":
      return `Reproduced: ${asked} answers with ${model}, as the log says.`;
    case "consistent":
      return `Consistent: ${asked} can have answered with ${model}, and the log does not prove it.`;
    case "diverged":
      return `Diverged: the log does not follow from ${release ? release.id : "its own target"}, in ${differences
        .map(({ field }) => field)
        .join(", ")}.`;
    default:
      return `Unreplayable: ${reason}.`;
  }
}

function rowsOf(line, found, table) {
  const { answer, release, verdict } = found;
  return [
    ...found.differences.map((each) => ["differs", differenceText(each, line)]),
    ["because", verdict === "unreplayable" ? null : found.why],
    ["promise", table && safe(table.policy.description ?? "")],
    ["answer", answer && answer.model !== line.resolved_model && answerText(answer)],
    ["why", table && whyText(found, table)],
    ["margin", table && marginText(found, table)],
    ["request", table && requestText(line, found)],
    ["ignored", line.drain_ignored && ignoredText(line.drain_ignored)],
    ["release", release && releaseText(release)],
    ["withdrawn", found.withdrawn && withdrawnText(found.withdrawn)],
    ["served", servedText(found, line)],
  ];
}

const answerText = ({ model }) => `the release gives ${model ?? "no candidate"}`;
const ignoredText = (models) =>
  `DRAIN IGNORED: no model could answer without ${models.join(", ")}`;

const rankOf = ({ passed, error }) => (error ? null : passed.length + 1);

function whyText({ answer, verdict }, table) {
  const rank = answer ? rankOf(answer) : null;
  if (rank === null || rank === 1) return why(table);
  if (verdict === "consistent") return `rank ${rank} of the ranking below`;
  return `rank ${rank}, because the request could not use ${passedText(answer)}`;
}

/** The margin of rank 1, which is named where another model answered. */
function marginText({ answer }, table) {
  const said = margin(table);
  const isFirst = !answer || rankOf(answer) === null || rankOf(answer) === 1;
  return isFirst ? said : `${table.ranking[0]} (rank 1): ${said}`;
}

function requestText({ request }, { assumed }) {
  if (assumed.length) return `assumed: ${safe(assumed.join("; "))}`;
  if (request === undefined) return null;
  const asked = [...requestTree(request)]
    .filter(([key, value]) => key !== "unavailable" || value.length)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(", ") : value}`);
  return safe(asked.join(", ")) || "nothing special";
}

function releaseText({ backfilled, created_at: created, note }) {
  const made = backfilled ? "frozen afterwards for" : "frozen on";
  return `${made} ${momentText(created)}${note ? `: ${safe(note)}` : ""}`;
}

const withdrawnText = ({ withdrawn_at: at, reason }) =>
  `on ${safe(String(at)).slice(0, 16).replace("T", " ")} UTC: ${safe(String(reason))}`;

function tableText(table) {
  const words = wordsOf(table);
  return {
    words,
    rows: table.ranking.map((model) => [
      model,
      ...words.map((word) => valueText(table, model, word)),
      safe(table.release.models.get(model).revision ?? "unknown"),
    ]),
  };
}

/** What was checked in this browser, name by name. */
function checksOf(line, { release, isDerived }, table) {
  const { sha256, resolver } = release;
  const digest = line.alias_release_sha256;
  const isLogged = digest !== undefined && sha256.startsWith(digest);
  const size = digest?.length === 64 ? "whole" : "first 12 digits";
  const beside = isLogged ? ` and the log line (${size})` : "";
  return [
    ["bytes", `intact: sha256 ${sha256.slice(0, 12)}… agrees with their name${beside}`],
    [
      "ranking",
      isDerived
        ? "re-derived from the frozen facts: the same"
        : "re-deriving gives another ranking; the stored one stands. Run zumik check",
    ],
    ["resolver", resolver === LATEST ? `${resolver}` : `${resolver}; new releases are made by ${LATEST}`],
    ...defectsOf(release, table),
  ];
}

/** The known defects of its resolver that show, by their paragraphs in the specification. */
function defectsOf(release, table) {
  const found = resolverOf(release).knownDefects(table, table.policy, factsOf(release));
  const named = `known defects of resolver ${release.resolver} that show here: ${found.join(", ")} of the specification`;
  return found.length ? [["defects", named]] : [];
}
