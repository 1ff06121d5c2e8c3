/** Resolver 1: in what an expected cost is no exact figure. It decides nothing. */
import { rateOf } from "./measures.js";

/**
 * `{isBound, isPartial}`: an upper bound, since cached tokens count at the whole price of the input;
 * and whether writes to a cache, or what no rate holds, are left out.
 */
export function costGaps(model, { workload }) {
  if (!workload) return {};
  const rate = (name, under = workload) => rateOf(name, model, under).value;
  const isCached = workload.cached_input.n !== 0n && workload.input_tokens !== 0n;
  return {
    isBound: isCached && rate("cache_read") === undefined && Boolean(rate("input")?.n),
    isPartial:
      (isCached && Boolean(rate("cache_write", { ...workload, tier: "standard" })?.n)) ||
      Boolean(model.price?.also_charged?.length),
  };
}
