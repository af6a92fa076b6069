import { assertEquals } from "@std/assert";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { conversationTexts } from "../../src/web/i18n/en_conversation.ts";
import { filesTexts } from "../../src/web/i18n/en_files.ts";
import { shellTexts } from "../../src/web/i18n/en_shell.ts";
import { passwordOf } from "./accounts.ts";
import { keepPages, recordPage } from "./coverage_pages.ts";
import type { Program } from "./program.ts";
import { startProgram } from "./program.ts";
import { RestClient } from "./rest.ts";
import type { TestUser } from "./rest.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  // Something to be recorded, where there is no microphone.
  "--use-fake-device-for-media-stream",
];
/** What a page shows late on a busy machine is late, not missing. */
export const PATIENCE_MS = 30_000;

const WORDS: Readonly<Record<string, unknown>> = { ...shellTexts, ...conversationTexts, ...filesTexts };

/** The app's own English for `key`, filled in, so that another wording breaks no test. */
export function say(
  key: keyof typeof shellTexts | keyof typeof conversationTexts | keyof typeof filesTexts,
  vars: Readonly<Record<string, string | number>> = {},
): string {
  const text = WORDS[key];
  const plural = text as { one?: string; other: string };
  const wording = typeof text === "string" ? text : vars.count === 1 && plural.one || plural.other;
  return wording.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole));
}

/** What is asked of a page's document. */
interface PageDocument {
  querySelector(selector: string): { getAttribute(name: string): string | null } | null;
}

/** Someone at a browser of their own: what is stored there is theirs alone. */
export class Visitor {
  /** What no page should say: errors in the console, scripts that failed, requests to other origins. */
  readonly complaints: string[] = [];

  constructor(readonly context: BrowserContext, readonly page: Page, readonly url: string) {
    this.watch(page);
  }

  /** Has another page of this browser watched too. */
  watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`script: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      const isOwn = protocol === "data:" || protocol === "blob:" || origin === new URL(this.url).origin;
      if (!isOwn) this.complaints.push(`request: ${request.url()}`);
    });
  }

  /** Another tab of the same browser. */
  async tab(path = "/"): Promise<Page> {
    const page = await this.context.newPage();
    await recordPage(page);
    this.watch(page);
    await page.goto(`${this.url}${path}`);
    return page;
  }

  /** Logs in as a user whom the tests registered, from the page that asks for it. */
  async logIn(name: string): Promise<void> {
    const { page } = this;
    await page.getByLabel(say("auth.identity")).fill(name);
    await page.getByLabel(say("auth.password")).fill(passwordOf(name));
    await page.getByRole("button", { name: say("auth.login"), exact: true }).click();
    await page.getByRole("complementary", { name: say("list.title") }).waitFor();
  }

  /** Opens a conversation by its title in the list. */
  async open(title: string): Promise<void> {
    await this.page.getByRole("list", { name: say("list.title") }).getByRole("link", { name: title }).first()
      .click();
    await this.page.getByRole("heading", { level: 1, name: title }).waitFor();
    await this.composer.waitFor();
  }

  get composer(): ReturnType<Page["getByRole"]> {
    return this.page.getByRole("textbox", { name: say("composer.label"), exact: true });
  }

  /** A feed, or a group where nobody but the server has said anything. */
  get history(): ReturnType<Page["getByRole"]> {
    const name = say("conversation.history");
    return this.page.getByRole("feed", { name }).or(this.page.getByRole("group", { name }));
  }

  /** The message of this text, or of one that the pattern finds at the end of what is read out. */
  message(text: string | RegExp): ReturnType<Page["getByRole"]> {
    const name = typeof text === "string" ? new RegExp(`: ${RegExp.escape(text)}$`) : text;
    return this.history.getByRole("article", { name });
  }

  /** Waits until the server has a message of one's own that stands last, or alone, in what one says. */
  async sent(text: string | RegExp): Promise<void> {
    await this.message(text).locator(".tick-sent, .tick-delivered, .tick-read").waitFor();
  }

  /** Does something, and waits until a message of this text is pointed out by it, which lasts a moment. */
  async pointsOut(text: string, act: () => Promise<void>): Promise<void> {
    // Looked for in the page, with every frame, from before it can begin.
    const seen = this.page.waitForFunction(
      (wanted) => {
        const { document } = globalThis as unknown as { document: PageDocument };
        return document.querySelector(".entry-highlighted")?.getAttribute("aria-label")?.endsWith(
          `: ${wanted}`,
        );
      },
      text,
    );
    await Promise.all([seen, act()]);
  }

  /** Waits until nothing of the history is below the view. */
  async atEnd(): Promise<void> {
    await this.page.waitForFunction(
      (box) => box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 2,
      await this.history.elementHandle(),
    );
  }

  /** Writes and sends with Enter. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Fails with what the pages complained of; `expected` is what a cut line brings with it. */
  assertCalm(expected: RegExp = /^$/): void {
    assertEquals(this.complaints.filter((line) => !expected.test(line)), []);
  }
}

/** Complaints of a browser whose network or server was taken away. */
export const CUT = /^console: (Failed to load resource: net::ERR_|WebSocket connection to .* failed)/;

/** A server with the built app, and a browser. Disposing ends both. */
export class BrowserStage implements AsyncDisposable {
  readonly rest: RestClient;
  readonly #visitors: Visitor[] = [];
  readonly #env: Readonly<Record<string, string>>;
  #program: Program;

  constructor(
    program: Program,
    env: Readonly<Record<string, string>>,
    readonly browser: Browser,
  ) {
    this.rest = new RestClient(program.url);
    this.#program = program;
    this.#env = env;
  }

  get url(): string {
    return this.rest.url;
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    await this.#program.stop("SIGKILL");
  }

  /** Starts the server again where it was. */
  async restart(): Promise<void> {
    this.#program = await startProgram({ ...this.#env, PORT: new URL(this.url).port });
  }

  /** A browser of one's own, at `path`. */
  async visit(path = "/", options: BrowserContextOptions = {}, url = this.url): Promise<Visitor> {
    const context = await this.browser.newContext({
      locale: "en-GB",
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(context, await context.newPage(), url);
    // Past its policy a page lets axe in, which would be recorded too, and take twice as long.
    const isRecorded = options.javaScriptEnabled !== false && !options.bypassCSP;
    if (isRecorded) await recordPage(visitor.page);
    await visitor.page.goto(`${url}${path}`);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Registers people by REST, and logs each in at a browser of their own. */
  async people<const N extends readonly string[]>(
    ...names: N
  ): Promise<{ [K in keyof N]: { readonly user: TestUser; readonly at: Visitor } }> {
    const users = await Promise.all(names.map((name) => this.rest.register(name)));
    return await this.seat(...users) as { [K in keyof N]: { readonly user: TestUser; readonly at: Visitor } };
  }

  /** Logs each of the users in at a browser of their own. */
  async seat<const N extends readonly TestUser[]>(
    ...users: N
  ): Promise<{ [K in keyof N]: { readonly user: TestUser; readonly at: Visitor } }> {
    const logged = await Promise.all(users.map(async (user) => {
      const at = await this.visit();
      await at.logIn(user.name);
      return { user, at };
    }));
    return logged as unknown as { [K in keyof N]: { readonly user: TestUser; readonly at: Visitor } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { context } of this.#visitors) {
      await keepPages(context.pages());
      await context.close();
    }
    await this.browser.close();
    await this.#program[Symbol.asyncDispose]();
  }
}

/** The variables of a server that no test is slowed by. */
export const UNHURRIED: Readonly<Record<string, string>> = {
  HOST: "127.0.0.1",
  PORT: "0",
  PASSWORD_HASH_MEMORY_KIB: "8",
  PASSWORD_HASH_PASSES: "1",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_USER_REQUESTS: "0",
  RATE_LIMIT_MESSAGES: "0",
};

/** A folder that is gone with the test. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Starts a server with these variables, and a browser. */
export async function openBrowserStage(env: Readonly<Record<string, string>>): Promise<BrowserStage> {
  const whole = { ...UNHURRIED, ...env };
  const program = await startProgram(whole);
  try {
    return new BrowserStage(program, whole, await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}
