import type { Clock } from "../../kernel/clock.ts";
import { iso } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/log.ts";
import type { Blobs } from "../../ports/blobs.ts";
import type { Thumbnailer } from "../../ports/pictures.ts";
import type { Scanner } from "../../ports/scanner.ts";
import type { Store } from "../../ports/store.ts";
import type { FileRules } from "./inspect.ts";
import { Lane } from "./lane.ts";
import { Links } from "./links.ts";
import type { Upload } from "./records.ts";
import { Once, Writers } from "./writers.ts";

export interface UploadsDeps {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: FileRules;
  /** Bytes of all files of one user; 0 is no limit. */
  readonly quota: number;
  /** How long an upload may take, and how long it is kept without a message, in milliseconds. */
  readonly expiresMs: number;
  /** Whether clients fetch contents from the storage itself, where it can be asked directly. */
  readonly redirects: boolean;
  /** Signs links. */
  readonly secret: string;
  /** Without one, files are not scanned. */
  readonly scanner?: Scanner | undefined;
  /** Without one, pictures have no thumbnails. */
  readonly thumbnails?: Thumbnailer | undefined;
}

/** What the verbs of this module work with: `receive`, `announce`, `complete`, `readUpload`, `content`, `remove` … */
export interface Uploads extends UploadsDeps {
  readonly links: Links;
  readonly lane: Lane;
  readonly writers: Writers;
  readonly completions: Once<Upload>;
  readonly illustrations: Once<Upload>;
}

export function createUploads(deps: UploadsDeps): Uploads {
  return {
    ...deps,
    links: new Links(deps.secret, deps.clock),
    lane: new Lane(),
    writers: new Writers(),
    completions: new Once(),
    illustrations: new Once(),
  };
}

/** The present time as records have it, or one so many milliseconds later. */
export function timeIn({ clock }: Pick<UploadsDeps, "clock">, ms = 0): string {
  return iso(clock.now() + ms);
}

/** The name of an upload's bytes before they are sealed. */
export function draftOf({ id }: Pick<Upload, "id">): string {
  return id;
}
