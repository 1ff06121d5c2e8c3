/** Verdicts on log lines and receipts (section 14). */
import { canReach } from "./reach.js";
import { resolve } from "./decisions.js";
import { RESOLVERS } from "./resolvers.js";
import { judgeServed } from "./served_models.js";

const AFTER_UNAVAILABLE = "next_ranked_after_unavailable";
const MEETING_REQUEST = "next_ranked_meeting_request";
const LOWER = [AFTER_UNAVAILABLE, MEETING_REQUEST];
const NOTHING_ASKED = { unavailable: [] };

const ASKS_NOTHING = "a request that asks for nothing special";
const NO_MODEL_LOGGED = "the line does not say which model answered: it has no resolved_model";
const NO_REQUEST =
  "the line has no request, so it shows that this can have happened, not that it did";
const TIME_IN_THE_FUTURE =
  "the line's time is later than now, so it does not show which release was live";

/**
 * The verdict on a line, `{verdict, differences, served, release, why, assumed}`.
 *
 * A difference is `{field, logged, replayed}`, the last undefined where nothing is replayed. `why` explains
 * a verdict that is neither plain yes nor plain no, and `assumed` names what the line left open.
 * `answer` is what `resolve` gives, where a release of the alias is known.
 *
 * `sources` says what is known: `release(id)` is a verified release or undefined; `landed(alias,
 * moment)` is `{known, isFuture, clockHolds}`, the ids of what was live by then, the newest first and
 * null for none, or undefined without such a record; `known(model)` the facts of a concrete target in the
 * releases that have it, the newest first.
 */
export function replay(line, sources) {
  const found =
    line.reference.model === undefined ? replayAlias(line, sources) : replayTarget(line, sources);
  const open = { why: null, release: null, assumed: [] };
  return { ...open, ...found, served: served(line, found, sources) };
}

const unreplayable = (why) => ({ verdict: "unreplayable", differences: [], why });

function replayAlias(line, sources) {
  const { alias, release: pinned } = line.reference;
  const logged = line.alias_release;
  if (logged !== undefined && pinned !== undefined && logged !== pinned) {
    return unreplayable(`it asks for ${pinned} and names ${logged}`); // 14.1
  }
  const id = logged ?? pinned;
  return id === undefined ? replayByTime(line, alias, sources) : against(id, line, alias, sources);
}

/** 14.10, 14.11 */
function replayByTime(line, alias, sources) {
  const unnamed = "the line names no release";
  if (line.timestamp === undefined) return unreplayable(`${unnamed} and has no time`);
  const landed = sources.landed?.(alias, line.timestamp);
  if (landed === undefined)
    return unreplayable(`${unnamed}, and what was live then is not known`);
  const { known, isFuture, clockHolds = true } = landed;
  const [live, ...before] = known;
  const first = live
    ? against(live, line, alias, sources, [asLanded(live, isFuture, clockHolds)])
    : unreplayable(`${unnamed}, and none was live by then`);
  if (first.verdict === "reproduced" && isFuture)
    return { ...first, verdict: "consistent", why: TIME_IN_THE_FUTURE };
  if (live && first.verdict !== "diverged") return first;
  return replayEarlier(line, alias, sources, live, before) ?? first;
}

function asLanded(live, isFuture, clockHolds) {
  if (isFuture) return `${live}, which is live now: the line's time is later than now`;
  const doubt = clockHolds ? "" : "; the clock of the commit that brought it cannot be right";
  return `${live}, the release that had landed by then${doubt}`;
}

function replayEarlier(line, alias, sources, live, before) {
  for (const id of new Set(before.filter(Boolean))) {
    const assumed = `${id}, live before: a gateway that had not read what landed since`;
    const found = against(id, line, alias, sources, [assumed]);
    if (found.verdict !== "reproduced" && found.verdict !== "consistent") continue;
    const why = live
      ? `${live} was live by then and does not give this line; ${id}, live before, does`
      : `no release was live by then; ${id}, live before, gives this line`;
    return { ...found, verdict: "consistent", why };
  }
  return undefined;
}

/** The verdict by one release. */
function against(id, line, alias, { release: find }, assumed = []) {
  const release = find(id);
  if (release === undefined) return unreplayable(`there is no release ${id} here`); // 14.2
  if (!RESOLVERS.has(release.resolver))
    return unreplayable(`resolver ${release.resolver} is not known`);
  if (!release.aliases.has(alias)) return unreplayable(`${id} has no alias ${alias}`);
  return { release, ...compared(line, release, alias, assumed) };
}

function compared(line, release, alias, assumed) {
  if (line.request !== undefined)
    return { ...exactly(line, resolve(release, alias, line.request)), assumed }; // 14.5
  const { ranking, reason } = release.aliases.get(alias);
  let contradicted;
  for (const [rank, model] of ranking.entries()) {
    if (line.resolved_model !== undefined && line.resolved_model !== model) continue;
    if (!isPossible(rank, line.resolution_reason, ranking, release, reason)) continue;
    const guess = requestInWords(line.resolution_reason, ranking.slice(0, rank));
    const found = { ...atRank(line, alias, release, rank), assumed: [...assumed, guess] };
    if (found.verdict !== "diverged") return found;
    contradicted ??= found;
  }
  if (contradicted) return contradicted;
  const found = exactly(line, resolve(release, alias, NOTHING_ASKED)); // 14.9
  const place = ranking.indexOf(line.resolved_model);
  const above = place < 0 ? undefined : ranking.slice(0, place);
  return { ...found, why: found.why ?? whyImpossible(line, above), assumed };
}

/** 14.4, 14.6, 14.7: the line beside a rank that its reason allows. */
function atRank(line, alias, release, rank) {
  const { ranking } = release.aliases.get(alias);
  const answer = resolve(release, alias, { unavailable: ranking.slice(0, rank) });
  if (rank === 0) return exactly(line, answer);
  const found = exactly({ ...line, resolution_reason: undefined }, answer);
  return found.verdict === "reproduced"
    ? { ...found, verdict: "consistent", why: NO_REQUEST }
    : found;
}

/** What is assumed of the request, by which the models above were passed over. */
function requestInWords(reason, above) {
  if (!above.length) return ASKS_NOTHING;
  const models = above.join(", ");
  return reason === MEETING_REQUEST
    ? `a request that ${models} cannot take`
    : `that ${models} could not be used`;
}

/** Why no request gives the logged model for the logged reason, where that is not plain. */
function whyImpossible({ resolved_model: model, resolution_reason: reason }, above) {
  if (reason !== MEETING_REQUEST || above === undefined) return null;
  return above.length
    ? `no request fits ${model} and passes over ${above.join(", ")}`
    : `${model} is the first in the ranking: nothing was passed over`;
}

/** 14.6 to 14.9: whether some request gives this rank, from 0, and this reason. */
function isPossible(rank, reason, ranking, release, stored) {
  if (rank <= 0) return rank === 0 && (reason === undefined || reason === stored);
  if (reason === undefined || reason === AFTER_UNAVAILABLE) return true;
  if (reason !== MEETING_REQUEST) return false;
  const models = ranking.slice(0, rank + 1).map((id) => release.models.get(id));
  return canReach(models.at(-1), models.slice(0, -1), RESOLVERS.get(release.resolver));
}

/** 14.3: what is logged, held against an answer. A receipt's digest is the start of one (13.2). */
function exactly(line, answer) {
  const { release, model, candidates, reason, revision, error } = answer;
  if (error) return { ...verdictOn(line, { resolved_model: "no candidate" }), answer }; // 14.5
  const digest = line.alias_release_sha256;
  const expected = {
    resolved_model: model,
    candidates_considered: BigInt(candidates),
    resolution_reason: reason,
    resolved_revision: revision,
    alias_release_sha256: digest && release.sha256.slice(0, digest.length),
  };
  return { ...verdictOn(line, expected), model, answer };
}

function verdictOn(line, expected) {
  const differences = Object.entries(expected)
    .filter(([field, replayed]) => line[field] !== undefined && line[field] !== replayed)
    .map(([field, replayed]) => ({ field, logged: line[field], replayed }));
  if (differences.length) return { verdict: "diverged", differences, why: null };
  if (line.resolved_model === undefined) return unreplayable(NO_MODEL_LOGGED); // 14.4
  return { verdict: "reproduced", differences, why: null };
}

/** 14.12, 14.13 */
function replayTarget(line, { known }) {
  const { model } = line.reference;
  const revisions = (known?.(model) ?? []).map(({ revision }) => revision);
  const isKnown = revisions.length > 0;
  const found = verdictOn(line, {
    resolved_model: model,
    candidates_considered: 1n,
    resolution_reason: "pinned_target",
    alias_release: undefined,
    alias_release_sha256: undefined,
    resolved_revision:
      !isKnown || revisions.includes(line.resolved_revision) ? line.resolved_revision : undefined,
  });
  const isOpen = found.verdict === "reproduced" && !isKnown;
  const named = (each) =>
    each.field === "resolved_revision" ? { ...each, replayed: revisions[0] ?? "unknown" } : each;
  const differences = found.differences.map(named);
  return { ...(isOpen ? unreplayable(`no release here knows ${model}`) : { ...found, differences }), model };
}

/** Section 15: the served model is judged on its own. */
function served(line, { release, model }, { known }) {
  const target = line.reference.model !== undefined;
  const isLower = LOWER.includes(line.resolution_reason) && line.request === undefined;
  const id = line.resolved_model ?? (isLower && !target ? undefined : model);
  const facts = target ? known?.(id)?.[0] : release?.models.get(id);
  const isModel = (name) =>
    target ? (known?.(name) ?? []).length > 0 : (release?.models.has(name) ?? false);
  return judgeServed(line, id, facts, isModel);
}
