/** Resolver 1: what a word is worth for a model, or why it has no value (section 6). */
import { dayNumber } from "../days.js";
import { measureOf } from "../policy.js";
import { Rational, ZERO } from "../rationals.js";

const MILLION = new Rational(1_000_000n);

/** A failing reason (section 5). `wanted` and `found` are texts, and tell equal codes apart (5.1). */
export function failure(code, field, wanted = "", found = "") {
  return { code, field, wanted: String(wanted), found: String(found) };
}

/** 6.1: `{value}` of a word, or `{why}`, one failing reason. */
export function valueOf(word, model, alias, facts) {
  if (word === "listed") return { value: place(alias.candidates, model.id) };
  if (word === "expected_cost") return expectedCost(model, alias.workload);
  const measure = facts.measures.get(measureOf(word));
  if (measure === undefined) return { why: failure("fact_unknown", `measures.${word}`) }; // 6.8
  if (measure.metric !== undefined) return figure(measure.metric, measure, model, facts);
  return speed(measure, model, alias.workload, facts);
}

/** 7.3: the place of the first glob that matches. */
function place(globs, id) {
  return new Rational(BigInt(globs.findIndex((glob) => glob.matches(id))));
}

/** 6.2 to 6.4 */
function expectedCost(model, workload) {
  const found = new Map();
  for (const name of ["input", "output"]) {
    const rate = rateOf(name, model, workload);
    if (rate.value === undefined) return { why: failure("fact_unknown", rate.field) };
    found.set(name, rate.value);
  }
  const input = found.get("input");
  const cacheRead = rateOf("cache_read", model, workload).value ?? input;
  const tokens = new Rational(workload.input_tokens);
  const cached = tokens.times(workload.cached_input);
  const cost = tokens
    .minus(cached)
    .times(input)
    .plus(cached.times(cacheRead))
    .plus(new Rational(workload.output_tokens).times(found.get("output")));
  return { value: cost.over(MILLION) };
}

/** The rate that applies to a request, and its field. 6.5: in batch only batch rates. */
export function rateOf(name, model, workload) {
  const key = workload?.tier === "batch" ? `batch_${name}` : name;
  return { value: ratesOf(model, workload)[key], field: `price.${key}` };
}

/** 6.6, 6.7: the rates of the highest tier strictly below the input, the first of two equal ones. */
function ratesOf({ price }, workload) {
  let applies = price ?? {};
  let highest = -1n;
  for (const tier of workload ? (price?.tiers ?? []) : []) {
    const above = tier.above_input_tokens;
    if (above < workload.input_tokens && above > highest) {
      applies = tier;
      highest = above;
    }
  }
  return applies;
}

/** 6.9, 6.10 */
function figure(name, { max_age_days: maxAge }, model, { metrics, day }) {
  const metric = metrics.get(name);
  const known = model.metrics?.get(name);
  if (metric === undefined || known === undefined)
    return { why: failure("fact_unknown", `metrics.${name}`) };
  if (maxAge === undefined) return { value: known.value };
  const date = known.observed_on ?? metric.observed_on ?? metric.collected_on; // 3.3
  if (date === undefined) return { why: failure("fact_unknown", `metrics.${name}.observed_on`) };
  const isTooOld = dayNumber(day) - dayNumber(date) > maxAge;
  return isTooOld
    ? { why: failure("fact_too_old", `metrics.${name}`, maxAge, date) }
    : { value: known.value };
}

/** 6.11: seconds to the first token, and for the tokens that follow. */
function speed(measure, model, workload, facts) {
  if (!workload) return { why: failure("fact_unknown", "workload") };
  const first = figure(measure.first_token, measure, model, facts);
  if (first.why) return first;
  const perSecond = figure(measure.tokens_per_second, measure, model, facts);
  if (perSecond.why) return perSecond;
  if (perSecond.value.compare(ZERO) <= 0) {
    return { why: failure("fact_unknown", `metrics.${measure.tokens_per_second}`) };
  }
  return { value: first.value.plus(new Rational(workload.output_tokens).over(perSecond.value)) };
}
