/** The socket in words, in Markdown: what the schemas cannot say. */
export const SOCKET_GUIDE = `\
One WebSocket carries everything live: messages and their changes, conversations, receipts, typing and presence. What
can be asked once is asked over REST; sending, editing, deleting, reacting and marking read work over both, and are one
implementation.

## Connecting

\`GET /ws\`. Who you are is settled before the upgrade; no token is ever taken from the URL.

- **Programs** send \`Authorization: Bearer <access token>\` with the upgrade.
- **Browsers** get a ticket from \`POST /api/auth/ws-ticket\`, good once within 30 seconds, and offer it as a
  subprotocol: \`new WebSocket(url, ["parley.v1", "ticket." + ticket])\`. The server answers with \`parley.v1\`. The
  page's origin must be allowed.

A node that is full or about to stop answers \`503\` with \`Retry-After\` instead. Any node serves any client.

## Envelopes

Frames are text, of at most 128 KiB. A frame holds one or more JSON envelopes, one a line: the server joins what is
ready for a connection, and clients may do likewise. Larger than that is only what the server has to say in one
envelope, above all a \`sync\`, of up to 768 KiB: let your library take in so much.

\`\`\`
client → {"id":"7","event":"send_message","data":{…}}
server → {"id":"7","event":"ack","data":{…}}
server → {"id":"7","event":"error","error":{"code":"…","message":"…","retryable":false}}
server → {"event":"new_message","conversationId":"…","rev":42,"data":{…}}
\`\`\`

\`id\` is the client's own, of up to 64 characters, and comes back with the answer. A command without one is answered
without one. Commands of one connection on one conversation take effect in the order sent; answers may come in another.
Unknown members of \`data\` are dropped. Expect more members than are written here, and skip events that you do not
know.

## Coming back

Each conversation numbers its messages \`seq\` 1, 2, 3 … without holes, and each change of any kind (a message, an
edit, a deletion, a reaction, a pin, members, roles, name, settings) takes the next \`rev\`. A **cursor** is the last
\`rev\` that you have of a conversation.

1. Connect, and wait for \`hello\`.
2. Send \`resume\` with all your cursors, and the \`epoch\` of your last \`synced\`; \`{"cursors": {}}\` when you have
   nothing.
3. For each conversation you get \`sync\` where you are behind, \`conversation_added\` where you had none,
   \`conversation_removed\` where you lost it, and nothing where you have it all.
4. \`synced\` is the answer. Keep its \`epoch\`. From here on pushes come; nothing that is kept can be missed.

It works on any node, after a second or a month. Where more changed than is sensible to replay, or your cursor is of
another history (the store came from a backup), \`sync\` says \`reset: true\`: forget that conversation, take the
\`rev\`, and fetch pages. Nothing is skipped in silence.

## What a client keeps

- **The cursor of each conversation**, moved by \`sync\`, \`conversation_added\` and pushes with a \`rev\`, and by
  nothing else: no \`ack\`, no answer of REST and no \`joined_conversation\` moves it. \`rev\` may jump, and never falls.
- **Messages by \`id\`**: take what comes when its \`rev\` is newer than the one you have, and sort by \`seq\`. Every
  push and every entry of \`changes\` is the whole message in its present state.

Following what is live, with any number of interruptions, ends in the same state as reading the history afresh.

## Sending once

Give each message a \`clientId\` of your own, and send it again, with the same one, until there is an answer: over this
socket, another one, or REST. It is stored once. An \`ack\` means that the message is stored durably. Your own message
is pushed to you too, before or after its \`ack\`; the \`clientId\` tells.

## Staying

Send something at least every \`hello.heartbeatMs\`, \`ping\` when there is nothing else: after two of them in silence
the connection is closed. Send \`authenticate\` with a fresh access token before the present one ends, else it is
closed with \`4401\`. Read what comes: a connection behind which more than 1 MiB waits is cut off, and resumes later.

Limits are told in \`hello.limits\`. Beyond one, a command fails with \`rate_limited\` and \`retryAfterMs\`; messages,
edits, deletions and reactions share one for each user, and a connection may send ten times as many commands. In every
error \`retryable\` tells whether the same command can succeed later.

Before a planned stop comes \`server_draining\` with a delay; connect again after it. After any other end that is worth
a retry, wait longer each time, and a random while more.
`;
