/** Resolver 2: in what an expected cost is no exact figure, as 18.10 and 18.11 decide it. */
import { costOf } from "./cost.js";

/** `{isBound, isPartial, missing}`, the last the fields of what is missing. */
export function costGaps(model, { workload }, { day }) {
  if (!workload) return {};
  const { missing = [], isBound } = costOf(model, workload, day);
  return { isBound, isPartial: missing.length > 0, missing };
}
