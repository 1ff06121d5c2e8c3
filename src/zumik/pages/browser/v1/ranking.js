/** Resolver 1: the order of the eligible candidates, and the reason of the first (section 7). */
import { byCodePoint } from "../json.js";

/**
 * 7.1: rank 1 is chosen and leaves, then everything is done again for those that are left.
 *
 * A resolver that keeps others than this one gives its own `narrowed`, here as in `staying`.
 */
export function rank(candidates, prefer, narrowed = narrow) {
  const left = [...candidates];
  const ranking = [];
  while (left.length) {
    const winner = narrowed(left, prefer)
      .at(-1)
      .left.sort((a, b) => inOrder(a, b, prefer))[0];
    ranking.push(winner);
    left.splice(left.indexOf(winner), 1);
  }
  return ranking;
}

/**
 * 7.2: what each preference keeps: those within the band around the best; the last keeps the best
 * alone. Gives `{preference, edge, left}` of each, `edge` the worst value that is kept.
 */
export function narrow(candidates, prefer, kept = keep) {
  const steps = [];
  for (const preference of prefer) {
    const isLast = steps.length === prefer.length - 1;
    steps.push(kept(steps.at(-1)?.left ?? candidates, preference, isLast));
  }
  return steps;
}

/** What one preference keeps, of which the last keeps the best alone. */
export function keep(candidates, preference, isLast) {
  const valueOf = ({ values }) => values.get(preference.word);
  const best = bestOf(candidates, preference);
  const edge = edgeOf(best, isLast ? undefined : preference.within, preference);
  const left = candidates.filter((each) => better(valueOf(each), edge, preference) <= 0);
  return { preference, edge, left };
}

/** The best value of a preference among the candidates. */
export function bestOf(candidates, preference) {
  const values = candidates.map(({ values }) => values.get(preference.word));
  return values.reduce((a, b) => (better(a, b, preference) <= 0 ? a : b));
}

/** Below zero where a is the better value. */
function better(a, b, { isMinimized }) {
  return isMinimized ? a.compare(b) : b.compare(a);
}

/** The worst value that is within a share of the best. */
function edgeOf(best, share, { isMinimized }) {
  if (!share) return best;
  const band = best.magnitude().times(share);
  return isMinimized ? best.plus(band) : best.minus(band);
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
export function staying(
  incumbent,
  candidates,
  winner,
  { prefer, incumbent_margin: margin },
  narrowed = narrow,
) {
  const candidate = candidates.find(({ model }) => model === incumbent);
  if (margin === undefined || candidate === undefined || candidate === winner) return undefined;
  const last = prefer.at(-1);
  const before = narrowed(candidates, prefer).at(-2)?.left ?? candidates;
  const edge = edgeOf(winner.values.get(last.word), margin, last);
  const isNear = better(candidate.values.get(last.word), edge, last) <= 0;
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
