/** The pages of the reference, and the style that they load. */
import base from "./style/base.css" with { type: "text" };
import content from "./style/content.css" with { type: "text" };
import fields from "./style/fields.css" with { type: "text" };
import frame from "./style/frame.css" with { type: "text" };
import narrow from "./style/narrow.css" with { type: "text" };

/** One style sheet: later parts rely on what stands before them. */
export const STYLE: string = [base, frame, content, fields, narrow].join("\n");
export { restPage } from "./rest.ts";
export { socketPage } from "./socket.ts";
