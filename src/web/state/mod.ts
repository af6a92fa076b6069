export { draftOf } from "./drafts.ts";
export { navigate, route } from "./route.ts";
