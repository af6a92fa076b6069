import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** What has been recorded. */
export interface Recorded {
  readonly bytes: Blob;
  /** The end of its file's name, as `webm`. */
  readonly extension: string;
  /** How loud it is along the way, from 0 to 1. */
  readonly peaks: readonly number[];
}

/** What browsers record in, the best one for others first, and what its files are called. */
const FORMATS: readonly (readonly [type: string, extension: string])[] = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/ogg;codecs=opus", "ogg"],
  ["audio/mp4", "m4a"],
];
const LOOK_MS = 80;
const BITS_A_SECOND = 32_000;

/** Whether this browser, and this page of it, can record. */
export function canRecord(): boolean {
  return "MediaRecorder" in globalThis && "mediaDevices" in navigator && format() !== undefined;
}

/** What is being said, until it is stopped. */
export class Recording {
  readonly #peaks = signal<readonly number[]>([]);
  readonly #seconds = signal(0);
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context: AudioContext;
  readonly #parts: Blob[] = [];
  readonly #extension: string;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Asks for the microphone. Rejects with a `DOMException` when there is none, or the reader does not want it. */
  static async start(): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const [type, extension] = format() ?? ["", ""];
    return new Recording(stream, type, extension);
  }

  private constructor(stream: MediaStream, type: string, extension: string) {
    this.#stream = stream;
    this.#extension = extension;
    this.#recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_A_SECOND });
    this.#recorder.ondataavailable = ({ data }) => void this.#parts.push(data);
    this.#context = new AudioContext();
    const analyser = new AnalyserNode(this.#context, { fftSize: 2048 });
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#peaks.value = [...this.#peaks.peek(), loudness(samples)];
      this.#seconds.value = Math.floor((performance.now() - began) / 1000);
    }, LOOK_MS);
    this.#recorder.start();
  }

  /** How loud it has been so far. */
  get peaks(): ReadonlySignal<readonly number[]> {
    return this.#peaks;
  }

  get seconds(): ReadonlySignal<number> {
    return this.#seconds;
  }

  /** Ends it, and gives what was said. */
  async stop(): Promise<Recorded> {
    const ended = new Promise((resolve) => this.#recorder.onstop = resolve);
    this.#recorder.stop();
    await ended;
    this.#release();
    const type = this.#recorder.mimeType;
    return { bytes: new Blob(this.#parts, { type }), extension: this.#extension, peaks: this.#peaks.peek() };
  }

  /** Ends it, and forgets what was said. */
  discard(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close();
  }
}

/** The loudest of some samples, as it is heard: what is soft is seen, too. */
export function loudness(samples: Float32Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return Math.min(1, Math.sqrt(most));
}

/** Minutes and seconds, as `0:07`. */
export function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function format(): readonly [type: string, extension: string] | undefined {
  return FORMATS.find(([type]) => MediaRecorder.isTypeSupported(type));
}
