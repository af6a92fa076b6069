/** Where the app can be. */
export type Route =
  | { readonly screen: "home" }
  | { readonly screen: "conversation"; readonly id: string; readonly seq?: number }
  | { readonly screen: "settings"; readonly section?: SettingsSection };

/** The pages of the settings. */
export const SETTINGS = ["profile", "appearance", "privacy", "people", "security"] as const;
export type SettingsSection = (typeof SETTINGS)[number];

/** The paths that the server answers with the app, as Hono writes them. */
export const APP_PATHS = ["/", "/c/:id", "/c/:id/:seq", "/settings", "/settings/:section"] as const;

/** The place that a path names; what names none is home. */
export function parsePath(path: string): Route {
  const [first, second = "", third = ""] = path.split("/").slice(1);
  if (first === "c" && /^[\w-]{1,128}$/.test(second)) {
    const seq = /^[1-9]\d{0,14}$/.test(third) ? Number(third) : undefined;
    return { screen: "conversation", id: second, ...(seq !== undefined && { seq }) };
  }
  if (first === "settings") {
    const section = SETTINGS.find((name) => name === second);
    return { screen: "settings", ...(section && { section }) };
  }
  return { screen: "home" };
}

/** The path of a place; `parsePath()` leads back. */
export function pathOf(route: Route): string {
  switch (route.screen) {
    case "home":
      return "/";
    case "conversation":
      return `/c/${route.id}${route.seq === undefined ? "" : `/${route.seq}`}`;
    case "settings":
      return route.section ? `/settings/${route.section}` : "/settings";
  }
}
