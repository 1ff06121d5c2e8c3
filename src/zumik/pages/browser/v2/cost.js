/** Resolver 2: the cost of a request, whole, or with what is missing in it (18.9 to 18.11). */
import { priceOn } from "../prices.js";
import { Rational, ZERO } from "../rationals.js";
import { failure } from "../v1/measures.js";
import { ratesOf } from "./rates.js";

const MILLION = new Rational(1_000_000n);
const WRITES = ["cache_write", "cache_write_1h"];
/** What counts in the place of a rate that is not known. */
const IN_ITS_PLACE = new Map([
  ["cache_read", "input"],
  ["cache_write", "input"],
  ["cache_write_1h", "input"],
  ["output_reasoning", "output"],
]);

/** `{value}`, or `{why}`: a rate that is not known, or a part that is and may not be missing. */
export function expectedCost(model, { workload, require }, day) {
  const { value, why, missing } = costOf(model, workload, day);
  if (why) return { why };
  if (missing.length && !require.incomplete_cost_allowed)
    return { why: failure("cost_incomplete", missing[0]) };
  return { value };
}

/**
 * `{why}`, or `{value, missing, isBound}`: what is known of the cost, the fields of the parts that
 * are not, in the order of 18.11, and whether cached tokens count at the price of the input.
 */
export function costOf(model, workload, day) {
  const rateOf = ratesOf(model, workload, day);
  const needed = partsOf(model, workload).filter(([, tokens]) => tokens.n > 0n);
  const charged = needed.map(([name, tokens]) => ({ name, tokens, ...chargedAt(name, rateOf) }));
  const unknown = charged.find(({ value }) => value === undefined);
  if (unknown) return { why: failure("fact_unknown", unknown.field) };
  if (model.price === undefined) return { why: failure("fact_unknown", "price") };
  const price = priceOn(model.price, day);
  const tokens = charged.reduce((sum, each) => sum.plus(each.tokens.times(each.value)), ZERO);
  const stands = charged.filter(({ isInPlace }) => isInPlace);
  return {
    value: tokens.over(MILLION).plus(feesOf(price, workload)),
    missing: missingIn(price, workload, stands, rateOf),
    isBound: stands.some(({ name, value }) => name === "cache_read" && value.n !== 0n),
  };
}

/** 18.9: the tokens of each rate, in its order. */
function partsOf(model, workload) {
  const [input, output] = [workload.input_tokens, workload.output_tokens].map((n) => new Rational(n));
  const isCacheable = !(model.cacheable_from_tokens > workload.input_tokens);
  const cached = isCacheable ? input.times(workload.cached_input) : ZERO;
  const written = isCacheable ? input.times(workload.cache_written) : ZERO;
  const [inAudio, inImage] = [workload.input_audio, workload.input_image].map((s) => input.times(s));
  const [outAudio, outImage, reasoning] = [
    workload.output_audio,
    workload.output_image,
    workload.reasoning,
  ].map((share) => output.times(share));
  const without = (whole, ...parts) => parts.reduce((left, part) => left.minus(part), whole);
  return [
    ["input", without(input, cached, written, inAudio, inImage)],
    ["cache_read", cached],
    [workload.cache_kept === "1h" ? "cache_write_1h" : "cache_write", written],
    ["input_audio", inAudio],
    ["input_image", inImage],
    ["output", without(output, outAudio, outImage, reasoning)],
    ["output_reasoning", reasoning],
    ["output_audio", outAudio],
    ["output_image", outImage],
  ];
}

/** 18.10: the rate, or the one that counts in its place; the field is of the one that is missing. */
function chargedAt(name, rateOf) {
  const own = rateOf(name);
  const other = IN_ITS_PLACE.get(name);
  if (own.value !== undefined || other === undefined) return { ...own, isInPlace: false };
  return { ...rateOf(other), isInPlace: true };
}

function feesOf({ fees }, { searches }) {
  const request = fees?.get("request")?.usd ?? ZERO;
  const search = fees?.get("search")?.usd ?? ZERO;
  return request.plus(new Rational(searches).times(search));
}

/** 18.11 */
function missingIn({ basis, fees, also_charged: others }, { searches }, stands, rateOf) {
  const writes = stands.filter(({ name }) => WRITES.includes(name));
  const isSearchUnknown = searches > 0n && !fees?.has("search");
  return [
    ...(basis === "off_peak" ? ["price.basis"] : []),
    ...writes.map(({ name }) => rateOf(name).field),
    ...(isSearchUnknown ? ["price.fees.search"] : []),
    ...(others?.length ? ["price.also_charged"] : []),
  ];
}
