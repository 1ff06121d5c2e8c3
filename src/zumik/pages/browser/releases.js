/** Release files: their bytes, their names, and what a reader must refuse (section 8). */
import { momentText } from "./days.js";
import { canonical, readStrict } from "./json.js";
import { metricTree, modelTree, readFirstModel, readMetric, readModel } from "./models.js";
import { comesBefore, isDigest, isReleaseId, nextReleaseId } from "./names.js";
import { aliasTree, measureOf, readAlias, readFirstAlias, readMeasures } from "./policy.js";
import { refuse } from "./refused.js";
import { LATEST, RESOLVERS } from "./resolvers.js";
import {
  aliasName,
  count,
  dictionary,
  digest,
  flag,
  list,
  modelId,
  moment,
  oneOf,
  orNull,
  record,
  releaseId,
  text,
  tree,
} from "./shapes.js";

const MAX_BYTES = 16 * 1024 * 1024;
const FILE_NAME = /^([^.]*)\.([^.]*)\.json$/;

/** 2.6: the SHA-256 of bytes as they are, in hexadecimal digits. */
export async function digestOf(bytes) {
  // Browsers have it only where the page comes over https or from this machine.
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) throw new Error("this browser hashes only on a page that comes over https");
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** 8.13: `{id, sha256}` of a file's name. */
export function readFileName(name) {
  const [, id, sha256] = FILE_NAME.exec(name) ?? [];
  const isName = id !== undefined && isReleaseId(id) && isDigest(sha256);
  return isName
    ? { id, sha256 }
    : refuse(`${JSON.stringify(name)} is not the name of a release file`);
}

/** 2.6, 8.13: a release whose bytes are what its name says. Hash first, then parse. */
export async function verify(fileName, bytes) {
  const { id, sha256 } = readFileName(fileName);
  if (bytes.length > MAX_BYTES) refuse("a release has at most 16 MiB");
  if ((await digestOf(bytes)) !== sha256)
    refuse("the bytes have another digest than the file's name");
  const release = readRelease(readStrict(bytes));
  return release.id === id
    ? { ...release, sha256 }
    : refuse("the file holds another id than its name");
}

const rankReader = (policy) =>
  record({
    policy,
    ranking: list(modelId),
    reason: text,
    incumbent: orNull(record({ model: modelId, release: releaseId })),
  });

// 8.1, 17.2: exactly these keys
const fileReader = (policy, model) =>
  record(
    {
      schema: oneOf("zumik.release/1"),
      id: releaseId,
      created_at: moment,
      parent: orNull(record({ id: releaseId, sha256: digest })),
      note: orNull(text),
      resolver: count,
      measures: readMeasures,
      metrics: dictionary(readMetric),
      aliases: dictionary(rankReader(policy), aliasName),
      models: dictionary(model, modelId),
    },
    { backfilled: flag },
  );

const readFirstFile = fileReader(readFirstAlias, readFirstModel);
const readFile = fileReader(readAlias, readModel);

/** 8.14 */
export function readRelease(value) {
  // Resolver 1 never read the keys that came later, so a release of it has none of them.
  const isFirst = value instanceof Map && value.get("resolver") === 1n;
  const release = (isFirst ? readFirstFile : readFile)(value, "");
  for (const [name, { ranking }] of release.aliases) {
    if (!ranking.length) refuse(`${name} has an empty ranking`);
    if (new Set(ranking).size < ranking.length) refuse(`${name} ranks a model twice`);
    const unknown = ranking.find((id) => !release.models.has(id));
    if (unknown !== undefined)
      refuse(`${name} ranks ${unknown}, of which the release has no facts`);
  }
  return release;
}

/** The resolver that made a release; refuses one that is not known here. */
export function resolverOf({ resolver }) {
  return RESOLVERS.get(resolver) ?? refuse(`resolver ${resolver} is not known`);
}

/** What an alias of a release means when it is derived again from the frozen facts. */
export function rederive(release, alias) {
  const { policy, incumbent } = release.aliases.get(alias);
  return resolverOf(release).derive(policy, factsOf(release), incumbent?.model);
}

/** The facts that a release was frozen from, with its day. */
export const factsOf = (release) => ({ ...release, day: dayOf(release.created_at) });

const dayOf = (moment) => momentText(moment).slice(0, 10);

/**
 * The text of a new release file, from a catalog and a policy (8.3 to 8.12).
 *
 * `live` has the incumbents by alias (7.7), `{model, release}`; `parent` is `{id, sha256}` or null; `resolver`
 * is the number of the one that decides, the latest where none is given.
 */
export function freeze(
  { models, metrics },
  { measures, aliases },
  { created_at, parent, note, backfilled, live, resolver: number = LATEST },
) {
  const resolver = RESOLVERS.get(number);
  const day = dayOf(created_at);
  const frozen = new Map();
  const candidates = new Set();
  for (const [name, policy] of aliases) {
    const incumbent = (policy.incumbent_margin && live.get(name)) ?? null;
    const { ranking, reason } = resolver.derive(
      policy,
      { models, metrics, measures, day },
      incumbent?.model,
    );
    if (!ranking.length) refuse(`${name} has no eligible candidate`); // 7.8
    for (const id of resolver.candidatesOf(policy, models)) candidates.add(id);
    frozen.set(
      name,
      tree({ policy: aliasTree(policy), ranking, reason, incumbent: incumbent && tree(incumbent) }),
    );
  }
  const kept = new Map([...models].filter(([id]) => candidates.has(id))); // 8.4
  return canonical(
    tree({
      schema: "zumik.release/1",
      id: nextReleaseId(day, parent?.id ?? null),
      created_at: momentText(created_at),
      parent: parent && tree(parent),
      note,
      backfilled: backfilled || undefined,
      resolver: number,
      measures: usedMeasures(measures, aliases),
      metrics: usedMetrics(metrics, kept),
      aliases: frozen,
      models: new Map([...kept].map(([id, model]) => [id, modelTree(model)])),
    }),
  );
}

/** 8.5 */
function usedMeasures(measures, aliases) {
  const words = [...aliases.values()].flatMap(({ prefer, require }) => [
    ...prefer.map(({ word }) => word),
    ...require.measures.keys(),
  ]);
  const used = new Set(["latency", ...words.map(measureOf)]);
  return new Map(
    [...measures]
      .filter(([word]) => used.has(word))
      .map(([word, measure]) => [word, tree(measure)]),
  );
}

/** 8.6 */
function usedMetrics(metrics, models) {
  const hasFigure = (name) => [...models.values()].some((model) => model.metrics?.has(name));
  return new Map(
    [...metrics]
      .filter(([name]) => hasFigure(name))
      .map(([name, metric]) => [name, metricTree(metric)]),
  );
}

/** 8.15: the ledger's line of a release file. */
export function ledgerLine(fileName) {
  return `${readFileName(fileName).sha256}  frozen/${fileName}\n`;
}

/** 8.15: the file's name, of a line without its line feed. */
export function readLedgerLine(line) {
  const fileName = line.slice(64 + "  frozen/".length);
  return `${line}\n` === ledgerLine(fileName) ? fileName : refuse("it is no line of the ledger");
}

/** 7.9: whether an incumbent was rank 1 of the alias in a release before. `winnerOf(release, alias)` */
export function isIncumbentAtFault(release, alias, incumbent, winnerOf) {
  return (
    !comesBefore(incumbent.release, release) ||
    winnerOf(incumbent.release, alias) !== incumbent.model
  );
}
