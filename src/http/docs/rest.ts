import { html } from "hono/html";
import { ERRORS } from "../../kernel/errors.ts";
import { calls } from "./curl.ts";
import { fields, parameters, shape } from "./fields.ts";
import { layout } from "./layout.ts";
import type { Chapter } from "./layout.ts";
import { examplesOf, JSON_TYPE, nameOf } from "./model.ts";
import type { Answer, OpenApi, Operation } from "./model.ts";
import { guideChapter, recordChapter, recordList } from "./parts.ts";
import { anchorOf, code, json, line, markdown } from "./text.ts";
import type { Html } from "./text.ts";

type Records = OpenApi["components"]["schemas"];

/** An operation with where it is found. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The reference of the REST API as a page; `document` is what `openApiDocument` made. */
export function restPage(document: object): Promise<string> {
  const { info, tags, components, paths } = document as OpenApi;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => ({ method, path, operation }))
  );
  const groups = tags.map(({ name, description = "" }) => ({
    name,
    description,
    routes: routes.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const records = Object.entries(components.schemas);
  return layout({
    title: `${info.title}: the REST API`,
    version: info.version,
    path: "/docs",
    chapters: [
      guideChapter(info.description),
      ...groups.map(({ name, routes }) => ({
        title: name,
        anchor: anchorOf(name),
        entries: routes.map(entry),
      })),
      recordChapter(records),
      { title: "Errors by code", anchor: "errors-by-code", entries: [] },
    ],
    content: html`<article class="prose"><h1 id="guide">${info.title}: the REST API</h1>${
      markdown(info.description)
    }</article>
${
      groups.map(({ name, description, routes }) =>
        html`<section class="group"><h2 id="${anchorOf(name)}">${name}</h2><p>${description}</p>${
          routes.map((one) => section(one, components.schemas))
        }</section>`
      )
    }
${recordList(records)}
${errorTable()}`,
  });
}

function entry({ method, path, operation }: Route): Chapter["entries"][number] {
  return {
    anchor: operation.operationId,
    label: html`${badge(method)} <span>${path.replace(/^\/api/, "")}</span>`,
  };
}

/** What the index has no room for. */
const SHORT: Readonly<Record<string, string>> = { delete: "DEL", options: "OPT" };

function badge(method: string): Html {
  return html`<b class="method ${method}">${SHORT[method] ?? method.toUpperCase()}</b>`;
}

function section({ method, path, operation }: Route, records: Records): Html {
  const { operationId, summary, description, security, responses } = operation;
  return html`
    <section class="operation" id="${operationId}">
      <div class="about">
    <h3><a href="#${operationId}">${line(summary)}</a></h3>
    <p class="path"><b class="method ${method}">${method
      .toUpperCase()}</b> <code>${path}</code>${security.length > 0 ? "" : html`
      <span class="open">no token</span>
    `}</p>
    ${description ? markdown(description) : ""}
    ${inputs(operation)}
    ${bodyOf(operation, records)}
    <h4>Answers</h4>
    <dl class="answers">${Object.entries(responses).map(([status, answer]) => answerRow(status, answer))}</dl>
      </div>
      <div class="code">
    ${calls(method, path, operation).map(code)}
    ${success(responses)}
      </div>
    </section>
  `;
}

/** The members of a body, at once also where it is a record with a name; of one of bytes, its types. */
function bodyOf({ requestBody }: Operation, records: Records): Html {
  if (!requestBody) return html``;
  const types = Object.keys(requestBody.content);
  const schema = requestBody.content[JSON_TYPE]?.schema;
  if (!schema) {
    return html`
      <h4>Body</h4>
      <p class="shape">${types.map((type) =>
        html`
          <code>${type}</code>
        `
      )}</p>
    `;
  }
  const record = schema.$ref === undefined ? schema : records[nameOf(schema.$ref)] ?? schema;
  return html`<h4>Body</h4>${record.description ? html`<p>${line(record.description)}</p>` : ""}${
    shape(record)
  }`;
}

function inputs({ parameters: all = [] }: Operation): Html {
  const places = [["path", "Path"], ["query", "Query"], ["header", "Headers"]] as const;
  return html`${
    places.map(([place, title]) => {
      const here = all.filter((parameter) => parameter.in === place);
      return here.length === 0 ? "" : html`<h4>${title}</h4>${parameters(here)}`;
    })
  }`;
}

const COMMON_HEADERS = /^(X-Request-Id|RateLimit-|Retry-After|WWW-Authenticate)/;

function answerRow(status: string, { description, headers = {}, content }: Answer): Html {
  const body = content?.[JSON_TYPE];
  const own = Object.entries(headers).filter(([name]) => !COMMON_HEADERS.test(name));
  return html`
    <dt class="s${status.charAt(0)}">${status}</dt>
    <dd>${Number(status) < 400 ? line(description) : codes(content)}${body?.schema.$ref || body?.schema.items
      ? html`
        ${shape(body.schema)}
      `
      : ""}${own.map(([name, header]) =>
        html`<br><code>${name}</code> ${line(header.description)}`
      )}${body && !body.schema.$ref
      ? html`<details><summary>Members</summary>${fields(body.schema)}</details>`
      : ""}</dd>
  `;
}

function codes(content: Answer["content"]): Html {
  const names = Object.keys(content?.["application/problem+json"]?.examples ?? {});
  return html`${
    names.map((code) =>
      html`
        <a class="error" href="#error-${code}"><code>${code}</code></a>
      `
    )
  }`;
}

function success(responses: Operation["responses"]): Html {
  // Where a first call and its retry differ, the first call's.
  const status = "201" in responses ? "201" : Object.keys(responses)[0] ?? "";
  const answer = responses[status];
  const [type, body] = Object.entries(answer?.content ?? {})[0] ?? [];
  if (!body) return html`<p class="status">${status}</p>`;
  return html`<p class="status">${status} <span>${type}</span></p>${json(examplesOf(body)[0])}`;
}

function errorTable(): Html {
  const rows = Object.entries(ERRORS).map(([code, { status, retryable, title }]) =>
    html`
      <tr id="error-${code}">
        <td><code>${code}</code><br>${title}</td>
        <td>${status}</td>
        <td>${retryable ? "yes" : "no"}</td>
      </tr>
    `
  );
  return html`
    <section class="group">
      <h2 id="errors-by-code">Errors by code</h2>
      <p>The same over REST and the socket. <em>Retry</em> says whether the same request can succeed later.</p>
      <table>
        <thead>
          <tr>
            <th>Code</th>
            <th>Status</th>
            <th>Retry</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </section>
  `;
}
