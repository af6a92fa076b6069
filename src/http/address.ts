import { BlockList, isIP } from "node:net";
import type { Connection } from "./call.ts";

/** Whose word on the client's address counts: nobody's, that of so many hops, of these networks, or Fly's. */
export type TrustedProxies =
  | { readonly kind: "none" }
  | { readonly kind: "hops"; readonly count: number }
  | { readonly kind: "networks"; readonly cidrs: readonly string[] }
  | { readonly kind: "fly" };

/** Finds the client's address of a request. */
export type AddressOf = (headers: Headers, connection: Connection) => string;

/** How to find addresses under `trusted`; what an untrusted peer claims is never believed. */
export function addressing(trusted: TrustedProxies): AddressOf {
  switch (trusted.kind) {
    case "none":
      return (_headers, connection) => peer(connection);
    case "fly":
      return (headers, connection) => valid(headers.get("fly-client-ip")) ?? peer(connection);
    case "hops":
      return (headers, connection) => behindHops(headers, peer(connection), trusted.count);
    case "networks": {
      const contains = networks(trusted.cidrs);
      return (headers, connection) => behindNetworks(headers, peer(connection), contains);
    }
  }
}

function peer(connection: Connection): string {
  return plain(connection.remoteAddr?.hostname ?? "unknown");
}

function behindHops(headers: Headers, peer: string, count: number): string {
  const hops = [...forwarded(headers), peer];
  return valid(hops[Math.max(0, hops.length - 1 - count)]) ?? peer;
}

/** Walks from the peer to the client and stops at the first address that is no proxy of ours. */
function behindNetworks(headers: Headers, peer: string, contains: (address: string) => boolean): string {
  let address = peer;
  for (const hop of forwarded(headers).reverse()) {
    if (!contains(address)) break;
    const next = valid(hop);
    if (next === undefined) break;
    address = next;
  }
  return address;
}

function forwarded(headers: Headers): string[] {
  const value = headers.get("x-forwarded-for");
  return value ? value.split(",").map((hop) => hop.trim()) : [];
}

function networks(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [base = "", bits] = cidr.split("/");
    const family = isIP(base) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(base, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function valid(address: string | null | undefined): string | undefined {
  const candidate = address ? plain(address.trim()) : "";
  return isIP(candidate) === 0 ? undefined : candidate;
}

/** An IPv4 address mapped into IPv6 is the same client. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
