import type { JSX } from "preact";
import { Icon } from "../ui/mod.ts";

/** What is wrong with a form as a whole; read out when it comes. */
export function FormFailure({ text }: { readonly text: string | undefined }): JSX.Element {
  return (
    <div role="alert">
      {text && (
        <p class="failure">
          <Icon name="warning" small />
          <span>{text}</span>
        </p>
      )}
    </div>
  );
}
