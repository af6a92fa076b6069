import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderBlobs } from "../../src/adapters/blobs_folder.ts";
import { ParleyError } from "../../src/kernel/errors.ts";
import { Inspection } from "../../src/modules/uploads/inspect.ts";
import { brought, bytesAt, openStage } from "./uploads_support.ts";
import type { UploadStage } from "./uploads_support.ts";

/** What tells of a place, wherever it is kept. */
const PLACE = "+52.5200+013.4049+034.000/";
const VIDEO = "video/mp4";
const rules = { maxBytes: 2 ** 30, types: [VIDEO, "video/quicktime", "audio/mp4"] };

/** A box of MP4: its length, its type, what is in it. */
function box(type: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, content]);
}

/** A box whose length takes eight bytes. */
function largeBox(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, "latin1");
  head.writeBigUInt64BE(BigInt(content.length + 16), 8);
  return Buffer.concat([head, content]);
}

const ftyp = box("ftyp", "mp42\0\0\0\0mp42isom");
const mdat = box("mdat", "frames ".repeat(300));
const xyz = box("\xa9xyz", "\0\x1a\x15\xc7", PLACE);
const loci = box("loci", "\0\0\0\0\x15\xc7", PLACE);
const title = box("\xa9nam", "\0\x05\x15\xc7title");
const version = "\0\0\0\0";

const key = (name: string) => box("mdta", name);
const keys = box(
  "keys",
  `${version}\0\0\0\x03`,
  key("com.apple.quicktime.make"),
  key("com.apple.quicktime.location.ISO6709"),
  key("com.apple.quicktime.software"),
);
const item = (number: number, text: string) => box(`\0\0\0${String.fromCharCode(number)}`, box("data", text));
const ilst = box("ilst", item(1, "a maker"), item(2, PLACE), item(3, "a program"), box("\xa9xyz", PLACE));
const hdlr = box("hdlr", version, "\0\0\0\0mdta");
const xmp = box("uuid", Buffer.from("be7acfcb97a942e89c71999491e3afac", "hex"), `<x:xmpmeta>${PLACE}`);

/** Films that tell a place, in every way that we know of. */
const FILMS: Readonly<Record<string, Buffer>> = {
  "a camera's": box("moov", box("mvhd", version), box("udta", title, xyz, version)),
  "a telephone's": box("moov", box("udta", loci)),
  "of a track": box("moov", box("trak", box("tkhd", version), box("udta", xyz))),
  "Apple's": box("moov", box("meta", hdlr, keys, ilst)),
  "with a version": box("moov", box("udta", box("meta", version, hdlr, keys, ilst))),
  "Adobe's": Buffer.concat([box("moov", box("udta", box("XMP_", PLACE))), xmp]),
  "of a large box": largeBox("moov", box("udta", largeBox("\xa9xyz", Buffer.from(PLACE)))),
};

async function* torn(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function kept(bytes: Uint8Array, size = bytes.length): Promise<{ bytes: Buffer; altered: boolean }> {
  const inspection = new Inspection(rules, undefined);
  const parts = await Array.fromAsync(inspection.keep(torn(bytes, size)));
  return { bytes: Buffer.concat(parts), altered: inspection.altered };
}

Deno.test("a film loses the place where it was taken and nothing else, wherever it tells it", async () => {
  for (const [name, moov] of Object.entries(FILMS)) {
    for (const whole of [Buffer.concat([ftyp, moov, mdat]), Buffer.concat([ftyp, mdat, moov])]) {
      assert(whole.includes(PLACE), name);
      for (const size of [1, 7, 4_096, whole.length]) {
        const { bytes, altered } = await kept(whole, size);
        assertEquals([bytes.length, altered, bytes.includes(PLACE)], [whole.length, true, false], name);
        assert(bytes.includes(mdat), name);
        for (const word of ["\xa9nam", "a maker", "a program"]) {
          const encoded = Buffer.from(word, "latin1");
          assertEquals(bytes.includes(encoded), whole.includes(encoded), `${name}: ${word}`);
        }
        assertEquals((await kept(bytes)).altered, false, `${name} is clean once and for all`);
      }
    }
  }
});

Deno.test("a film that is not made as it should be, and one that tells no place, are kept as they are", async () => {
  const plain = Buffer.concat([ftyp, box("moov", box("udta", title)), mdat]);
  const odd = [
    plain,
    plain.subarray(0, -100),
    plain.subarray(0, 30),
    Buffer.concat([ftyp, Buffer.from([0, 0])]),
    Buffer.concat([ftyp, Buffer.from("\0\0\0\x04moov", "latin1"), mdat]),
    Buffer.concat([ftyp, box("moov", Buffer.from("\0\0\xff\xffudta", "latin1"), xyz)]),
    Buffer.concat([ftyp, Buffer.from("\0\0\0\0mdat", "latin1"), xyz]),
    Buffer.concat([ftyp, Buffer.from("\0\0\0\x01mdat\0\0", "latin1")]),
  ];
  for (const whole of odd) {
    for (const size of [1, whole.length]) {
      const { bytes, altered } = await kept(whole, size);
      assertEquals([bytes.equals(whole), altered], [true, false], whole.subarray(20, 60).toString("latin1"));
    }
  }
});

Deno.test("a film of more boxes than any has is refused before all of it is read, and depth costs nothing", async () => {
  const many = Buffer.alloc(65_536 * 8, box("free"));
  let read = 0;
  const bytes = async function* () {
    yield ftyp;
    for (; read < 30; read++) yield await Promise.resolve(many);
  };
  const inspection = new Inspection(rules, undefined);
  const error = await assertRejects(() => Array.fromAsync(inspection.keep(bytes())), ParleyError);
  assertEquals([error.code, read < 5], ["file_damaged", true], `${read} parts were read`);
  let deep: Buffer = Buffer.from(xyz);
  for (let n = 0; n < 200; n++) deep = box("udta", deep);
  assertEquals((await kept(Buffer.concat([ftyp, deep]), 100)).bytes.length, ftyp.length + deep.length);
});

/** Announces a file, brings its bytes to the address that is told, and completes it. */
async function announced({ server, ann, conversationId }: UploadStage, bytes: Uint8Array<ArrayBuffer>) {
  const file = { fileName: "film.mp4", mimeType: VIDEO, fileSize: bytes.length, conversationId };
  const { upload, url, headers } = await server.ok(ann, "POST /api/uploads/presign", file);
  const put = await fetch(new URL(url, server.url), { method: "PUT", headers, body: bytes });
  assertEquals(put.ok, true, await put.text());
  return await server.ok(ann, `POST /api/uploads/${upload.id}/complete`);
}

Deno.test("a film is cleaned whatever way it came, and written once more only where it told a place", async () => {
  const dir = await Deno.makeTempDir({ prefix: "parley-blobs-" });
  const drafts: string[] = [];
  const folder = new FolderBlobs(dir);
  const blobs = new Proxy(folder, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (name !== "append") return typeof method === "function" ? method.bind(target) : method;
      return (draft: string, ...rest: [number, AsyncIterable<Uint8Array>]) => {
        drafts.push(draft);
        return target.append(draft, ...rest);
      };
    },
  });
  try {
    await using stage = await openStage({ blobs });
    const film = new Uint8Array(Buffer.concat([ftyp, mdat, box("moov", box("udta", xyz))]));
    const plain = new Uint8Array(Buffer.concat([ftyp, mdat, box("moov", box("udta", title))]));
    const one = await brought(stage, stage.ann, { name: "film.mp4", type: VIDEO, bytes: film });
    assertEquals(drafts.length, 1);
    const other = await announced(stage, film);
    assertEquals([drafts.length, other.checksum, other.fileSize], [3, one.checksum, film.length]);
    const { bytes } = await bytesAt(stage, stage.ben, other.url);
    assertEquals([bytes.length, Buffer.from(bytes).includes(PLACE)], [film.length, false]);
    const untouched = await announced(stage, plain);
    assertEquals(drafts.length, 4);
    assertEquals((await bytesAt(stage, stage.ben, untouched.url)).bytes, plain);
    assertEquals(await Array.fromAsync(folder.drafts(Infinity)), []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
