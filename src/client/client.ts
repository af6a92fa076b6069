import { ParleyError } from "./errors.ts";
import type { Client, ClientOptions } from "./types.ts";

/** Makes a client; it does nothing before it is asked to. */
export function createClient(_options: ClientOptions = {}): Client {
  throw new ParleyError("client_closed", "The client is not there yet");
}
