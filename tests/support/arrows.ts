/** Which part of `src` may import which: arrows run one way, and modules never meet. */

/** The part that a file belongs to, such as `kernel`, `modules/messages` or `main`. */
export function partOf(path: string): string {
  const [, first = "", second = ""] = path.split("/");
  if (first === "modules") return `modules/${second}`;
  return first.replace(/\.ts$/, "");
}

/** What each part may import beside itself. Parts of the composition root come last, and nothing imports them. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  ports: ["kernel"],
  order: ["ports", "kernel"],
  http: ["ports", "kernel"],
  realtime: ["order", "ports", "kernel"],
  modules: ["http", "order", "ports", "kernel"],
  adapters: ["ports", "kernel"],
  client: ["kernel"],
  web: ["client", "kernel"],
  config: ["http", "ports", "kernel"],
  app: ["modules", "http", "realtime", "order", "ports", "kernel", "web", "config"],
  main: ["app", "config", "adapters", "ports", "kernel"],
};

/** Root files that belong to a part without being named after it. */
const ROOT_PARTS: Readonly<Record<string, string>> = {
  config_values: "config",
  docs_routes: "app",
  metrics: "app",
  metrics_route: "app",
  open: "main",
  secrets: "config",
  service_routes: "app",
  upkeep: "app",
  web_routes: "app",
};

/** Packages that only some parts may know. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  mongodb: ["adapters"],
  "@aws-sdk/client-s3": ["adapters"],
  "@aws-sdk/s3-request-presigner": ["adapters"],
  "node:sqlite": ["adapters"],
  "rate-limiter-flexible": ["adapters"],
  ioredis: ["adapters"],
  "@upstash/redis": ["adapters"],
  "@upstash/ratelimit": ["adapters"],
  jose: ["modules"],
  hono: ["http", "modules", "app", "adapters", "realtime"],
  "@hono/zod-validator": ["http"],
};

/** Why a file may not import another one, or `undefined` when it may. Paths start with `src/`. */
export function wrongArrow(from: string, to: string): string | undefined {
  const [source, target] = [rootPart(partOf(from)), rootPart(partOf(to))];
  if (source === target) return target === "adapters" ? wrongAdapter(from, to) : undefined;
  const kind = source.split("/")[0] ?? "";
  const allowed = ALLOWED[kind];
  if (!allowed) return `${from}: "${source}" is not a part of the house`;
  if (target.startsWith("modules/") && kind === "modules") return `${from} -> ${to}: modules do not meet`;
  if (kind === "modules" && to === "src/realtime/command.ts") return undefined;
  if (kind === "client" && isSchema(to)) return undefined;
  if (/\/routes(_\w+)?\.ts$/.test(from) && to === "src/ports/store.ts") {
    return `${from} -> ${to}: routes reach the store through a service`;
  }
  if (allowed.includes(target.split("/")[0] ?? "")) return undefined;
  return `${from} -> ${to}: ${source} may import ${allowed.join(", ") || "nothing"}, not ${target}`;
}

/** Whether a file holds schemas of the wire: the client takes their types, and nothing else of the server. */
export function isSchema(path: string): boolean {
  return /^src\/(modules\/\w+|http)\/schema\.ts$/.test(path);
}

/** Why a file may not import a package, or `undefined` when it may. */
export function wrongPackage(from: string, specifier: string): string | undefined {
  const name = Object.keys(PACKAGES).find((known) =>
    specifier === known || specifier.startsWith(`${known}/`)
  );
  const kind = rootPart(partOf(from)).split("/")[0] ?? "";
  if (name === undefined || PACKAGES[name]?.includes(kind)) return undefined;
  return `${from} -> ${specifier}: known to ${PACKAGES[name]?.join(", ")} alone`;
}

/** The modules that a source text imports or exports from, as written. */
export function importsOf(source: string): string[] {
  const statements = source.matchAll(/^[ \t]*(?:import|export)\b(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']/gm);
  const calls = source.matchAll(/^(?![ \t]*(?:\*|\/\/)).*?\bimport\(\s*["']([^"']+)["']/gm);
  return [...statements, ...calls].map(([, specifier]) => specifier ?? "");
}

function rootPart(part: string): string {
  return ROOT_PARTS[part] ?? part;
}

/** An adapter is `adapters/<port>_<kind>.ts` with its files in `adapters/<kind>/`; adapters do not meet either. */
function wrongAdapter(from: string, to: string): string | undefined {
  const [owner, owned] = [adapterOf(from), adapterOf(to)];
  const own = owner === owned || owner.split("_").includes(owned);
  return own ? undefined : `${from} -> ${to}: adapters do not meet`;
}

function adapterOf(path: string): string {
  return (path.split("/")[2] ?? "").replace(/\.ts$/, "");
}
