import { assertEquals, assertRejects } from "@std/assert";
import { ClamdScanner } from "../../src/adapters/scanner_clamd.ts";
import { ScannerUnavailable } from "../../src/ports/scanner.ts";
import { numbered, partsOf } from "../support/bytes.ts";

/** Speaks clamd's INSTREAM: takes chunks, each after its length, up to one of none, and then says what `judge` does. */
function startClamd(judge: (text: string) => string): { url: string } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (connection: Deno.TcpConn) => {
    using _ = connection;
    const reader = connection.readable.getReader({ mode: "byob" });
    const take = async (length: number) => {
      const { value } = await reader.read(new Uint8Array(length), { min: length });
      return value ?? new Uint8Array(0);
    };
    const said = new TextDecoder().decode(await take(10));
    let text = "";
    for (;;) {
      const length = new DataView((await take(4)).buffer).getUint32(0);
      if (length === 0) break;
      text += new TextDecoder().decode(await take(length));
    }
    const answer = said === "zINSTREAM\0" ? judge(text) : "UNKNOWN COMMAND";
    await connection.write(new TextEncoder().encode(`${answer}\0`));
  };
  const serving = (async () => {
    for await (const connection of listener) await serve(connection).catch(() => undefined);
  })();
  const { port } = listener.addr;
  return {
    url: `tcp://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      listener.close();
      void serving;
    },
  };
}

Deno.test("clamd: a clean file and an infected one, of any length, are told apart", async () => {
  let length = 0;
  using clamd = startClamd((text) => {
    length = text.length;
    return text.includes("bad") ? "stream: Bad.Thing FOUND" : "stream: OK";
  });
  const scanner = new ClamdScanner(clamd.url);
  assertEquals(await scanner.scan(partsOf("good", "enough")), undefined);
  assertEquals(length, 10);
  assertEquals(await scanner.scan(partsOf("b", "ad")), "Bad.Thing");
  assertEquals(await scanner.scan(numbered(0, 3_000_000)), undefined);
});

Deno.test("clamd: one that is away, or says something else, gives no verdict", async () => {
  using clamd = startClamd(() => "INSTREAM size limit exceeded. ERROR");
  const { url } = clamd;
  await assertRejects(() => new ClamdScanner(url).scan(partsOf("x")), ScannerUnavailable);
  await assertRejects(() => new ClamdScanner("tcp://127.0.0.1:1").scan(partsOf("x")), ScannerUnavailable);
});

Deno.test("clamd: what the file's source throws ends the scan", async () => {
  using clamd = startClamd(() => "stream: OK");
  const { url } = clamd;
  await assertRejects(() =>
    new ClamdScanner(url).scan(
      ReadableStream.from([]).pipeThrough(
        new TransformStream({ flush: () => Promise.reject(new Error("gone")) }),
      ),
    ), ScannerUnavailable);
});
