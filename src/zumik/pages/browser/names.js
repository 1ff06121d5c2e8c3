/** Names, references and receipts (sections 1 and 13). */
import { dayNumber } from "./days.js";
import { refuse } from "./refused.js";

const ALIAS = /^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/;
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;
const MODEL = /^[a-z][a-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/;
const RELEASE = /^alr_([0-9]{4})_([0-9]{2})_([0-9]{2})_([0-9]{3}|[1-9][0-9]{3,8})$/;
const DIGEST = /^[0-9a-f]{64}$/;
const RECEIPT = /^([^@]*)@([^:]*):([0-9a-f]{12})=([^]*)$/;

/** 1.1, 1.2 */
export function isAliasName(text) {
  return text.length <= 64 && ALIAS.test(text) && !DEVICE.test(text) && text !== "unavailable";
}

/** 1.3 */
export function isModelId(text) {
  return text.length <= 128 && MODEL.test(text);
}

/** 1.3: the provider is the part before the first `/`. */
export function providerOf(model) {
  return model.slice(0, model.indexOf("/"));
}

/** 1.4 */
export function isReleaseId(text) {
  const [, year, month, day, number] = RELEASE.exec(text) ?? [];
  return number !== undefined && number !== "000" && dayNumber(`${year}-${month}-${day}`) !== null;
}

/** 1.6 */
export function isDigest(text) {
  return DIGEST.test(text);
}

/** 1.5: the release after a parent (null: the first of all), made on a day such as 2026-06-09. */
export function nextReleaseId(day, parent) {
  const [, year, month, date, number] = RELEASE.exec(parent ?? "") ?? [];
  if (parent === null || `${year}-${month}-${date}` < day)
    return `alr_${day.replaceAll("-", "_")}_001`;
  return `alr_${year}_${month}_${date}_${String(Number(number) + 1).padStart(3, "0")}`;
}

/** The order of releases in a line: by day, then by number. */
export function comesBefore(release, other) {
  const key = (id) => {
    const [, year, month, day, number] = RELEASE.exec(id);
    return `${year}${month}${day}${number.padStart(9, "0")}`;
  };
  return key(release) < key(other);
}

/** 1.7: `{alias}`, `{alias, release}` or `{model}`. */
export function readReference(text) {
  if (text.includes("/")) return isModelId(text) ? { model: text } : refuse("it is no model id");
  const at = text.indexOf("@");
  const alias = at < 0 ? text : text.slice(0, at);
  if (!isAliasName(alias)) refuse("it is no alias name and no model id");
  if (at < 0) return { alias };
  const release = text.slice(at + 1);
  return isReleaseId(release) ? { alias, release } : refuse("after @ there is no release id");
}

/** 13.1 */
export function readReceipt(text) {
  const [, alias, release, digestPrefix, model] = RECEIPT.exec(text) ?? [];
  const isReceipt =
    digestPrefix !== undefined && isAliasName(alias) && isReleaseId(release) && isModelId(model);
  return isReceipt ? { alias, release, digestPrefix, model } : refuse("it is no receipt");
}
