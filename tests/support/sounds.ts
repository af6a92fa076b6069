import { Buffer } from "node:buffer";

/** A tone of so many seconds. */
export function wave(seconds: number): Buffer<ArrayBuffer> {
  const rate = 8000;
  const samples = Buffer.from(
    Array.from({ length: rate * seconds }, (_, at) => 128 + Math.round(90 * Math.sin(at / 8))),
  );
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  for (const [at, value] of [[16, 16], [24, rate], [28, rate], [40, samples.length]] as const) {
    header.writeUInt32LE(value, at);
  }
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) header.writeUInt16LE(value, at);
  header.write("data", 36);
  return Buffer.concat([header, samples]);
}
