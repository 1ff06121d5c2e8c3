/** The resolvers by number (section 17). One that follows has a folder of its own beside them. */
import * as v1 from "./v1/resolver.js";
import * as v2 from "./v2/resolver.js";

export const RESOLVERS = new Map([
  [1n, v1],
  [2n, v2],
]);
export const LATEST = 2n;
