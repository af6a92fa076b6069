import type { ComponentChildren, JSX } from "preact";

/** A part of a page, under a heading. */
export function Section(
  { title, text, children }: {
    readonly title: string;
    readonly text?: string;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  return (
    <section class="card">
      <h2>{title}</h2>
      {text && <p class="soft">{text}</p>}
      {children}
    </section>
  );
}
