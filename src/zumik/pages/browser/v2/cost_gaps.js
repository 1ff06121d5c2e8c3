/** Resolver 2: in what an expected cost is no exact figure, as 18.10 and 18.11 decide it. */
import { costOf } from "./cost.js";
import { ratesOf } from "./rates.js";

/**
 * `{isBound, isPartial, missing}`, the last the fields of what is missing. What is read from a cache was
 * written there, also where the workload does not say how much.
 */
export function costGaps(model, { workload }, { day }) {
  if (!workload) return {};
  const { why, missing = [], isBound } = costOf(model, workload, day);
  if (why) return {};
  const isPartial = missing.length > 0 || areWritesLeftOut(model, workload, day);
  return { isBound, isPartial, missing };
}

function areWritesLeftOut(model, workload, day) {
  const reads = workload.input_tokens > 0n && workload.cached_input.n > 0n;
  const isCacheable = !(model.cacheable_from_tokens > workload.input_tokens);
  if (!reads || !isCacheable || workload.cache_written.n > 0n) return false;
  return Boolean(ratesOf(model, workload, day)("cache_write").value?.n);
}
