import { html } from "hono/html";
import { recordAnchor, shape } from "./fields.ts";
import type { Chapter } from "./layout.ts";
import type { Schema } from "./model.ts";
import { headingsOf, line } from "./text.ts";
import type { Html } from "./text.ts";

/** The index of a guide in Markdown. */
export function guideChapter(guide: string): Chapter {
  const entries = headingsOf(guide).map(({ anchor, title }) => ({ anchor, label: html`${title}` }));
  return { title: "Guide", anchor: "guide", entries };
}

/** The index of the records that have a name. */
export function recordChapter(records: readonly (readonly [string, Schema])[]): Chapter {
  const entries = records.map(([name]) => ({ anchor: recordAnchor(name), label: html`${name}` }));
  return { title: "Records", anchor: "records", entries };
}

/** Every record that has a name, with its members. */
export function recordList(records: readonly (readonly [string, Schema])[]): Html {
  return html`<section class="group"><h2 id="records">Records</h2>${
    records.map(([name, schema]) =>
      html`<section class="record" id="${recordAnchor(name)}"><h3>${name}</h3>${
        schema.description ? html`<p>${line(schema.description)}</p>` : ""
      }${shape(schema)}</section>`
    )
  }</section>`;
}
