/** `ops doctor` on the state folder and the configuration. */
import { assertEquals, assertMatch } from "@std/assert";
import { opsArgv, opsUnder, tmuxSandbox } from "../helpers/cli.ts";
import { diskTest } from "../helpers/disk.ts";
import { assertFound, examined, ofRoot } from "../helpers/doctor.ts";
import { asNobody } from "../helpers/nobody.ts";
import { Sandbox } from "../helpers/sandbox.ts";

const STATE = "home/.local/state/kstlib/ops";

async function makeState(sandbox: Sandbox, mode = 0o700): Promise<string> {
  const path = sandbox.path(STATE);
  await Deno.mkdir(path, { recursive: true });
  await Deno.chmod(path, mode);
  return path;
}

Deno.test("doctor does not mind that there is no state folder, and makes none", async () => {
  await using sandbox = tmuxSandbox();
  const fact = /ops is not there yet: it is made at the first start$/;
  assertFound(await examined(sandbox), "state-folder", "note", fact);
  const left = [...Deno.readDirSync(sandbox.path("home"))];
  assertEquals(left.map(({ name }) => name), [".config"]);
});

Deno.test("doctor leaves no trace in the state folder", async () => {
  await using sandbox = tmuxSandbox();
  const path = await makeState(sandbox);
  assertFound(await examined(sandbox), "state-folder", "ok", /can be used$/);
  assertEquals([...Deno.readDirSync(path)], []);
});

Deno.test("doctor finds a record that is damaged", async () => {
  await using sandbox = tmuxSandbox();
  await makeState(sandbox);
  const path = await sandbox.write(
    `${STATE}/tmux/default/bot/000001.json`,
    "{",
  );
  const fact = new RegExp(`^${path} cannot be used \\(Expected .*\\)$`);
  const remedy = new RegExp(`^rm ${path}$`);
  assertFound(await examined(sandbox), "state-folder", "warning", fact, remedy);
  await Deno.remove(path);
  assertFound(await examined(sandbox), "state-folder", "ok", /can be used$/);
});

Deno.test("doctor finds a state folder that is open to others", async () => {
  await using sandbox = tmuxSandbox();
  const path = await makeState(sandbox, 0o750);
  const found = await examined(sandbox);
  const remedy = new RegExp(`^chmod 700 ${path}$`);
  assertFound(found, "state-folder", "warning", /\(mode 750\)/, remedy);
  const [open] = found.findings.filter((it) => it.check === "state-folder");
  await sandbox.run("sh", ["-c", open!.remedy!]);
  assertFound(await examined(sandbox), "state-folder", "ok", /./);
});

Deno.test("doctor finds what is in the way of the state folder", async () => {
  await using sandbox = tmuxSandbox();
  const file = await sandbox.write("home/.local/state/kstlib", "");
  const fact = new RegExp(`^${file} is in the way`);
  const remedy = new RegExp(`^mv ${file} `);
  assertFound(await examined(sandbox), "state-folder", "broken", fact, remedy);

  await Deno.remove(file);
  await Deno.symlink(sandbox.path("nowhere"), file);
  assertFound(await examined(sandbox), "state-folder", "broken", fact, remedy);
});

Deno.test("doctor finds that there is no home", async () => {
  await using sandbox = tmuxSandbox({
    HOME: undefined,
    XDG_STATE_HOME: undefined,
  });
  const found = await examined(sandbox);
  assertFound(found, "state-folder", "warning", /^neither HOME/, /HOME/);
});

diskTest(
  "doctor finds a state folder on a full or read-only disk",
  async (disk) => {
    const env = { XDG_STATE_HOME: disk.path };
    const check = "state-folder";
    const folder = `${disk.path}/kstlib/ops`;
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    disk.fill();
    const full = await examined(disk.sandbox, env);
    assertFound(full, check, "broken", /No space left/, /free some space/);
    assertEquals([...Deno.readDirSync(folder)], []);

    await Deno.remove(`${disk.path}/rest`);
    assertFound(await examined(disk.sandbox, env), check, "ok", /./);
    disk.remount("ro");
    const readOnly = await examined(disk.sandbox, env);
    assertFound(readOnly, check, "broken", /Read-only/, /mount it writable/);
  },
);

ofRoot(Deno.test)("doctor finds a state folder of somebody else", async () => {
  await using sandbox = new Sandbox();
  const path = await makeState(sandbox, 0o755);
  const nobody = await asNobody(sandbox);
  // From here on root is the stranger, whom nothing keeps from writing.
  const fact = /belongs to another user \(uid 65534\)/;
  const found = await examined(sandbox);
  assertFound(found, "state-folder", "warning", fact, /^chown -R 0 /);

  await Deno.chown(path, 0, 0);
  const { code, stdout } = await nobody(opsArgv(["doctor", "--json"]));
  const examination = { code, findings: JSON.parse(stdout) };
  const denied = /cannot be written to \(Permission denied\)/;
  assertFound(examination, "state-folder", "broken", denied, /chown/);
});

Deno.test("doctor finds what is wrong with the configuration", async () => {
  await using sandbox = tmuxSandbox();
  const path = await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {bot: {comand: x}}}",
  );
  const fact =
    /^kstlib\.conf\.yml:1:24: ops\.sessions\.bot\.comand: .*"?command/;
  const remedy = /^correct ops\.sessions\.bot\.comand in kstlib\.conf\.yml/;
  assertFound(await examined(sandbox), "config", "broken", fact, remedy);

  await Deno.writeTextFile(
    path,
    "ops: {sessions: {bot: {command: x, working_dir: ./none}}}",
  );
  const found = await examined(sandbox);
  assertFound(found, "config", "ok", /^1 session defined in .*kstlib/);
  const folder = sandbox.path("none");
  const make = new RegExp(`^mkdir -p ${folder},`);
  const missing = /^bot cannot be started: .*none does not exist$/;
  assertFound(found, "working-dir", "broken", missing, make);

  await Deno.mkdir(folder);
  const after = await examined(sandbox);
  assertEquals(after.findings.filter((it) => it.check === "working-dir"), []);
  assertEquals(after.code, 0);
});

Deno.test("doctor without any permission notes what it would need", async () => {
  await using sandbox = tmuxSandbox();
  const { code, stdout, stderr } = await opsUnder(sandbox, [], "doctor");
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n").map((line) => line.split("\t"));
  for (const check of ["tmux", "state-folder", "config"]) {
    const [level, , , remedy] = lines.find(([, it]) => it === check)!;
    assertEquals(level, "note", check);
    assertMatch(remedy!, /^add --allow-\w+=\S+ to "deno run"$/);
  }
});
