/** Resolver 1: everything that a candidate fails (section 5). */
import { dayNumber } from "../days.js";
import { toCanonical } from "../rationals.js";
import { failure, rateOf, valueOf } from "./measures.js";

/** Every failing reason (5.1), and the value of every word that has one. */
export function judge(model, alias, facts) {
  const reasons = [
    ...revision(model, alias.require),
    ...lifecycle(model, alias.require, facts.day),
    ...openWeights(model, alias.require),
    ...words("capabilities", "capability_missing", model, alias.require),
    ...words("input", "input_missing", model, alias.require),
    ...limits(model, alias.require),
    ...prices(model, alias),
  ];
  const measured = measuredBy(valueOf, model, alias, facts);
  const failures = distinct([...reasons, ...measured.reasons]);
  return { model: model.id, failures, values: measured.values };
}

/** `{reasons, values}` of the words that a policy prefers or bounds, by a resolver's `valueOf`. */
export function measuredBy(valueOf, model, alias, facts) {
  const reasons = [];
  const values = new Map();
  const bounds = alias.require.measures;
  for (const word of new Set([...alias.prefer.map((each) => each.word), ...bounds.keys()])) {
    const { value, why } = valueOf(word, model, alias, facts);
    if (why)
      reasons.push(why); // 5.10
    else values.set(word, value);
    if (value && bounds.has(word)) reasons.push(...bound("measure", word, bounds.get(word), value)); // 5.9
  }
  return { reasons, values };
}

/** 5.1 */
export function distinct(reasons) {
  const key = ({ code, field, wanted, found }) => JSON.stringify([code, field, wanted, found]);
  return [...new Map(reasons.map((reason) => [key(reason), reason])).values()];
}

/** 5.2 */
export function* revision(model, { floating_allowed: isFloatingAllowed }) {
  if (isFloatingAllowed) return;
  if (model.pinned === false) yield failure("revision_floating", "pinned");
  else if (model.revision === undefined) yield failure("revision_unknown", "revision");
  else if (model.pinned === undefined) yield failure("revision_unknown", "pinned");
}

/** 5.3, 5.4 */
function* lifecycle(model, { outlives_days: outlives }, day) {
  const today = dayNumber(day);
  if (model.released_on !== undefined && dayNumber(model.released_on) > today) {
    yield failure("not_yet_released", "released_on");
  }
  if (model.retires_on !== undefined && dayNumber(model.retires_on) <= today + outlives) {
    yield failure("retires_too_soon", "retires_on");
  }
}

/** 5.5 */
export function* openWeights(model, require) {
  if (!require.open_weights || model.open_weights) return;
  yield failure(model.open_weights === false ? "not_open_weights" : "fact_unknown", "open_weights");
}

/** 5.6 */
function* words(field, code, model, require) {
  for (const word of require[field]) {
    if (model[field] === undefined) yield failure("fact_unknown", field, word);
    else if (!model[field].includes(word)) yield failure(code, field, word);
  }
}

/** 5.7 */
function* limits(model, require) {
  for (const [name, wanted] of require.limits) {
    const limit = model.limits?.get(name);
    if (limit === undefined) yield failure("fact_unknown", `limits.${name}`);
    else if (limit < wanted) yield failure("limit_too_small", `limits.${name}`);
  }
}

/** 5.8 */
function* prices(model, { require, workload }) {
  for (const [name, bounds] of Object.entries(require.price)) {
    const rate = rateOf(name, model, workload);
    const isBatchCacheRead = rate.field === "price.batch_cache_read";
    const value =
      rate.value ?? (isBatchCacheRead ? rateOf("input", model, workload).value : undefined);
    if (value === undefined) yield failure("fact_unknown", rate.field);
    else yield* bound("price", name, bounds, value);
  }
}

/** 5.8, 5.9: the edge of a bound is allowed. */
export function* bound(kind, word, { at_least: least, at_most: most }, value) {
  const field = kind === "price" ? `price.${word}` : word;
  if (least && value.compare(least) < 0)
    yield failure(`${kind}_too_low`, field, toCanonical(least));
  if (most && value.compare(most) > 0) yield failure(`${kind}_too_high`, field, toCanonical(most));
}
