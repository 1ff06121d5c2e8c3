/** Answers each line of the standard input with a line. */
import { createInterface } from "node:readline";

import { answer } from "./answers.js";

for await (const question of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(question)}\n`);
}
