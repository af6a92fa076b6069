import { BSON } from "mongodb";

/** A command as a driver sent it. */
export type Command = Readonly<Record<string, unknown>>;

/** A wire between a driver and a server that can be listened to and cut. */
export interface Wire extends AsyncDisposable {
  /** The server's URI, by way of the wire. */
  readonly uri: string;
  /** The commands that went over it, in order. */
  readonly commands: Command[];
  /** While set: loses the answer to a command that it holds of, and the connection with it. */
  loses: ((command: Command) => boolean) | undefined;
  /** While set: swallows the answers to commands that it holds of; the connection stays. */
  stalls: ((command: Command) => boolean) | undefined;
}

const OP_MSG = 2013;

/** Opens a wire to the server at `uri`, which is `mongodb://host:port/database`. */
export function openWire(uri: string): Wire {
  const { hostname, port, pathname } = new URL(uri);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const wire: Wire = {
    uri: `mongodb://127.0.0.1:${listener.addr.port}${pathname}`,
    commands: [],
    loses: undefined,
    stalls: undefined,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) close(conn);
      await serving;
    },
  };
  const serving = serve();
  return wire;

  async function serve(): Promise<void> {
    const links: Promise<void>[] = [];
    for await (const client of listener) links.push(link(client));
    await Promise.all(links);
  }

  async function link(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect({ hostname, port: Number(port) });
    open.add(client).add(server);
    let mute: "lost" | "stalled" | undefined;
    const up = pump(client, (bytes) => {
      const command = commandOf(bytes);
      if (command) wire.commands.push(command);
      if (command && wire.loses?.(command)) mute = "lost";
      if (command && wire.stalls?.(command)) mute = "stalled";
      return server.write(bytes);
    });
    const down = pump(server, async (bytes) => {
      if (mute === "lost") close(client);
      if (!mute) await client.write(bytes);
    });
    await Promise.race([up, down]);
    for (const conn of [client, server]) close(conn);
    await Promise.all([up, down]);
  }
}

/** Hands on each whole message until either end is closed. */
async function pump(from: Deno.TcpConn, hand: (message: Uint8Array) => Promise<unknown>): Promise<void> {
  let rest = new Uint8Array();
  try {
    for await (const chunk of from.readable) {
      rest = joined(rest, chunk);
      for (let size = sizeOf(rest); size > 0 && size <= rest.length; size = sizeOf(rest)) {
        await hand(rest.slice(0, size));
        rest = rest.slice(size);
      }
    }
  } catch {
    // A closed connection ends the pump, as the end of the stream does.
  }
}

function sizeOf(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
}

function commandOf(message: Uint8Array): Command | undefined {
  const view = new DataView(message.buffer, message.byteOffset);
  if (view.getInt32(12, true) !== OP_MSG || message[20] !== 0) return undefined;
  const size = view.getInt32(21, true);
  return BSON.deserialize(message.slice(21, 21 + size));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It was closed from the other end.
  }
}
