/** Resolver 1: its known defects, and where they show (section 17). */
import { ZERO } from "../rationals.js";
import { rateOf } from "./measures.js";

/**
 * The paragraphs of the defects that show in what `derive` gave, by the alias's policy and the facts
 * that it was given.
 */
export function knownDefects({ candidates }, policy, { models }) {
  const shows = (defect) =>
    candidates.some((candidate) => defect(candidate, models.get(candidate.model), policy));
  return [...DEFECTS].filter(([, defect]) => shows(defect)).map(([paragraph]) => paragraph);
}

const DEFECTS = new Map([
  ["17.1", isTooOldTwice],
  ["17.3", isContextUnknownInVain],
  ["17.4", isNothingDemanded],
  ["17.5", isRateDemandedInVain],
  ["17.6", isBatchInputInItsPlace],
]);

/** Of two ages of one metric. */
function isTooOldTwice({ failures }) {
  const fields = failures.filter(({ code }) => code === "fact_too_old").map(({ field }) => field);
  return new Set(fields).size < fields.length;
}

const limitOf = ({ limits }, name) => limits?.get(name);

/** The longest input or output is as large as the context that is required; one of 0 is 17.4. */
function isContextUnknownInVain(_, model, { require }) {
  const wanted = require.limits.get("context_tokens");
  if (!wanted || limitOf(model, "context_tokens") !== undefined) return false;
  return ["input_tokens", "output_tokens"].some((name) => limitOf(model, name) >= wanted);
}

function isNothingDemanded(_, model, { require }) {
  return [...require.limits].some(
    ([name, wanted]) => wanted === 0n && limitOf(model, name) === undefined,
  );
}

/**
 * 6.3: the first rate that is not known is one at which no token is charged. Where a bound asks for
 * it too, resolver 2 gives the same reason.
 */
function isRateDemandedInVain({ values }, model, { prefer, require, workload }) {
  const words = [...prefer.map(({ word }) => word), ...require.measures.keys()];
  if (!words.includes("expected_cost") || values.has("expected_cost") || !model.price) return false;
  const rate = (name) => rateOf(name, model, workload).value;
  const share = workload.cached_input;
  const isCached = workload.input_tokens > 0n && share.compare(ZERO) > 0;
  const isFresh = workload.input_tokens > 0n && share.n < share.d;
  if (rate("input") !== undefined) return !require.price.output && workload.output_tokens === 0n;
  return !require.price.input && !isFresh && !(isCached && rate("cache_read") === undefined);
}

/** 5.8 */
function isBatchInputInItsPlace(_, model, { require, workload }) {
  if (workload?.tier !== "batch" || !require.price.cache_read) return false;
  const rate = (name) => rateOf(name, model, workload).value;
  return rate("cache_read") === undefined && rate("input") !== undefined;
}
