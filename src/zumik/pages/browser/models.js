/** Models, figures and metrics: the facts of a catalog or of a release (sections 3 and 8). */
import { byCodePoint } from "./json.js";
import { priceTree, readFirstPrice, readPrice } from "./prices.js";
import { toCanonical } from "./rationals.js";
import { refuse } from "./refused.js";
import {
  count,
  date,
  decimal,
  dictionary,
  filled,
  flag,
  list,
  modelId,
  named,
  oneOf,
  record,
  text,
  tree,
} from "./shapes.js";

export const LIMITS = ["context_tokens", "input_tokens", "output_tokens"];

const all = (names, read) => Object.fromEntries(names.map((name) => [name, read]));
const readRange = record({}, { at_least: decimal, at_most: decimal });

export const readLimits = (value, path) =>
  new Map(Object.entries(record({}, all(LIMITS, count))(value, path)));

/** An error is a distance: it has no sign. */
const errorOf = (value, path) => {
  const error = decimal(value, path);
  return error.n >= 0n ? error : refuse(`${path} is below zero`);
};
const readFigureObject = record(
  { value: decimal },
  {
    source: text,
    observed_on: date,
    standard_error: errorOf,
    samples: count,
    revision: text,
    effort: text,
    run: text,
  },
);
/** 3.3, 3.17: a number, or one with what is known of it. */
const readFigure = (value, path) =>
  value instanceof Map ? readFigureObject(value, path) : { value: decimal(value, path) };

const FIRST_KEYS = {
  revision: text,
  pinned: flag,
  owned_by: text,
  released_on: date,
  retires_on: date,
  open_weights: flag,
  upstream: record(
    {},
    {
      model: text,
      params: record(
        {},
        {
          reasoning_effort: oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max"),
          thinking_budget_tokens: count,
          verbosity: oneOf("low", "medium", "high"),
        },
      ),
    },
  ),
  limits: readLimits,
  input: list(text),
  capabilities: list(text),
  price: readFirstPrice,
  metrics: dictionary(readFigure),
  source: text,
  observed_on: date,
  sources: dictionary(text),
  note: text,
};

const word = named("a mode", (name) => /^[a-z][a-z0-9_]{0,63}$/.test(name));
const label = named("a label", (name) => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name));
/** The lists of words that may say an explicit no in `lacks`. */
export const WORD_LISTS = ["capabilities", "input", "output"];

const KEYS = {
  ...FIRST_KEYS,
  price: readPrice,
  cacheable_from_tokens: count,
  output: list(text),
  mode: word,
  lacks: record({}, all(WORD_LISTS, list(text))),
  lifecycle: record(
    {},
    { retires_on: date, source: text, observed_on: date, successor: modelId, not_served_since: date },
  ),
  region: text,
  data_residency: text,
  labels: list(label),
};

const OF_A_RELEASE = { variant_of: modelId, confidential: flag };

/** A model of a release of resolver 1, which holds none of the keys that came later (17.2). */
export const readFirstModel = record({}, { ...FIRST_KEYS, ...OF_A_RELEASE });

const readKnown = record({}, { ...KEYS, ...OF_A_RELEASE });

/** A model of a release. What is absent is undefined, which is unknown (3.1). */
export function readModel(value, path) {
  const model = readKnown(value, path);
  mustNotContradict(model, path);
  return model;
}

function mustNotContradict(model, path) {
  if (model.retires_on !== undefined && model.lifecycle?.retires_on !== undefined)
    refuse(`${path} says twice when it retires`);
  for (const field of WORD_LISTS) {
    const both = model.lacks?.[field]?.find((name) => model[field]?.includes(name));
    if (both !== undefined) refuse(`${path} has and lacks ${both}`);
  }
}

/** 3.2: whether a model has a word of a list: true, false, or undefined where it is unknown. */
export function hasWord(model, field, name) {
  if (model[field]?.includes(name)) return true;
  const lacking = model.lacks?.[field];
  if (lacking === undefined) return model[field] && false;
  return lacking.includes(name) ? false : undefined;
}

/** The day on which a provider retires a model, which stands in one of two places. */
export const retirementOf = ({ retires_on, lifecycle }) => retires_on ?? lifecycle?.retires_on;

const readVariant = record({}, { upstream: KEYS.upstream, metrics: KEYS.metrics, note: text });
const readProviderFile = record(
  {
    provider: text,
    models: dictionary(record({}, { ...KEYS, variants: dictionary(readVariant) })),
  },
  { confidential: flag },
);

/** The models of a provider's catalog file by id, its variants among them. */
export function readProvider(value) {
  const { provider, confidential, models } = readProviderFile(value, "");
  const found = new Map();
  const add = (id, model) => {
    if (found.has(modelId(id, id))) refuse(`${id} is there twice`);
    found.set(id, confidential ? { ...model, confidential } : model); // 3.5
  };
  for (const [key, { variants = new Map(), ...model }] of models) {
    const id = `${provider}/${key}`;
    mustNotContradict(model, id);
    add(id, model);
    for (const [name, variant] of variants) add(`${id}:${name}`, variantOf(id, model, variant));
  }
  return found;
}

/** 3.4: all facts of the model except params, metrics and note. */
function variantOf(id, model, variant) {
  const { metrics, note, ...inherited } = model;
  const upstream = {
    model: variant.upstream?.model ?? model.upstream?.model,
    params: variant.upstream?.params,
  };
  return { ...inherited, upstream, metrics: variant.metrics, note: variant.note, variant_of: id };
}

export const readMetric = record(
  {
    unit: oneOf("seconds", "percent", "fraction", "tokens_per_second", "points"),
    better: oneOf("higher", "lower"),
  },
  {
    description: text,
    range: readRange,
    version: text,
    source: text,
    licence: text,
    observed_on: date,
    collected_on: date,
  },
);

const mapped = (members, write) =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key, write(value)]));
const decimals = (members = {}) => tree(mapped(members, toCanonical));

/** A metric as a release holds it. */
export function metricTree(metric) {
  return tree({ ...metric, range: filled(decimals(metric.range)) });
}

/** 8.8 to 8.12: a model as a release holds it. */
export function modelTree(model) {
  const words = (list) => list && [...new Set(list)].sort(byCodePoint); // 8.9
  const upstream = model.upstream && {
    ...model.upstream,
    params: filled(tree(model.upstream.params ?? {})),
  };
  return tree({
    ...model,
    upstream: upstream && filled(upstream),
    limits: filled(model.limits ?? {}),
    input: words(model.input),
    output: words(model.output),
    capabilities: words(model.capabilities),
    labels: words(model.labels),
    lacks: model.lacks && filled(mapped(model.lacks, words)),
    lifecycle: model.lifecycle && filled(model.lifecycle),
    price: model.price && priceTree(model.price),
    metrics: filled(
      new Map([...(model.metrics ?? [])].map(([name, figure]) => [name, figureTree(figure)])),
    ),
    sources: filled(model.sources ?? {}),
    confidential: model.confidential || undefined,
  });
}

/** 8.11 */
function figureTree({ value, standard_error: error, ...own }) {
  const bare = toCanonical(value);
  const beside = tree({ ...own, standard_error: error && toCanonical(error) });
  return beside.size ? beside.set("value", bare) : bare;
}
