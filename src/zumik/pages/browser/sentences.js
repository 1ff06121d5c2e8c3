/** Why rank 1 of an alias has it, and by how much: the sentences of `zumik explain`. */
import { factsOf, rederive, resolverOf } from "./releases.js";
import { Rational } from "./rationals.js";
import { unmet } from "./requests.js";
import { figure, grouped, safe, share } from "./text.js";

const COST = "expected_cost";
const LATENCY = "expected_latency";
const LISTED = "listed";
/** So many standard errors to each side are 95 %. */
const QUANTILE_95 = new Rational(196n, 100n);

/** An alias derived again, with what its sentences need. */
export function tableOf(release, name) {
  const { policy } = release.aliases.get(name);
  const derived = rederive(release, name);
  const rows = new Map(derived.candidates.map((row) => [row.model, row]));
  return { ...derived, release, policy, rows, units: unitsOf(release) };
}

/** The measures that the alias needs a value of, and always cost and latency. */
export function wordsOf({ policy, ranking, ...table }) {
  const { prefer, require } = policy;
  const words = new Set([...prefer.map(({ word }) => word), ...require.measures.keys()]);
  words.add(COST).add(LATENCY);
  const isKnown = ranking.some((model) => figureOf({ policy, ...table }, model, LATENCY));
  if (!words.has(LISTED) && !isKnown) words.delete(LATENCY);
  return [...words];
}

function unitsOf({ measures, metrics }) {
  const units = new Map([...measures].map(([word, { metric }]) => [word, metrics.get(metric)?.unit]));
  return units.set(COST, "usd").set(LATENCY, "seconds");
}

/** The value of a word for a model; undefined where it is unknown. */
function figureOf({ release, policy, rows }, model, word) {
  const known = rows.get(model).values.get(word);
  if (known || ![COST, LATENCY].includes(word)) return known;
  if (word === COST && !policy.workload) return undefined;
  const found = { ...release.models.get(model), id: model };
  return resolverOf(release).valueOf(word, found, policy, factsOf(release)).value;
}

/** A candidate's figure in words, `unknown` where it is. */
export function valueText(table, model, word) {
  const found = figureOf(table, model, word);
  if (found === undefined) return "unknown";
  if (word === LISTED) return `#${found.n / found.d + 1n}`;
  const mark = word === COST ? markOf(costGaps(table, model)) : "";
  return `${mark}${figure(found, table.units.get(word))}`;
}

/** In what a cost is no exact figure. */
const costGaps = ({ release, policy }, id) =>
  resolverOf(release).costGaps(release.models.get(id), policy, factsOf(release));

/** ≤ for an upper bound, ≥ where a part is left out, ≈ where both hold. */
function markOf({ isBound, isPartial }) {
  if (!isBound) return isPartial ? "≥ " : "";
  return isPartial ? "≈ " : "≤ ";
}

export function preferenceText({ word, isMinimized, within }) {
  if (word === LISTED) return "first in the list";
  const end = isMinimized ? "lowest" : "highest";
  if (!within) return `${end} ${safe(word)}`;
  const band = within === "error" ? "the standard error" : share(within);
  return `${end} ${safe(word)}, within ${band} of the best`;
}

/** Why rank 1 has it: by the preferences in their order, or because the incumbent was kept. */
export function why(table) {
  const { best, policy, ranking, steps } = table;
  const [winner] = ranking;
  if (winner === undefined) return "no candidate is eligible";
  const last = policy.prefer.at(-1);
  const { word } = last;
  const bands = bandsOf(table);
  const value = (model) => valueText(table, model, word);
  if (winner !== best) {
    const kept = `the incumbent is kept: its ${safe(word)}, ${value(winner)}, is within`;
    const margin = share(policy.incumbent_margin);
    return [...bands, `${kept} ${margin} of the best, ${value(best)} (${best})`].join(" → ");
  }
  if (bands.length && steps.at(-2).left.length === 1) return bands.join(" → ");
  const end = preferenceText(last) + (word === LISTED ? "" : `: ${value(winner)}`);
  return [...bands, bands.length ? `of these the ${end}` : end].join(" → ");
}

/** What each preference before the last left, up to the one that left a single model. */
function bandsOf({ ranking, steps }) {
  const bands = [];
  let before = ranking.length;
  for (const { preference, left } of steps.slice(0, -1)) {
    const count = left.length === 1 ? "the only one" : grouped(left.length);
    bands.push(`${preferenceText(preference)}: ${count} of ${grouped(before)}`);
    if (left.length === 1) break;
    before = left.length;
  }
  return bands;
}

/** How far rank 1 is from the next, in the figure that parted them. */
export function margin(table) {
  const { best, ranking, steps } = table;
  const [winner, second] = ranking;
  if (second === undefined) return "no other candidate is eligible";
  if (winner !== best) return behind(table, winner, best);
  const parted = steps.find(({ left }) => !left.some(({ model }) => model === second));
  if (!parted) return `ties with ${second} (rank 2), and the tie-break decides`;
  const { word, within } = parted.preference;
  if (word === LISTED) return `${second} (rank 2) comes later in the list`;
  if (within) return outside(table, second, parted);
  const lead = `leads ${second} (rank 2) by ${distance(table, word, winner, second)}`;
  const said = toldApart(table, word, winner, second);
  if (!said) return lead;
  return `${lead}; ${said.text}${said.isDistinct ? "" : ": the order is the policy's tie-break, not evidence"}`;
}

function behind(table, kept, best) {
  const { word } = table.policy.prefer.at(-1);
  const without = `${best}, which would be first without the incumbent's margin`;
  if (figureOf(table, kept, word).compare(figureOf(table, best, word)) === 0)
    return `level on ${safe(word)} with ${without}`;
  const comma = hasGaps(table, word, kept, best) ? "," : "";
  const said = toldApart(table, word, kept, best);
  const end = said ? `; ${said.text}` : "";
  return `${distance(table, word, kept, best)}${comma} behind ${without}${end}`;
}

/** Whether the figures of two models differ by more than their known errors; else nothing. */
function toldApart(table, word, ...models) {
  const halves = models.map((model) => halfInterval(table.release, word, model));
  if (halves.includes(undefined)) return undefined;
  const [one, other] = models.map((model) => figureOf(table, model, word));
  const apart = one.minus(other);
  const variance = halves[0].times(halves[0]).plus(halves[1].times(halves[1]));
  const isDistinct = apart.times(apart).compare(variance) > 0;
  const [left, right] = halves.map((half) => figure(half, table.units.get(word)));
  const both = left === right ? `±${left} each` : `±${left} and ±${right}`;
  const can = isDistinct ? "can" : "cannot";
  return { isDistinct, text: `the two ${can} be told apart (95 % intervals: ${both})` };
}

/** Half of a figure's 95 % interval; nothing where its standard error is unknown, or 0. */
function halfInterval({ measures, models }, word, model) {
  const measure = measures.get(word === LATENCY ? "latency" : word);
  const error = models.get(model).metrics?.get(measure?.metric)?.standard_error;
  return error?.n > 0n ? QUANTILE_95.times(error) : undefined;
}

function outside(table, second, { preference, edge, best }) {
  const { word, isMinimized, within } = preference;
  const value = valueText(table, second, word);
  if (within === "error") {
    const first = figure(best, table.units.get(word));
    return `${second} (rank 2) has ${safe(word)} ${value}, further from ${first} than their errors explain`;
  }
  const bound = `${isMinimized ? "at most" : "at least"} ${figure(edge, table.units.get(word))}`;
  return `${second} (rank 2) has ${safe(word)} ${value}, and the band needs ${bound}`;
}

function distance(table, word, one, other) {
  const apart = figureOf(table, one, word).minus(figureOf(table, other, word)).magnitude();
  const gaps = hasGaps(table, word, one, other) ? ", as far as it is counted" : "";
  return `${figure(apart, table.units.get(word))} of ${safe(word)}${gaps}`;
}

const hasGaps = (table, word, ...models) =>
  word === COST && models.some((model) => markOf(costGaps(table, model)));

/** What a request could not use, each model with its reason. */
export function passedText({ passed, release, request }) {
  const { limitsOf } = resolverOf(release);
  const unmetBy = (model) => unmet(model, request, limitsOf(model));
  const why = (id) =>
    request.unavailable.includes(id) ? "unavailable" : unmetBy(release.models.get(id));
  return passed.map((id) => `${id}: ${why(id)}`).join("; ");
}
