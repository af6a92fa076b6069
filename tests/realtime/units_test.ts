import { assertEquals, assertThrows } from "@std/assert";
import { notFound } from "../../src/kernel/errors.ts";
import { MAX_REFUSALS, Pacer } from "../../src/realtime/pace.ts";
import {
  encodeAnswer,
  encodeError,
  exceeds,
  joinFrames,
  MAX_FRAME_BYTES,
  parseFrame,
} from "../../src/realtime/protocol.ts";
import { Typing } from "../../src/realtime/typing.ts";
import { TestClock } from "../support/http.ts";

/** Typing with a clock, and what it told. */
function typing(): { clock: TestClock; typing: Typing; told: unknown[][] } {
  const clock = new TestClock();
  const told: unknown[][] = [];
  const start = clock.now();
  return {
    clock,
    told,
    typing: new Typing(clock, (_, userId, isTyping) => told.push([clock.now() - start, userId, isTyping])),
  };
}

Deno.test("typing is told at once, and its end after 6 s of silence", () => {
  const { clock, typing: t, told } = typing();
  t.start("c", "ann", "1");
  clock.move(3_000);
  t.start("c", "ann", "1");
  clock.move(20_000);
  assertEquals(told, [[0, "ann", true], [9_000, "ann", false]]);
});

Deno.test("typing goes out once a second at most, and the last state always does", () => {
  const { clock, typing: t, told } = typing();
  for (let n = 0; n < 10; n++) {
    t.start("c", "ann", "1");
    t.stop("c", "ann");
    clock.move(150);
  }
  t.start("c", "ann", "1");
  clock.move(900);
  t.stop("c", "ann");
  clock.move(5_000);
  const times = told.map(([at]) => Number(at));
  times.slice(1).forEach((at, index) => assertEquals(at - (times[index] ?? 0) >= 1_000, true, String(times)));
  assertEquals(told.at(-1)?.[2], false);
  told.slice(1).forEach(([, , state], index) => assertEquals(state, !told[index]?.[2]));
});

Deno.test("who leaves types no more at once, and nothing follows", () => {
  const { clock, typing: t, told } = typing();
  t.start("c", "ann", "1");
  t.start("d", "ann", "1");
  clock.move(500);
  t.stop("d", "ann");
  t.leave("c", "ann");
  t.leave("c", "ben");
  t.leave("d", "ann");
  clock.move(20_000);
  assertEquals(told, [[0, "ann", true], [0, "ann", true], [500, "ann", false], [500, "ann", false]]);
});

Deno.test("people and conversations are typed in apart from each other", () => {
  const { clock, typing: t, told } = typing();
  t.start("c", "ann", "1");
  t.start("c", "ben", "2");
  t.start("d", "ann", "1");
  t.stop("c", "nobody");
  assertEquals(told.length, 3);
  t.close();
  clock.move(60_000);
  assertEquals(told.length, 3);
});

Deno.test("a pacer lets its limit go in a window, and then says how long to wait", () => {
  const pacer = new Pacer(3);
  for (let n = 0; n < 3; n++) assertEquals(pacer.take(1_000_000), { verdict: "go" });
  assertEquals(pacer.take(1_004_000), { verdict: "wait", retryAfterMs: 6_000 });
  assertEquals(pacer.take(1_010_000), { verdict: "go" });
});

Deno.test("a pacer hangs up after 20 refusals in a window, whoever refused", () => {
  const pacer = new Pacer(1);
  pacer.take(1_000_000);
  for (let n = 0; n < MAX_REFUSALS; n++) {
    const pace = n % 2 ? pacer.take(1_000_000) : pacer.refuse(1_000_000);
    assertEquals(pace.verdict, "wait");
  }
  assertEquals(pacer.refuse(1_000_000).verdict, "hang_up");
  assertEquals(pacer.refuse(1_010_000).verdict, "wait");
});

Deno.test("a pacer without a limit only counts refusals", () => {
  const pacer = new Pacer(0);
  for (let n = 0; n < 10_000; n++) assertEquals(pacer.take(1).verdict, "go");
});

Deno.test("a frame holds one envelope a line", () => {
  assertEquals(parseFrame('{"event":"a"}\n\n {"id":"1","event":"b","data":{"x":1},"more":2}\r\n'), [
    { id: undefined, event: "a", data: undefined },
    { id: "1", event: "b", data: { x: 1 } },
  ]);
  assertEquals(parseFrame("\n \n"), []);
});

Deno.test("a frame of anything else is refused as a whole", () => {
  const frames = [
    "",
    "x",
    "[]",
    "null",
    "1",
    '{"event":1}',
    "{}",
    '{"event":"a"}\nx',
    '{"id":1,"event":"a"}',
  ];
  for (const frame of frames) assertThrows(() => parseFrame(frame), SyntaxError);
});

Deno.test("bytes are counted as UTF-8, also where the text is shorter", () => {
  assertEquals([exceeds("x".repeat(10), 10), exceeds("x".repeat(11), 10)], [false, true]);
  assertEquals([exceeds("€€€", 9), exceeds("€€€", 8)], [false, true]);
  assertEquals([exceeds("😀😀", 8), exceeds("😀😀", 7)], [false, true]);
  assertEquals(exceeds("\ud800".repeat(4), 12), false);
});

Deno.test("texts are joined to frames of at most 128 KiB in UTF-8, and one that is longer stands alone", () => {
  const size = (text: string) => new TextEncoder().encode(text).length;
  const [short, half, long] = ["s", "न".repeat(MAX_FRAME_BYTES / 6 - 1), "l".repeat(MAX_FRAME_BYTES + 1)];
  assertEquals(joinFrames([short]), [short]);
  assertEquals(joinFrames([short, short, short]), ["s\ns\ns"]);
  assertEquals(joinFrames([half, half, half]), [`${half}\n${half}`, half]);
  assertEquals(joinFrames([short, long, short, short]), [short, long, "s\ns"]);
  const exact = "e".repeat(MAX_FRAME_BYTES - 2);
  assertEquals(joinFrames([exact, short]).map(size), [MAX_FRAME_BYTES]);
  assertEquals(joinFrames([`${exact}e`, short]).map(size), [MAX_FRAME_BYTES - 1, 1]);
});

Deno.test("answers carry their id however it is written, and errors tell nothing of what is inside", () => {
  assertEquals(JSON.parse(encodeAnswer('"\n\\', "ack", { a: undefined, b: 1 })), {
    id: '"\n\\',
    event: "ack",
    data: { b: 1 },
  });
  assertEquals(JSON.parse(encodeAnswer(undefined, "ack", {})), { event: "ack", data: {} });
  const { error } = JSON.parse(encodeError("1", new Error("the password is swordfish")));
  assertEquals([error.code, error.message.includes("swordfish")], ["internal", false]);
  assertEquals(JSON.parse(encodeError("1", notFound())).error.retryable, false);
});
