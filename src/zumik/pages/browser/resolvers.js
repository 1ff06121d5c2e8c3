/** The resolvers by number (section 17). One that follows has a folder of its own beside v1. */
import * as v1 from "./v1/resolver.js";

export const RESOLVERS = new Map([[1n, v1]]);
export const LATEST = 1n;
