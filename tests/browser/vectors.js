/**
 * The conformance vectors for the implementation in JavaScript, in Node as in a browser.
 *
 * Each list of cases has a check here; a list without one fails, so that no vector is passed over.
 */
import { momentOf, momentText } from "../../src/zumik/pages/browser/days.js";
import {
  lineText,
  lineTree,
  resolve,
  resolveDrained,
  resolveTarget,
} from "../../src/zumik/pages/browser/decisions.js";
import {
  canonical,
  onOneLine,
  readForeign,
  readStrict,
} from "../../src/zumik/pages/browser/json.js";
import * as files from "../../src/zumik/pages/browser/live_files.js";
import { lineOfReceipt, readLine } from "../../src/zumik/pages/browser/log_lines.js";
import { readLogTime } from "../../src/zumik/pages/browser/log_times.js";
import { modelTree, readMetric, readModel, readProvider } from "../../src/zumik/pages/browser/models.js";
import * as names from "../../src/zumik/pages/browser/names.js";
import { aliasTree, readAlias, readMeasure, readMeasures } from "../../src/zumik/pages/browser/policy.js";
import {
  fromCanonical,
  fromWritten,
  toCanonical,
} from "../../src/zumik/pages/browser/rationals.js";
import { Refused } from "../../src/zumik/pages/browser/refused.js";
import * as releases from "../../src/zumik/pages/browser/releases.js";
import { replay } from "../../src/zumik/pages/browser/replay.js";
import { readRequest, requestTree } from "../../src/zumik/pages/browser/requests.js";
import { RESOLVERS } from "../../src/zumik/pages/browser/resolvers.js";
import { dictionary, share } from "../../src/zumik/pages/browser/shapes.js";

const utf8 = (text) => new TextEncoder().encode(text);
const FILES = {
  pointer: [files.readPointer, files.pointerText],
  withdrawal: [files.readWithdrawal, files.withdrawalText],
  drains: [files.readDrains, files.drainsText],
};
const SOURCE = "alr_2026_06_09_003";

/** What must hold of each list of cases: nothing is given back, and a fault is thrown. */
const CHECKS = {
  "names/alias": (c) => same(names.isAliasName(c.get("text")), c.get("valid")),
  "names/model": (c) => same(names.isModelId(c.get("text")), c.get("valid")),
  "names/release_id": (c) => same(names.isReleaseId(c.get("text")), c.get("valid")),
  "names/digest": (c) => same(names.isDigest(c.get("text")), c.get("valid")),
  "names/next": (c) => same(names.nextReleaseId(c.get("day"), c.get("parent")), c.get("id")),
  "names/references": (c) =>
    sameOrRefused(
      () => new Map(Object.entries(names.readReference(c.get("text")))),
      c.get("expect"),
    ),
  "freeze/cases": freezes,
  "freeze/refused_aliases": (c) => refused(() => readAlias(c.get("alias"))),
  "freeze/refused_models": (c) => refused(() => readModel(c.get("model"), "a/x")),
  "freeze/refused_measures": (c) => refused(() => readMeasure(c.get("word"), c.get("measure"))),
  "freeze/shares": (c) => same(toCanonical(share(c.get("written"), "share")), c.get("share")),
  "release/cases": writesRelease,
  "release/written_models": (c) => same(modelTree(readModel(c.get("model"), "a/x")), c.get("written")),
  "release/written_aliases": (c) => same(aliasTree(readAlias(c.get("alias"))), c.get("written")),
  "release/incumbents": claimsIncumbent,
  "release/refused": async (c) => {
    const bytes = utf8(canonical(c.get("content")));
    const id = c.get("content").get("id") ?? "alr_2026_06_09_001";
    await refused(async () =>
      releases.verify(`${id}.${await releases.digestOf(bytes)}.json`, bytes),
    );
  },
  "release/misnamed": (c) => refused(() => releases.verify(c.get("file_name"), bytesOf(c))),
  "release/ledger": (c) => {
    same(releases.ledgerLine(c.get("file_name")), c.get("line"));
    same(releases.readLedgerLine(c.get("line").trimEnd()), c.get("file_name"));
  },
  "release/no_ledger_lines": (c) => refused(() => releases.readLedgerLine(c.get("line"))),
  "resolve/cases": resolves,
  "resolve/drained": resolvesDrained,
  "lines/cases": (c) => same(fieldsOf(readLine(bytesOf(c))), c.get("expect")),
  "lines/refused": (c) => refused(() => readLine(bytesOf(c))),
  "lines/written": writesLine,
  "times/times": (c) => {
    const moment = readLogTime(c.get("value"));
    same(moment === null ? null : momentText(moment), c.get("expect"));
  },
  "receipts/receipts": (c) =>
    sameOrRefused(() => {
      const { alias, release, digestPrefix, model } = names.readReceipt(c.get("text"));
      return new Map(Object.entries({ alias, release, digest_prefix: digestPrefix, model }));
    }, c.get("expect")),
  "receipts/verdicts": async (c) => judges(lineOfReceipt(c.get("receipt")), c),
  "replay/cases": async (c) => judges(readLine(bytesOf(c)), c),
  "replay/served_models": judgesServed,
  "files/read": (c) => {
    const [read, write] = FILES[c.get("kind")];
    const text = canonical(c.get("content"));
    same(write(read(utf8(text))), text);
  },
  "files/refused": (c) => refused(() => FILES[c.get("kind")][0](utf8(canonical(c.get("content"))))),
  "files/generations": (c) => {
    const previous = c.get("previous") && files.readPointer(utf8(canonical(c.get("previous"))));
    same(files.nextGeneration(previous), c.get("generation"));
  },
  "digest/digests": async (c) => same(await releases.digestOf(bytesOf(c)), c.get("sha256")),
  "digest/canonical": async (c) => {
    same(canonical(c.get("content")), new TextDecoder().decode(bytesOf(c)));
    same(readStrict(bytesOf(c)), c.get("content"));
    if (c.has("sha256"))
      same(await releases.digestOf(utf8(canonical(c.get("content")))), c.get("sha256"));
  },
  "digest/refused": (c) => refused(() => readStrict(bytesOf(c))),
  "digest/decimals": async (c) => {
    same(toCanonical(fromWritten(c.get("written"))), c.get("canonical"));
    same(fromCanonical(c.get("canonical")).compare(fromWritten(c.get("written"))), 0);
    if (c.get("written") !== c.get("canonical"))
      await refused(() => fromCanonical(c.get("written")));
  },
  "digest/no_decimals": (c) => refused(() => fromCanonical(c.get("text"))),
  "digest/releases": async (c) => {
    const release = await releases.verify(c.get("file_name"), bytesOf(c));
    same(canonical(readStrict(bytesOf(c))), c.get("text"));
    same(`${release.id}.${release.sha256}.json`, c.get("file_name"));
  },
};

/** Runs the vectors of a file, of its text: `{name, fault}` of each, the fault null where it holds. */
export async function runTopic(folder, stem, text) {
  const topic = readForeign(text);
  const results = [];
  for (const [key, list] of topic) {
    for (const given of Array.isArray(list) ? list : []) {
      if (!(given instanceof Map) || !given.has("title")) continue;
      const name = `${folder}/${stem}: ${given.get("title")}`;
      results.push({
        name,
        fault: await faultOf(CHECKS[`${folder}/${key}`], new Map([...topic, ...given])),
      });
    }
  }
  return results;
}

async function faultOf(check, given) {
  try {
    if (!check) throw new Error("there is no check for this list");
    await check(given);
    return null;
  } catch (fault) {
    return String(fault.stack ?? fault);
  }
}

function same(found, expected) {
  const [a, b] = [found, expected].map((value) => onOneLine(plain(value)));
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

/** With the keys of every object in order. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return typeof value === "number" ? BigInt(value) : value;
  return new Map(
    [...value]
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, plain(item)]),
  );
}

async function refused(read) {
  try {
    await read();
  } catch (fault) {
    if (fault instanceof Refused) return;
    throw fault;
  }
  throw new Error("it is not refused");
}

async function sameOrRefused(read, expected) {
  if (expected === null) await refused(read);
  else same(read(), expected);
}

function bytesOf(given) {
  if (given.has("line")) return utf8(onOneLine(given.get("line")));
  if (given.has("base64"))
    return Uint8Array.from(atob(given.get("base64")), (c) => c.charCodeAt(0));
  return utf8(given.get("text"));
}

async function verified(content) {
  const bytes = utf8(canonical(content));
  return releases.verify(`${content.get("id")}.${await releases.digestOf(bytes)}.json`, bytes);
}

function freezes(given) {
  const facts = {
    models: dictionary(readModel)(given.get("models"), "models"),
    metrics: dictionary(readMetric)(given.get("metrics"), "metrics"),
    measures: readMeasures(given.get("measures")),
    day: given.get("day"),
  };
  const resolver = RESOLVERS.get(given.get("resolver") ?? 1n);
  const alias = readAlias(given.get("alias"));
  const derived = resolver.derive(
    alias,
    facts,
    given.get("incumbent")?.get("model"),
  );
  const expected = given.get("expect");
  same(derived.ranking, expected.get("ranking"));
  if (derived.ranking.length) same(derived.reason, expected.get("reason"));
  const pairs = (failures) => failures.map(({ code, field }) => `${code} ${field}`).sort();
  same(
    new Map(
      derived.candidates
        .filter(({ failures }) => failures.length)
        .map(({ model, failures }) => [model, pairs(failures)]),
    ),
    new Map(
      [...expected.get("excluded")].map(([model, reasons]) => [
        model,
        reasons.map((each) => each.join(" ")).sort(),
      ]),
    ),
  );
  same(resolver.knownDefects(derived, alias, facts).length, expected.get("known_defects") ?? 0n);
}

function writesRelease(given) {
  const models = new Map(given.get("providers").flatMap((provider) => [...readProvider(provider)]));
  const metrics = dictionary(readMetric)(given.get("metrics"), "metrics");
  const aliases = dictionary(readAlias)(given.get("aliases"), "aliases");
  const live = new Map(
    [...given.get("incumbents")].map(([alias, of]) => [alias, Object.fromEntries(of)]),
  );
  const text = releases.freeze(
    { models, metrics },
    { measures: readMeasures(given.get("measures")), aliases },
    {
      created_at: momentOf(given.get("created_at")),
      parent: given.get("parent") && Object.fromEntries(given.get("parent")),
      note: given.get("note"),
      backfilled: given.get("backfilled"),
      live,
    },
  );
  const whole = readStrict(utf8(text));
  releases.readRelease(whole);
  const part = (given.get("expect").get("part") ?? []).reduce((tree, key) => tree.get(key), whole);
  same(
    canonical(part),
    given
      .get("expect")
      .get("text")
      .map((line) => `${line}\n`)
      .join(""),
  );
}

function claimsIncumbent(given) {
  const winnerOf = (release, alias) => given.get("winners").get(release)?.get(alias);
  const claimed = Object.fromEntries(given.get("incumbent"));
  same(
    releases.isIncumbentAtFault(given.get("release"), given.get("alias"), claimed, winnerOf),
    given.get("is_fault"),
  );
}

async function resolves(given) {
  const request = readRequest(given.get("request"));
  const found = resolve(await verified(given.get("release")), given.get("alias"), request);
  const expected = new Map(given.get("expect"));
  same(found.passed, expected.get("passed") ?? []);
  same(found.error ?? null, expected.get("error") ?? null);
  expected.delete("passed");
  if (found.error) return;
  const line = lineTree(given.get("alias"), found);
  same(new Map([...expected.keys()].map((key) => [key, line.get(key)])), expected);
  same(line.get("request"), given.get("request"));
}

async function resolvesDrained(given) {
  const drains = given.get("drains").map((drain) => files.readDrain(drain, "drain"));
  const [release, request] = [
    await verified(given.get("release")),
    readRequest(given.get("request")),
  ];
  const found = resolveDrained(
    release,
    given.get("alias"),
    request,
    drains,
    momentOf(given.get("now")),
  );
  const line = new Map([
    ["drain_ignored", []],
    ...lineTree(given.get("requested") ?? given.get("alias"), found),
  ]);
  same(
    new Map([...given.get("expect").keys()].map((key) => [key, line.get(key)])),
    given.get("expect"),
  );
}

async function writesLine(given) {
  const requested = given.get("requested") ?? given.get("alias");
  const { alias, model } = names.readReference(requested);
  const found = model
    ? resolveTarget(model, given.get("revision"))
    : resolve(await verified(given.get("release")), alias, readRequest(given.get("request")));
  same(lineText(requested, found, given.get("timestamp")), given.get("text"));
}

/** The fields of the table that a line logs. */
export function fieldsOf({ reference, request, timestamp, ...fields }) {
  const found = {
    ...fields,
    request: request && requestTree(request),
    timestamp: timestamp === undefined ? undefined : momentText(timestamp),
  };
  return new Map(Object.entries(found).filter(([, value]) => value !== undefined));
}

async function sourcesOf(given) {
  const known = await Promise.all(given.get("releases").map(verified));
  return {
    release: (id) => known.find((each) => each.id === id),
    landed: given.has("landed")
      ? () => ({ known: given.get("landed"), isFuture: given.get("in_the_future") ?? false })
      : undefined,
    known: () => (given.get("known") ?? []).map((facts) => readModel(facts, "known")),
  };
}

async function judges(line, given) {
  const found = replay(line, await sourcesOf(given));
  const expected = given.get("expect");
  same(found.verdict, expected.get("verdict"));
  same(found.differences.map(({ field }) => field).sort(), [...expected.get("differences")].sort());
  if (expected.has("release")) same(found.release.id, expected.get("release"));
  if (expected.has("served")) same(found.served, expected.get("served"));
}

/** An alias is held against a release with this model alone, a target against the model. */
async function judgesServed(given) {
  const { id, ...facts } = Object.fromEntries(given.get("model") ?? []);
  const models = new Map(
    id === undefined
      ? []
      : [
          [id, new Map(Object.entries(facts))],
          ...(given.get("also") ?? []).map((also) => [also, new Map()]),
        ],
  );
  const requested = given.get("requested");
  const line = new Map(
    Object.entries({
      requested_model: requested,
      served_model: given.get("served_model"),
      alias_release: requested.includes("/") ? null : SOURCE,
      resolved_model: id ?? null,
      resolved_revision: given.get("resolved_revision") ?? null,
    }),
  );
  const release = id === undefined ? undefined : await verified(releaseOf(id, models));
  const found = replay(readLine(utf8(onOneLine(line))), {
    release: () => release,
    known: (target) => (models.has(target) ? [readModel(models.get(target), target)] : []),
  });
  same(found.served, given.get("served"));
}

function releaseOf(id, models) {
  const release =
    readForeign(`{"schema": "zumik.release/1", "id": "${SOURCE}", "created_at": "2026-06-09T09:00:00Z",
    "parent": null, "note": null, "resolver": 1, "measures": {}, "metrics": {}, "aliases": {"code.fast": {
    "policy": {"candidates": ["*"], "prefer": ["listed"]}, "ranking": ["${id}"], "reason": "x", "incumbent": null}}}`);
  return release.set("models", models);
}
