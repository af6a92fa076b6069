import { assertEquals } from "@std/assert";
import { bringRaw, bytesAt, openStage, said } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

/** The first byte of a form's file is one of so many. */
const BEGINNING = 64 * 1024;
const END = "\r\n--edge--\r\n";
const FILE = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';

const field = (name: string, value: string) =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const other = (value: string) => field("other", value).replace("\r\n\r\n", '; filename="b.txt"\r\n\r\n');

/** Brings a form as it is, in parts of so many bytes. */
async function bringForm(stage: UploadStage, form: string, size = form.length): Promise<string> {
  const bytes = new TextEncoder().encode(form);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
        if (at % (size * 100) === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      controller.close();
    },
  });
  const headers = { "content-type": "multipart/form-data; boundary=edge" };
  const answer = await bringRaw(stage, stage.ann, body, headers);
  if (answer.status !== 201) return said(answer);
  return (await bytesAt(stage, stage.ann, answer.body.url)).text;
}

/** What fills the space before a file, so that `count` bytes come before those of the file. */
const FILLERS: Readonly<Record<string, (count: number) => string>> = {
  "a preamble": (count) => `${"p".repeat(count - FILE.length - 2)}\r\n${FILE}`,
  "a field": (count) => field("text", "v".repeat(count - FILE.length - field("text", "").length)) + FILE,
  "another file": (count) => other("v".repeat(count - FILE.length - other("").length)) + FILE,
  "headers of the file": (count) => {
    const padded = FILE.replace("\r\n\r\n", "\r\nX-Pad: \r\n\r\n");
    return padded.replace("X-Pad: ", `X-Pad: ${"h".repeat(count - padded.length)}`);
  },
  "headers before its name": (count) => {
    const padded = FILE.replace("--edge\r\n", "--edge\r\nX-Pad: \r\n");
    return padded.replace("X-Pad: ", `X-Pad: ${"h".repeat(count - padded.length)}`);
  },
};

Deno.test("a form's file begins within 64 KiB, whatever stands before it", async () => {
  await using stage = await openStage();
  for (const [name, fill] of Object.entries(FILLERS)) {
    for (const size of [undefined, 1_000]) {
      const form = (count: number) => {
        const start = fill(count);
        assertEquals(start.length, count, name);
        return `${start}some text${END}`;
      };
      assertEquals(await bringForm(stage, form(BEGINNING - 1), size), "some text", name);
      assertEquals(await bringForm(stage, form(BEGINNING), size), "413 payload_too_large", name);
    }
  }
});

Deno.test("a form that goes on for ever without a file is refused while it comes", async () => {
  await using stage = await openStage();
  let answered = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => answered ? controller.close() : controller.enqueue(new Uint8Array(4_096).fill(97)),
  });
  const headers = { "content-type": "multipart/form-data; boundary=edge" };
  assertEquals(said(await bringRaw(stage, stage.ann, endless, headers)), "413 payload_too_large");
  answered = true;
});

Deno.test("the sixteenth part of a form may be its file, the seventeenth not", async () => {
  await using stage = await openStage();
  for (const part of [field("text", "x"), other("x")]) {
    assertEquals(await bringForm(stage, `${part.repeat(15)}${FILE}some text${END}`), "some text");
    assertEquals(await bringForm(stage, `${part.repeat(16)}${FILE}some text${END}`), "413 payload_too_large");
  }
});

Deno.test("a file is given as it came, however its form is torn, and what follows it is left", async () => {
  await using stage = await openStage();
  const text = "a line\r\n--edg\r\n-edge--\r\n".repeat(20_000);
  for (const size of [100, 65_536, 1_000_000]) {
    const form = `${field("text", "x")}${FILE}${text}\r\n${other("x")}${field("y", "z").repeat(100)}`;
    assertEquals(await bringForm(stage, form, size), text);
  }
});
