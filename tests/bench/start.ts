import type { Bench, Round } from "./bench.ts";
import { NO_LOAD } from "./meter.ts";
import { startServer } from "./server.ts";

/** Measures the time from starting the process, with an empty `DATA_DIR`, to its first answer, as `ms`. */
export async function startToAnswer({ rounds }: Bench): Promise<Round[]> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await using server = await startServer();
    const answer = await fetch(`${server.url}/health/ready`);
    await answer.text();
    if (!answer.ok) throw new Error(`the server is not ready: ${answer.status}`);
    measured.push({ values: { ms: performance.now() - began }, load: NO_LOAD });
  }
  return measured;
}
