/** Which browser pages may talk to the service. */
export interface Origins {
  /**
   * Whether a page from `origin` (the header) may use what is served under `url` (the request's): one of the
   * configured origins, or the service's own. No header means no browser page, which is allowed.
   */
  allows(origin: string | null, url: string): boolean;
}

/** `allowed` holds origins such as `https://chat.example`, or `*` for any. */
export function origins(allowed: readonly string[]): Origins {
  const set = new Set(allowed);
  const any = set.has("*");
  return {
    allows: (origin, url) => origin === null || any || set.has(origin) || hostOf(origin) === hostOf(url),
  };
}

/** TLS may end at a proxy, so that the scheme says nothing: the host decides. */
function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
