import { DockerfileParser } from "dockerfile-ast";

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword, one line, without flags. */
  readonly text: string;
  /** The words of the text, or the strings of its JSON form. */
  readonly words: readonly string[];
  /** `--name=value` before the words. */
  readonly flags: Readonly<Record<string, string>>;
}

/** A stage: what it starts from, its name, and what it does. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile; throws when anything stands before the first `FROM`. */
export function parseDockerfile(text: string): Stage[] {
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const node of DockerfileParser.parse(text).getInstructions()) {
    const instruction = parseInstruction(node.getTextContent());
    if (instruction.keyword === "FROM") {
      const [image = "", as, name] = instruction.words;
      stages.push({ image, name: as?.toUpperCase() === "AS" ? name : undefined, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (!stage) throw new Error(`${instruction.keyword} stands before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function parseInstruction(source: string): Instruction {
  const [, keyword = "", content = ""] = /^(\w+)\s+(.*)$/s.exec(source.replaceAll(/\\\r?\n/g, " ")) ?? [];
  let text = content.trim();
  const flags: Record<string, string> = {};
  for (let match; (match = /^--([\w-]+)=(\S+)\s+/.exec(text)) !== null;) {
    flags[match[1] ?? ""] = match[2] ?? "";
    text = text.slice(match[0].length);
  }
  return { keyword: keyword.toUpperCase(), text, words: wordsOf(text), flags };
}

/** The JSON form stands alone, or after the `CMD` of a health check. */
function wordsOf(text: string): string[] {
  const json = /^(?:CMD\s+)?(\[.*\])$/.exec(text)?.[1];
  if (json !== undefined) return JSON.parse(json);
  return [...text.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));
}
