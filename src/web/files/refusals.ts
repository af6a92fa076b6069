import { ParleyError } from "../../client/mod.ts";
import { errorText } from "../form/errors.ts";
import { t } from "../i18n/mod.ts";
import type { PlainKey } from "../i18n/mod.ts";
import type { QueuedFile } from "./queue.ts";

const REASONS: ReadonlyMap<string, PlainKey> = new Map(Object.entries(
  {
    payload_too_large: "files.too_large",
    unsupported_media_type: "files.not_allowed",
    file_type_mismatch: "files.mismatch",
    file_damaged: "files.damaged",
    picture_too_large: "files.too_many_pixels",
    file_infected: "files.infected",
    quota_exceeded: "files.quota",
    files_full: "files.no_space",
    unreadable: "files.unreadable",
    not_found: "files.not_member",
  } as const,
));

/** Why a file was refused, in the reader's language. */
export function refusalText({ bytes, error }: Pick<QueuedFile, "bytes" | "error">): string {
  if (bytes.size === 0) return t("files.empty");
  const reason = error instanceof ParleyError ? REASONS.get(error.code) : undefined;
  return reason ? t(reason) : errorText(error);
}
