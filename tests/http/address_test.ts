import { assertEquals } from "@std/assert";
import { addressing } from "../../src/http/address.ts";
import type { TrustedProxies } from "../../src/http/address.ts";

function address(trusted: TrustedProxies, peer: string, headers: Record<string, string> = {}): string {
  return addressing(trusted)(new Headers(headers), { remoteAddr: { transport: "tcp", hostname: peer } });
}

function behind(trusted: TrustedProxies, peer: string, forwarded: string): string {
  return address(trusted, peer, { "x-forwarded-for": forwarded });
}

Deno.test("without trusted proxies the peer is the client, whatever it claims", () => {
  const claims = { "x-forwarded-for": "203.0.113.1", "fly-client-ip": "203.0.113.2" };
  assertEquals(address({ kind: "none" }, "192.0.2.1", claims), "192.0.2.1");
});

Deno.test("an IPv4 address mapped into IPv6 is the same client", () => {
  assertEquals(address({ kind: "none" }, "::ffff:192.0.2.1"), "192.0.2.1");
});

Deno.test("with so many hops the address before them counts, not what the client wrote before that", () => {
  const one = { kind: "hops", count: 1 } as const;
  const two = { kind: "hops", count: 2 } as const;
  assertEquals(behind(one, "10.0.0.1", "198.51.100.9, 203.0.113.1"), "203.0.113.1");
  assertEquals(behind(two, "10.0.0.1", "198.51.100.9, 203.0.113.1, 10.0.0.2"), "203.0.113.1");
  assertEquals(behind(two, "10.0.0.1", "203.0.113.1"), "203.0.113.1");
  assertEquals(address(one, "10.0.0.1"), "10.0.0.1");
  assertEquals(behind(one, "10.0.0.1", "203.0.113.1, evil"), "10.0.0.1");
});

Deno.test("with networks the first address from the right that is no proxy counts", () => {
  const some = { kind: "networks", cidrs: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"] } as const;
  assertEquals(behind(some, "10.0.0.1", "198.51.100.9, 203.0.113.1, 10.9.9.9"), "203.0.113.1");
  assertEquals(behind(some, "2001:db8::1", "203.0.113.1"), "203.0.113.1");
  assertEquals(behind(some, "192.0.2.7", "203.0.113.1"), "203.0.113.1");
  assertEquals(behind(some, "192.0.2.8", "203.0.113.1"), "192.0.2.8");
  assertEquals(behind(some, "10.0.0.1", "203.0.113.1, garbage"), "10.0.0.1");
  assertEquals(address(some, "10.0.0.1"), "10.0.0.1");
});

Deno.test("on Fly its header counts, when it holds an address", () => {
  const fly = { kind: "fly" } as const;
  assertEquals(address(fly, "172.16.0.1", { "fly-client-ip": "203.0.113.1" }), "203.0.113.1");
  assertEquals(address(fly, "172.16.0.1", { "fly-client-ip": "2001:db8::1" }), "2001:db8::1");
  assertEquals(address(fly, "172.16.0.1", { "fly-client-ip": "nonsense" }), "172.16.0.1");
  assertEquals(address(fly, "172.16.0.1"), "172.16.0.1");
});
