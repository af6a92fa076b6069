import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import { ParleyError } from "../../src/client/mod.ts";
import type { Conversation, LocalMessage } from "../../src/client/mod.ts";
import { ArrivingFiles } from "../../src/web/files/arriving.tsx";
import { FileContent } from "../../src/web/files/file_content.tsx";
import { Gallery } from "../../src/web/files/gallery.tsx";
import { GalleryEntry } from "../../src/web/files/gallery_entry.tsx";
import { forgetLinks, freshLinks } from "../../src/web/files/links.ts";
import { FileQueue } from "../../src/web/files/queue.ts";
import { Tray } from "../../src/web/files/tray.tsx";
import { speak } from "../../src/web/i18n/language.ts";
import { adopt } from "../../src/web/state/client.ts";
import { remember } from "../../src/web/state/mod.ts";
import { local } from "./conversation_support.ts";
import { account, card, conversation, FakeClient, member } from "./fake_client.ts";

const bruno = card("bruno", "Bruno");

/** A conversation with files in it, and others that are coming. */
function shared(messages: readonly LocalMessage[]): Conversation {
  const arriving = [{ userId: bruno.id, uploadId: "u9", progress: 40 }];
  return { ...conversation("c", [member(bruno)]), messages, arriving, hasOlder: true };
}

const picture = local({ seq: 1, type: "image", text: "", metadata: { uploadId: "u1", imageSize: 5e6 } });
const report = local({
  ...{ seq: 2, type: "file", text: "" },
  metadata: { uploadId: "u2", fileName: "<b>تقرير</b>.pdf", fileType: "application/pdf", fileSize: 1500 },
});
const song = local({
  ...{ seq: 3, type: "file", text: "" },
  metadata: { uploadId: "u3", fileName: "song.mp3", fileType: "audio/mpeg" },
});

const spoken = local({
  ...{ seq: 4, type: "file", text: "" },
  metadata: {
    uploadId: "u4",
    fileName: "Voice message.webm",
    fileType: "audio/webm",
    waveform: [0, 100],
    duration: 65,
  },
});

/** The app's client, which answers with links of what is there. */
function begin(...there: readonly string[]): FakeClient {
  forgetLinks();
  const fake = new FakeClient({
    user: account(),
    connection: { status: "online" },
    answers: {
      "POST /api/uploads/links": ({ body: { uploadIds } }: { body: { uploadIds: readonly string[] } }) => ({
        links: uploadIds.filter((id) => there.includes(id)).map((uploadId) => ({
          ...{ uploadId, content: `/content/${uploadId}`, thumbnail: `/thumbnail/${uploadId}` },
          expiresAt: new Date(Date.now() + 600_000).toISOString(),
        })),
      }),
    },
  });
  adopt(fake.client);
  remember([bruno]);
  return fake;
}

/** A tray with a file that waits, one on its way and one that was refused. */
async function tray(): Promise<JSX.Element> {
  const ways: ((error: unknown) => void)[] = [];
  const queue = new FileQueue({
    conversation: {
      ...{ id: "c", messages: [], sendUpload: () => local() },
      upload: () => new Promise((_, reject) => ways.push(reject)),
    },
    kept: { add() {}, update() {}, remove() {} },
    ...{ onRefused() {}, onUnwanted() {}, onUnsaid() {} },
  });
  queue.add(["bad.svg", "<i>one</i>.txt", "two.txt"].map((name) => ({ name, bytes: new Blob([name]) })));
  ways[0]?.(new ParleyError("unsupported_media_type"));
  await new Promise((resolve) => setTimeout(resolve));
  return <Tray queue={queue} />;
}

/** What is wrong with a piece of a page for those who listen. */
function flaws(html: string): string[] {
  const buttons = [...html.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)];
  const bars = [...html.matchAll(/<(?:progress|audio|video)([^>]*)>/g)].map(([whole]) => whole);
  return [
    ...buttons.filter(([, attributes = "", inside = ""]) =>
      !attributes.includes("aria-label") && !inside.replace(/<svg.*?<\/svg>|<[^>]+>/gs, "").trim()
    ).map(([whole]) => whole),
    ...bars.filter((bar) => !bar.includes("aria-label=")),
    ...html.match(/<img(?![^>]*\salt\b)[^>]*>/g) ?? [],
    ...html.match(/\{\w+\}/g) ?? [],
  ];
}

Deno.test("tray, files, gallery and what is coming can be used by ear, in both languages", async () => {
  begin("u1", "u2", "u3", "u4");
  for (const id of ["u1", "u2", "u3", "u4"]) await freshLinks(id);
  const messages = [picture, report, song, spoken];
  const waiting = await tray();
  const shown = () =>
    renderToString(
      <>
        {waiting}
        <Gallery conversation={shared(messages)} />
        <GalleryEntry conversation={shared(messages)} />
        <ArrivingFiles conversation={shared(messages)} />
        {messages.map(({ message }) => <FileContent key={message.id} message={message} />)}
      </>,
    );
  const english = shown();
  await speak("de");
  const german = shown();
  await speak("en");
  assertEquals([...flaws(english), ...flaws(german)], []);
  assert(english !== german);
  const parts = [
    ...["not taken here", "Bruno Example", "/thumbnail/u1", "/content/u3", "1.5 kB"],
    ...['role="tablist"', 'role="slider"', 'aria-valuetext="0:00 of 1:05"', 'aria-label="Speed: 1×"'],
  ];
  for (const part of parts) assertStringIncludes(english, part);
});

Deno.test("names are names, whatever stands in them", async () => {
  begin();
  const html = renderToString(
    <>
      {await tray()}
      <FileContent message={report.message} />
    </>,
  );
  assertStringIncludes(html, '<bdi dir="auto">&lt;b>تقرير&lt;/b>.pdf</bdi>');
  assertStringIncludes(html, '<bdi dir="auto">&lt;i>one&lt;/i>.txt</bdi>');
});

Deno.test("links are asked for together, kept while they are good, and forgotten with their reader", async () => {
  const fake = begin("u1", "u2");
  const found = await Promise.all(["u1", "u2", "gone"].map(freshLinks));
  assertEquals(found.map((links) => links?.content), ["/content/u1", "/content/u2", undefined]);
  assertEquals(fake.world.asked.length, 1);
  assertStringIncludes(renderToString(<FileContent message={picture.message} />), "/thumbnail/u1");
  assertEquals(fake.world.asked.length, 1);
  const other = begin("u1");
  assert(!renderToString(<FileContent message={picture.message} />).includes("/thumbnail/u1"));
  await freshLinks("u1");
  assertEquals(other.world.asked.length, 1);
});

Deno.test("what is gone says so", async () => {
  begin();
  await freshLinks("u1");
  assertStringIncludes(renderToString(<FileContent message={picture.message} />), "no longer there");
});
