/** The pages of the reference, and the style that they load. */
export { default as STYLE } from "./style.css" with { type: "text" };
export { restPage } from "./rest.ts";
export { socketPage } from "./socket.ts";
