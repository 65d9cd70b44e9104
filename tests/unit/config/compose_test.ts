import { assertEquals } from "@std/assert";
import { composeDrafts } from "../../../src/config/compose.ts";
import { draftsText, soundDrafts } from "../../../src/config/draft.ts";
import { parseTree } from "../../../src/config/parse.ts";
import { STARTER } from "../../../src/config/starter.ts";
import { World } from "./fixture.ts";

/** What becomes of a compose file that stands in that folder. */
function written(text: string, folder = "/srv"): string {
  const path = `${folder}/compose.yml`;
  const root = parseTree(text, { path, label: "compose.yml" });
  const { notes, ...made } = composeDrafts(root, "/srv");
  return draftsText(soundDrafts(made, "/srv/kstlib.conf.yml"), notes);
}

Deno.test("composeDrafts() takes over what has a meaning here", () => {
  const text = `
x-env: &env { LOG_LEVEL: info }
services:
  db:
    image: postgres:17
    environment:
      <<: *env
      SECRET: hunter$$2
      DEBUG: true
      OPEN:
    volumes:
      - data:/data
      - ./init.sql:/init.sql:ro
      - /anonymous
      - { type: bind, source: ./a, target: /a, read_only: true, bind: { selinux: z } }
      - { type: volume, source: data, target: /b, volume: { nocopy: true } }
      - { type: tmpfs, target: /t }
    healthcheck: { test: [CMD, pg_isready], interval: 5s }
    env_file: [{ path: db.env, required: false }]
    restart: unless-stopped
    stop_grace_period: 1m30.5s
    stop_signal: SIGQUIT
    ports:
      - 127.0.0.1:5432:5432
      - 90
      - { target: 80, published: "8080-8081", protocol: udp }
      - { target: 81, host_ip: "::1" }
    tty: true
    init: false
    working_dir: /srv
    command: a "b c" $$X
  migrate:
    image: app:\${TAG:-1}
    command: [migrate, "$TARGET", 1]
    depends_on: { db: { condition: service_healthy } }
  web.front:
    image: app:$TAG
    container_name: shop-web
    environment: [A=1, "B=x=y", C]
    deploy: { replicas: 2, resources: {} }
    depends_on:
      migrate: { condition: service_completed_successfully, restart: true }
      db: { condition: service_started }
      cache: {}
  2nd:
    image: x
    depends_on: [db, cache, web.front]
    stop_signal: SIGWINCH
    stop_grace_period: soon
    ports: [80, a:b]
  cache: { build: ./cache }
  debug: { image: x, profiles: [debug] }
  nothing:
networks: { front: }
volumes: { data: { name: real-data } }
`;
  assertEquals(
    written(text),
    `# networks: ops has no such thing
# services do not find each other by name, as on compose's network: let them meet at published ports
# compose puts the project's name before the names of volumes: to keep their data, write PROJECT_name
# Left out: "cache", it is built from a folder and has no image: build one and name it
# Left out: "debug", it is for a profile alone
# Left out: "nothing", it has no image
ops:
  sessions:
    # Left out: environment: OPEN, whose value is that of your shell: write OPEN: \${OPEN} if it is always set
    # Left out: volumes[2]: ops has no such thing
    # Left out: volumes[5]: ops has no such thing
    # Left out: healthcheck: its interval
    db:
      image: "postgres:17"
      env:
        LOG_LEVEL: info
        SECRET: "hunter$2"
        DEBUG: "true"
      volumes:
        - "real-data:/data"
        - "./init.sql:/init.sql:ro"
        - "./a:/a:ro,z"
        - "real-data:/b:nocopy"
      ready:
        command: [pg_isready]
      env_file: ["db.env?"]
      restart: unless-stopped
      stop_timeout: 90.5
      stop_signal: SIGQUIT
      ports:
        - "127.0.0.1:5432:5432"
        - "90"
        - "8080-8081:80/udp"
        - "[::1]::81"
      init: false
      working_dir: /srv
      command: "a \\"b c\\" $X"
    # Left out: command: variables in it, which compose would fill in
    migrate:
      image: "app:\${TAG:-1}"
      command: [migrate, "$TARGET", "1"]
      depends_on:
        db:
          condition: ready
    # Left out: environment: C, whose value is that of your shell: write C: \${C} if it is always set
    # Left out: deploy: its resources
    # Left out: depends_on: cache, which is left out itself
    shop-web:
      image: "app:\${TAG}"
      env:
        A: "1"
        B: x=y
      replicas: 2
      depends_on:
        migrate:
          condition: exited_ok
          restart: true
        db: {}
    # Left out: the name "2nd", which no session can have
    # Left out: depends_on: cache, which is left out itself
    # Left out: stop_grace_period: "soon" is no duration
    # Left out: ports: "b" is no port or range of ports: they go from 1 to 65535, the lower one first
    # Left out: stop_signal: "SIGWINCH" is no signal to stop a session with; it is SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM or SIGTERM, with or without SIG
    nd:
      image: x
      depends_on: [db, shop-web]
      ports: ["80"]
`,
  );
  using world = new World({ "work/kstlib.conf.yml": written(text) });
  world.env["TAG"] = "1";
  assertEquals([...world.load().sessions.keys()], [
    "db",
    "migrate",
    "shop-web-1",
    "shop-web-2",
    "nd",
  ]);
});

Deno.test("composeDrafts() makes paths absolute that stand elsewhere", () => {
  const text = "services: {a: {image: x, volumes: ['./b:/c', '~/d:/e'], " +
    "env_file: [{path: a.env, required: false}], " +
    "healthcheck: {test: 'echo $$X'}}}";
  assertEquals(
    written(text, "/opt/shop"),
    'ops:\n  sessions:\n    a:\n      image: x\n      volumes: ["/opt/shop/b:/c", "~/d:/e"]\n' +
      '      env_file: ["/opt/shop/a.env?"]\n      ready:\n        command: [sh, "-c", "echo $X"]\n',
  );
});

Deno.test("composeDrafts() writes dollars as ops reads them", () => {
  const cases = [
    ["$A", "${A}"],
    ["${A:-b}", "${A:-b}"],
    ["$$A", "$A"],
    ["$${A}", "$${A}"],
    ["$$$A", "$$${A}"],
    ["$$$${A}", "$$$${A}"],
    ["$$$$", "$$"],
    ["a$", "a$"],
  ] as const;
  for (const [given, expected] of cases) {
    const text = `services: {a: {image: x, environment: {V: '${given}'}}}`;
    assertEquals(
      written(text).split("V: ")[1],
      `${JSON.stringify(expected)}\n`,
      given,
    );
  }
});

Deno.test("soundDrafts() leaves out what would be wrong", () => {
  const made = soundDrafts({
    drafts: [
      {
        name: "a",
        keys: new Map<string, string>([["image", "Not An Image"]]),
        leftOut: [],
      },
      { name: "a", keys: new Map(), leftOut: [] },
      { name: "a.b", keys: new Map(), leftOut: [] },
      {
        name: "c",
        keys: new Map([["socket_name", "x"], ["ports", "x"]]),
        leftOut: ["before"],
      },
      {
        name: "e",
        keys: new Map([["image", "x"], ["runtime", "docker"]]),
        leftOut: [],
      },
    ],
    refused: new Map([["d", "because"]]),
  }, "/srv/kstlib.conf.yml");
  assertEquals(made.drafts.map(({ name }) => name), ["c"]);
  assertEquals([...made.refused.keys()], ["d", "a", "a.b", "e"]);
  assertEquals([...made.drafts[0]!.keys.keys()], ["socket_name"]);
  assertEquals(made.drafts[0]!.leftOut.length, 2);
});

Deno.test("STARTER is right, as it is and with all that is in comments", () => {
  const full = STARTER.replace(/^( *)#(?! |$)/gm, "$1");
  for (const [text, count] of [[STARTER, 1], [full, 3]] as const) {
    using world = new World({ "work/kstlib.conf.yml": text });
    assertEquals(world.load().sessions.size, count);
  }
});
