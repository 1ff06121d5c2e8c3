/** Fetches the questions, one a line, and sends the answers back, one a line. */
const send = (path, lines) => fetch(path, { method: "POST", body: lines.join("\n") });
addEventListener("error", (event) => send("/fault", [event.message]));

try {
  const { answer } = await import("./answers.js");
  const questions = (await (await fetch("/questions")).text()).split("\n");
  const answers = [];
  for (const question of questions) answers.push(await answer(question));
  await send("/answers", answers);
} catch (fault) {
  await send("/fault", [String(fault.stack ?? fault)]);
}
