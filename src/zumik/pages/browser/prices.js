/** Prices as a catalog or a release holds them, and the price on a day (section 3). */
import { toCanonical } from "./rationals.js";
import { refuse } from "./refused.js";
import { count, date, decimal, dictionary, filled, list, named, oneOf, record, text, tree } from "./shapes.js";

const BATCH = /^batch_/;
const FIRST_RATES = [
  "input",
  "output",
  "cache_read",
  "cache_write",
  "batch_input",
  "batch_output",
  "batch_cache_read",
];
const RATES = [
  ...FIRST_RATES,
  "cache_write_1h",
  "input_audio",
  "input_image",
  "output_audio",
  "output_image",
  "output_reasoning",
];
/** A service and a dated price name no rate by `batch_`: batch is a service of its own there. */
const SERVICE_RATES = RATES.filter((name) => !BATCH.test(name));

const all = (names, read) => Object.fromEntries(names.map((name) => [name, read]));
const ORIGIN = { source: text, observed_on: date, from: date, confirmed_on: date };

/** What releases of resolver 1 hold, which never change (17.2). */
export const readFirstPrice = record(
  {},
  {
    ...all(FIRST_RATES, decimal),
    tiers: list(record({ above_input_tokens: count }, all(FIRST_RATES, decimal))),
    also_charged: list(text),
    source: text,
    observed_on: date,
  },
);

const readTiers = (rates) => {
  const readTier = record(
    {},
    { above_input_tokens: count, from_input_tokens: count, ...all(rates, decimal), ...ORIGIN },
  );
  return list((value, path) => {
    const tier = readTier(value, path);
    const hasAbove = tier.above_input_tokens !== undefined;
    if (tier.from_input_tokens === 0n) refuse(`${path} is no tier: each request reaches it`);
    if (hasAbove === (tier.from_input_tokens !== undefined))
      refuse(`${path} needs one of above_input_tokens and from_input_tokens`);
    if (tier.from_input_tokens === 0n) refuse(`${path} has from_input_tokens of 0`);
    return tier;
  });
};

const isService = (name) => /^[a-z][a-z0-9_-]{0,63}$/.test(name) && name !== "standard";
export const serviceName = named("a service", isService);
const feeName = named("a fee", (name) => /^[a-z][a-z0-9_]{0,63}$/.test(name));

const readFeeObject = record({ usd: decimal }, ORIGIN);
const readFee = (value, path) =>
  value instanceof Map ? readFeeObject(value, path) : { usd: decimal(value, path) };

const readService = record(
  {},
  { ...all(SERVICE_RATES, decimal), tiers: readTiers(SERVICE_RATES), ...ORIGIN },
);

/** What the price itself and a dated price have alike. */
const WHOLE = {
  ...all(SERVICE_RATES, decimal),
  tiers: readTiers(SERVICE_RATES),
  services: dictionary(readService, serviceName),
  fees: dictionary(readFee, feeName),
  also_charged: list(text),
  basis: oneOf("list", "peak", "off_peak"),
  source: text,
  observed_on: date,
  confirmed_on: date,
};

const readGroups = record({}, all(["cache", "batch", "media", "reasoning"], record({}, ORIGIN)));
const readKeys = record(
  {},
  {
    ...WHOLE,
    ...all(RATES, decimal),
    tiers: readTiers(RATES),
    dated: list(record({ from: date }, WHOLE)),
    from: date,
    origins: (value, path) => new Map(Object.entries(readGroups(value, path))),
  },
);

export function readPrice(value, path) {
  const price = readKeys(value, path);
  const days = (price.dated ?? []).map(({ from }) => from);
  if (new Set(days).size < days.length) refuse(`${path}.dated has a day twice`);
  const named = [price, ...(price.tiers ?? [])].flatMap(Object.keys);
  if (price.services?.has("batch") && named.some((name) => BATCH.test(name)))
    refuse(`${path} has services.batch beside a rate that begins with batch_`);
  return price;
}

/** The dated price with the latest day on or before a day, whole; else the price itself. */
export function priceOn(price, day) {
  const begun = (price?.dated ?? []).filter(({ from }) => from <= day);
  const latest = begun.map(({ from }) => from).sort().at(-1);
  return begun.find(({ from }) => from === latest) ?? price;
}

/** 8.8 to 8.10: a price as a release holds it. */
export function priceTree(price) {
  const { tiers, services, dated, fees, also_charged, origins, ...own } = price;
  const some = (items) => (items?.length ? items : undefined);
  return tree({
    ...written(own),
    tiers: some(tiers?.map((tier) => tree(written(tier)))),
    services: services && filled(mapped(services, priceTree)),
    dated: some(dated?.map(priceTree)),
    fees: fees && filled(mapped(fees, feeTree)),
    also_charged: some(also_charged),
    origins: origins && filled(mapped(origins, tree)),
  });
}

const mapped = (map, write) => new Map([...map].map(([name, item]) => [name, write(item)]));

/** Rates as canonical decimals; what is no rate stays as it is. */
const written = (members) =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      RATES.includes(name) ? toCanonical(value) : value,
    ]),
  );

function feeTree({ usd, ...origin }) {
  const bare = toCanonical(usd);
  return Object.keys(origin).length ? tree({ usd: bare, ...origin }) : bare;
}
