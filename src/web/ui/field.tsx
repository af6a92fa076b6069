import type {
  ComponentChildren,
  InputHTMLAttributes,
  JSX,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface Labelled {
  readonly label: string;
  /** Where a heading above says the same, the label is for those who listen alone. */
  readonly hidesLabel?: boolean | undefined;
  /** A word on what is expected. */
  readonly hint?: string | undefined;
  /** What is wrong with it. */
  readonly error?: string | undefined;
}

interface Description {
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

type Described<T> = T & Labelled;

/** One line to fill in, with its label above, and what is wrong with it below. */
export function Field(
  { label, hint, error, ...rest }: Described<InputHTMLAttributes<HTMLInputElement>>,
): JSX.Element {
  const id = useId();
  return (
    <Labelling id={id} label={label} hint={hint} error={error}>
      <input id={id} class="input" {...described(id, hint, error)} {...rest} />
    </Labelling>
  );
}

/** Several lines to fill in. */
export function TextAreaField(
  { label, hint, error, ...rest }: Described<TextareaHTMLAttributes<HTMLTextAreaElement>>,
): JSX.Element {
  const id = useId();
  return (
    <Labelling id={id} label={label} hint={hint} error={error}>
      <textarea id={id} class="input" rows={3} {...described(id, hint, error)} {...rest} />
    </Labelling>
  );
}

/** One of a few; `options` in pairs of value and words. */
export function SelectField(
  { label, hidesLabel, hint, error, options, value, ...rest }:
    & Described<SelectHTMLAttributes<HTMLSelectElement>>
    & {
      readonly options: readonly (readonly [value: string, words: string])[];
    },
): JSX.Element {
  const id = useId();
  return (
    <Labelling id={id} label={label} hidesLabel={hidesLabel} hint={hint} error={error}>
      <span class="select">
        <select id={id} class="input" value={value} {...described(id, hint, error)} {...rest}>
          {options.map(([option, words]) => (
            <option key={option} value={option} selected={option === value}>{words}</option>
          ))}
        </select>
        <Icon name="chevron_down" small />
      </span>
    </Labelling>
  );
}

export interface CheckboxProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Yes or no. */
export function Checkbox({ label, hint, checked, disabled, onChange }: CheckboxProps): JSX.Element {
  const id = useId();
  return (
    <div class="checkbox">
      <input
        id={id}
        type="checkbox"
        role="switch"
        {...described(id, hint, undefined)}
        checked={checked}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>
        <span>{label}</span>
        {hint && <small id={`${id}-hint`}>{hint}</small>}
      </label>
    </div>
  );
}

function Labelling(
  { id, label, hidesLabel, hint, error, children }: Labelled & {
    readonly id: string;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  return (
    <div class={`field ${error ? "field-wrong" : ""}`}>
      <label for={id} class={hidesLabel ? "visually-hidden" : undefined}>{label}</label>
      {children}
      {hint && !error && <small id={`${id}-hint`} class="field-hint">{hint}</small>}
      {error && (
        <small id={`${id}-error`} class="field-error">
          <Icon name="warning" small />
          <span>{error}</span>
        </small>
      )}
    </div>
  );
}

function described(id: string, hint: string | undefined, error: string | undefined): Description {
  const by = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return { "aria-describedby": by, "aria-invalid": error ? true : undefined };
}
