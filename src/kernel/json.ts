const encoded = new WeakMap<object, string>();

/** The JSON text of `value`, made once however often it is asked for. The object must not change afterwards. */
export function encodeOnce(value: object): string {
  let text = encoded.get(value);
  if (text === undefined) encoded.set(value, text = JSON.stringify(value));
  return text;
}

/** The JSON text of an object, whose members that are objects are encoded once each. */
export function encodeMembers(data: object): string {
  let text = "";
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue;
    const member = typeof value === "object" && value !== null ? encodeOnce(value) : JSON.stringify(value);
    text += `${text === "" ? "" : ","}"${key}":${member}`;
  }
  return `{${text}}`;
}
