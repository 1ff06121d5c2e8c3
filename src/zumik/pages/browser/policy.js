/** Policies: aliases, what they require and prefer, and measures (section 4). */
import { ONE, ZERO, toCanonical } from "./rationals.js";
import { refuse } from "./refused.js";
import { readLimits } from "./models.js";
import { serviceName } from "./prices.js";
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

const SHARES = [
  "cached_input",
  "cache_written",
  "input_audio",
  "input_image",
  "output_audio",
  "output_image",
  "reasoning",
];
const WORD_LISTS = ["capabilities", "input", "mode", "output", "region", "data_residency", "labels"];
const FLAGS = ["open_weights", "floating_allowed", "incomplete_cost_allowed"];

const all = (names, value) => Object.fromEntries(names.map((name) => [name, value]));

const FIRST_WORKLOAD = { cached_input: share, tier: oneOf("standard", "batch") };
const WORKLOAD = {
  ...all(SHARES, share),
  tier: (value, path) => (value === "standard" ? value : serviceName(value, path)),
  cache_kept: oneOf("5m", "1h"),
  searches: count,
};

const FIRST_REQUIRE = {
  capabilities: list(text),
  input: list(text),
  limits: readLimits,
  measures: dictionary(readBound),
  // 4.3: a bound on no other rate
  price: record({}, { input: readBound, output: readBound, cache_read: readBound }),
  open_weights: flag,
  floating_allowed: flag,
  outlives_days: count,
};
const REQUIRE = { ...FIRST_REQUIRE, ...all(WORD_LISTS, list(text)), incomplete_cost_allowed: flag };

const aliasReader = (workload, require, within) =>
  record(
    { candidates: list(text), prefer: list(preferenceReader(within)) },
    {
      description: text,
      exclude: list(text),
      workload: record({ input_tokens: count, output_tokens: count }, workload),
      require: record({}, require),
      incumbent_margin: share,
      deprecated: record({}, { replaced_by: aliasName, sunset: date }),
    },
  );

const readFirstAliasFile = aliasReader(FIRST_WORKLOAD, FIRST_REQUIRE, share);
const readAliasFile = aliasReader(WORKLOAD, REQUIRE, (value, path) =>
  value === "error" ? value : share(value, path),
);

/** `listed`, or a word that is minimised or maximised. 7.3: `listed` is minimised. */
function preferenceReader(within) {
  const readGoal = record({}, { minimize: text, maximize: text, within });
  return (value, path) => {
    if (value === "listed") return { word: "listed", isMinimized: true };
    const { minimize, maximize, within } = readGoal(value, path);
    if ((minimize === undefined) === (maximize === undefined))
      refuse(`${path} needs one of minimize and maximize`);
    const word = minimize ?? maximize;
    if (word === "listed") refuse(`${path}: listed has no direction`);
    return { word, isMinimized: maximize === undefined, within };
  };
}

/** An alias's policy, with the defaults of 4.7. */
export const readAlias = (value, path = "") => withDefaults(readAliasFile(value, path));

/** The policy of a release of resolver 1, which has none of the keys that came later (17.2). */
export const readFirstAlias = (value, path = "") => withDefaults(readFirstAliasFile(value, path));

function withDefaults(found) {
  const require = {
    ...all(WORD_LISTS, []),
    ...all(FLAGS, false),
    limits: new Map(),
    measures: new Map(),
    price: {},
    outlives_days: 0n,
    ...found.require,
  };
  const workload = found.workload && {
    ...all(SHARES, ZERO),
    tier: "standard",
    cache_kept: "5m",
    searches: 0n,
    ...found.workload,
  };
  if (workload) mustBeShares(workload, found.workload);
  const alias = { exclude: [], ...found, require, workload };
  mustHaveOneMeaning(alias);
  return alias;
}

function mustBeShares(workload, written) {
  const sum = (names) => names.reduce((total, name) => total.plus(workload[name]), ZERO);
  const parts = [
    ["cached_input", "cache_written", "input_audio", "input_image"],
    ["output_audio", "output_image", "reasoning"],
  ];
  const tooMany = parts.find((names) => sum(names).compare(ONE) > 0);
  if (tooMany) refuse(`${tooMany.join(", ")} are more than 1 together`);
  if (written.cache_kept !== undefined && !workload.cache_written.n)
    refuse("cache_kept needs cache_written");
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
  if (prefer.some(({ word, within }) => within === "error" && word === "expected_cost"))
    refuse("expected_cost has no error");
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
    workload: workload && workloadTree(workload),
    require: filled({
      ...mapped(WORD_LISTS, (name) => some(require[name])),
      ...mapped(FLAGS, (name) => require[name] || undefined),
      limits: filled(require.limits),
      measures: bounds(require.measures),
      price: bounds(Object.entries(require.price)),
      outlives_days: require.outlives_days || undefined,
    }),
    prefer: prefer.map(preferenceTree),
    incumbent_margin: incumbent_margin && toCanonical(incumbent_margin),
    deprecated: deprecated && tree(deprecated),
  });
}

const mapped = (names, write) => Object.fromEntries(names.map((name) => [name, write(name)]));

const workloadTree = ({ input_tokens, output_tokens, tier, cache_kept, searches, ...shares }) =>
  tree({
    input_tokens,
    output_tokens,
    ...mapped(SHARES, (name) => (shares[name].n ? toCanonical(shares[name]) : undefined)),
    tier: tier === "standard" ? undefined : tier,
    cache_kept: cache_kept === "5m" ? undefined : cache_kept,
    searches: searches || undefined,
  });

function preferenceTree({ word, isMinimized, within }) {
  if (word === "listed") return word;
  return tree({
    [isMinimized ? "minimize" : "maximize"]: word,
    within: within === "error" ? within : within && toCanonical(within),
  });
}
