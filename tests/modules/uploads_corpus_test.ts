import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import type { Scanner } from "../../src/ports/scanner.ts";
import {
  gif,
  jpeg,
  picture,
  PNG_START,
  pngChunk,
  pngHeader,
  webp,
  withOrientation,
} from "../support/pictures.ts";
import { bring, openStage, said } from "./uploads_support.ts";

/** The test file of the antivirus industry (eicar.org), put together here so that no scanner takes this source for it. */
const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");

const scanner: Scanner = {
  async scan(bytes) {
    let text = "";
    for await (const part of bytes) text += new TextDecoder().decode(part);
    return text.includes(EICAR) ? "Eicar-Test-Signature" : undefined;
  },
};

const end = pngChunk("IEND", new Uint8Array(0));
const png = Buffer.from(picture(8, 8));
const jpg = jpeg(8, 8, withOrientation(1, "x"), Buffer.from("x"));
const web = webp(8, 8, withOrientation(1, "x"), Buffer.from("x"));
const anim = Buffer.from(gif(8, 8, Buffer.from("x")));
const zip = Buffer.from("PK\x03\x04\x14\0\0\0\x08\0" + "\0".repeat(16) + "\x05\0\0\0a.txt", "latin1");
const html = "<!doctype html><script>alert(1)</script>";
const svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
const mp4 = Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1");
const huge = (width: number, height: number) =>
  Buffer.concat([
    PNG_START,
    pngHeader(width, height),
    pngChunk("IDAT", deflateSync(Buffer.alloc(1000))),
    end,
  ]);

/** What is brought, under which name and type, and what it comes to. */
const CORPUS:
  readonly (readonly [what: string, type: string, bytes: Uint8Array | string, outcome: string])[] = [
    ["nothing.txt", "text/plain", "", "400 invalid_request"],
    ["nothing.png", "image/png", "", "400 invalid_request"],
    ["page.txt", "text/plain", html, "415 file_type_mismatch"],
    ["page.html", "text/html", html, "415 unsupported_media_type"],
    ["page.png", "image/png", html, "415 file_type_mismatch"],
    ["page of unknown type", "", html, "415 unsupported_media_type"],
    [
      "script in a page without a doctype.txt",
      "text/plain",
      "  \n<SCRIPT>alert(1)</SCRIPT>",
      "415 file_type_mismatch",
    ],
    ["drawing.svg", "image/svg+xml", svg, "415 unsupported_media_type"],
    ["drawing.png", "image/png", svg, "415 file_type_mismatch"],
    ["drawing.txt", "text/plain", svg, "415 file_type_mismatch"],
    [
      "drawing with a prolog",
      "text/plain",
      `<?xml version="1.0"?><!-- a -->${svg}`,
      "415 file_type_mismatch",
    ],
    ["drawing with a mark", "text/plain", `\ufeff${svg}`, "415 file_type_mismatch"],
    [
      "entities.txt",
      "text/plain",
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      "415 file_type_mismatch",
    ],
    ["archive.zip", "application/zip", zip, "415 unsupported_media_type"],
    ["archive.jpg", "image/jpeg", zip, "415 file_type_mismatch"],
    ["archive.txt", "text/plain", zip, "415 file_type_mismatch"],
    ["bomb of zeros.txt", "text/plain", new Uint8Array(100_000), "415 file_type_mismatch"],
    ["program.exe", "application/x-msdownload", "MZ\x90\0\x03\0\0\0", "415 unsupported_media_type"],
    ["program.png", "image/png", "MZ\x90\0\x03\0\0\0", "415 file_type_mismatch"],
    ["program.pdf", "application/pdf", "\x7fELF\x02\x01\x01\0", "415 file_type_mismatch"],
    ["program of unknown type", "", "\x7fELF\x02\x01\x01\0", "415 unsupported_media_type"],
    ["shell.txt", "text/plain", "#!/bin/sh\nrm -rf /\n", "201"],
    ["noise.bin", "", new Uint8Array([1, 2, 3, 0, 255]), "415 unsupported_media_type"],
    ["noise.mp3", "audio/mpeg", new Uint8Array([1, 2, 3, 0, 255]), "415 file_type_mismatch"],
    ["text that turns binary.txt", "text/plain", "a".repeat(9_000) + "\0", "415 file_type_mismatch"],
    ["virus.txt", "text/plain", EICAR, "422 file_infected"],
    ["virus.pdf", "application/pdf", `%PDF-1.7\n${EICAR}`, "422 file_infected"],
    ["virus behind a picture.png", "image/png", Buffer.concat([png, Buffer.from(EICAR)]), "201"],
    ["half a picture.png", "image/png", png.subarray(0, 60), "422 file_damaged"],
    ["a picture but for its end.png", "image/png", png.subarray(0, -12), "422 file_damaged"],
    [
      "a picture without pixels.png",
      "image/png",
      Buffer.concat([PNG_START, pngHeader(2, 2), end]),
      "422 file_damaged",
    ],
    [
      "chunks in disorder.png",
      "image/png",
      Buffer.concat([PNG_START, end, pngHeader(2, 2)]),
      "415 file_type_mismatch",
    ],
    [
      "a chunk that lies about its length.png",
      "image/png",
      Buffer.concat([png.subarray(0, 33), Buffer.from("\x7f\xff\xff\xffIDATxx", "latin1")]),
      "422 file_damaged",
    ],
    [
      "a chunk without a name.png",
      "image/png",
      Buffer.concat([png.subarray(0, 33), Buffer.alloc(16), end]),
      "422 file_damaged",
    ],
    ["half a picture.jpg", "image/jpeg", jpg.subarray(0, 50), "422 file_damaged"],
    ["a picture but for its end.jpg", "image/jpeg", jpg.subarray(0, -2), "422 file_damaged"],
    [
      "a picture without a frame.jpg",
      "image/jpeg",
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9]),
      "422 file_damaged",
    ],
    [
      "a segment of no length.jpg",
      "image/jpeg",
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xd9]),
      "422 file_damaged",
    ],
    ["half a picture.gif", "image/gif", anim.subarray(0, 25), "422 file_damaged"],
    ["a picture but for its end.gif", "image/gif", anim.subarray(0, -1), "422 file_damaged"],
    ["half a picture.webp", "image/webp", web.subarray(0, 40), "422 file_damaged"],
    [
      "a chunk that is too long.webp",
      "image/webp",
      Buffer.concat([web.subarray(0, 16), Buffer.from([0xff, 0xff, 0, 0]), web.subarray(20)]),
      "422 file_damaged",
    ],
    ["30,000 x 30,000.png", "image/png", huge(30_000, 30_000), "422 picture_too_large"],
    ["10 x 10,000,000.png", "image/png", huge(10, 10_000_000), "422 picture_too_large"],
    ["0 x 0.png", "image/png", huge(0, 0), "422 file_damaged"],
    [
      "65,535 x 65,535.jpg",
      "image/jpeg",
      jpeg(65_535, 65_535, withOrientation(1, "x"), Buffer.from("x")),
      "422 picture_too_large",
    ],
    ["60,000 x 60,000.gif", "image/gif", gif(60_000, 60_000), "422 picture_too_large"],
    ["a gif and an archive.gif", "image/gif", Buffer.concat([anim, zip]), "201"],
    ["a picture and a page.png", "image/png", Buffer.concat([png, Buffer.from(html)]), "201"],
    ["a picture that is said to be another", "image/jpeg", png, "415 file_type_mismatch"],
    ["a picture of unknown type", "", png, "201"],
    ["a picture that is said to be anything", "application/octet-stream", png, "201"],
    ["a document in a picture.png", "image/png", "%PDF-1.7\n", "415 file_type_mismatch"],
    ["a video that is said to be sound.m4a", "audio/mp4", mp4, "201"],
    ["a video that is said to be a picture", "image/gif", mp4, "415 file_type_mismatch"],
    ["too large.txt", "text/plain", "a".repeat(200_001), "413 payload_too_large"],
    ["exactly as large.txt", "text/plain", "a".repeat(200_000), "201"],
    ["no type at all", "nonsense", "text", "415 unsupported_media_type"],
  ];

Deno.test("every bad file has its answer, and the service goes on", async () => {
  await using stage = await openStage({ scanner, env: { MAX_FILE_SIZE: "200000" } });
  assert(CORPUS.length >= 40);
  const outcomes: [string, string][] = [];
  for (const [name, type, bytes] of CORPUS) {
    const file = { name, bytes: typeof bytes === "string" ? bytes : new Uint8Array(bytes), type };
    outcomes.push([name, said(await bring(stage, stage.ann, file))]);
  }
  assertEquals(outcomes, CORPUS.map(([name, , , outcome]) => [name, outcome]));
});

/** Names as they are sent, as they are shown and as they are saved; all of a text. */
const NAMES: readonly (readonly [sent: string, shown: string, saved: string])[] = [
  ["../../etc/passwd", "passwd", "passwd.txt"],
  ["..\\..\\windows\\win.ini", "win.ini", "win.ini"],
  ["a\0b.txt", "ab.txt", "ab.txt"],
  ["photo\u202egpj.exe", "photogpj.exe", "photogpj.exe.txt"],
  ["\u200e\u2066hidden\u2069.txt", "hidden.txt", "hidden.txt"],
  [`${"x".repeat(300)}.txt`, `${"x".repeat(146)}.txt`, `${"x".repeat(146)}.txt`],
  ["😀".repeat(300), "😀".repeat(150), `${"😀".repeat(150)}.txt`],
  ["CON", "CON", "_CON.txt"],
  ["nul.txt", "nul.txt", "_nul.txt"],
  ["COM1.tar.txt", "COM1.tar.txt", "_COM1.tar.txt"],
  [".", "file", "file.txt"],
  ["..", "file", "file.txt"],
  ["", "file", "file.txt"],
  ["/", "file", "file.txt"],
  [".bashrc", ".bashrc", "_bashrc.txt"],
  ["a<b>:c|d?e*.txt", "a<b>:c|d?e*.txt", "a_b__c_d_e_.txt"],
  ["trailing. . ", "trailing. .", "trailing.txt"],
  ["line\r\nSet-Cookie: a=b.txt", "lineSet-Cookie: a=b.txt", "lineSet-Cookie_ a=b.txt"],
  ['quote".txt', 'quote".txt', "quote_.txt"],
  ["e\u0301.txt", "é.txt", "é.txt"],
  ["👩‍🚀.txt", "👩‍🚀.txt", "👩‍🚀.txt"],
  ["%2e%2e%2f.txt", "%2e%2e%2f.txt", "%2e%2e%2f.txt"],
  ["picture.png", "picture.png", "picture.png.txt"],
];

Deno.test("every name is shown without what deceives, and saved under one that any file system takes", async () => {
  await using stage = await openStage();
  const { server, ann, conversationId } = stage;
  const names: [string, string, string][] = [];
  for (const [sent] of NAMES) {
    const response = await fetch(`${server.url}/api/uploads?conversationId=${conversationId}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ann.token}`,
        "content-type": "text/plain",
        "x-file-name": encodeURIComponent(sent),
      },
      body: "text",
    });
    const { originalName, fileName } = await response.json();
    names.push([sent, originalName, fileName]);
  }
  assertEquals(names, NAMES);
});
