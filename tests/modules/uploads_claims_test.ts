import { assert, assertEquals } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { CLAIM_MS } from "../../src/modules/uploads/attach.ts";
import { uploads as records } from "../../src/modules/uploads/records.ts";
import { createUploads } from "../../src/modules/uploads/service.ts";
import { sweepUploads } from "../../src/modules/uploads/upkeep.ts";
import type { Stop } from "../../src/kernel/clock.ts";
import type { Store } from "../../src/ports/store.ts";
import { StandingClock } from "../support/module_stage.ts";
import { brought, bytesAt, openStage, said } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

const DAYS = 86_400_000;

/** Nothing comes round by itself: the test sweeps. */
class QuietClock extends StandingClock {
  override every = (): Stop => () => {};
}

/** A call that is held. */
interface Held {
  /** Resolves once the call has come. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

/** Holds calls of a store, before they are made or before their answer is told. */
class Gate {
  readonly #held = new Map<string, { readonly reach: () => void; readonly released: Promise<void> }>();

  /** Holds the next call of this name: `commit`, `patch`, or `patched` for the answer of a `patch`. */
  hold(at: string): Held {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#held.set(at, { reach: reached.resolve, released: released.promise });
    return { reached: reached.promise, release: released.resolve };
  }

  async pass(at: string): Promise<void> {
    const held = this.#held.get(at);
    this.#held.delete(at);
    held?.reach();
    await held?.released;
  }

  /** The store behind this gate; of patches, those of uploads are held. */
  over(store: Store): Store {
    return new Proxy(store, {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]) => {
          const isHeld = key === "commit" || (key === "patch" && args[0] === records);
          if (isHeld) await this.pass(String(key));
          const answer = await Reflect.apply(value, target, args);
          if (isHeld && key === "patch") await this.pass("patched");
          return answer;
        };
      },
    });
  }
}

/** Somebody who sends a file, and a sweep, each with a gate before the same store. */
interface Race {
  readonly stage: UploadStage;
  readonly clock: QuietClock;
  readonly sender: Gate;
  readonly sweeper: Gate;
  readonly uploadId: string;
  /** Begins to send the file. */
  readonly send: (clientId?: string) => Promise<string>;
  readonly sweep: () => Promise<number>;
}

/** Runs a race to its end; days later the file of a message that stands is there. */
async function race(run: (race: Race) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  const [blobs, clock, sender, sweeper] = [new FolderBlobs(dir), new QuietClock(), new Gate(), new Gate()];
  const bare: Store[] = [];
  const wrap = (store: Store) => (bare.push(store), sender.over(store));
  try {
    await using stage = await openStage({ clock, blobs, wrap, env: { JWT_EXPIRES_IN: "30d" } });
    const { server, ann, ben, conversationId } = stage;
    const [store] = bare;
    assert(store);
    const uploads = createUploads({
      ...{ store: sweeper.over(store), blobs, clock, log: silentLogger, quota: 0, redirects: false },
      ...{ rules: { maxBytes: 1, types: [] }, expiresMs: DAYS, secret: "s" },
    });
    const { id: uploadId, url } = await brought(stage, ann, { name: "a.txt", bytes: "some notes" });
    const content = { type: "file", metadata: { uploadId } };
    const send = async (clientId = "m") =>
      said(await server.call(ann, "POST /api/messages", { conversationId, clientId, content }));
    const sweep = () => sweepUploads(uploads, clock.now());
    await run({ stage, clock, sender, sweeper, uploadId, send, sweep });
    for (let day = 0; day < 3; day++) {
      clock.pass(DAYS);
      await sweep();
    }
    const { messages } = await server.ok(ben, `GET /api/messages/conversation/${conversationId}`);
    assertEquals(messages.length, 1);
    const upload = await server.ok(ben, `GET /api/uploads/${uploadId}`);
    assertEquals([upload.messageId, upload.expiresAt], [messages[0].id, null]);
    assertEquals((await server.ok(ben, `GET /api/uploads?conversationId=${conversationId}`)).uploads, [
      upload,
    ]);
    assertEquals((await bytesAt(stage, ben, url)).text, "some notes");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const late of [0, 1]) {
  const when = late === 0 ? "at the age limit of its claim" : "a moment after it";

  Deno.test(`a file is kept when its message is committed ${when}, and a sweep comes first`, async () => {
    await race(async ({ clock, sender, send, sweep }) => {
      const commit = sender.hold("commit");
      const sent = send();
      await commit.reached;
      clock.pass(CLAIM_MS + late);
      await sweep();
      commit.release();
      assertEquals(await sent, "201");
    });
  });

  Deno.test(`a file is kept when its message is written down with it ${when}, and a sweep comes first`, async () => {
    await race(async ({ clock, sender, send, sweep }) => {
      const commit = sender.hold("commit");
      const sent = send();
      await commit.reached;
      const attaching = sender.hold("patch");
      commit.release();
      await attaching.reached;
      clock.pass(CLAIM_MS + late);
      await sweep();
      attaching.release();
      assertEquals(await sent, "201");
    });
  });

  Deno.test(`a file is kept when its message comes ${when}, while a sweep gives its claim up`, async () => {
    await race(async ({ clock, sender, sweeper, send, sweep }) => {
      const commit = sender.hold("commit");
      const sent = send();
      await commit.reached;
      clock.pass(CLAIM_MS + late);
      const givingUp = sweeper.hold("patch");
      const sweeping = sweep();
      await Promise.race([givingUp.reached, sweeping]);
      commit.release();
      assertEquals(await sent, "201");
      givingUp.release();
      await sweeping;
    });
  });

  Deno.test(`a file is kept when a sweep gives its claim up ${when}, before it is written down`, async () => {
    await race(async ({ clock, sender, sweeper, send, sweep }) => {
      const commit = sender.hold("commit");
      const sent = send();
      await commit.reached;
      clock.pass(CLAIM_MS + late);
      const givingUp = sweeper.hold("patch");
      const sweeping = sweep();
      await Promise.race([givingUp.reached, sweeping]);
      const attaching = sender.hold("patch");
      commit.release();
      await attaching.reached;
      givingUp.release();
      await sweeping;
      attaching.release();
      assertEquals(await sent, "201");
    });
  });
}

Deno.test("a message whose claim has grown old is not made of it, and a retry is", async () => {
  await race(async ({ stage, clock, sender, uploadId, send, sweep }) => {
    const claim = sender.hold("patched");
    const sent = send();
    await claim.reached;
    clock.pass(CLAIM_MS / 2);
    await sweep();
    claim.release();
    assertEquals(await sent, "503 overloaded");
    clock.pass(CLAIM_MS);
    await sweep();
    assertEquals((await stage.server.store.get(records, uploadId))?.claim, null);
    assertEquals(await send(), "201");
  });
});

Deno.test("a claim that is a moment younger makes the message, and what comes again changes nothing", async () => {
  await race(async ({ clock, sender, send, sweep }) => {
    const claim = sender.hold("patched");
    const sent = send();
    await claim.reached;
    clock.pass(CLAIM_MS / 2 - 1);
    await sweep();
    claim.release();
    assertEquals(await sent, "201");
    assertEquals(await send(), "200");
    assertEquals(await send("another"), "400 invalid_request");
  });
});
