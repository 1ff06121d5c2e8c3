/** Resolver 1: the semantics of sections 5 to 7, which never change. */
import { matches } from "../policy.js";
import { costGaps } from "./cost_gaps.js";
import { knownDefects } from "./defects.js";
import { valueOf } from "./measures.js";
import { narrow, rank, reasonOf, staying } from "./ranking.js";
import { judge } from "./requirements.js";

export { costGaps, knownDefects, valueOf };

/** 9.3: the limits by which a ranked model meets a request: those that are known. */
export const limitsOf = ({ limits }) => limits ?? new Map();

/**
 * What an alias means by the facts of a day.
 *
 * `facts` has `models`, `metrics` and `measures` (Maps) and `day`; `incumbent` is a model id or
 * undefined. Gives `candidates` (each with its `failures` and `values`), `ranking` (model ids, best
 * first; empty where none is eligible, 7.8) and `reason`; of how it came to that, `steps`, what each
 * preference left, and `best`, the first where no incumbent were kept.
 */
export const derive = (policy, facts, incumbent) =>
  derivedBy({ judge, narrow }, policy, facts, incumbent);

/** The same by what a resolver has of its own: how it judges a candidate, and what it keeps. */
export function derivedBy({ judge, narrow }, policy, facts, incumbent) {
  const alias = {
    ...policy,
    candidates: policy.candidates.map((glob) => ({ matches: (id) => matches(glob, id) })),
  };
  const candidates = candidatesOf(policy, facts.models).map((id) =>
    judge({ ...facts.models.get(id), id }, alias, facts),
  );
  const eligible = candidates.filter(({ failures }) => !failures.length);
  const ranked = rank(eligible, alias.prefer, narrow);
  const stays = ranked.length
    ? staying(incumbent, eligible, ranked[0], alias, narrow)
    : undefined;
  const others = () =>
    rank(
      eligible.filter((each) => each !== stays),
      alias.prefer,
      narrow,
    );
  const order = stays ? [stays, ...others()] : ranked;
  return {
    candidates,
    ranking: order.map(({ model }) => model),
    best: ranked[0]?.model,
    steps: eligible.length ? narrow(eligible, alias.prefer) : [],
    reason: stays ? "incumbent_within_margin_under_policy" : reasonOf(alias.prefer),
  };
}

/** 4.2: the ids of the candidates of an alias. */
export function candidatesOf({ candidates, exclude }, models) {
  const isMatched = (globs, id) => globs.some((glob) => matches(glob, id));
  return [...models.keys()].filter((id) => isMatched(candidates, id) && !isMatched(exclude, id));
}
