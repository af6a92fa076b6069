/** The conventions of every route in words, in Markdown. */
export const REST_GUIDE = `\
A chat backend: accounts, conversations and messages over REST, and live over one [WebSocket](/docs/socket).

## First steps

Register or log in, and send the \`accessToken\` with everything else:

\`\`\`sh
curl -s $URL/api/auth/login -H 'content-type: application/json' \\
  -d '{"username":"amina","password":"correct horse 9"}'
curl -s $URL/api/conversations -H "authorization: Bearer $TOKEN"
\`\`\`

An access token lasts for \`expiresIn\` seconds. When it has ended, the answer is \`401 token_expired\`: exchange the
\`refreshToken\` for new tokens by \`POST /api/auth/refresh\`, and go on.

## Requests and answers

JSON in and out. Unknown fields are dropped; wrong ones are answered with \`400 invalid_request\`, each of them named.
One record is the body itself, with \`201\` and \`Location\` when it was made; a list is \`{<plural>: […], pagination}\`;
nothing to say is \`204\`. Times are ISO 8601 in UTC with milliseconds, sizes are bytes, ids are opaque.

Lists come in pages: ask for the next one with \`cursor\`, the \`nextCursor\` of the one before, while \`hasMore\`.

What you may not see answers \`404\`, exactly as what does not exist. Expect more members in answers than are written
here: a later version may have them.

## Errors

Failures are RFC 9457 problem documents (\`application/problem+json\`). Decide by \`code\`, a stable word of the
[table of errors](#errors-by-code); \`detail\` is for people. Whoever asks the operator for help names the \`requestId\`,
which every response also carries as \`X-Request-Id\`.

## Trying again

Every change says what a retry does. In short: sending a message is safe to repeat with the same \`clientId\`; whatever
sets a state (a name, a role, a pin, a reaction with \`on\`, a mark) is safe to repeat as it is; a reaction that toggles
is not. After \`429\` and \`503\` wait for the seconds of \`Retry-After\`.

## Limits

Routes count on a limit of the user, or of the address for callers without a token; \`RateLimit-Limit\`,
\`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) say how it stands. Sending, editing, deleting and reacting share
a limit of their own, over REST and the socket together. Bodies are of at most 256 KiB.
`;
