/** Resolver 2: the semantics of section 18, which never change. What is the same is resolver 1's. */
import { candidatesOf, derivedBy } from "../v1/resolver.js";
import { costGaps } from "./cost_gaps.js";
import { limitsOf } from "./limits.js";
import { valueOf } from "./measures.js";
import { narrow } from "./ranking.js";
import { judge } from "./requirements.js";

export { candidatesOf, costGaps, limitsOf, valueOf };

/** What an alias means by the facts of a day: as resolver 1's `derive`. */
export const derive = (policy, facts, incumbent) =>
  derivedBy({ judge, narrow }, policy, facts, incumbent);

/** None so far. */
export const knownDefects = () => [];
