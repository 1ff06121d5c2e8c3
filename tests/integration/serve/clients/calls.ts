// Calls every operation through the client that openapi-fetch makes of the generated types.
// It is compiled with --strict first: a name or a type that the document does not have ends there.

import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema.js";

const [, , baseUrl, key] = process.argv;
const called: Record<string, number> = {};

const note: Middleware = {
  onRequest({ request }) {
    request.headers.set("authorization", `Bearer ${key}`);
    return request;
  },
  onResponse({ request, response, schemaPath }) {
    called[`${request.method.toLowerCase()} ${schemaPath}`] = response.status;
  },
};

const client = createClient<paths>({ baseUrl });
client.use(note);

type Found<T> = { data?: T; error?: unknown; response: Response };

async function found<T>(asked: Promise<Found<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Error(`${response.status} ${JSON.stringify(error)}`);
  return data;
}

function first<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("the list is empty");
  return item;
}

const models = await found(client.GET("/v1/models"));
const model = { path: { model: first(models.data).id } };
const again = await found(client.GET("/v1/models/{model}", { params: model }));
const facts = await found(client.GET("/v2/models/{model}", { params: model }));

const aliases = await found(
  client.GET("/v2/model-aliases", { params: { query: { limit: 100, order: "asc" } } }),
);
const alias = { path: { alias: first(aliases.data).id } };
const detail = await found(client.GET("/v2/model-aliases/{alias}", { params: alias }));
const candidates = await found(
  client.GET("/v2/model-aliases/{alias}/candidates", { params: alias }),
);
const moves = await found(client.GET("/v2/model-aliases/{alias}/history", { params: alias }));

const releases = await found(client.GET("/v2/alias-releases"));
const release = { path: { release: first(releases.data).id } };
const file = await found(client.GET("/v2/alias-releases/{release}", { params: release }));

const question: components["schemas"]["ReferenceBody"] = {
  reference: detail.id,
  request: { input_tokens: 80 },
};
const decision = await found(client.POST("/v2/resolve", { body: question }));
const receipt: string | null = decision.receipt;
if (receipt === null) throw new Error("an alias has a receipt");
const explanation = await found(client.POST("/v2/explain", { body: { receipt } }));
const verdicts = await found(client.POST("/v2/replay", { body: { log_lines: [decision] } }));

const health = await found(client.GET("/healthz"));
const readiness = await found(client.GET("/readyz"));
const metrics: string = await found(client.GET("/metrics", { parseAs: "text" }));

const answers = {
  model: again.owned_by,
  known_from: facts.known_from,
  winner: first(candidates.data).model,
  moves: first(moves.data).object,
  release: file.id,
  resolved: decision.resolved_model,
  explanation: explanation.object,
  verdict: first(verdicts.data).verdict,
  health: health.status,
  readiness: readiness.status,
  metrics: metrics.split("\n").length,
};
console.log(JSON.stringify({ called, answers }));
