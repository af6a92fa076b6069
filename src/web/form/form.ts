import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ParleyError } from "../../client/mod.ts";
import { t } from "../i18n/mod.ts";
import type { PlainKey } from "../i18n/mod.ts";
import { errorText } from "./errors.ts";

/** The fields of a form, by name. */
export type Values = Readonly<Record<string, string | boolean>>;

/** A form that is being filled in. What was typed stays until it is done. */
export interface Form<V extends Values> {
  readonly values: V;
  set<N extends keyof V>(name: N, value: V[N]): void;
  /** What a text field needs: its value, what is wrong with it, and a listener. */
  text(name: keyof V & string): TextProps;
  /** What is wrong, and belongs to no field. */
  readonly failure: string | undefined;
  /** Whether anything differs from what was there first. */
  readonly isDirty: boolean;
  readonly busy: boolean;
  /** For the form element; does nothing while it is busy. When it is refused, its first wrong field has the focus. */
  submit(event: Submission): void;
}

/** What is needed of a form's `submit` event. */
type Submission = Pick<Event, "preventDefault"> & { readonly currentTarget: HTMLFormElement };

/** What a text field is given. */
export interface TextProps {
  readonly name: string;
  readonly value: string;
  readonly error: string | undefined;
  onInput(event: { readonly currentTarget: { readonly value: string } }): void;
}

/** What was typed in forms that are not done, by the names they are kept under. */
const kept = new Map<string, Values>();

/** Forgets what was typed in forms. */
export function forgetForms(): void {
  kept.clear();
}

/** Codes that are about one field. */
const OWNERS: Readonly<Record<string, { readonly field: string; readonly said: PlainKey }>> = {
  email_taken: { field: "email", said: "error.email_taken" },
  username_taken: { field: "username", said: "error.username_taken" },
  invalid_credentials: { field: "currentPassword", said: "error.wrong_password" },
};

/** What differs between forms. */
export interface FormOptions {
  /** Whether it is empty again once all went well. */
  readonly clears?: boolean;
  /** A name under which what was typed, but for passwords, is there again when the form comes back before that. */
  readonly keepAs?: string;
  /** Fields without which nothing is sent, where the server's own words for that would mislead. */
  readonly needs?: readonly string[];
}

/**
 * Keeps the values of a form and what the server says to them. `send` is given what was typed; what it rejects with is
 * shown at the fields that it names, or else as the form's failure.
 */
export function useForm<V extends Values>(
  initial: V,
  send: (values: V) => Promise<unknown>,
  { clears = false, keepAs = "", needs = [] }: FormOptions = {},
): Form<V> {
  const [first, setFirst] = useState(initial);
  const [values, setValues] = useState<V>({ ...initial, ...kept.get(keepAs) });
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  /** The form that was refused, until its wrong fields are marked as such. */
  const refused = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    refused.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
    refused.current = null;
  }, [errors]);
  const set: Form<V>["set"] = (name, value) => {
    setValues((before) => ({ ...before, [name]: value }));
    if (keepAs && !/password/i.test(String(name))) kept.set(keepAs, { ...kept.get(keepAs), [name]: value });
    setErrors((before) => ({ ...before, [name]: "" }));
  };
  const refuse = (element: HTMLFormElement, wrong: Readonly<Record<string, string>>) => {
    refused.current = element;
    setErrors(wrong);
  };
  const attempt = async (element: HTMLFormElement) => {
    setFailure(undefined);
    const missing = missingIn(values, needs);
    if (missing) return refuse(element, missing);
    setBusy(true);
    setErrors({});
    try {
      await send(values);
      kept.delete(keepAs);
      if (clears) setValues(initial);
      else setFirst(values);
    } catch (error) {
      const wrong = fieldErrors(error, Object.keys(values));
      refuse(element, wrong);
      setFailure(Object.keys(wrong).length === 0 ? errorText(error) : undefined);
    } finally {
      setBusy(false);
    }
  };
  return {
    ...{ values, set, failure, busy },
    isDirty: Object.keys(values).some((name) => values[name] !== first[name]),
    text: (name) => ({
      name,
      value: String(values[name] ?? ""),
      error: errors[name] || undefined,
      onInput: ({ currentTarget }) => set(name, currentTarget.value as V[typeof name]),
    }),
    submit(event) {
      event.preventDefault();
      if (!busy) void attempt(event.currentTarget);
    },
  };
}

/** What is wrong with the fields of `needs` that are empty; `undefined` when none is. */
export function missingIn(values: Values, needs: readonly string[]): Record<string, string> | undefined {
  const empty = needs.filter((name) => values[name] === "");
  if (empty.length === 0) return undefined;
  return Object.fromEntries(empty.map((name) => [name, t("wanted.something")]));
}

/** What is wrong by field, for those in `names`. */
export function fieldErrors(error: unknown, names: readonly string[]): Record<string, string> {
  if (!(error instanceof ParleyError)) return {};
  const owner = OWNERS[error.code];
  if (owner && names.includes(owner.field)) return { [owner.field]: t(owner.said) };
  const named = (error.errors ?? []).map(({ path, message }) => {
    const name = path.split(".").at(-1) ?? path;
    const wanted = WANTED[name];
    return [name, wanted ? t(wanted) : message] as const;
  });
  return Object.fromEntries(named.filter(([name]) => names.includes(name)));
}

/** What a field wants, where that can be said better than the server does. */
const WANTED: Readonly<Record<string, PlainKey>> = {
  email: "wanted.email",
  username: "wanted.username",
  password: "wanted.password",
  newPassword: "wanted.password",
  firstName: "wanted.name",
  lastName: "wanted.name",
  avatar: "wanted.avatar",
  website: "wanted.website",
  bio: "wanted.bio",
  location: "wanted.location",
  name: "wanted.group_name",
  description: "wanted.bio",
};
