/** Models, figures and metrics: the facts of a catalog or of a release (sections 3 and 8). */
import { byCodePoint } from "./json.js";
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
  oneOf,
  record,
  text,
  tree,
} from "./shapes.js";

const RATES = [
  "input",
  "output",
  "cache_read",
  "cache_write",
  "batch_input",
  "batch_output",
  "batch_cache_read",
];
export const LIMITS = ["context_tokens", "input_tokens", "output_tokens"];

const all = (names, read) => Object.fromEntries(names.map((name) => [name, read]));
const readRange = record({}, { at_least: decimal, at_most: decimal });

export const readLimits = (value, path) =>
  new Map(Object.entries(record({}, all(LIMITS, count))(value, path)));

/** 3.3: a number, or one with its own source and date. */
function readFigure(value, path) {
  if (!(value instanceof Map)) return { value: decimal(value, path) };
  return record({ value: decimal }, { source: text, observed_on: date })(value, path);
}

const MODEL = {
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
  price: record(
    {},
    {
      ...all(RATES, decimal),
      tiers: list(record({ above_input_tokens: count }, all(RATES, decimal))),
      also_charged: list(text),
      source: text,
      observed_on: date,
    },
  ),
  metrics: dictionary(readFigure),
  source: text,
  observed_on: date,
  sources: dictionary(text),
  note: text,
};

/** A model of a release. What is absent is undefined, which is unknown (3.1). */
export const readModel = record({}, { ...MODEL, variant_of: modelId, confidential: flag });

const readVariant = record({}, { upstream: MODEL.upstream, metrics: MODEL.metrics, note: text });
const readProviderFile = record(
  {
    provider: text,
    models: dictionary(record({}, { ...MODEL, variants: dictionary(readVariant) })),
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

const decimals = (members = {}) =>
  tree(
    Object.fromEntries(Object.entries(members).map(([key, value]) => [key, toCanonical(value)])),
  );

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
    capabilities: words(model.capabilities),
    price: model.price && priceTree(model.price),
    metrics: filled(
      new Map([...(model.metrics ?? [])].map(([name, figure]) => [name, figureTree(figure)])),
    ),
    sources: filled(model.sources ?? {}),
    confidential: model.confidential || undefined,
  });
}

function priceTree({ tiers = [], also_charged = [], source, observed_on, ...rates }) {
  const tierTree = ({ above_input_tokens, ...of }) =>
    new Map([...decimals(of), ["above_input_tokens", above_input_tokens]]);
  return new Map([
    ...decimals(rates),
    ...tree({
      tiers: tiers.length ? tiers.map(tierTree) : undefined,
      also_charged: also_charged.length ? also_charged : undefined,
      source,
      observed_on,
    }),
  ]);
}

/** 8.11 */
function figureTree({ value, source, observed_on }) {
  const bare = toCanonical(value);
  return source === undefined && observed_on === undefined
    ? bare
    : tree({ value: bare, source, observed_on });
}
