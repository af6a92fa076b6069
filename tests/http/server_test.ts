import { assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { route } from "../../src/http/route.ts";
import { MAX_JSON_BYTES } from "../../src/http/body.ts";
import { testHttp } from "../support/http.ts";

/** The HTTP layer behind a real socket. */
interface Served extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

function serve(): Served {
  const router = testHttp();
  route(router, {
    method: "post",
    path: "/echo/:id",
    summary: "Echo",
    tag: "Echo",
    auth: "none",
    params: z.object({ id: z.string() }),
    body: z.object({ text: z.string() }),
    ok: { status: 200, schema: z.object({ id: z.string(), size: z.number(), address: z.string() }) },
  }, ({ params, body, address }) => ({ id: params.id, size: body.text.length, address }));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request, info) => {
    return router.app.fetch(request, info);
  });
  const { port } = server.addr;
  return { port, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Sends text as it is and answers what comes back, up to so many responses' heads. */
async function raw(port: number, text: string, heads = 1): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  const buffer = new Uint8Array(65_536);
  let received = "";
  while (received.split("\r\n\r\n").length <= heads) {
    const length = await connection.read(buffer);
    if (length === null) break;
    received += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return received;
}

const JSON_TYPE = { "content-type": "application/json" };

Deno.test("a served route sees the peer's address and the parsed body", async () => {
  await using served = serve();
  const body = JSON.stringify({ text: "नमस्ते" });
  const response = await fetch(`${served.url}/echo/a%20b`, { method: "POST", headers: JSON_TYPE, body });
  assertEquals(await response.json(), { id: "a b", size: 6, address: "127.0.0.1" });
});

Deno.test("a chunked body is counted as it comes", async () => {
  await using served = serve();
  const chunked = (bytes: number) => {
    const body = new Blob([`{"text":"${"x".repeat(bytes)}"}`]).stream();
    return fetch(`${served.url}/echo/1`, { method: "POST", headers: JSON_TYPE, body });
  };
  const frame = '{"text":""}'.length;
  const fits = await chunked(MAX_JSON_BYTES - frame);
  assertEquals((await fits.json()).size, MAX_JSON_BYTES - frame);
  const large = await chunked(MAX_JSON_BYTES - frame + 1);
  assertEquals((await large.json()).code, "payload_too_large");
});

Deno.test("a body without a type is refused, whether its length is told or not", async () => {
  await using served = serve();
  const head = ["POST /echo/1 HTTP/1.1", "host: x", "connection: close"].join("\r\n");
  const told = await raw(served.port, `${head}\r\ncontent-length: 13\r\n\r\n{"text":"ok"}`);
  assertStringIncludes(told.split("\r\n")[0] ?? "", "415");
  const chunked = `${head}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const untold = await raw(served.port, `${chunked}d\r\n{"text":"ok"}\r\n0\r\n\r\n`);
  assertStringIncludes(untold.split("\r\n")[0] ?? "", "415");
  const none = await raw(served.port, `${chunked}0\r\n\r\n`);
  assertStringIncludes(none.split("\r\n")[0] ?? "", "400");
});

Deno.test("a body that claims to be too large is refused before it is sent", async () => {
  await using served = serve();
  const head = ["POST /echo/1 HTTP/1.1", "host: x", "content-type: application/json"];
  const answer = await raw(served.port, `${[...head, "content-length: 1000000"].join("\r\n")}\r\n\r\n`);
  assertStringIncludes(answer.split("\r\n")[0] ?? "", "413");
});

Deno.test("a path or a header that is not well-formed is no error of the server", async () => {
  await using served = serve();
  for (const path of ["/echo/%E0%A4%A", "/echo/%00", "/%", "//", "/echo/%ED%A0%80", `/${"a".repeat(5000)}`]) {
    const response = await fetch(served.url + path, {
      method: "POST",
      headers: JSON_TYPE,
      body: '{"text":""}',
    });
    assertEquals(response.status < 500, true, `${path} answers ${response.status}`);
    await response.body?.cancel();
  }
  const lines = [
    "GET / HTTP/1.1",
    "host: x",
    "authorization: Bearer \xff",
    "x-request-id: \xff",
    "connection: close",
  ];
  assertStringIncludes(await raw(served.port, `${lines.join("\r\n")}\r\n\r\n`), " 404 ");
});

Deno.test("a connection goes on after a refused request", async () => {
  await using served = serve();
  const post = (text: string) =>
    [
      "POST /echo/1 HTTP/1.1",
      "host: x",
      "content-type: application/json",
      `content-length: ${text.length}`,
      "",
      text,
    ].join("\r\n");
  const answer = await raw(served.port, post("{") + post("[]") + post('{"text":"ok"}'), 3);
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assertEquals(statuses, ["400", "400", "200"]);
});
