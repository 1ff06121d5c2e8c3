/** Resolver 2: the rates that a request is charged at (18.7). */
import { priceOn } from "../prices.js";

/**
 * What gives the rate of a name, `{value, field}`: the price on the day, of the workload's service
 * and of the tier that its input reaches. Without a workload, the base rates of the standard service.
 */
export function ratesOf(model, workload, day) {
  const { rates, prefix, place } = serviceOf(priceOn(model.price, day), workload?.tier ?? "standard");
  const applies = workload ? tierOf(rates, workload.input_tokens) : rates;
  return (name) => ({
    value: applies?.[prefix + name],
    field: `price.${place}${prefix}${name}`,
  });
}

/** No rate of one service stands for another's; but batch may be named by `batch_` in the price. */
function serviceOf(price, name) {
  if (name === "standard") return { rates: price, prefix: "", place: "" };
  const service = price?.services?.get(name);
  if (name === "batch" && service === undefined) return { rates: price, prefix: "batch_", place: "" };
  return { rates: service, prefix: "", place: `services.${name}.` };
}

const firstToken = ({ above_input_tokens: above, from_input_tokens: from }) => from ?? above + 1n;

/** The tier with the highest first token that the input reaches, the first of two; else the base. */
function tierOf(rates, tokens) {
  let applies = rates;
  let highest = -1n;
  for (const tier of rates?.tiers ?? []) {
    const first = firstToken(tier);
    if (first <= tokens && first > highest) {
      applies = tier;
      highest = first;
    }
  }
  return applies;
}
