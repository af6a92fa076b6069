import { html, raw } from "hono/html";
import type { Html } from "./text.ts";

/** An entry of the index: a group with its links. */
export interface Chapter {
  readonly title: string;
  readonly anchor: string;
  readonly entries: readonly { readonly anchor: string; readonly label: Html }[];
}

export interface Page {
  readonly title: string;
  readonly version: string;
  /** The path of the page. */
  readonly path: string;
  readonly chapters: readonly Chapter[];
  readonly content: Html;
}

const PAGES = [
  { path: "/docs", label: "REST" },
  { path: "/docs/socket", label: "Socket" },
  { path: "/openapi.json", label: "openapi.json" },
  { path: "/asyncapi.json", label: "asyncapi.json" },
];

/** A whole page: its head, the bar on top, the index and the content. */
export async function layout({ title, version, path, chapters, content }: Page): Promise<string> {
  const pages = PAGES.map((page) =>
    html`
      <a href="${page.path}" ${page.path === path ? raw(' aria-current="page"') : ""}>${page.label}</a>
    `
  );
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/docs/style.css">
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="bar">
          <a class="brand"
            href="/docs"><img src="/docs/icon.svg" alt="" width="24" height="24"> Parley <small>${version}</small></a>
          <nav aria-label="Pages">${pages}</nav>
        </header>
        <div class="frame">
          <nav class="index" aria-label="On this page">
            <details class="fold"><summary>On this page</summary>${index(chapters)}</details>
            <div class="side">${index(chapters)}</div>
          </nav>
          <main id="content">${content}</main>
        </div>
      </body>
    </html>
  `;
  return String(await page);
}

function index(chapters: readonly Chapter[]): Html {
  return html`${
    chapters.map(({ title, anchor, entries }) =>
      html`<section><a class="chapter" href="#${anchor}">${title}</a>${
        entries.length === 0 ? "" : html`<ul>${entries.map(entry)}</ul>`
      }</section>`
    )
  }`;
}

function entry({ anchor, label }: Chapter["entries"][number]): Html {
  return html`<li><a href="#${anchor}">${label}</a></li>`;
}
