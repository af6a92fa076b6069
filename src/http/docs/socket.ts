import { html } from "hono/html";
import { shape } from "./fields.ts";
import { layout } from "./layout.ts";
import type { Chapter } from "./layout.ts";
import type { AsyncApi, SocketMessage, SocketOperation } from "./model.ts";
import { nameOf } from "./model.ts";
import { guideChapter, recordChapter, recordList } from "./parts.ts";
import { json, line, markdown } from "./text.ts";
import type { Html } from "./text.ts";

type Messages = AsyncApi["components"]["messages"];
type Named = readonly [name: string, operation: SocketOperation];

/** The reference of the socket as a page; `document` is what `asyncApiDocument` made. */
export function socketPage(document: object): Promise<string> {
  const { info, components, operations: all, "x-close-codes": closings } = document as AsyncApi;
  const operations: readonly Named[] = Object.entries(all);
  const commands = operations.filter(([, { action }]) => action === "receive");
  const pushes = operations.filter(([, { action }]) => action === "send");
  const records = Object.entries(components.schemas);
  return layout({
    title: `${info.title}: the socket`,
    version: info.version,
    path: "/docs/socket",
    chapters: [
      guideChapter(info.description),
      chapter("What you send", "commands", commands),
      chapter("What you get", "pushes", pushes),
      { title: "Close codes", anchor: "close-codes", entries: [] },
      recordChapter(records),
    ],
    content: html`
      <article class="prose"><h1 id="guide">${info.title}: the socket</h1>${markdown(
        info.description,
      )}</article>
      <section
        class="group"><h2 id="commands">What you send</h2><p>Commands, each answered under its <code>id</code>.</p>
      ${commands.map((named) => section(named, components.messages))}</section>
      <section class="group"><h2 id="pushes">What you get</h2><p>What the server sends of its own accord.</p>
      ${pushes.map((named) => section(named, components.messages))}</section>
      ${closeCodes(closings)}
      ${recordList(records)}
    `,
  });
}

function chapter(title: string, anchor: string, operations: readonly Named[]): Chapter {
  const entries = operations.map(([name, operation]) => ({
    anchor: name,
    label: html`<span>${operation.title}</span>`,
  }));
  return { title, anchor, entries };
}

function section([name, operation]: Named, messages: Messages): Html {
  const { title, summary, description, reply } = operation;
  const sent = find(operation.messages, messages);
  const replies = find(reply?.messages ?? [], messages).filter((message) => message.name !== "error");
  return html`
    <section class="operation" id="${name}">
      <div class="about">
    <h3><a href="#${name}">${line(summary)}</a></h3>
    <p class="path"><code>${title}</code>${standing(sent[0])}</p>
    ${description ? markdown(description) : ""}
    ${sent.map(data)}
    ${replies.map((message) => html`<h4>Answer: <code>${message.name}</code></h4>${data(message)}`)}
    ${errors(operation)}
      </div>
      <div class="code">${sent.map(example)}${replies.map(example)}</div>
    </section>
  `;
}

function find(references: SocketOperation["messages"], messages: Messages): SocketMessage[] {
  return references.flatMap(({ $ref }) => messages[nameOf($ref)] ?? []);
}

function standing(message: SocketMessage | undefined): Html {
  const { conversationId, rev } = message?.payload.properties ?? {};
  if (!conversationId) return html``;
  return html`
    <span class="open">${rev ? "kept, with conversationId and rev" : "passing, with conversationId"}</span>
  `;
}

function data({ payload }: SocketMessage): Html {
  const schema = payload.properties?.data;
  const empty = !schema || (!schema.$ref && Object.keys(schema.properties ?? {}).length === 0);
  return empty ? html`<p class="shape">No data.</p>` : html`<div class="data">${shape(schema)}</div>`;
}

function example(message: SocketMessage): Html {
  return html`<p class="status">${message.name}</p>${message.examples.map(({ payload }) => json(payload))}`;
}

function errors({ "x-errors": codes, "x-limit": limit }: SocketOperation): Html {
  if (!codes) return html``;
  return html`<h4>Errors</h4><p class="codes">${
    codes.map(({ code, meaning }) =>
      html`
        <a class="error" href="/docs#error-${code}" title="${meaning}"><code>${code}</code></a>
      `
    )
  }</p>${limit === "messages" ? html`<p class="shape">Counts on the user's limit of messages.</p>` : ""}`;
}

function closeCodes(codes: AsyncApi["x-close-codes"]): Html {
  return html`
    <section class="group">
      <h2 id="close-codes">Close codes</h2>
      <p><em>Retry</em> says whether coming back with the same token can help.</p>
      <div class="wide" tabindex="0">
        <table>
          <thead>
            <tr>
              <th>Code</th>
              <th>Retry</th>
              <th>Meaning</th>
            </tr>
          </thead>
          <tbody>${codes.map(({ code, retry, meaning }) =>
            html`
              <tr id="close-${code}">
                <td><code>${code}</code></td>
                <td>${retry ? "yes" : "no"}</td>
                <td>${line(meaning)}</td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
    </section>
  `;
}
