/**
 * What the implementation in JavaScript answers, as text of JSON; the tests ask Python the same.
 *
 * null: it must be refused. Any other exception is a fault of the implementation, and stays one.
 */
import { lineTree, resolve, resolveDrained } from "../../src/zumik/pages/browser/decisions.js";
import { momentOf, momentText } from "../../src/zumik/pages/browser/days.js";
import {
  canonical,
  onOneLine,
  readForeign,
  readStrict,
} from "../../src/zumik/pages/browser/json.js";
import {
  readDrain,
  readDrains,
  readPointer,
  readWithdrawal,
} from "../../src/zumik/pages/browser/live_files.js";
import { lineOfReceipt, readLine } from "../../src/zumik/pages/browser/log_lines.js";
import { readLogTime } from "../../src/zumik/pages/browser/log_times.js";
import { modelTree, readModel } from "../../src/zumik/pages/browser/models.js";
import { aliasTree } from "../../src/zumik/pages/browser/policy.js";
import { readReceipt, readReference } from "../../src/zumik/pages/browser/names.js";
import { Refused } from "../../src/zumik/pages/browser/refused.js";
import * as releases from "../../src/zumik/pages/browser/releases.js";
import { replay } from "../../src/zumik/pages/browser/replay.js";
import { readRequest } from "../../src/zumik/pages/browser/requests.js";
import { differenceText } from "../../src/zumik/pages/browser/explanation.js";
import * as sentences from "../../src/zumik/pages/browser/sentences.js";
import { safe, shown } from "../../src/zumik/pages/browser/text.js";
import { readPasted } from "../../src/zumik/pages/browser/pasted_line.js";
import { verifyRelease } from "../../src/zumik/pages/browser/verification.js";
import { fieldsOf, runTopic } from "./vectors.js";

const KINDS = {
  vectors: async ({ folder, stem, text }) => (await runTopic(folder, stem, text)).map(asMap),
  strict: ({ bytes }) => canonical(readStrict(bytesOf(bytes))),
  line: ({ bytes, size }) => fieldsOf(readLine(padded(bytesOf(bytes), size))),
  receipt: ({ text }) => {
    const { digestPrefix: digest_prefix, ...parts } = readReceipt(text);
    return asMap({ ...parts, digest_prefix });
  },
  reference: ({ text }) => asMap(readReference(text)),
  time: ({ text }) => timeOf(readLogTime(readForeign(text))),
  file: ({ kind, bytes }) => {
    ({ pointer: readPointer, drains: readDrains, withdrawal: readWithdrawal })[kind](
      bytesOf(bytes),
    );
    return true;
  },
  release: async (job) => derivedAgain(await verified(job)),
  written: async (job) => {
    const { aliases, models } = await verified(job);
    const policies = [...aliases].map(([name, { policy }]) => [name, aliasTree(policy)]);
    return asMap({
      aliases: new Map(policies),
      models: new Map([...models].map(([id, model]) => [id, modelTree(model)])),
    });
  },
  fault: (job) =>
    verified(job).then(
      () => null,
      ({ message }) => message,
    ),
  verification: async ({ file_name: name, bytes }) => {
    const { aliases } = await verifyRelease(name, bytesOf(bytes));
    return new Map([...aliases].map(([alias, { isAgreed }]) => [alias, isAgreed]));
  },
  pasted: ({ text }) => fieldsOf(readPasted(text).line),
  resolve: async ({ release, alias, request, drains, now }) => {
    const source = await verified(release);
    const asked = readRequest(readForeign(request));
    const given = readForeign(drains).map((drain) => readDrain(drain, "drain"));
    const found = given.length
      ? resolveDrained(source, alias, asked, given, momentOf(now))
      : resolve(source, alias, asked);
    return found.error
      ? asMap({ error: found.error, passed: found.passed })
      : lineTree(alias, found);
  },
  replay: judged,
  shown: ({ text }) => asMap({ shown: shown(text), safe: safe(text) }),
};

const asMap = (object) => new Map(Object.entries(object));
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
/** Followed by so many spaces as the size needs. */
const padded = (bytes, size = bytes.length) => {
  const found = new Uint8Array(size).fill(0x20);
  found.set(bytes);
  return found;
};
const timeOf = (moment) => (moment === null ? null : momentText(moment));

const seen = new Map();

/** A release by its name and bytes; the tests ask for the same ones again and again. */
async function verified({ file_name: name, bytes }) {
  if (!seen.has(name + bytes)) seen.set(name + bytes, await releases.verify(name, bytesOf(bytes)));
  return seen.get(name + bytes);
}

/** Each alias as the release's resolver derives it from the frozen facts, and whether freezing gives the bytes. */
function derivedAgain(release) {
  const resolver = releases.resolverOf(release);
  const aliases = new Map();
  for (const name of release.aliases.keys()) {
    const derived = releases.rederive(release, name);
    const { ranking, reason, candidates } = derived;
    const failures = candidates.map(({ model, failures }) => [
      model,
      failures.map(({ code, field }) => `${code} ${field}`).sort(),
    ]);
    const defects = resolver.knownDefects(derived, release.aliases.get(name).policy, releases.factsOf(release)).length;
    aliases.set(
      name,
      asMap({
        ranking,
        reason: ranking.length ? reason : null,
        failures: new Map(failures),
        defects,
        ...(ranking.length ? inWords(release, name) : {}),
      }),
    );
  }
  const live = new Map([...release.aliases].map(([name, { incumbent }]) => [name, incumbent]));
  const policies = new Map([...release.aliases].map(([name, { policy }]) => [name, policy]));
  return asMap({ aliases, refrozen: frozenAgain(release, policies, live) });
}

/** What is said of an alias, and every figure of its ranked models. */
function inWords(release, name) {
  const table = sentences.tableOf(release, name);
  const words = sentences.wordsOf(table);
  return {
    why: sentences.why(table),
    margin: sentences.margin(table),
    figures: table.ranking.map((id) => words.map((word) => sentences.valueText(table, id, word))),
  };
}

/** Without the id: a writer has one choice (1.5), where the tests draw any. */
function frozenAgain(release, aliases, live) {
  if ([...aliases.keys()].some((name) => !releases.rederive(release, name).ranking.length))
    return null;
  const text = releases.freeze(
    release,
    { measures: release.measures, aliases },
    { ...release, live },
  );
  return text.split("\n").filter((line) => !line.startsWith('  "id"'));
}

async function judged({ releases: given, bytes, receipt, landed, is_future: isFuture, known }) {
  const line = receipt === undefined ? readLine(bytesOf(bytes)) : lineOfReceipt(receipt);
  const sources = await Promise.all(given.map(verified));
  const facts = new Map(
    [...readForeign(known)].map(([id, list]) => [id, list.map((model) => readModel(model, id))]),
  );
  const found = replay(line, {
    release: (id) => sources.find((source) => source.id === id),
    landed: landed === undefined ? undefined : () => ({ known: landed, isFuture }),
    known: (id) => facts.get(id) ?? [],
  });
  const { verdict, differences, served, release, why, assumed, answer } = found;
  // What is missing here is said in other words than where a workspace lacks it.
  const isMissing = line.reference.alias !== undefined && verdict === "unreplayable" && !release;
  return asMap({
    verdict,
    differences: differences.map((each) => differenceText(each, line)).sort(),
    served,
    why: isMissing ? null : why,
    assumed: line.resolved_model === undefined ? [] : assumed,
    passed: line.request && answer?.model ? sentences.passedText(answer) : null,
    release: release?.id ?? null,
  });
}

/** The answer to a question, of one line of JSON, as one line of JSON. */
export async function answer(question) {
  const job = JSON.parse(question);
  try {
    // Half of a surrogate pair has no UTF-8.
    return onOneLine(await KINDS[job.ask](job)).replace(
      /\p{Surrogate}/gu,
      (half) => `\\u${half.charCodeAt(0).toString(16)}`,
    );
  } catch (fault) {
    if (fault instanceof Refused) return "null";
    return onOneLine(asMap({ crashed: String(fault.stack ?? fault) }));
  }
}
