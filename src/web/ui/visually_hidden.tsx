import type { ComponentChildren, JSX } from "preact";

/** For those who listen, and nobody else. */
export function VisuallyHidden({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <span class="visually-hidden">{children}</span>;
}
