/** A source file: its path from the root of the repository, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files under a folder, in order of their paths. */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) files.push(...await sourceFiles(path));
    else if (/\.tsx?$/.test(name)) files.push({ path, text: await Deno.readTextFile(path) });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The paths that git keeps. */
export async function gitFiles(): Promise<string[]> {
  const { success, stdout } = await new Deno.Command("git", { args: ["ls-files", "-z"] }).output();
  if (!success) throw new Error("git cannot list the files of the repository");
  return new TextDecoder().decode(stdout).split("\0").filter(Boolean);
}
