import { assertEquals } from "@std/assert";
import { ERRORS } from "../../src/kernel/errors.ts";
import { ParleyError } from "../../src/client/mod.ts";
import { errorText } from "../../src/web/form/errors.ts";
import { fieldErrors, missingIn } from "../../src/web/form/form.ts";

const invalid = (...paths: string[]) =>
  new ParleyError("invalid_request", "", {
    status: 400,
    errors: paths.map((path) => ({ path, message: `server on ${path}` })),
  });

Deno.test("fieldErrors() puts what the server says at the fields of the form", () => {
  assertEquals(fieldErrors(invalid("password", "profile.bio", "body"), ["password", "bio"]), {
    password: "8 to 128 characters, not your own name",
    bio: "At most 500 characters",
  });
  assertEquals(fieldErrors(invalid("odd"), ["odd"]), { odd: "server on odd" });
  assertEquals(fieldErrors(invalid("settings.isPublic"), ["name"]), {});
});

Deno.test("fieldErrors() knows whose field a code is about, when the form has it", () => {
  const taken = new ParleyError("username_taken", "", { status: 409 });
  assertEquals(fieldErrors(taken, ["username"]), { username: "Somebody has this user name already." });
  assertEquals(fieldErrors(taken, ["name"]), {});
  assertEquals(fieldErrors(new Error("no"), ["username"]), {});
});

Deno.test("missingIn() asks for what is empty, where it is needed", () => {
  const values = { identity: "", password: "", note: "" };
  const asked = "Please fill this in";
  assertEquals(missingIn(values, ["identity", "password"]), { identity: asked, password: asked });
  assertEquals(missingIn({ ...values, password: " " }, ["password"]), undefined);
  assertEquals(missingIn(values, []), undefined);
});

Deno.test("errorText() says when to try again", () => {
  const limited = new ParleyError("rate_limited", "", { status: 429, retryAfterMs: 61_000 });
  assertEquals(errorText(limited), "That was quick. Try again in 61 seconds.");
});

Deno.test("errorText() has words for everything, and never the server's own", () => {
  for (const code of [...Object.keys(ERRORS), "network", "timeout", "unheard_of", "constructor"]) {
    const said = errorText(new ParleyError(code, "internals of the server"));
    assertEquals(/^[A-Z].*\.$/.test(said), true, `${code}: ${said}`);
    assertEquals(said.includes("internals"), false);
  }
  assertEquals(errorText(new TypeError("x is not a function")), "Something went wrong. Please try again.");
});
