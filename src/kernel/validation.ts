import type { z } from "zod";
import type { FieldError } from "./errors.ts";

/** Levels of arrays and objects in what a client sends. */
const MAX_JSON_DEPTH = 32;

/** The first thing in parsed JSON that no schema may be asked to walk through and no store can keep. */
export function findFlaw(value: unknown, whole: string): FieldError | undefined {
  const flaw = walk(value, MAX_JSON_DEPTH);
  return flaw && { field: flaw.path.join(".") || whole, message: flaw.message };
}

interface Flaw {
  readonly path: string[];
  readonly message: string;
}

function walk(value: unknown, levels: number): Flaw | undefined {
  if (typeof value === "string") {
    return value.isWellFormed() ? undefined : { path: [], message: "Text must not hold lone surrogates" };
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return { path: [], message: `At most ${MAX_JSON_DEPTH} levels of nesting` };
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed()) return { path: [], message: "Names must not hold lone surrogates" };
    const flaw = walk(item, levels - 1);
    if (flaw) {
      flaw.path.unshift(key);
      return flaw;
    }
  }
  return undefined;
}

/** What a schema found, naming every wrong field by its dotted path, or `whole` where the path is empty. */
export function fieldErrors(
  issues: readonly z.core.$ZodIssue[],
  whole: string,
  base: readonly PropertyKey[] = [],
): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    const branch = issue.code === "invalid_union" ? closestBranch(issue.errors) : undefined;
    return branch
      ? fieldErrors(branch, whole, path)
      : [{ field: path.map(String).join(".") || whole, message: issue.message }];
  });
}

/** The alternative that the sender most likely meant: the one that is wrong inside, not as a whole. */
function closestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  return branches.find((issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0));
}
