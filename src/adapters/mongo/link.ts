import { MongoClient, MongoError, ReadConcern } from "mongodb";
import type { ClientSession, Collection, Db, DbOptions, MongoClientOptions } from "mongodb";
import { StoreUnavailable } from "../../ports/store.ts";
import type { Stored } from "./codec.ts";
import { translate } from "./errors.ts";

/** How long any one step may take before its outcome counts as unknown. The URI may say otherwise. */
const TIMEOUT_MS = 3_000;
const PING_TIMEOUT_MS = 1_000;

const DEFAULTS = {
  connectTimeoutMS: TIMEOUT_MS,
  socketTimeoutMS: TIMEOUT_MS,
  serverSelectionTimeoutMS: TIMEOUT_MS,
  waitQueueTimeoutMS: TIMEOUT_MS,
  heartbeatFrequencyMS: 1_000,
  maxIdleTimeMS: 60_000,
  appName: "parley",
} as const satisfies MongoClientOptions;

/**
 * What the guarantees rest on, and no URI changes. Retried writes stay on where the servers offer them: they tell a
 * repeated one by its number and answer as the first time, and a lone server, which cannot, is never asked to.
 */
function guaranteed(): DbOptions {
  return {
    writeConcern: { w: "majority", journal: true, wtimeoutMS: TIMEOUT_MS - 500 },
    readConcern: new ReadConcern("majority"),
    readPreference: "primary",
  };
}

/** What the driver says of a URI that it cannot use, such as an option that it does not know. */
export class WrongUri extends Error {
  override readonly name = "WrongUri";
}

/**
 * The connection to one database.
 *
 * Reads at majority on one primary never go back, but a newly elected one may not yet know all that its forerunner
 * had confirmed. So every read asks for a state no older than anything this process has seen (`afterClusterTime`);
 * answers at majority name committed times only, so on a standing primary nobody waits.
 */
export class Link {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #seen: ClientSession;

  constructor(client: MongoClient, database: string) {
    this.#client = client;
    this.#db = client.db(database, guaranteed()); // to the client as such, some of the URI's words would win
    this.#seen = client.startSession({ causalConsistency: true });
  }

  /** Connects. Throws `WrongUri`, `StoreUnavailable`. */
  static async open(uri: string, database?: string, options: MongoClientOptions = {}): Promise<Link> {
    const client = clientOf(uri, options);
    try {
      await client.connect();
    } catch (error) {
      await client.close();
      throw translate(error, "");
    }
    return new Link(client, database ?? databaseOf(uri) ?? "parley");
  }

  /** Reads the state at majority, as of anything this process was told of or later. Throws `StoreUnavailable`. */
  read<T>(name: string, work: (from: Collection<Stored>, session: ClientSession) => Promise<T>): Promise<T> {
    return this.#run(name, this.#seen, work);
  }

  /** Writes, durably once it resolves. Throws `UniqueViolation`, `TypeError`, `StoreUnavailable`. */
  write<T>(name: string, work: (into: Collection<Stored>, session: ClientSession) => Promise<T>): Promise<T> {
    return this.#run(name, undefined, work);
  }

  /** Resolves when the primary answers. Throws `StoreUnavailable`. */
  async ping(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expired = new Promise<never>((_, reject) => {
      const late = new StoreUnavailable("MongoDB did not answer in time");
      timer = setTimeout(() => reject(late), PING_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.#db.command({ ping: 1 }), expired]);
    } catch (error) {
      throw translate(error, "");
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#seen.endSession();
    await this.#client.close();
  }

  async #run<T>(
    name: string,
    after: ClientSession | undefined,
    work: (collection: Collection<Stored>, session: ClientSession) => Promise<T>,
  ): Promise<T> {
    const session = this.#client.startSession({ causalConsistency: true });
    if (after?.operationTime) session.advanceOperationTime(after.operationTime);
    try {
      const answer = await work(this.#db.collection<Stored>(name), session);
      if (session.operationTime) this.#seen.advanceOperationTime(session.operationTime);
      return answer;
    } catch (error) {
      throw translate(error, name);
    } finally {
      await session.endSession();
    }
  }
}

function clientOf(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, { ...defaultsFor(uri), ...options });
  } catch (error) {
    throw error instanceof MongoError ? new WrongUri(error.message, { cause: error }) : error;
  }
}

/** Those defaults that the URI leaves open; what is given as an option would win over it. */
function defaultsFor(uri: string): MongoClientOptions {
  const given = new URLSearchParams(uri.split("?")[1]);
  const names = new Set([...given.keys()].map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => !names.has(name.toLowerCase())));
}

function databaseOf(uri: string): string | undefined {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri)?.[1];
  return name && decodeURIComponent(name);
}
