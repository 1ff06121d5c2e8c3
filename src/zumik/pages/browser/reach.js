/** Whether some request leads past the models above a rank (14.8). */

const WORD_LISTS = ["capabilities", "input"];

/**
 * Whether there is a request, with nothing unavailable, that a model meets and none of those above.
 *
 * More tokens and more words only lose models. So it suffices to ask for every word that the model
 * has and for as many tokens as it takes: (input, output) on the edge where both fill its context,
 * or at its two limits where the context holds both. On the edge a model above stops taking the
 * request one token beyond a limit of its own, so no other places are tried. The limits are those
 * that the release's resolver goes by.
 */
export function canReach(model, above, resolver) {
  const limitsOf = (each) => counted(resolver.limitsOf(each));
  const takes = (rival, asked, answered) => holds(limitsOf(rival), asked, answered);
  const rivals = above.filter((rival) =>
    WORD_LISTS.every((key) => hasWords(rival[key], model[key])),
  );
  const { input, output, context } = limitsOf(model);
  if (input + output <= context) return !rivals.some((rival) => takes(rival, input, output));
  const least = context > output ? context - output : 0n;
  const most = input < context ? input : context;
  const places = [least, ...rivals.map((rival) => limitsOf(rival).input + 1n)];
  const isFree = (tokens) => !rivals.some((rival) => takes(rival, tokens, context - tokens));
  return places.some((tokens) => tokens >= least && tokens <= most && isFree(tokens));
}

function hasWords(list, wanted = []) {
  return wanted.every((word) => list?.includes(word));
}

/** 9.3: an unknown limit holds no token. */
function counted(limits) {
  const limit = (name) => limits.get(name) ?? 0n;
  return {
    input: limit("input_tokens"),
    output: limit("output_tokens"),
    context: limit("context_tokens"),
  };
}

function holds({ input, output, context }, asked, answered) {
  return asked <= input && answered <= output && asked + answered <= context;
}
