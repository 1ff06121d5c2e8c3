/** What "must be refused" means in the specification: reading fails, and nothing is used. */
export class Refused extends Error {
  name = "Refused";
}

export function refuse(message) {
  throw new Refused(message);
}
