import { html, raw } from "hono/html";
import { Marked } from "marked";

/** A piece of a page: text that is put into it is escaped. */
export type Html = ReturnType<typeof html>;

/** A heading of a Markdown text, with the name that links lead to. */
export interface Heading {
  readonly anchor: string;
  readonly title: string;
}

/** `First steps` is `first-steps`. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    code({ text }) {
      return String(code(text));
    },
  },
});

/** Markdown of our own as HTML. It is not made safe: no text of a client belongs here. */
export function markdown(text: string): Html {
  return html`${raw(marked.parse(text, { async: false }))}`;
}

/** One line of Markdown. */
export function line(text: string): Html {
  return html`${raw(marked.parseInline(text, { async: false }))}`;
}

/** The headings of a Markdown text, in order. */
export function headingsOf(text: string): Heading[] {
  return [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => ({ anchor: anchorOf(title), title }));
}

/** Lines of code; the keyboard reaches what does not fit. */
export function code(text: string | Html): Html {
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g;

/** A value as indented JSON, with its names, texts and other values told apart. */
export function json(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  const parts: Html[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match;
    parts.push(html`${text.slice(at, match.index)}`);
    if (quoted === undefined) parts.push(html`<i class="v">${whole}</i>`);
    else if (colon === undefined) parts.push(html`<i class="s">${quoted}</i>`);
    else parts.push(html`<i class="k">${quoted}</i>${colon}`);
    at = match.index + whole.length;
  }
  return code(html`${parts}${text.slice(at)}`);
}
