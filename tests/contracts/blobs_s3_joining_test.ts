import { assertEquals } from "@std/assert";
import { S3Blobs } from "../../src/adapters/blobs_s3.ts";

/** Longer than a server may be silent that is asked for anything else. */
const JOINING_MS = 2_000;

const xml = (body: string): Response =>
  new Response(body, { headers: { "content-type": "application/xml" } });
const item = (place: number) =>
  `<Contents><Key>drafts/d/${
    String(place).padStart(16, "0")
  }</Key><Size>5242880</Size><ETag>"e"</ETag></Contents>`;
const PIECES = `<ListBucketResult>${item(0)}${item(5_242_880)}</ListBucketResult>`;

/** A server that has a draft of two pieces, and is silent while it makes one object of them. */
function answer({ method, url }: Request): Response | Promise<Response> {
  const { searchParams } = new URL(url);
  if (searchParams.has("list-type")) return xml(PIECES);
  if (method === "HEAD") return new Response(null, { status: 404 });
  if (searchParams.has("uploads")) return xml("<R><UploadId>u</UploadId></R>");
  if (method === "PUT") return xml('<CopyPartResult><ETag>"p"</ETag></CopyPartResult>');
  if (method === "DELETE") return new Response(null, { status: 204 });
  const joined = xml('<CompleteMultipartUploadResult><ETag>"w"</ETag></CompleteMultipartUploadResult>');
  return new Promise((resolve) => setTimeout(() => resolve(joined), JOINING_MS));
}

Deno.test("seal() leaves a server time to make one object of many parts", async () => {
  const asked: string[] = [];
  const stop = new AbortController();
  const serving = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal };
  const server = Deno.serve(serving, (request) => {
    asked.push(request.method);
    return answer(request);
  });
  const blobs = new S3Blobs({
    ...{ bucket: "files", region: "us-east-1", accessKeyId: "key", secretAccessKey: "secret" },
    ...{ endpoint: `http://127.0.0.1:${server.addr.port}`, publicEndpoint: undefined },
  });
  const { version, size } = await blobs.draft("d");
  assertEquals(size, 10_485_760);
  await blobs.seal("d", version, "k");
  assertEquals(asked, ["GET", "GET", "HEAD", "POST", "PUT", "PUT", "POST", "GET", "DELETE", "DELETE"]);
  await blobs.close();
  stop.abort();
  await server.finished;
});
