/** Resolver 1: the order of the eligible candidates, and the reason of the first (section 7). */
import { byCodePoint } from "../json.js";

/** 7.1: rank 1 is chosen and leaves, then everything is done again for those that are left. */
export function rank(candidates, prefer) {
  const left = [...candidates];
  const ranking = [];
  while (left.length) {
    const winner = choose(left, prefer);
    ranking.push(winner);
    left.splice(left.indexOf(winner), 1);
  }
  return ranking;
}

function choose(candidates, prefer) {
  const kept = prefer.reduce(
    (left, preference, place) => keep(left, preference, place === prefer.length - 1),
    candidates,
  );
  return kept.sort((a, b) => inOrder(a, b, prefer))[0];
}

/** 7.2: those within the band around the best; the last preference keeps the best alone. */
function keep(candidates, preference, isLast) {
  const { word } = preference;
  const values = candidates.map(({ values }) => values.get(word));
  const best = values.reduce((a, b) => (better(a, b, preference) <= 0 ? a : b));
  const share = isLast ? undefined : preference.within;
  return candidates.filter((_, i) => isWithin(values[i], best, share, preference));
}

/** Below zero where a is the better value. */
function better(a, b, { isMinimized }) {
  return isMinimized ? a.compare(b) : b.compare(a);
}

function isWithin(value, best, share, preference) {
  const band = share && best.magnitude().times(share);
  const edge = !band ? best : preference.isMinimized ? best.plus(band) : best.minus(band);
  return better(value, edge, preference) <= 0;
}

/** 7.4 */
function inOrder(a, b, prefer) {
  for (const preference of prefer) {
    const order = better(a.values.get(preference.word), b.values.get(preference.word), preference);
    if (order !== 0) return order;
  }
  return byCodePoint(a.model, b.model);
}

/** 7.6: the incumbent where it stays, else undefined. `winner` would win without it. */
export function staying(incumbent, candidates, winner, { prefer, incumbent_margin: margin }) {
  const candidate = candidates.find(({ model }) => model === incumbent);
  if (margin === undefined || candidate === undefined || candidate === winner) return undefined;
  const before = prefer
    .slice(0, -1)
    .reduce((left, preference) => keep(left, preference, false), candidates);
  const last = prefer.at(-1);
  const isNear = isWithin(
    candidate.values.get(last.word),
    winner.values.get(last.word),
    margin,
    last,
  );
  return before.includes(candidate) && isNear ? candidate : undefined;
}

/** 7.5 */
export function reasonOf(prefer) {
  const named = (word) => word.replaceAll(".", "_");
  const { word, isMinimized } = prefer.at(-1);
  const first =
    word === "listed" ? "first_listed" : `${isMinimized ? "lowest" : "highest"}_${named(word)}`;
  const bands = prefer.slice(0, -1).filter(({ within }) => within !== undefined);
  const within = bands.length
    ? `_within_${bands.map((each) => named(each.word)).join("_and_")}_band`
    : "";
  return `${first}${within}_under_policy`;
}
