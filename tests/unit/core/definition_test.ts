import { assertEquals } from "@std/assert";
import { LogMode, SessionConfig } from "../../../src/core/definition.ts";
import type { SessionConfigOptions } from "../../../src/core/definition.ts";
import { testCheck } from "./validate/fixture.ts";

/** How a session with these options is logged, stopped and restarted. */
function lifecycle(options: Partial<SessionConfigOptions>) {
  const { log, logMaxSize, logFiles, stopSignal, stopTimeout, restart } =
    new SessionConfig({ name: "bot", ...options });
  return { log, logMaxSize, logFiles, stopSignal, stopTimeout, restart };
}

Deno.test("SessionConfig bounds logs, and leaves open what depends", () => {
  assertEquals(lifecycle({}), {
    log: undefined,
    logMaxSize: 10 * 1024 * 1024,
    logFiles: 5,
    stopSignal: undefined,
    stopTimeout: undefined,
    restart: undefined,
  });
});

Deno.test("SessionConfig can be made from another one", () => {
  const options = {
    name: "bot",
    command: "run",
    log: LogMode.FILE,
    logMaxSize: 65_536,
    logFiles: 1,
    stopSignal: "usr1",
    stopTimeout: 0,
    restart: "on-failure:3",
  };
  const config = new SessionConfig(options);

  assertEquals(config.stopSignal, "SIGUSR1");
  assertEquals(new SessionConfig({ ...config }), config);
});

testCheck<Partial<SessionConfigOptions>>(
  "SessionConfig checks how it is logged, stopped and restarted",
  lifecycle,
  [
    [{ log: "none", stopTimeout: 86_400 }, ""],
    [
      { log: "stdout" as LogMode },
      'log: "stdout" is not known; it is file or none',
    ],
    [
      { logMaxSize: 0 },
      "log_max_size: must be a whole number of bytes from 65536 (64 KiB) to " +
      "1099511627776 (1 TiB), not 0",
    ],
    [
      { logFiles: 0 },
      "log_files: must be a whole number of files from 1 to 1000, not 0",
    ],
    [
      { stopSignal: "CHLD" },
      'stop_signal: "CHLD" is no signal to stop a session with; it is ' +
      "SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, " +
      "SIGALRM or SIGTERM, with or without SIG",
    ],
    [
      { stopTimeout: -1 },
      "stop_timeout: must be a number of seconds from 0 to 86400, not -1",
    ],
    [
      { restart: "never", command: "run" },
      'restart: "never" is no restart policy; it is no, on-failure, ' +
      "on-failure:N, always or unless-stopped",
    ],
  ],
);

testCheck<Partial<SessionConfigOptions>>(
  "SessionConfig restarts no interactive shell",
  lifecycle,
  [
    [{ restart: "no" }, ""],
    [{ restart: "always", command: "run" }, ""],
    [{ restart: "always", command: ["run"] }, ""],
    [{ restart: "always", backend: "container", image: "nginx" }, ""],
    [
      { restart: "always" },
      'restart: "always" needs a command: an interactive shell is not ' +
      "restarted; add a command, or leave it out",
    ],
  ],
);
