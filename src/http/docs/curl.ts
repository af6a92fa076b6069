import type { Operation } from "./model.ts";

/** The call of an operation as a line of shell, with `$URL` and `$TOKEN` to be set. */
export function curl(method: string, path: string, operation: Operation, body: unknown): string {
  const { parameters = [], security } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    return typeof parameter?.example === "string" ? parameter.example : whole;
  });
  const required = parameters.filter((one) => one.in === "query" && one.required);
  const query = new URLSearchParams(required.map(({ name, example }) => [name, String(example)]));
  const address = `"$URL${filled}${query.size > 0 ? `?${query}` : ""}"`;
  const parts = [
    method === "get" ? `curl ${address}` : `curl -X ${method.toUpperCase()} ${address}`,
    ...(security.length > 0 ? [`-H "authorization: Bearer $TOKEN"`] : []),
    ...(body === undefined ? [] : ["-H 'content-type: application/json'", `-d ${quoted(body)}`]),
  ];
  return parts.join(" \\\n  ");
}

/** A text in single quotes holds anything but a single quote. */
function quoted(body: unknown): string {
  return `'${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`;
}
