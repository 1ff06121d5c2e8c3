/** Resolver 2: what a word is worth for a model, and how surely (section 6 with 18.9 to 18.12). */
import { measureOf } from "../policy.js";
import * as v1 from "../v1/measures.js";
import { expectedCost } from "./cost.js";

/** 6.1: `{value}` of a word, or `{why}`, one failing reason. */
export const valueOf = (word, model, alias, facts) =>
  word === "expected_cost"
    ? expectedCost(model, alias, facts.day)
    : v1.valueOf(word, model, alias, facts);

/** 18.12: `{error}` of a word that has a value, or `{why}`: the standard error of its one metric. */
export function errorOf(word, model, { measures }) {
  const { metric } = measures.get(measureOf(word));
  if (metric === undefined) return { why: v1.failure("fact_unknown", `measures.${word}`) };
  const { standard_error: error } = model.metrics.get(metric);
  return error === undefined
    ? { why: v1.failure("fact_unknown", `metrics.${metric}.standard_error`) }
    : { error };
}
