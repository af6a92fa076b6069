import { createHash } from "node:crypto";
import { Redis } from "ioredis";

/** Upstash's REST interface in front of a plain Redis server, as far as Parley uses it. */
export interface Bridge extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Answers no request and sends nothing on any stream, while all connections stay open, until `go`. */
  stall(): void;
  go(): void;
  /** Answers every request with 503 and ends the streams, until `go`. */
  refuse(): void;
  /** Answers requests with 503, but for streams, which go on; or no longer does so. */
  refuseRequests(on: boolean): void;
  /** Leaves the streams that are open now silent for good; new ones work. */
  killStreams(): void;
}

type Mode = "serving" | "stalled" | "refusing";

/** Starts a bridge on a free port. */
export function startBridge(redisUrl: string): Bridge {
  const token = crypto.randomUUID();
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 0 });
  const scripts = new Scripts();
  const streams = new Set<EventStream>();
  const stopped = new AbortController();
  let mode: Mode = "serving";
  let refusing = false;
  let going = Promise.withResolvers<void>();

  const answer = async (request: Request): Promise<Response> => {
    const text = await request.text();
    if (mode === "stalled") await going.promise;
    if (mode === "refusing") return Response.json({ error: "unavailable" }, { status: 503 });
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return Response.json({ error: "Unauthorized" }, { status: 401 });
    }
    const path = new URL(request.url).pathname;
    const channel = /^\/subscribe\/([^/]+)$/.exec(path)?.[1];
    if (channel) return EventStream.open(redis, decodeURIComponent(channel), streams);
    if (refusing) return Response.json({ error: "unavailable" }, { status: 503 });
    const encode = request.headers.get("upstash-encoding") === "base64" ? base64 : (value: unknown) => value;
    const run = async (command: unknown[]) => {
      try {
        return { result: encode(await scripts.run(redis, command.map(String))) };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    };
    const body = JSON.parse(text);
    if (path === "/pipeline") return Response.json(await Promise.all(body.map(run)));
    const single = await run(body);
    return Response.json(single, { status: single.error === undefined ? 200 : 400 });
  };

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stopped.signal },
    answer,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
    stall() {
      mode = "stalled";
      for (const stream of streams) stream.muted = true;
    },
    refuse() {
      mode = "refusing";
      for (const stream of streams) stream.end();
    },
    go() {
      mode = "serving";
      for (const stream of streams) stream.muted = false;
      going.resolve();
      going = Promise.withResolvers();
    },
    refuseRequests(on) {
      refusing = on;
    },
    killStreams() {
      for (const stream of streams) stream.kill();
    },
    async [Symbol.asyncDispose]() {
      going.resolve();
      for (const stream of [...streams]) stream.end();
      redis.disconnect();
      stopped.abort();
      await server.finished;
    },
  };
}

/** One subscription, as server-sent events. */
class EventStream {
  muted = false;
  readonly #client: Redis;
  readonly #all: Set<EventStream>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(client: Redis, all: Set<EventStream>) {
    this.#client = client;
    this.#all = all.add(this);
  }

  static async open(redis: Redis, channel: string, all: Set<EventStream>): Promise<Response> {
    const stream = new EventStream(redis.duplicate(), all);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (stream.#controller = controller),
      cancel: () => stream.end(),
    });
    stream.#client.on("message", (on: string, text: string) => stream.#send(`message,${on},${text}`));
    stream.#send(`subscribe,${channel},${await stream.#client.subscribe(channel)}`);
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  /** Sends nothing any more, and keeps the connection open. */
  kill(): void {
    this.#client.disconnect();
  }

  end(): void {
    if (!this.#all.delete(this)) return;
    this.#client.disconnect();
    try {
      this.#controller?.close();
    } catch {
      // The reader has left.
    }
  }

  #send(data: string): void {
    if (!this.muted && this.#all.has(this)) {
      this.#controller?.enqueue(new TextEncoder().encode(`data: ${data}\n\n`));
    }
  }
}

/** Scripts as Upstash takes them: the first line may be one that only Upstash knows. */
class Scripts {
  readonly #plain = new Map<string, string>();

  async run(redis: Redis, [name = "", ...args]: readonly string[]): Promise<unknown> {
    const command = name.toLowerCase();
    const [script = "", ...rest] = args;
    if (command === "eval") return await redis.call("EVAL", this.#learn(script), ...rest);
    if (command !== "evalsha") return await redis.call(name, ...args);
    const known = this.#plain.get(script);
    if (known === undefined) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    return await redis.call("EVAL", known, ...rest);
  }

  #learn(script: string): string {
    const plain = script.replace(/^#!lua[^\n]*\n/, "\n");
    this.#plain.set(createHash("sha1").update(script).digest("hex"), plain);
    return plain;
  }
}

function base64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(base64);
  if (typeof value !== "string" || value === "OK") return value;
  return new TextEncoder().encode(value).toBase64();
}
