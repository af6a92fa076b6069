/**
 * Makes `folder` hold exactly `files`, by their paths. A file is replaced in one step and only when it differs, so
 * that servers may start, and other builds run, at the same time.
 */
export async function keep(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) await replace(`${folder}/${path}`, bytes);
  for (const path of await paths(folder)) {
    if (!files.has(path) && !/\.tmp$/.test(path)) await remove(`${folder}/${path}`);
  }
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  if (await holds(path, bytes)) return;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  await Deno.writeFile(temporary, bytes);
  await Deno.rename(temporary, path);
}

async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const present = await Deno.readFile(path);
    return present.length === bytes.length && present.every((byte, index) => byte === bytes[index]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // another build was quicker
  }
}

async function paths(folder: string, under = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${under}`)) {
    if (isDirectory) found.push(...await paths(folder, `${under}${name}/`));
    else found.push(`${under}${name}`);
  }
  return found;
}
