import { assertEquals, assertRejects } from "@std/assert";
import { InTurn } from "../../src/adapters/folder/in_turn.ts";

Deno.test("run() begins nothing before what was given earlier has ended, well or not", async () => {
  const inTurn = new InTurn();
  const log: string[] = [];
  const work = (name: string, fails = false) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const [one, two, three] = [inTurn.run(work("1")), inTurn.run(work("2", true)), inTurn.run(work("3"))];
  await assertRejects(() => two, Error, "2");
  assertEquals([await one, await three], ["1", "3"]);
  assertEquals(log, ["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
});
