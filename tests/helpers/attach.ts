/** Attaches the terminal it is run in to a session, and tells how it ended. */
import { TmuxRunner } from "../../src/engines/tmux/runner.ts";

const [name = "", socketName] = Deno.args;
console.log("attaching");
const outcome = await new TmuxRunner({ socketName }).attach(name)
  .catch(({ name, message }) => ({ error: name, message }));
console.log(`outcome ${JSON.stringify(outcome)}`);
