import { assert, assertEquals } from "@std/assert";

/** What stands on what, and must be read there: at 4.5 : 1. */
const READ: readonly (readonly [ink: string, ground: string])[] = [
  ...["ground", "surface", "raised", "sunken", "selected"].flatMap((ground) =>
    [["ink", ground], ["ink-soft", ground]] as const
  ),
  ...["ground", "surface", "raised"].flatMap((ground) =>
    [["ink-faint", ground], ["accent", ground], ["danger", ground]] as const
  ),
  ["ink-faint", "sunken"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-danger", "danger"],
  ["on-danger", "danger-hover"],
  ["ink", "accent-soft"],
  ["accent", "accent-soft"],
  ["accent", "selected"],
  ["danger", "danger-soft"],
  ["warning", "warning-soft"],
  ["bubble-own-ink", "bubble-own"],
  ["ink", "bubble-other"],
  ["ink", "mention"],
];

/** What must be told apart from its ground: at 3 : 1. */
const SEEN: readonly (readonly [mark: string, ground: string])[] = [
  ...["ground", "surface", "raised"].flatMap((ground) =>
    [["line-strong", ground], ["focus", ground]] as const
  ),
  ["online", "surface"],
];

const tokens = await Deno.readTextFile("src/web/style/tokens.css");
const kit = await Deno.readTextFile("src/web/ui/avatar.css");

/** The custom properties of a block, by their names. */
function properties(css: string, block: RegExp): Map<string, string> {
  const body = block.exec(css)?.[1];
  assert(body, `${block} is not there`);
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

const light = properties(tokens, /^:root \{([^}]*)\}/m);
const dark = new Map([...light, ...properties(tokens, /^:root\[data-theme="dark"\] \{([^}]*)\}/m)]);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The pairs that are too close to each other. */
function faint(theme: ReadonlyMap<string, string>, pairs: typeof READ, wanted: number): string[] {
  return pairs.flatMap(([mark, ground]) => {
    const [one, other] = [theme.get(mark), theme.get(ground)];
    assert(one && other, `--${mark} or --${ground} is no plain colour`);
    const ratio = contrast(one, other);
    return ratio < wanted ? [`${mark} on ${ground}: ${ratio.toFixed(2)}`] : [];
  });
}

for (const [name, theme] of [["light", light], ["dark", dark]] as const) {
  Deno.test(`texts and marks of the ${name} theme stand out as WCAG AA wants it`, () => {
    assertEquals(faint(theme, READ, 4.5), []);
    assertEquals(faint(theme, SEEN, 3), []);
  });
}

Deno.test("the letters of every avatar can be read", () => {
  for (const prefix of ["^\\.hue-", "^  \\.hue-"]) {
    for (let hue = 0; hue < 8; hue++) {
      const colours = properties(kit, new RegExp(`${prefix}${hue} \\{([^}]*)\\}`, "m"));
      assertEquals(faint(colours, [["hue-ink", "hue-ground"]], 4.5), [], `${prefix}${hue}`);
    }
  }
});

/** The app's style sheets, by their paths. */
async function sheets(folder = "src/web"): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [inside, css] of await sheets(path)) found.set(inside, css); }
    else if (name.endsWith(".css")) found.set(path, await Deno.readTextFile(path));
  }
  return found;
}

Deno.test("style sheets lay out by the direction of the script, not by left and right", async () => {
  const physical = /^\s*(?:margin|padding|border|inset)-(?:left|right)\b|^\s*float:/m;
  const wrong = [...await sheets()].filter(([, css]) => physical.test(css)).map(([path]) => path);
  assertEquals(wrong, []);
});

Deno.test("every style sheet is part of the app's, once, and none is too long to be read", async () => {
  const all = await sheets();
  const imported = [...all].flatMap(([path, css]) =>
    [...css.matchAll(/^@import "([^"]+)";$/gm)].map(([, target = ""]) =>
      new URL(target, `file:///${path}`).pathname.slice(1)
    )
  );
  const entry = "src/web/style/app.css";
  assertEquals([...imported, entry].sort(), [...all.keys()].sort());
  assertEquals([...all].filter(([, css]) => css.split("\n").length > 351).map(([path]) => path), []);
});
