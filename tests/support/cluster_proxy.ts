import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A way to a server that can be made bad. Disposing ends it, and all connections through it. */
export interface Proxy extends AsyncDisposable {
  /** The address of the server, by way of the proxy. */
  readonly url: string;
  /** Swallows what comes from either side from now on, on new connections too, and tells neither. */
  swallow(): void;
  /** Takes new connections through again; those that have lost something stay half open. */
  pass(): void;
}

/** Puts a proxy before a server; what goes through, either way, takes `delayMs` longer. */
export async function startProxy(target: string, delayMs = 0): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server = createServer((client) => {
    const line = { broken: swallowing };
    const upstream = connect(Number(port), hostname);
    const sides = [[client, upstream], [upstream, client]] as const;
    for (const [from, to] of sides) {
      sockets.add(from.setNoDelay(true));
      from.on("data", (bytes) => {
        line.broken ||= swallowing;
        if (!line.broken) later(delayMs, () => to.write(bytes));
      });
      from.on("error", () => {}); // the other side hears of it by the close that follows
      from.on("close", () => {
        sockets.delete(from);
        if (!line.broken) later(delayMs, () => to.end());
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    swallow: () => void (swallowing = true),
    pass: () => void (swallowing = false),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function later(ms: number, task: () => void): void {
  if (ms === 0) task();
  else setTimeout(task, ms);
}
