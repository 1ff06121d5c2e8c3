/** Policies: aliases, what they require and prefer, and measures (section 4). */
import { ZERO, toCanonical } from "./rationals.js";
import { refuse } from "./refused.js";
import { readLimits } from "./models.js";
import {
  aliasName,
  count,
  date,
  decimal,
  dictionary,
  filled,
  flag,
  list,
  oneOf,
  record,
  share,
  text,
  tree,
} from "./shapes.js";

/** 4.1: whether a glob matches a whole model id. Linear in both: no expression that backtracks. */
export function matches(glob, id) {
  let at = 0;
  let place = 0;
  let star = -1;
  let retry = 0;
  while (at < id.length) {
    if (glob[place] === "*") {
      star = place;
      retry = at;
      place += 1;
    } else if (place < glob.length && (glob[place] === "?" || glob[place] === id[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      place = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(place));
}

const readBound = record({}, { at_least: decimal, at_most: decimal });

const readAliasFile = record(
  { candidates: list(text), prefer: list(readPreference) },
  {
    description: text,
    exclude: list(text),
    workload: record(
      { input_tokens: count, output_tokens: count },
      { cached_input: share, tier: oneOf("standard", "batch") },
    ),
    require: record(
      {},
      {
        capabilities: list(text),
        input: list(text),
        limits: readLimits,
        measures: dictionary(readBound),
        // 4.3: a bound on no other rate
        price: record({}, { input: readBound, output: readBound, cache_read: readBound }),
        open_weights: flag,
        floating_allowed: flag,
        outlives_days: count,
      },
    ),
    incumbent_margin: share,
    deprecated: record({}, { replaced_by: aliasName, sunset: date }),
  },
);

/** `listed`, or a word that is minimised or maximised. 7.3: `listed` is minimised. */
function readPreference(value, path) {
  if (value === "listed") return { word: "listed", isMinimized: true };
  const { minimize, maximize, within } = record(
    {},
    { minimize: text, maximize: text, within: share },
  )(value, path);
  if ((minimize === undefined) === (maximize === undefined))
    refuse(`${path} needs one of minimize and maximize`);
  const word = minimize ?? maximize;
  if (word === "listed") refuse(`${path}: listed has no direction`);
  return { word, isMinimized: maximize === undefined, within };
}

/** An alias's policy, with the defaults of 4.7. */
export function readAlias(value, path = "") {
  const found = readAliasFile(value, path);
  const require = {
    capabilities: [],
    input: [],
    limits: new Map(),
    measures: new Map(),
    price: {},
    open_weights: false,
    floating_allowed: false,
    outlives_days: 0n,
    ...found.require,
  };
  const workload = found.workload && { cached_input: ZERO, tier: "standard", ...found.workload };
  const alias = { exclude: [], ...found, require, workload };
  mustHaveOneMeaning(alias);
  return alias;
}

/** 4.3 */
function mustHaveOneMeaning({
  candidates,
  prefer,
  require,
  workload,
  incumbent_margin,
  deprecated,
}) {
  if (!candidates.length) refuse("candidates is empty");
  if (!prefer.length) refuse("prefer is empty");
  const last = prefer.at(-1);
  if (last.within !== undefined) refuse("the last preference has within");
  if (incumbent_margin !== undefined && last.word === "listed")
    refuse("a listed order has no margin");
  const words = [...prefer.map(({ word }) => word), ...require.measures.keys()];
  if (words.includes("expected_cost") && !workload) refuse("expected_cost needs a workload");
  if (deprecated && !deprecated.replaced_by && !deprecated.sunset) refuse("deprecated is empty");
}

const readMeasureFile = record(
  {},
  {
    description: text,
    metric: text,
    first_token: text,
    tokens_per_second: text,
    max_age_days: count,
  },
);

/** 4.4 */
export function readMeasure(word, value) {
  const measure = readMeasureFile(value, word);
  const { metric, first_token, tokens_per_second } = measure;
  const isSpeed =
    first_token !== undefined && tokens_per_second !== undefined && word === "latency";
  const hasNone = first_token === undefined && tokens_per_second === undefined;
  if (metric === undefined ? !isSpeed : !hasNone) refuse(`the measure ${word} has no one meaning`);
  return measure;
}

export function readMeasures(value) {
  const trees = dictionary((measure) => measure)(value, "measures");
  return new Map([...trees].map(([word, measure]) => [word, readMeasure(word, measure)]));
}

/** 4.5: the word of the measure that gives a word its value; undefined where it needs none. */
export function measureOf(word) {
  if (word === "expected_cost" || word === "listed") return undefined;
  return word === "expected_latency" ? "latency" : word;
}

const decimals = (bound) =>
  tree(Object.fromEntries(Object.entries(bound).map(([key, value]) => [key, toCanonical(value)])));

/** 8.7: a policy as a release holds it, without what has its default value. */
export function aliasTree({
  description,
  candidates,
  exclude,
  workload,
  require,
  prefer,
  incumbent_margin,
  deprecated,
}) {
  const some = (list) => (list.length ? list : undefined);
  const bounds = (entries) =>
    filled(new Map([...entries].map(([word, bound]) => [word, decimals(bound)])));
  return tree({
    description: description || undefined,
    candidates,
    exclude: some(exclude),
    workload:
      workload &&
      tree({
        input_tokens: workload.input_tokens,
        output_tokens: workload.output_tokens,
        cached_input: workload.cached_input.n ? toCanonical(workload.cached_input) : undefined,
        tier: workload.tier === "standard" ? undefined : workload.tier,
      }),
    require: filled({
      capabilities: some(require.capabilities),
      input: some(require.input),
      limits: filled(require.limits),
      measures: bounds(require.measures),
      price: bounds(Object.entries(require.price)),
      open_weights: require.open_weights || undefined,
      floating_allowed: require.floating_allowed || undefined,
      outlives_days: require.outlives_days || undefined,
    }),
    prefer: prefer.map(preferenceTree),
    incumbent_margin: incumbent_margin && toCanonical(incumbent_margin),
    deprecated: deprecated && tree(deprecated),
  });
}

function preferenceTree({ word, isMinimized, within }) {
  if (word === "listed") return word;
  return tree({
    [isMinimized ? "minimize" : "maximize"]: word,
    within: within && toCanonical(within),
  });
}
