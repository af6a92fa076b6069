import type { Family, Sample } from "../kernel/metrics.ts";

/** The media type of the text below. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Numbers as Prometheus reads them: its text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export function exposition(families: readonly Family[]): string {
  return families.map((family) => {
    const { name, help, kind } = family;
    const lines = family.read().map((sample) => line(name, sample));
    return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join("\n")}\n`;
  }).join("");
}

function line(name: string, { part, labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, of]) => `${label}=${JSON.stringify(of)}`);
  return `${name}${part ? `_${part}` : ""}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}
