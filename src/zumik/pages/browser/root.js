/** The root of the site, which this file is one folder below. */
export const ROOT = new URL("../", import.meta.url);
