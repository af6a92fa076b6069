import type { JSX } from "preact";
import { GalleryPanel } from "../files/gallery.tsx";
import { GroupPanel } from "../group/panel.tsx";
import { Discover } from "../people/discover.tsx";
import { NewDirect } from "../people/new_direct.tsx";
import { NewGroup } from "../people/new_group.tsx";
import { PersonPanel } from "../people/person_panel.tsx";
import { panel } from "../state/mod.ts";
import { Help } from "./help.tsx";

/** What lies over the screen. */
export function Panels(): JSX.Element | null {
  const open = panel.value;
  switch (open?.kind) {
    case "group":
      return <GroupPanel key={open.conversationId} conversationId={open.conversationId} />;
    case "gallery":
      return <GalleryPanel key={open.conversationId} conversationId={open.conversationId} />;
    case "person":
      return <PersonPanel key={open.userId} userId={open.userId} />;
    case "new_direct":
      return <NewDirect />;
    case "new_group":
      return <NewGroup />;
    case "discover":
      return <Discover />;
    case "help":
      return <Help />;
    default:
      return null;
  }
}
