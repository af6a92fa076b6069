/** What the screens work with: signals over the client, where the app is, and what was typed. */

export {
  client,
  connection,
  conversations,
  follow,
  isPersonOnline,
  me,
  online,
  presenceOf,
} from "./client.ts";
export { draftOf } from "./drafts.ts";
export { closePanel, openGroupPanel, openPanel, openPerson, panel } from "./panel.ts";
export { fullName, nameOf, partnerOf, personOf, remember, titleOf } from "./people.ts";
export { navigate, route } from "./route.ts";
