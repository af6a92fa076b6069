/** Someone with an account. */
export interface Person {
  readonly id: string;
  readonly token: string;
}

/** A group conversation; its first member made it. */
export interface Group {
  readonly id: string;
  readonly members: readonly Person[];
}

const PARALLEL = 8;

/** Registers `count` users. */
export async function register(url: string, count: number): Promise<Person[]> {
  return await inParallel(count, PARALLEL, async (index) => {
    const answer = await post(`${url}/api/auth/register`, undefined, {
      email: `bench${index}@example.org`,
      username: `bench${index}`,
      password: "correct horse battery",
      firstName: "Bench",
      lastName: `${index}`,
    });
    const { user, accessToken } = answer as { user: { id: string }; accessToken: string };
    return { id: user.id, token: accessToken };
  });
}

/** Makes `rooms` groups of `size` new users each. */
export async function makeGroups(url: string, rooms: number, size: number): Promise<Group[]> {
  const people = await register(url, rooms * size);
  return await inParallel(rooms, PARALLEL, (index) => {
    return makeGroup(url, `Bench ${index}`, people.slice(index * size, (index + 1) * size));
  });
}

/** Makes a group of these users. */
export async function makeGroup(url: string, name: string, members: readonly Person[]): Promise<Group> {
  const [owner, ...others] = members;
  const answer = await post(`${url}/api/conversations`, owner?.token, {
    type: "group",
    name,
    participants: others.map(({ id }) => id),
    settings: { maxParticipants: Math.max(2, members.length) },
  });
  return { id: (answer as { id: string }).id, members };
}

/** Runs `task(0 … count - 1)`, at most `parallel` at a time, and answers in that order. */
export async function inParallel<T>(
  count: number,
  parallel: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, work));
  return results;
}

async function post(url: string, token: string | undefined, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
