import { fileOf, shownSize } from "../files/facts.ts";
import type { Row } from "./rows.ts";

const LINE = 22;
const LETTERS_A_LINE = 55;

/** About how tall a row will be, in pixels; what is wrong about it is put right once it is drawn. */
export function estimateOf(row: Row): number {
  switch (row.kind) {
    case "edge":
      return row.hasOlder ? 64 : 120;
    case "day":
      return 56;
    case "unread":
      return 40;
    case "system":
      return 36;
    case "message": {
      const { content, replyTo, reactions } = row.local.message;
      const lines = content.text.split("\n", 200)
        .reduce((sum, line) => sum + Math.max(Math.ceil(line.length / LETTERS_A_LINE), 1), 0);
      const extras = (row.hasFoot ? 22 : 0) + (replyTo ? 48 : 0) + (reactions.length > 0 ? 32 : 0);
      const file = fileOf(row.local.message);
      const shown = file?.kind === "picture" ? shownSize(file).height : file ? 56 : 0;
      return lines * LINE + 20 + (row.opens ? 10 : 2) + extras + shown;
    }
  }
}
