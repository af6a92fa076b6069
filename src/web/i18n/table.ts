/** A text by its number's plural category, as `Intl.PluralRules` names them; `{count}` is the number. */
export type Plural = { readonly other: string } & { readonly [C in Intl.LDMLPluralRule]?: string };

/** A text; what stands in braces is filled in. */
export type Text = string | Plural;

/** Texts by their keys. */
export type Table = Readonly<Record<string, Text>>;

/** The same keys in another language; plural where the original is. */
export type Translation<T extends Table> = {
  readonly [K in keyof T]: T[K] extends string ? string : Plural;
};

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Wording<T extends Text> = T extends string ? T : T extends Plural ? T["other"] : never;

/** What a text wants filled in. */
export type Vars<T extends Text> = { readonly [N in Names<Wording<T>>]: string | number };

/** Letters written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Marks that turn the direction of all that follows. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Fills `vars` into a text, in the plural form of `vars.count`. Names without a value stay as they are. A value in
 * letters that run the other way is isolated, so that it moves nothing of the text around it.
 */
export function fill(
  text: Text,
  vars: Readonly<Record<string, string | number>>,
  rules: Intl.PluralRules,
): string {
  const wording = typeof text === "string" ? text : text[rules.select(Number(vars.count ?? 0))] ?? text.other;
  return wording.replaceAll(
    /\{(\w+)\}/g,
    (whole, name: string) => Object.hasOwn(vars, name) ? isolated(String(vars[name])) : whole,
  );
}

function isolated(value: string): string {
  const plain = value.replaceAll(TURNS, "");
  return LEFTWARD.test(plain) ? `\u2068${plain}\u2069` : plain;
}
