/** Whether the model that a provider says it served is the one that was resolved (section 15). */
import { providerOf } from "./names.js";

/** 15.3: other names for providers. */
const PROVIDERS = new Map(
  Object.entries({
    google:
      "gemini vertex_ai google-vertex google-gla google_genai google_vertexai gcp.gemini gcp.vertex_ai",
    "amazon-bedrock": "bedrock bedrock_converse aws_bedrock aws.bedrock",
    together: "together_ai togetherai",
    moonshotai: "moonshot",
    alibaba: "dashscope qwen",
    xai: "x-ai x_ai",
    zai: "z-ai",
    mistral: "mistralai mistral_ai",
    meta: "meta-llama meta_llama",
    cohere: "cohere_chat",
    fireworks: "fireworks_ai",
  }).map(([provider, names]) => [provider, names.split(" ")]),
);
const GATEWAYS = ["openrouter", "litellm_proxy", "vercel_ai_gateway", "portkey", "helicone"];
const BEDROCK_PATH = /^(converse|invoke|[a-z]{2}(-gov)?-[a-z]+-[0-9])\/(?=[^])/;
const FIRST = /^([^/:]+)([/:])(?=[^])/;
const SPACE_AROUND = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

const MAKERS =
  "ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|" +
  "stability|twelvelabs|writer|xai|zai";

/** 15.2: what is dropped, in this order. */
const DROPPED = [
  /\[[0-9]+[km]\]$/,
  /-v[0-9]+:[0-9]+(:[0-9]+k)?$/,
  /^((arn:aws[a-z-]*:bedrock:[^/]*:)?(foundation-model|inference-profile)|(projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/models)\/(?=[^])/,
  new RegExp(`^((us|us-gov|eu|apac|ap|jp|au|ca|sa|me|in|global)\\.)?(${MAKERS})\\.(?=[^])`),
  /[@-]default$/,
];
const MARKS = [
  /[@-]latest$/,
  /[@-]20[0-9]{2}-?[01][0-9]-?[0-3][0-9]$/,
  /[@-](0[1-9]|1[0-2])-20[0-9]{2}$/,
  /[@-][0-9]{3,4}$/,
];

/**
 * 15.1: the verdict on `line.served_model`.
 *
 * `id` and `model` are the resolved model and its facts, undefined where they are not known; `isModel`
 * says whether an id is a model of its own (15.7).
 */
export function judgeServed(
  { served_model: served, reference, requested_model, resolved_revision },
  id,
  model,
  isModel,
) {
  if (served === undefined) return "not_logged";
  if (reference.alias !== undefined && [requested_model, reference.alias].includes(served))
    return "alias_echoed";
  if (id === undefined) return "not_judged";
  const provider = providerOf(id);
  const text = withoutProviders(served, provider);
  const names = ownNames(id, model ?? {}, resolved_revision).map((name) =>
    normalised(withoutProviders(name, provider)),
  );
  const verdict = judge(normalised(text), names, model ?? {});
  const isOpen = verdict === "other_revision" || verdict === "not_judged";
  const isOther = [text, normalised(text).whole].some((name) => isModel(`${provider}/${name}`)); // 15.7
  return isOpen && isOther ? "other_model" : verdict;
}

/** 15.4 */
function ownNames(id, { variant_of: origin, revision, upstream }, loggedRevision) {
  const bare = [id, origin]
    .filter((each) => each !== undefined)
    .map((each) => each.slice(each.indexOf("/") + 1));
  const ends = bare.map((name) => name.slice(name.lastIndexOf("/") + 1));
  return [...bare, ...ends, revision, upstream?.model, loggedRevision].filter(
    (name) => name !== undefined,
  );
}

/** 15.4 to 15.6 */
function judge(served, names, { pinned, released_on: releasedOn }) {
  const equal = names.filter(({ name }) => name === served.name);
  if (!equal.length) return "other_model";
  if (equal.some(({ mark }) => mark === served.mark)) return "as_resolved";
  if (served.mark === undefined || served.mark === "latest") return "not_judged";
  const marks = names
    .map(({ mark }) => mark)
    .filter((mark) => mark !== undefined && mark !== "latest");
  if (!marks.length && pinned && releasedOn !== undefined)
    marks.push(releasedOn.replaceAll("-", ""));
  return !marks.length || marks.includes(served.mark) ? "as_resolved" : "other_revision";
}

/** 15.3: without what names the model's own provider, a gateway, or nothing. */
function withoutProviders(text, provider) {
  const own = [provider, provider.replaceAll("-", "_"), ...(PROVIDERS.get(provider) ?? [])];
  let left = text.replace(SPACE_AROUND, "");
  for (;;) {
    const [, before, mark] = FIRST.exec(left) ?? [];
    const name = before?.toLowerCase();
    const isOwn = own.includes(name);
    if (!isOwn && !GATEWAYS.includes(name) && !(name === "models" && mark === "/")) return left;
    left = left.slice(before.length + 1);
    if (isOwn && provider === "amazon-bedrock") left = left.replace(BEDROCK_PATH, "");
  }
}

/** 15.2: the name, its mark (undefined where it has none), and both as they are written. */
function normalised(text) {
  let whole = text.toLowerCase();
  for (const pattern of DROPPED) whole = whole.replace(pattern, "");
  const mark = MARKS.map((pattern) => pattern.exec(whole)?.[0]).find(
    (found) => found !== undefined,
  );
  const name = mark === undefined ? whole : whole.slice(0, -mark.length);
  return {
    name: name.replace(/(?<=[0-9])\.(?=[0-9])/g, "-"),
    mark: mark && bareMark(mark.slice(1)),
    whole,
  };
}

/** A date is kept without its hyphens. */
const bareMark = (mark) => mark.replaceAll("-", "");
