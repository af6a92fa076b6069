import { assertEquals } from "@std/assert";
import type { RestAnswer, TestUser } from "../support/rest.ts";
import { S3Blobs } from "../../src/adapters/blobs_s3.ts";
import { s3Options, s3Url } from "../support/s3/server.ts";
import { startServer } from "../support/server.ts";
import type { ServerOptions, TestServer } from "../support/server.ts";

/** A file that a test brings. */
export interface TestFile {
  readonly name: string;
  /** The type that is claimed. */
  readonly type?: string;
  readonly bytes: Uint8Array<ArrayBuffer> | string;
}

/** What a request for bytes was answered with. */
export interface BytesAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** A server with three users, of whom two share a conversation. Its files are on S3 when `TEST_S3_URL` names a server. */
export interface UploadStage extends AsyncDisposable {
  readonly server: TestServer;
  readonly ann: TestUser;
  readonly ben: TestUser;
  readonly eve: TestUser;
  readonly conversationId: string;
}

export async function openStage(options: ServerOptions = {}): Promise<UploadStage> {
  const s3 = s3Url === undefined || options.blobs ? undefined : new S3Blobs(s3Options(s3Url));
  const server = await startServer({
    ...(s3 && { blobs: s3 }),
    ...options,
    env: { RATE_LIMIT_UPLOADS: "0", ...options.env },
  });
  const [ann, ben, eve] = await server.users("ann", "ben", "eve");
  const conversationId = await server.group(ann, [ben]);
  return {
    ...{ server, ann, ben, eve, conversationId },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await s3?.close();
    },
  };
}

/** Brings a file as a form, with whatever a query says beside the conversation. */
export async function bring(
  { server, conversationId }: UploadStage,
  as: TestUser,
  { name, type, bytes }: TestFile,
  query = "",
): Promise<RestAnswer> {
  const form = new FormData();
  form.set("file", new File([bytes], name, type === undefined ? {} : { type }));
  return await answered(
    await fetch(`${server.url}/api/uploads?conversationId=${conversationId}${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${as.token}` },
      body: form,
    }),
  );
}

/** Brings a file as the body of a request. */
export async function bringRaw(
  { server, conversationId }: UploadStage,
  as: TestUser,
  body: BodyInit,
  headers: Readonly<Record<string, string>>,
): Promise<RestAnswer> {
  return await answered(
    await fetch(`${server.url}/api/uploads?conversationId=${conversationId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${as.token}`, ...headers },
      body,
    }),
  );
}

/** Brings a file that is taken, and answers its record. */
export async function brought(
  stage: UploadStage,
  as: TestUser,
  file: TestFile,
  query = "",
): Promise<RestAnswer["body"]> {
  const { status, body } = await bring(stage, as, file, query);
  assertEquals(status, 201, JSON.stringify(body));
  return body;
}

/** Fetches bytes. */
export async function bytesAt(
  { server }: UploadStage,
  as: TestUser | undefined,
  path: string,
  init: RequestInit = {},
): Promise<BytesAnswer> {
  const headers = new Headers(init.headers);
  if (as) headers.set("authorization", `Bearer ${as.token}`);
  const { status, headers: own, ...response } = await fetched(`${server.url}${path}`, { ...init, headers });
  return { status, headers: own, bytes: response.bytes, text: new TextDecoder().decode(response.bytes) };
}

async function fetched(
  url: string,
  init: RequestInit,
): Promise<{ status: number; headers: Headers; bytes: Uint8Array<ArrayBuffer> }> {
  const response = await fetch(url, { redirect: "manual", ...init });
  return { status: response.status, headers: response.headers, bytes: await response.bytes() };
}

export async function answered(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

/** What an answer says: its status, and the code of a problem. */
export function said({ status, body }: RestAnswer): string {
  return body?.code ? `${status} ${body.code}` : String(status);
}
