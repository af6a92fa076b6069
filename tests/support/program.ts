/** A Parley process of a test's own, run by the start task's command. Disposing kills it. */
export interface Program extends AsyncDisposable {
  /** Where it listens, as `http://host:port`. */
  readonly url: string;
  /** The process's id. */
  readonly pid: number;
  /** The lines that it has written to stdout so far. */
  readonly lines: readonly string[];
  /** Sends a signal and waits for the end. */
  stop(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** What a run that ended left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts Parley with nothing in its environment but `env` and without a limit of the loop's delay, and waits until it
 * listens. Throws when it ends before.
 * `wrapper` is the beginning of a command that becomes the one given after it, such as `taskset -c 0`.
 */
export async function startProgram(
  env: Readonly<Record<string, string>>,
  wrapper: readonly string[] = [],
): Promise<Program> {
  return await awaitProgram((await command(env, [], wrapper)).spawn());
}

/** Waits until a process, whose output is piped, prints `listening on` and its URL. Throws when it ends before. */
export async function awaitProgram(child: Deno.ChildProcess): Promise<Program> {
  const lines: string[] = [];
  const errors = new Response(child.stderr).text();
  const listening = Promise.withResolvers<string>();
  const read = (async () => {
    for await (const line of linesOf(child.stdout)) {
      lines.push(line);
      const url = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
      if (url) listening.resolve(url);
    }
    listening.reject(
      new Error(`the process ended before it listened:\n${lines.join("\n")}\n${await errors}`),
    );
  })();
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await Promise.all([read, errors]);
    return await child.status;
  };
  try {
    const url = (await listening.promise).replace("//0.0.0.0:", "//127.0.0.1:");
    return {
      url,
      pid: child.pid,
      lines,
      stop,
      [Symbol.asyncDispose]: async () => void await stop("SIGKILL"),
    };
  } catch (error) {
    await child.status;
    throw error;
  }
}

/** Runs Parley to its end, with arguments. */
export async function runProgram(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Outcome> {
  const { code, stdout, stderr } = await (await command(env, args)).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The start task's own words, so that what is tested is what is run. */
async function command(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  wrapper: readonly string[] = [],
): Promise<Deno.Command> {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json")) as {
    tasks: { start: { command: string } };
  };
  const words = tasks.start.command.split(" ").slice(1).filter((word) => !/^\$|^$/.test(word));
  const kept = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "DENO_COVERAGE_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const [first = Deno.execPath(), ...others] = [...wrapper, Deno.execPath(), ...words, ...args];
  return new Deno.Command(first, {
    args: others,
    // The machine may be busy with other tests: a loop that is late is no fault of this program.
    env: { ...Object.fromEntries(kept), MAX_LOOP_DELAY_MS: "0", ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}
