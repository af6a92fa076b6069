/**
 * The scripts that keep leases in Redis. `KEYS[1]` begins every key. A user's leases are a sorted set of connections,
 * scored by the time each ends; `users` is one of users, scored by the time the last one ends, to find who lapsed.
 * Times are the server's, in milliseconds, so that the nodes' clocks do not matter. The keys are made from arguments,
 * so a Redis Cluster is not served: presence is small, one server holds it.
 */
const NOW = `
local t = redis.call("TIME")
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local users = KEYS[1] .. "users"
`;

const HOLD = `
local function hold(user, connection, lease)
  local key = KEYS[1] .. "u:" .. user
  redis.call("ZADD", key, now + lease, connection)
  redis.call("PEXPIRE", key, lease)
  redis.call("ZADD", users, now + lease, user)
end
`;

/** `ARGV`: user, connection, milliseconds of a lease. Answers 1 when the user had none. */
export const ACQUIRE = `${NOW}${HOLD}
local key = KEYS[1] .. "u:" .. ARGV[1]
redis.call("ZREMRANGEBYSCORE", key, "-inf", now)
local first = redis.call("EXISTS", key) == 0
hold(ARGV[1], ARGV[2], tonumber(ARGV[3]))
return first and 1 or 0
`;

/** `ARGV`: user, connection. Answers 1 when the user has none left. */
export const RELEASE = `${NOW}
local key = KEYS[1] .. "u:" .. ARGV[1]
redis.call("ZREM", key, ARGV[2])
redis.call("ZREMRANGEBYSCORE", key, "-inf", now)
if redis.call("EXISTS", key) == 1 then return 0 end
redis.call("ZREM", users, ARGV[1])
return 1
`;

/** `ARGV`: milliseconds of a lease, then user and connection of each. */
export const RENEW = `${NOW}${HOLD}
for i = 2, #ARGV, 2 do hold(ARGV[i], ARGV[i + 1], tonumber(ARGV[1])) end
return #ARGV
`;

/** `ARGV`: users. Answers those that hold a lease. */
export const ONLINE = `${NOW}
local online = {}
for _, user in ipairs(ARGV) do
  if redis.call("ZCOUNT", KEYS[1] .. "u:" .. user, "(" .. now, "+inf") > 0 then online[#online + 1] = user end
end
return online
`;

/** `ARGV`: how many at most. Answers users whose last lease has ended, each once. */
export const LAPSED = `${NOW}
local gone = redis.call("ZRANGEBYSCORE", users, "-inf", now, "LIMIT", 0, tonumber(ARGV[1]))
for _, user in ipairs(gone) do
  redis.call("ZREM", users, user)
  redis.call("DEL", KEYS[1] .. "u:" .. user)
end
return gone
`;
