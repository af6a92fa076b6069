import { overloaded } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { ParleyError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { Turnstile } from "../kernel/turnstile.ts";
import type { Gateway } from "./gateway.ts";
import { SUBPROTOCOL, toShown } from "./protocol.ts";
import { WebSocketTransport } from "./transport.ts";

/** What the upgrade asks before it takes a socket in. */
export interface UpgradeDeps {
  readonly gateway: Gateway;
  /** Whether a browser page from `origin` may connect to `url`. */
  readonly allowsOrigin: (origin: string | null, url: string) => boolean;
  /** Whom an access token speaks for; throws `unauthenticated` or `token_expired`. */
  readonly verify: (token: string) => Principal | Promise<Principal>;
  /** Takes a ticket, once; `undefined` when it is not good. */
  readonly consumeTicket: (ticket: string) => Promise<Principal | undefined>;
  /** Lets some at a time ask who the caller is. */
  readonly turnstile: Turnstile;
  /** Sockets at a time, those that linger included; 0 is no limit. */
  readonly maxConnections: number;
  /** The same of one user. */
  readonly maxConnectionsPerUser: number;
}

const TICKET = "ticket.";
/** When to come back to a node that is about to stop. */
const DRAINING_RETRY_MS = 5_000;
/** Callers who are looked up at once, and those who may wait for it, and for how long. */
const PLACES = 32;
const QUEUE = 5_000;
const QUEUE_MS = 5_000;

/** A request that has become a socket. */
export interface Upgraded {
  readonly response: Response;
  readonly principal: Principal;
}

/** The turnstile before the store, by which callers are looked up. */
export function upgradeTurnstile(clock: Clock): Turnstile {
  return new Turnstile({ clock, places: PLACES, queue: QUEUE, patienceMs: QUEUE_MS });
}

/**
 * Answers `GET /ws`: origin, capacity and caller are settled before the upgrade, the caller last, so that who is
 * refused for another reason keeps the ticket. Throws `upgrade_required`, `origin_not_allowed`, `draining`,
 * `overloaded`, `unauthenticated` or `token_expired`.
 */
export async function upgrade(deps: UpgradeDeps, request: Request): Promise<Upgraded> {
  try {
    return await admitted(deps, request);
  } catch (error) {
    deps.gateway.meters.refused(toShown(error).code);
    throw error;
  }
}

async function admitted(deps: UpgradeDeps, request: Request): Promise<Upgraded> {
  const { gateway } = deps;
  const { headers } = request;
  if (!isHandshake(request)) throw new ParleyError("upgrade_required");
  if (!deps.allowsOrigin(headers.get("origin"), request.url)) throw new ParleyError("origin_not_allowed");
  admit(deps);
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const principal = await deps.turnstile.run(() => {
    admit(deps);
    return identify(deps, headers.get("authorization"), offered);
  });
  admit(deps, principal);
  // The heartbeat is the protocol's own: the runtime's idle timeout does not end a stalled reader.
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  // Of a list without spaces, which is how many clients write it, the runtime itself picks none.
  if (offered.includes(SUBPROTOCOL)) response.headers.set("sec-websocket-protocol", SUBPROTOCOL);
  attach(gateway, socket, principal);
  return { response, principal };
}

/** Whether a client asks for a WebSocket as RFC 6455, section 4.2.1, has it. */
function isHandshake({ method, headers }: Request): boolean {
  const names = (header: string, wanted: string) =>
    headers.get(header)?.split(",").some((name) => name.trim().toLowerCase() === wanted) === true;
  return method === "GET" && names("upgrade", "websocket") && names("connection", "upgrade") &&
    headers.has("sec-websocket-key") && headers.get("sec-websocket-version") === "13";
}

/** A user's connections give way to one another; what lingers of them does not. */
function admit(
  { gateway, maxConnections, maxConnectionsPerUser }: UpgradeDeps,
  principal?: Principal,
): void {
  const { hub, lingering, pressure, draining } = gateway;
  if (draining) throw new ParleyError("draining", undefined, { retryAfterMs: DRAINING_RETRY_MS });
  const full = maxConnections > 0 && hub.size + lingering.size >= maxConnections;
  const many = principal && maxConnectionsPerUser > 0 &&
    lingering.of(principal.userId) >= maxConnectionsPerUser;
  if (pressure.full || full || many) throw overloaded();
}

async function identify(
  { verify, consumeTicket }: UpgradeDeps,
  authorization: string | null,
  offered: readonly string[],
): Promise<Principal> {
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (bearer) return await verify(bearer);
  const ticket = offered.find((name) => name.startsWith(TICKET))?.slice(TICKET.length);
  const principal = ticket && offered.includes(SUBPROTOCOL) ? await consumeTicket(ticket) : undefined;
  if (!principal) throw new ParleyError("unauthenticated");
  return principal;
}

function attach(gateway: Gateway, socket: WebSocket, principal: Principal): void {
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    const transport = new WebSocketTransport(socket);
    transport.tell(gateway.accept(transport, principal));
  }, { once: true });
}
