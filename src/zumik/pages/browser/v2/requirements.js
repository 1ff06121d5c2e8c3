/** Resolver 2: everything that a candidate fails (section 5 with 18.1 to 18.8). */
import { dayNumber } from "../days.js";
import { hasWord, retirementOf } from "../models.js";
import { failure } from "../v1/measures.js";
import { bound, distinct, measuredBy, openWeights, revision } from "../v1/requirements.js";
import { limitsOf } from "./limits.js";
import { errorOf, valueOf } from "./measures.js";
import { ratesOf } from "./rates.js";

/** Every failing reason, and of each word that has one the value, and the error where it counts. */
export function judge(model, alias, facts) {
  const { reasons, values } = measuredBy(valueOf, model, alias, facts);
  const errors = new Map();
  const unsure = [];
  for (const { word, within } of alias.prefer) {
    if (within !== "error" || !values.has(word)) continue;
    const { error, why } = errorOf(word, model, facts);
    if (why) unsure.push(why);
    else errors.set(word, error);
  }
  const failures = [
    ...revision(model, alias.require),
    ...lifecycle(model, alias.require, facts.day),
    ...openWeights(model, alias.require),
    ...words("capabilities", "capability_missing", model, alias.require),
    ...words("input", "input_missing", model, alias.require),
    ...words("output", "output_missing", model, alias.require),
    ...mode(model, alias.require),
    ...oneOf("region", "region_differs", model, alias.require),
    ...oneOf("data_residency", "residency_differs", model, alias.require),
    ...labels(model, alias.require),
    ...limits(model, alias.require),
    ...prices(model, alias, facts.day),
    ...reasons,
    ...unsure,
  ];
  return { model: model.id, failures: once(failures), values, errors };
}

/** 18.1: of several that are too old, the one that wanted the fewest days. */
function once(failures) {
  const strictest = new Map();
  for (const each of failures.filter(({ code }) => code === "fact_too_old")) {
    const other = strictest.get(each.field);
    if (!other || BigInt(each.wanted) < BigInt(other.wanted)) strictest.set(each.field, each);
  }
  return distinct(
    failures.filter((each) => each.code !== "fact_too_old" || each === strictest.get(each.field)),
  );
}

/** 5.3, 5.4, 18.6 */
function* lifecycle(model, { outlives_days: outlives }, day) {
  const today = dayNumber(day);
  const isBy = (date, last) => date !== undefined && dayNumber(date) <= last;
  if (model.released_on !== undefined && !isBy(model.released_on, today))
    yield failure("not_yet_released", "released_on");
  if (isBy(retirementOf(model), today + outlives)) yield failure("retires_too_soon", "retires_on");
  if (isBy(model.lifecycle?.not_served_since, today + outlives))
    yield failure("no_longer_served", "lifecycle.not_served_since");
}

/** 18.3 */
function* words(field, code, model, require) {
  for (const word of require[field]) {
    const known = hasWord(model, field, word);
    if (!known) yield failure(known === undefined ? "fact_unknown" : code, field, word);
  }
}

/** 18.4: an alias of one kind never answers another, also where its policy names none. */
function* mode(model, { mode: wanted }) {
  if (wanted.length) yield* oneOf("mode", "mode_differs", model, { mode: wanted });
  else if (model.mode !== undefined && model.mode !== "chat") yield failure("mode_differs", "mode");
}

/** 18.5 */
function* oneOf(field, code, model, require) {
  if (!require[field].length || require[field].includes(model[field])) return;
  yield failure(model[field] === undefined ? "fact_unknown" : code, field);
}

/** 18.5: the team's own words, so that a label that is not there is not unknown. */
function* labels(model, require) {
  for (const label of require.labels)
    if (!model.labels?.includes(label)) yield failure("label_missing", "labels", label);
}

/** 18.2 */
function* limits(model, require) {
  const known = limitsOf(model);
  for (const [name, wanted] of require.limits) {
    if (wanted <= (known.get(name) ?? 0n)) continue;
    const isUnknown = model.limits?.get(name) === undefined;
    yield failure(isUnknown ? "fact_unknown" : "limit_too_small", `limits.${name}`);
  }
}

/** 18.8 */
function* prices(model, { require, workload }, day) {
  const rateOf = ratesOf(model, workload, day);
  for (const [name, bounds] of Object.entries(require.price)) {
    const { value, field } = rateOf(name);
    if (value === undefined) yield failure("fact_unknown", field);
    else yield* bound("price", name, bounds, value);
  }
}
