import type { JSX } from "preact";
import type { UserCard } from "../../client/mod.ts";
import { fullName } from "../state/mod.ts";
import { Avatar } from "../ui/mod.ts";
import type { AvatarProps } from "../ui/avatar.tsx";

interface PersonLabelProps extends Pick<AvatarProps, "size" | "isOnline"> {
  readonly person: UserCard;
}

/** Someone in a list: picture, name and user name. */
export function PersonLabel({ person, size, isOnline }: PersonLabelProps): JSX.Element {
  return (
    <>
      <Avatar id={person.id} name={fullName(person)} src={person.avatar} size={size} isOnline={isOnline} />
      <span class="row-text">
        <bdi class="row-title">{fullName(person)}</bdi>
        <span class="row-preview">@{person.username}</span>
      </span>
    </>
  );
}
