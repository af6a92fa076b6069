import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import type { ConversationView } from "../../src/client/mod.ts";
import { ParleyError } from "../../src/client/mod.ts";
import { AuthScreen } from "../../src/web/auth/auth_screen.tsx";
import { systemText } from "../../src/web/conversation/wording.ts";
import { GroupForm } from "../../src/web/group/group_form.tsx";
import { GroupPanel } from "../../src/web/group/panel.tsx";
import { speak } from "../../src/web/i18n/language.ts";
import { previewOf } from "../../src/web/list/preview.ts";
import { Sidebar } from "../../src/web/list/sidebar.tsx";
import { Discover } from "../../src/web/people/discover.tsx";
import { NewDirect } from "../../src/web/people/new_direct.tsx";
import { NewGroup } from "../../src/web/people/new_group.tsx";
import { PersonPanel } from "../../src/web/people/person_panel.tsx";
import { Appearance } from "../../src/web/settings/appearance.tsx";
import { People } from "../../src/web/settings/people.tsx";
import { Privacy } from "../../src/web/settings/privacy.tsx";
import { Profile } from "../../src/web/settings/profile.tsx";
import { Security } from "../../src/web/settings/security.tsx";
import { ConnectionLine } from "../../src/web/shell/connection_line.tsx";
import { Help } from "../../src/web/shell/help.tsx";
import { adopt, me } from "../../src/web/state/client.ts";
import { draftOf, fullName, personOf, remember } from "../../src/web/state/mod.ts";
import { forgetDrafts } from "../../src/web/state/drafts.ts";
import { isMuted, mute } from "../../src/web/state/muted.ts";
import { Badge, Button, Field, SelectField } from "../../src/web/ui/mod.ts";
import { local } from "./conversation_support.ts";
import { account, card, conversation, FakeClient, member } from "./fake_client.ts";

const amina = card("amina", "Amina");
const bruno = card("bruno", "Bruno");
const dana = card("dana", "דנה", "לוי");

function last(
  content: string,
  senderId = bruno.id,
  type: "text" | "image" | "system" = "text",
): Partial<ConversationView> {
  return { lastMessage: { content, senderId, sentAt: "2026-05-04T10:20:30.000Z", type } };
}

const chess = conversation("chess", [member(amina, "admin"), member(bruno), member(dana)], {
  ...{ name: "Chess", role: "admin", unread: 4, ...last("**Check!**\n`Qh5`") },
});
const direct = conversation("direct", [member(amina), member(dana)], {
  ...{ type: "direct", name: null, ...last("תודה") },
});

/** The app's client, with someone signed in and two conversations. */
function begin(): FakeClient {
  const fake = new FakeClient({
    user: account(),
    connection: { status: "online" },
    conversations: [chess, direct],
    presence: new Map([[dana.id, { isOnline: true, lastSeen: null }]]),
  });
  adopt(fake.client);
  fake.emit("presence", { userId: dana.id });
  remember([bruno, dana]);
  return fake;
}

function count(html: string, part: RegExp): number {
  return html.match(part)?.length ?? 0;
}

/** What is wrong with a piece of a page for those who listen, or who look by the keyboard. */
function flaws(html: string): string[] {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  const buttons = [...html.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)];
  const inputs = [...html.matchAll(/<(?:input|select|textarea)([^>]*)>/g)].map(([, attributes = ""]) =>
    attributes
  );
  const labelled = (attributes: string) =>
    /aria-label|aria-hidden/.test(attributes) ||
    html.includes(`for="${/\sid="([^"]+)"/.exec(attributes)?.[1]}"`) ||
    /type="radio"/.test(attributes);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} twice`),
    ...buttons.filter(([, attributes = "", inside = ""]) =>
      !attributes.includes("aria-label") && !inside.replace(/<svg.*?<\/svg>|<[^>]+>/gs, "").trim()
    ).map(([whole]) => `a button without words: ${whole}`),
    ...inputs.filter((attributes) => !labelled(attributes)).map((attributes) =>
      `an input without a label:${attributes}`
    ),
    ...(/\sstyle="/.test(html) ? ["a style attribute"] : []),
    ...(/<img(?![^>]*\salt=)/.test(html) ? ["a picture without alt"] : []),
  ];
}

const screens: readonly (readonly [name: string, screen: () => JSX.Element])[] = [
  ["signing in", () => <AuthScreen />],
  ["the list", () => <Sidebar />],
  ["the panel of a group", () => <GroupPanel conversationId="chess" />],
  ["the panel of a direct conversation", () => <GroupPanel conversationId="direct" />],
  ["the form of a group", () => <GroupForm conversation={chess} onDirty={() => {}} onDone={() => {}} />],
  ["a person", () => <PersonPanel userId={dana.id} />],
  ["a new message", () => <NewDirect />],
  ["a new group", () => <NewGroup />],
  ["public groups", () => <Discover />],
  ["the profile", () => <Profile />],
  ["the appearance", () => <Appearance />],
  ["the privacy", () => <Privacy />],
  ["the people", () => <People />],
  ["the security", () => <Security />],
  ["the help", () => <Help />],
];

for (const [name, screen] of screens) {
  Deno.test(`${name} can be used by ear and by keyboard, in both languages`, async () => {
    begin();
    const english = renderToString(screen());
    assert(english.length > 200);
    assertEquals(flaws(english), []);
    await speak("de");
    const german = renderToString(screen());
    await speak("en");
    assertEquals(flaws(german), []);
    assert(german !== english, "nothing is translated");
    assertEquals(/\{\w+\}/.test(english + german), false, "something was not filled in");
  });
}

Deno.test("the list shows names, what was said last, what is unread, and who is there", () => {
  begin();
  const html = renderToString(<Sidebar />);
  assertEquals(count(html, /data-row/g), 2);
  assertStringIncludes(html, "Bruno: Check! Qh5");
  assertStringIncludes(html, 'aria-label="4 unread messages"');
  assertStringIncludes(html, '<bdi class="row-title">דנה לוי</bdi>');
  assertEquals(count(html, /avatar-dot/g), 1);
  assertEquals(count(html.toLowerCase(), /<a [^>]*tabindex="0"/g), 1, "Tab stops at one row");
});

Deno.test("the list says so when it is empty, and waits when it has not come", () => {
  const fake = begin();
  fake.world.conversations = [];
  assertStringIncludes(renderToString(<Sidebar />), "It is quiet here");
  fake.world.loaded = false;
  assertStringIncludes(renderToString(<Sidebar />), 'class="spinner"');
});

Deno.test("a draft is shown in the list, kept on the device, and forgotten with its reader", () => {
  // The device's storage is there for every run of this file.
  const reader = new FakeClient({ user: account(crypto.randomUUID()), conversations: [chess] });
  const key = `parley.draft.${reader.user?.id}.chess`;
  adopt(reader.client);
  draftOf("chess").value = "half a thought";
  assertStringIncludes(renderToString(<Sidebar />), "Draft:</span> half a thought");
  assertEquals(localStorage.getItem(key), "half a thought");
  adopt(new FakeClient({ user: account(crypto.randomUUID()) }).client);
  assertEquals(draftOf("chess").value, "", "another reader's draft");
  forgetDrafts();
  adopt(reader.client);
  assertEquals(draftOf("chess").value, "half a thought");
  forgetDrafts();
  assertEquals([draftOf("chess").value, localStorage.getItem(key)], ["", null]);
});

Deno.test("previewOf() says in one line what was said, by whom", () => {
  begin();
  const preview = (view: Partial<ConversationView>) => previewOf(chess, { ...chess.view, ...view });
  assertEquals(preview(last("one\n\n two")), "Bruno: one two");
  assertEquals(preview(last("mine", amina.id)), "You: mine");
  assertEquals(
    preview({ type: "direct", ...last("~~gone~~ [x](https://example.org)") }).includes("~~"),
    false,
  );
  assertEquals(preview(last("", bruno.id, "image")), "Bruno: Picture");
  assertEquals(preview(last("")), "Bruno: Message deleted");
  assertEquals(preview({ lastMessage: null }), "No messages yet");
});

Deno.test("previewOf() says what happened to a group as its history does, loaded or not", async () => {
  const fake = begin();
  const { message } = local({
    ...{ seq: 7, type: "system", text: "" },
    metadata: { systemType: "user_joined", userId: bruno.id, actorId: bruno.id },
  });
  const group = conversation("walk", [], { seq: 7, ...last("", bruno.id, "system") });
  assertEquals(
    previewOf({ ...group, messages: [{ message, state: "sent", clientId: null }] }, group.view),
    "Bruno Example joined",
  );
  assertEquals(fake.world.asked, []);
  fake.world.answers["GET /api/messages/conversation/:conversationId"] = () => ({ messages: [message] });
  const shown: string[] = [];
  const stop = effect(() => void shown.push(previewOf(group, group.view)));
  for (let turns = 0; turns < 20 && shown.length < 2; turns++) await Promise.resolve();
  assertEquals(shown, ["Bruno Example changed the group", "Bruno Example joined"]);
  assertEquals(previewOf(group, group.view), systemText(message));
  assertEquals(fake.world.asked.map(({ input }) => input), [
    { params: { conversationId: "walk" }, query: { after: 6, limit: 1 } },
  ]);
  stop();
});

Deno.test("whom to look for is said once where people are found", () => {
  begin();
  const html = renderToString(<NewDirect />);
  assertEquals(count(html, /beginning of/g), 1);
  assertMatch(html, /<p class="sidebar-note" role="status"><\/p>/);
});

Deno.test("only those who may change a group are offered to", () => {
  const fake = begin();
  const shown = (role: ConversationView["role"], allowInvites: boolean) => {
    const settings = { ...chess.view.settings, allowInvites };
    fake.world.conversations = [{ ...chess, view: { ...chess.view, role, settings } }];
    const html = renderToString(<GroupPanel conversationId="chess" />);
    return ["Edit", "Add people", "Delete group", "Leave group"].filter((words) =>
      html.includes(`>${words}<`)
    );
  };
  assertEquals(shown("admin", false), ["Edit", "Add people", "Delete group", "Leave group"]);
  assertEquals(shown("moderator", false), ["Edit", "Add people", "Leave group"]);
  assertEquals(shown("member", true), ["Add people", "Leave group"]);
  assertEquals(shown("member", false), ["Leave group"]);
});

Deno.test("mute() asks the server, and the list follows before the conversation does", async () => {
  const fake = begin();
  fake.world.answers["PUT /api/conversations/:id/notifications"] = () => ({
    enabled: false,
    muteUntil: null,
  });
  assertEquals(isMuted(direct), false);
  await mute(direct, true);
  assertEquals(isMuted(direct), true);
  assertEquals(fake.world.asked.at(-1)?.input, {
    params: { id: "direct" },
    body: { enabled: false, muteUntil: null },
  });
});

Deno.test("personOf() knows the reader, asks once for strangers, and shows them when they come", async () => {
  const fake = begin();
  const emeka = card("emeka", "Emeka");
  fake.world.answers["GET /api/users/:id"] = () => emeka;
  assertEquals(personOf("u-amina")?.username, "amina");
  assertEquals([personOf(emeka.id), personOf(emeka.id)], [undefined, undefined]);
  for (let turns = 0; turns < 20 && !personOf(emeka.id); turns++) await Promise.resolve();
  assertEquals(personOf(emeka.id), emeka);
  assertEquals(fake.world.asked.filter(({ route }) => route === "GET /api/users/:id").length, 1);
});

Deno.test("fullName() falls back on the user name", () => {
  assertEquals(fullName({ firstName: " ", lastName: "", username: "amina" }), "amina");
});

Deno.test("signals follow the client", () => {
  const fake = begin();
  assertEquals(me.value?.username, "amina");
  void fake.client.logout();
  assertEquals(me.value, undefined);
});

Deno.test("the line to the server says nothing while all is well, nor in the first moment of trouble", () => {
  const fake = begin();
  const line = () => renderToString(<ConnectionLine />);
  assertMatch(line(), /line-online" role="status"><\/div>$/);
  fake.world.connection = { status: "offline" };
  fake.emit("connection", fake.world.connection);
  assertMatch(line(), /line-offline" role="status"><\/div>$/);
});

Deno.test("fields tie their words to what is typed, and say what is wrong", () => {
  const wrong = renderToString(<Field label="Name" hint="a hint" error="too long" value="x" />);
  assertMatch(wrong, /<input[^>]*aria-describedby="(\S+)-error"[^>]*aria-invalid/);
  assertEquals(wrong.includes("a hint"), false);
  assertMatch(
    renderToString(<Field label="Name" hint="a hint" />),
    /aria-describedby="(\S+)-hint"[\s\S]*a hint/,
  );
  const select = renderToString(
    <SelectField label="Days" options={[["1", "one"], ["2", "two"]]} value="2" />,
  );
  assertMatch(select, /<option[^>]*selected[^>]*value="2"|<option[^>]*value="2"[^>]*selected/);
});

Deno.test("a busy button says so; a badge is nothing at 0 and never longer than four signs", () => {
  assertMatch(renderToString(<Button busy>Save</Button>), /aria-busy="true"/);
  assertEquals(renderToString(<Badge count={0} />), "");
  assertStringIncludes(renderToString(<Badge count={4_000} />), "999+");
});

Deno.test("nobody is asked for what is known", () => {
  const fake = begin();
  fake.world.answers["GET /api/users/:id"] = () => {
    throw new ParleyError("not_found", "no");
  };
  renderToString(<Sidebar />);
  renderToString(<GroupPanel conversationId="chess" />);
  assertEquals(fake.world.asked, []);
});
