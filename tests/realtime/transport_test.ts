import { assertEquals } from "@std/assert";
import { WebSocketTransport } from "../../src/realtime/transport.ts";
import { OPCODE, RawSocket } from "../support/raw_socket.ts";

/** Keeps the loop busy, so that timers and what comes in meanwhile are due at once. */
function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

Deno.test("a frame that comes just as the socket is closed does not keep the close frame back", async () => {
  for (const end of ["close", "drop"] as const) {
    const opened = Promise.withResolvers<WebSocketTransport>();
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => opened.resolve(new WebSocketTransport(socket));
      return response;
    });
    using client = await RawSocket.open(`http://127.0.0.1:${server.addr.port}`, {});
    await client.readTo("\r\n\r\n");
    const transport = await opened.promise;
    setTimeout(() => transport[end](1012, "restart"), 5);
    const sent = client.frame(OPCODE.text, "meanwhile");
    spin(20);
    assertEquals(await client.readTo("restart"), "\x88\x09\x03\xf4restart", end);
    await sent.catch(() => {});
  }
});
