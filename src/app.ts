import type { Config } from "./config.ts";
import { createHttp } from "./http/http.ts";
import { budgets, orRefuse, takeOrPass } from "./http/limits.ts";
import { origins } from "./http/origins.ts";
import type { Router } from "./http/route.ts";
import type { Clock } from "./kernel/clock.ts";
import { Events } from "./kernel/events.ts";
import { newId } from "./kernel/ids.ts";
import type { Logger } from "./kernel/log.ts";
import type { MemoryUsage } from "./kernel/memory.ts";
import { Metrics } from "./kernel/metrics.ts";
import { Pressure } from "./kernel/pressure.ts";
import { messageCounter, readGauges, timedStore, watchedLimiter } from "./metrics.ts";
import { metricsRoute } from "./metrics_route.ts";
import { authRoutes } from "./modules/auth/routes.ts";
import { credentials, sessions, tickets } from "./modules/auth/records.ts";
import { AuthService } from "./modules/auth/service.ts";
import type { ConversationDeps } from "./modules/conversations/deps.ts";
import { conversationRoutes } from "./modules/conversations/routes.ts";
import { ConversationViews } from "./modules/conversations/view.ts";
import { messageCommands } from "./modules/messages/commands.ts";
import { attach, claim, doom, messageDeleted } from "./modules/uploads/attach.ts";
import { clearBefore, clearConversation } from "./modules/uploads/upkeep.ts";
import { uploadRoutes } from "./modules/uploads/routes.ts";
import { removals, uploads } from "./modules/uploads/records.ts";
import type { Uploads } from "./modules/uploads/service.ts";
import { createUploads } from "./modules/uploads/service.ts";
import { messageRoutes } from "./modules/messages/routes.ts";
import type { Messages } from "./modules/messages/service.ts";
import { createMessages } from "./modules/messages/service.ts";
import { blocks, contacts, users } from "./modules/users/records.ts";
import { userRoutes } from "./modules/users/routes.ts";
import { userSchema } from "./modules/users/schema.ts";
import { UserService } from "./modules/users/service.ts";
import { userTopic } from "./order/changes.ts";
import { conversations, messages, participants } from "./order/records.ts";
import { hearTurns, publishHint } from "./order/publish.ts";
import { readOwnRecords } from "./order/reader.ts";
import { writerTopic } from "./order/turns.ts";
import { Writer } from "./order/writer.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { Bus } from "./ports/bus.ts";
import type { Limiter } from "./ports/limiter.ts";
import type { PresenceStore } from "./ports/presence.ts";
import type { Thumbnailer } from "./ports/pictures.ts";
import type { Scanner } from "./ports/scanner.ts";
import type { AnyCollection, Store } from "./ports/store.ts";
import type { WebFiles } from "./ports/web_files.ts";
import { Gateway } from "./realtime/gateway.ts";
import type { SessionEndedSignal } from "./realtime/signals.ts";
import { upgradeTurnstile } from "./realtime/upgrade.ts";
import { serviceRoutes } from "./service_routes.ts";
import { startUpkeep } from "./upkeep.ts";
import { fileOrigins, webRoutes } from "./web_routes.ts";

/** Everything that is stored. A store is opened for these. */
export const COLLECTIONS: readonly AnyCollection[] = [
  ...[users, contacts, blocks, credentials, sessions, tickets],
  ...[conversations, participants, messages],
  ...[uploads, removals],
];

/** What the app stands on: one adapter for each port. */
export interface AppDeps {
  readonly config: Config;
  readonly store: Store;
  readonly bus: Bus;
  readonly presence: PresenceStore;
  readonly limiter: Limiter;
  readonly blobs: Blobs;
  /** Without one, files are not scanned. */
  readonly scanner?: Scanner | undefined;
  /** Without one, pictures have no thumbnails. */
  readonly thumbnails?: Thumbnailer | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Signs access tokens. */
  readonly secret: string;
  /** What the process holds; without it memory is neither watched nor told. */
  readonly memory?: () => MemoryUsage;
  /** The most that the process may hold, in bytes, where its surroundings say so. */
  readonly memoryLimit?: number;
  /** The web app; without it its paths say how to build it. */
  readonly web?: WebFiles | undefined;
}

/** The whole service, without the process around it. */
export interface App {
  /** Answers a request; the second argument is what `Deno.serve` gives beside it. */
  fetch(request: Request, info: object): Response | Promise<Response>;
  /** Begins what runs beside requests. To be called once, before the first request. */
  start(): Promise<void>;
  /** Takes no new sockets, finishes what is on its way, and sends everyone away. */
  drain(): Promise<void>;
  /** Stops what runs beside requests. The ports stay open: they are the caller's. */
  close(): Promise<void>;
}

/** Puts the service together. A new module is one folder, its collections above and its lines here. */
export function createApp(given: AppDeps): App {
  const metrics = new Metrics();
  const deps = { ...given, limiter: watchedLimiter(given.limiter, metrics) };
  const { config, store, bus, clock, limiter, log } = deps;
  const events = new Events();
  const budget = budgets(config.limits);
  const countMessages = messageCounter(metrics);
  const instance = newId();
  const writer = new Writer({
    store: timedStore(store, metrics),
    ...{ clock, instance },
    tell: (other, signal) => bus.publish(writerTopic(other), signal),
    publish(hint) {
      countMessages(hint);
      publishHint(bus, hint);
    },
  });

  const people = new UserService({ store, clock, events, presence: deps.presence });
  const auth = createAuth(deps, events, people);
  const views = new ConversationViews(store, people.directory);
  const files = createFiles(deps);
  const chat = createConversations(deps, writer, people, views, files);
  const talk = createMessages({
    ...{ store, writer, bus, clock },
    people: {
      cards: (ids) => people.directory.cards(ids),
      byUsernames: (names) => people.directory.byUsernames(names),
      blocked: (userId, otherId) => people.relations.blocked(userId, otherId),
    },
    uploads: {
      claim: (wanted) => claim(files, wanted),
      attach: (uploadId, message) => attach(files, uploadId, message),
      doom: (uploadId) => doom(files, uploadId),
      messageDeleted: (uploadId) => messageDeleted(files, uploadId),
    },
    maxTextLength: config.messages.maxLength,
  });
  const verify = (token: string) => auth.verifier.authenticate(token);
  const pressure = createPressure(deps);
  const gateway = createGateway(deps, { auth, people, views, talk, metrics, pressure });
  readGauges(metrics, gateway, bus);
  events.on("session_ended", ({ userId, sessionId }) => {
    const signal: SessionEndedSignal = { kind: "session_ended", sessionId };
    bus.publish(userTopic(userId), signal);
  });

  const allowed = origins(config.clientOrigins);
  const router: Router = createHttp({
    ...{ log, clock, limiter },
    budgets: budget,
    authenticate: verify,
    origins: allowed,
    trustedProxies: config.trustedProxies,
    hsts: config.environment === "production",
    ...{ pressure, metrics },
  });
  authRoutes(router, auth, userSchema);
  userRoutes(router, people);
  conversationRoutes(router, chat);
  messageRoutes(router, talk);
  uploadRoutes(router, files);
  serviceRoutes(router, {
    ...{ gateway, store, verify },
    allowsOrigin: (origin, url) => allowed.allows(origin, url),
    consumeTicket: (ticket) => auth.tickets.consume(ticket),
    turnstile: upgradeTurnstile(clock),
    maxConnections: config.connections.total,
    maxConnectionsPerUser: config.connections.perUser,
  });
  metricsRoute(router, metrics, config.metricsToken);
  webRoutes(router, deps.web, log, fileOrigins(config.uploads));

  let stopUpkeep = () => Promise.resolve();
  let stopHearing = () => {};
  return {
    fetch: (request, info) => router.app.fetch(request, info),
    async start() {
      pressure.start();
      await gateway.start();
      stopHearing = await hearTurns(bus, instance, writer);
      stopUpkeep = startUpkeep({ chat, files, store, clock, log });
    },
    drain: () => gateway.drain(() => writer.settled()),
    async close() {
      pressure.stop();
      await gateway.close();
      await stopUpkeep();
      await writer.settled();
      stopHearing();
    },
  };
}

/** The share of what the process may hold at which new sockets are refused; the rest is for what is under way by then. */
const MEMORY_SHARE = 0.8;

function createPressure({ config, clock, memory, memoryLimit = 0 }: AppDeps): Pressure {
  const { maxLoopDelayMs, maxMemory = memoryLimit * MEMORY_SHARE } = config.pressure;
  const nothing = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0 };
  return new Pressure({ clock, memory: memory ?? (() => nothing), limits: { maxMemory, maxLoopDelayMs } });
}

function createAuth(
  { config, store, clock, limiter, secret }: AppDeps,
  events: Events,
  people: UserService,
): AuthService {
  const { previous, accessMs, refreshMs } = config.tokens;
  return new AuthService({
    ...{ store, clock, events, limiter },
    accounts: people,
    accountBudget: budgets(config.limits).account,
    tokens: { secret, previous, accessMs, refreshMs },
    passwords: config.passwords,
  });
}

function createConversations(
  { config, store, bus, clock }: AppDeps,
  writer: Writer,
  people: UserService,
  views: ConversationViews,
  files: Uploads,
): ConversationDeps {
  return {
    ...{ store, writer, bus, clock, views },
    people: {
      cards: (ids) => people.directory.cards(ids),
      mayAdd: (actorId, targetIds) => people.relations.mayAdd(actorId, targetIds),
    },
    files: {
      clearBefore: (conversationId, seq) => clearBefore(files, conversationId, seq),
      clear: (conversationId) => clearConversation(files, conversationId),
    },
    defaultRetention: config.messages.retentionDays,
  };
}

function createFiles({ config, store, blobs, clock, log, secret, ...deps }: AppDeps): Uploads {
  const { maxBytes, types, quota, expiresMs, delivery } = config.uploads;
  const redirects = delivery === "redirect";
  return createUploads({
    ...{ store, blobs, clock, log, secret, quota, expiresMs, redirects },
    ...{ scanner: deps.scanner, thumbnails: deps.thumbnails },
    rules: { maxBytes, types },
  });
}

/** The parts that the gateway shows things by. */
interface Parts {
  readonly auth: AuthService;
  readonly people: UserService;
  readonly views: ConversationViews;
  readonly talk: Messages;
  readonly metrics: Metrics;
  readonly pressure: Pressure;
}

function createGateway(deps: AppDeps, parts: Parts): Gateway {
  const { auth, people, views, talk, metrics, pressure } = parts;
  const { config, store, bus, presence, clock, log } = deps;
  const { messages: budget } = budgets(config.limits);
  return new Gateway({
    ...{ store, bus, presence, clock, log, metrics, pressure },
    people: {
      visible: (viewerId, userIds) => people.visible(viewerId, userIds),
      blockedAmong: (userId, others) => people.relations.blockedAmong(userId, others),
      watchable: (userId, userIds) => watchable(store, people, userId, userIds),
      recordSeen: (userId, lastSeen) => people.recordSeen(userId, lastSeen),
    },
    views: {
      messages: (head, records) => talk.views.show(head, records),
      committed: (head, records) => talk.views.showCommitted(head, records),
      conversations: (memberships) => views.showConversations(memberships),
      participants: (records) => views.showParticipants(records),
    },
    commands: messageCommands(talk),
    limits: {
      heartbeatMs: config.connections.heartbeatMs,
      maxMessageLength: config.messages.maxLength,
      messages: budget.points,
      maxConnectionsPerUser: config.connections.perUser,
    },
    verify: async (token) => await auth.verifier.authenticate(token),
    endedSessions: (sessionIds) => auth.sessions.ended(sessionIds),
    takeMessage: async (userId) => {
      const allowance = await takeOrPass(deps.limiter, budget, userId, log);
      if (allowance) orRefuse(allowance);
    },
    region: config.region,
    instance: config.instance,
  });
}

/** Contacts, and people with whom the user shares a conversation; none that has blocked it, or that it has. */
async function watchable(
  store: Store,
  people: UserService,
  userId: string,
  userIds: readonly string[],
): Promise<string[]> {
  const contactIds = new Set(await people.relations.contactsOf(userId));
  const strangers = userIds.filter((id) => !contactIds.has(id));
  const [own, theirs, blocked] = await Promise.all([
    readOwnRecords(store, userId),
    store.find(participants, { where: { userId: { in: strangers }, left: false } }),
    people.relations.blockedAmong(userId, userIds),
  ]);
  const shared = new Set(own.map(({ conversationId }) => conversationId));
  const known = new Set(
    theirs.filter(({ conversationId }) => shared.has(conversationId)).map((p) => p.userId),
  );
  return userIds.filter((id) => !blocked.has(id) && (contactIds.has(id) || known.has(id)));
}
