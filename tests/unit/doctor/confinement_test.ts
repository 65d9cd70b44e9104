import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  confinementOf,
  type Surroundings,
} from "../../../src/doctor/confinement.ts";

const here: Surroundings = {
  isSystemd: true,
  lingers: false,
  killsAtLogout: null,
  user: "kim",
};

const LOGIN = "/user.slice/user-1000.slice/session-3.scope";
const MANAGER = "/user.slice/user-1000.slice/user@1000.service";

/** The level of the finding, and what it and its remedy must say. */
const traps: [
  why: string,
  path: string,
  around: Partial<Surroundings>,
  level: string,
  fact: string,
  remedy: string,
][] = [
  [
    "a unit",
    "/system.slice/bot.service",
    {},
    "warning",
    "inside the systemd unit bot.service",
    "from outside",
  ],
  [
    "a template's unit, and linger does not help",
    "/system.slice/system-bot.slice/bot@a.service/sub",
    { lingers: true },
    "warning",
    "inside the systemd unit bot@a.service",
    "KillMode=process",
  ],
  [
    "a unit of the user, though it lingers",
    `${MANAGER}/app.slice/bot.service`,
    { lingers: true },
    "warning",
    "inside the systemd unit bot.service",
    "from outside",
  ],
  [
    "the user's manager, no linger",
    `${MANAGER}/app.slice/run-r1.scope`,
    {},
    "warning",
    "the last login of kim",
    "loginctl enable-linger kim",
  ],
  [
    "a login, no linger",
    LOGIN,
    {},
    "warning",
    "inside the login session-3.scope",
    "loginctl enable-linger kim",
  ],
  [
    "a login that is killed, which linger does not change",
    LOGIN,
    { killsAtLogout: true, lingers: true },
    "warning",
    "KillUserProcesses is on",
    "systemd-run --user --scope",
  ],
  [
    "a login that may be killed",
    LOGIN,
    { lingers: true },
    "note",
    "where KillUserProcesses is on",
    "KillUserProcesses=no",
  ],
];

for (const [why, path, around, level, fact, remedy] of traps) {
  Deno.test(`confinementOf: ${why}`, () => {
    // Version 2, version 1, and both at once.
    const hybrid = `4:memory:/x\n1:name=systemd:${path}\n0::/\n`;
    for (const cgroup of [`0::${path}\n`, `1:name=systemd:${path}\n`, hybrid]) {
      const found = confinementOf(cgroup, { ...here, ...around });
      assertEquals(found?.level, level);
      assertStringIncludes(found!.fact, fact);
      assertStringIncludes(found!.remedy, remedy);
    }
  });
}

const free: [why: string, path: string, around: Partial<Surroundings>][] = [
  ["no systemd", "/system.slice/bot.service", { isSystemd: false }],
  ["a login that is not killed", LOGIN, { killsAtLogout: false }],
  ["the manager of a user who lingers", `${MANAGER}/x.scope`, {
    lingers: true,
  }],
  ["a scope of the system", "/system.slice/run-r1.scope", {}],
  ["the root", "/", {}],
];

for (const [why, path, around] of free) {
  Deno.test(`confinementOf: ${why} is no trap`, () => {
    assertEquals(confinementOf(`0::${path}\n`, { ...here, ...around }), null);
  });
}

Deno.test("confinementOf: where there are no cgroups there is no trap", () => {
  assertEquals(confinementOf("", here), null);
});
