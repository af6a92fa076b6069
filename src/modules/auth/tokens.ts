import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../kernel/clock.ts";
import { ParleyError } from "../../kernel/errors.ts";
import type { Principal, UserRole } from "../../kernel/principal.ts";

const ISSUER = "parley";
const AUDIENCE = "parley";
const TYPE = "at+jwt";
const ALGORITHM = "HS256";

/** Keys to sign with and to verify by. */
export interface TokenSettings {
  /** At least 32 bytes. */
  readonly secret: string;
  /** The secret before, whose tokens are still good. */
  readonly previous?: string | undefined;
  /** How long an access token lasts, in milliseconds. */
  readonly accessMs: number;
}

interface Key {
  readonly id: string;
  readonly access: Uint8Array;
  readonly refresh: Uint8Array;
}

/** Signs access tokens (RFC 9068 in shape, HS256) and derives refresh tokens. */
export class Tokens {
  readonly #keys: readonly [Key, ...Key[]];
  readonly #accessMs: number;
  readonly #clock: Clock;

  constructor(settings: TokenSettings, clock: Clock) {
    const previous = settings.previous === undefined ? [] : [keyOf(settings.previous)];
    this.#keys = [keyOf(settings.secret), ...previous];
    this.#accessMs = settings.accessMs;
    this.#clock = clock;
  }

  /** How long an access token lasts, in whole seconds. */
  get expiresIn(): number {
    return Math.floor(this.#accessMs / 1000);
  }

  /** A new access token of a session. */
  sign(userId: string, sessionId: string, role: UserRole): Promise<string> {
    const [key] = this.#keys;
    const now = Math.floor(this.#clock.now() / 1000);
    return new SignJWT({ sid: sessionId, role })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.id })
      .setIssuer(ISSUER).setAudience(AUDIENCE).setSubject(userId)
      .setIssuedAt(now).setExpirationTime(now + this.expiresIn)
      .sign(key.access);
  }

  /** Whom a token speaks for. Throws `unauthenticated` or `token_expired`. */
  async verify(token: string): Promise<Principal> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#accessKey(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: new Date(this.#clock.now()),
        requiredClaims: ["sub", "sid", "role", "exp"],
      });
      return principalOf(payload);
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      throw new ParleyError(
        cause instanceof errors.JWTExpired ? "token_expired" : "unauthenticated",
        undefined,
        {
          cause,
        },
      );
    }
  }

  /**
   * The refresh token of one generation of a session: `session.generation.mac`, the mac of 256 bits. Whoever holds
   * the seed and a key can derive it again, so that a repeated refresh gets the same successor and none is kept.
   */
  refreshToken(session: RefreshSeed, generation: number): string {
    return refreshToken(this.#keys[0], session, generation);
  }

  /** Whether `token` is, by any key, the one that `session` was given for `generation`. */
  isRefreshToken(token: string, session: RefreshSeed, generation: number): boolean {
    return this.#keys.some((key) => same(token, refreshToken(key, session, generation)));
  }

  /** The refresh token of `generation` whose hash is `hash`, by whichever key it was derived. */
  refreshTokenOf(hash: string, session: RefreshSeed, generation: number): string | undefined {
    return this.#keys.map((key) => refreshToken(key, session, generation)).find((token) =>
      hashToken(token) === hash
    );
  }

  #accessKey(kid: string | undefined): Uint8Array {
    const key = this.#keys.find((candidate) => candidate.id === kid);
    if (!key) throw new ParleyError("unauthenticated");
    return key.access;
  }
}

/** What a session's refresh tokens are derived from, beside a key. */
export interface RefreshSeed {
  readonly id: string;
  readonly seed: string;
}

/** How tokens and tickets are kept. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** The session and the generation that a refresh token names, if it has the shape of one. */
export function readRefreshToken(token: string): { sessionId: string; generation: number } | undefined {
  const [, sessionId, generation] = /^([0-9A-Z]{26})\.(\d{1,15})\.[\w-]{43}$/.exec(token) ?? [];
  return sessionId && generation ? { sessionId, generation: Number(generation) } : undefined;
}

function refreshToken(key: Key, { id, seed }: RefreshSeed, generation: number): string {
  const mac = createHmac("sha256", key.refresh).update(`${id}.${generation}.${seed}`).digest("base64url");
  return `${id}.${generation}.${mac}`;
}

function same(a: string, b: string): boolean {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function keyOf(secret: string): Key {
  const derive = (purpose: string) => new Uint8Array(hkdfSync("sha256", secret, "", `parley ${purpose}`, 32));
  return {
    id: hashToken(`kid ${secret}`).slice(0, 11),
    access: derive("access token"),
    refresh: derive("refresh token"),
  };
}

function principalOf(payload: Readonly<Record<string, unknown>>): Principal {
  const { sub, sid, role, exp } = payload;
  const isRole = role === "user" || role === "moderator" || role === "admin";
  if (typeof sub !== "string" || typeof sid !== "string" || typeof exp !== "number" || !isRole) {
    throw new ParleyError("unauthenticated");
  }
  return { userId: sub, sessionId: sid, role, expiresAt: exp * 1000 };
}
