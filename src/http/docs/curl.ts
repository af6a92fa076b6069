import { examplesOf, JSON_TYPE } from "./model.ts";
import type { Operation } from "./model.ts";

/** The calls of an operation as lines of shell, one for each example, with `$URL` and `$TOKEN` to be set. */
export function calls(method: string, path: string, operation: Operation): string[] {
  const content = operation.requestBody?.content ?? {};
  const line = (...body: readonly string[]) => curl(method, path, operation, body);
  const json = content[JSON_TYPE];
  if (json) {
    return examplesOf(json).map((value) =>
      line("-H 'content-type: application/json'", `-d ${quoted(value)}`)
    );
  }
  if ("multipart/form-data" in content) return [line("-F file=@photo.jpg")];
  return Object.keys(content).length > 0 ? [line("--data-binary @photo.jpg")] : [line()];
}

function curl(method: string, path: string, operation: Operation, body: readonly string[]): string {
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
    ...body,
  ];
  return parts.join(" \\\n  ");
}

/** A text in single quotes holds anything but a single quote. */
function quoted(body: unknown): string {
  return `'${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`;
}
