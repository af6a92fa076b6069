import { ParleyError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Gateway } from "./gateway.ts";
import { SUBPROTOCOL } from "./protocol.ts";
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
  /** Sockets at a time; 0 is no limit. */
  readonly maxConnections: number;
}

const TICKET = "ticket.";
/** When to come back to a node that is full. */
const FULL_RETRY_MS = 5_000;

/** A request that has become a socket. */
export interface Upgraded {
  readonly response: Response;
  readonly principal: Principal;
}

/**
 * Answers `GET /ws`: origin, capacity and caller are settled before the upgrade. Throws `upgrade_required`,
 * `origin_not_allowed`, `draining`, `overloaded`, `unauthenticated` or `token_expired`.
 */
export async function upgrade(deps: UpgradeDeps, request: Request): Promise<Upgraded> {
  const { gateway, maxConnections } = deps;
  const { headers } = request;
  if (!isHandshake(headers)) throw new ParleyError("upgrade_required");
  if (!deps.allowsOrigin(headers.get("origin"), request.url)) throw new ParleyError("origin_not_allowed");
  admit(gateway, maxConnections);
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const principal = await identify(deps, headers.get("authorization"), offered);
  admit(gateway, maxConnections);
  const protocol = offered.includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined;
  // The heartbeat is the protocol's own: the runtime's idle timeout does not end a stalled reader.
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol, idleTimeout: 0 });
  attach(gateway, socket, principal);
  return { response, principal };
}

/** Whether a client asks for a WebSocket as RFC 6455, section 4.2.1, has it. */
function isHandshake(headers: Headers): boolean {
  const names = (header: string, wanted: string) =>
    headers.get(header)?.split(",").some((name) => name.trim().toLowerCase() === wanted) === true;
  return names("upgrade", "websocket") && names("connection", "upgrade") &&
    headers.has("sec-websocket-key") && headers.get("sec-websocket-version") === "13";
}

function admit(gateway: Gateway, maxConnections: number): void {
  if (gateway.draining) throw new ParleyError("draining", undefined, { retryAfterMs: FULL_RETRY_MS });
  if (maxConnections > 0 && gateway.hub.size >= maxConnections) {
    throw new ParleyError("overloaded", undefined, { retryAfterMs: FULL_RETRY_MS });
  }
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
  socket.onopen = () => {
    const accepted = gateway.accept(new WebSocketTransport(socket), principal);
    socket.onmessage = ({ data }) => accepted.receive(data);
    socket.onclose = () => accepted.ended();
    socket.onerror = () => accepted.ended();
  };
}
