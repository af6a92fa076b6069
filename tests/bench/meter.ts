/** Shares of one core, 1 being all of it; `NaN` where the system does not tell. */
export interface Load {
  /** The server's processes together. */
  readonly server: number;
  /** The load driver's process. */
  readonly driver: number;
  /** The core that the server is bound to, whoever uses it. */
  readonly serverCore: number;
  /** The core that the driver is bound to. */
  readonly driverCore: number;
}

/** Where nothing is to be said of the load. */
export const NO_LOAD: Load = { server: NaN, driver: NaN, serverCore: NaN, driverCore: NaN };

/** The cores that server and driver are bound to. */
export const SERVER_CORE = 0;
export const DRIVER_CORE = 1;
/** The core of the services that servers use: beside the driver, unless there is a third. */
export const SERVICE_CORE = navigator.hardwareConcurrency > 2 ? 2 : DRIVER_CORE;

const TICKS_A_SECOND = 100;

interface Ticks {
  readonly at: number;
  readonly counts: readonly number[];
}

/** Measures who used the processor between two moments, by Linux's `/proc`. */
export class Meter {
  readonly #pids: readonly number[];
  #begin: Ticks;

  constructor(serverPids: readonly number[]) {
    this.#pids = serverPids;
    this.#begin = this.#read();
  }

  start(): void {
    this.#begin = this.#read();
  }

  /** The load since `start`. */
  stop(): Load {
    const end = this.#read();
    const seconds = (end.at - this.#begin.at) / 1000;
    const share = (index: number) =>
      ((end.counts[index] ?? NaN) - (this.#begin.counts[index] ?? NaN)) / TICKS_A_SECOND / seconds;
    return { server: share(0), driver: share(1), serverCore: share(2), driverCore: share(3) };
  }

  #read(): Ticks {
    const server = this.#pids.reduce((sum, pid) => sum + processTicks(pid), 0);
    const counts = [server, processTicks(Deno.pid), ...coreTicks(SERVER_CORE, DRIVER_CORE)];
    return { at: performance.now(), counts };
  }
}

/** Resident memory of processes in bytes. */
export function residentBytes(pids: readonly number[]): number {
  const kib = (pid: number) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`))?.[1]);
  return pids.reduce((sum, pid) => sum + kib(pid) * 1024, 0);
}

function processTicks(pid: number): number {
  const fields = readProc(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]); // utime and stime, see proc(5)
}

/** Ticks that each of the cores was busy: all but those of `idle` and `iowait`. */
function coreTicks(...cores: readonly number[]): number[] {
  const stat = readProc("/proc/stat");
  return cores.map((core) => {
    const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(stat)?.[1]?.split(" ").map(Number) ?? [NaN];
    return line.slice(0, 8).reduce((sum, ticks, index) => index === 3 || index === 4 ? sum : sum + ticks, 0);
  });
}

function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
