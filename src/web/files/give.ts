import { t } from "../i18n/mod.ts";
import { announce } from "../ui/mod.ts";
import type { FileQueue } from "./queue.ts";

/** Puts files into a queue, and says so to those who listen. */
export function give(queue: FileQueue, files: readonly File[]): void {
  if (files.length === 0) return;
  queue.add(files.map((bytes) => ({ bytes, name: bytes.name })));
  announce(t("files.added", { count: files.length }));
}

/** The files of what is pasted, unless there is a text of it, as of a table that was copied. */
export function pastedFiles(data: DataTransfer | null): File[] {
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files].map((file) => isUnnamed(file) ? renamed(file) : file);
}

/** Whether what is dragged are files. */
export function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}

/** Browsers give all pictures of the clipboard one name. */
function isUnnamed({ name, type }: File): boolean {
  return type.startsWith("image/") && /^image\.\w+$/.test(name);
}

function renamed(file: File): File {
  const { type, lastModified } = file;
  return new File([file], `${t("files.pasted")}.${type.slice("image/".length)}`, { type, lastModified });
}
