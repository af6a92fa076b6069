import type { Redis } from "@upstash/redis";
import type { Scripts } from "./shared.ts";

/** Scripts of one request: its answer is to come in time also where many users come or go at once. */
const AT_ONCE = 100;

/** A script that waits to be sent, and what is to hear of its answer. */
interface Call {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly answer: PromiseWithResolvers<unknown>;
}

/** Scripts over REST. Those that are asked for together go out in few requests, each of which runs its own in order. */
export class UpstashScripts implements Scripts {
  readonly #client: Redis;
  #waiting: Call[] = [];

  constructor(client: Redis) {
    this.#client = client;
  }

  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    if (this.#waiting.push({ script, keys, args, answer }) === 1) queueMicrotask(() => this.#send());
    return answer.promise;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #send(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < calls.length; at += AT_ONCE) void this.#ask(calls.slice(at, at + AT_ONCE));
  }

  async #ask(calls: readonly Call[]): Promise<void> {
    try {
      const pipeline = this.#client.pipeline();
      for (const { script, keys, args } of calls) pipeline.eval(script, [...keys], [...args]);
      const answers = await pipeline.exec({ keepErrors: true });
      for (const [index, { answer }] of calls.entries()) {
        const { result, error } = answers[index] ?? { error: "it was left out" };
        if (error === undefined) answer.resolve(result);
        else answer.reject(new Error(error));
      }
    } catch (error) {
      for (const { answer } of calls) answer.reject(error);
    }
  }
}
