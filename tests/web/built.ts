let folder: Promise<URL> | undefined;

/** A folder with the web app as the build task makes it; made once a process, removed at its end. */
export function builtWeb(): Promise<URL> {
  return folder ??= build();
}

async function build(): Promise<URL> {
  const path = await Deno.makeTempDir({ prefix: "parley-web-" });
  addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", "--unstable-bundle", "-A", "src/web/build/main.ts", path],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new URL(`file://${path}/`);
}
