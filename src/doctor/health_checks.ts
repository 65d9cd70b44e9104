/** Podman leaves its health checks to systemd; without that they do not run. */
import { ContainerClient } from "../engines/container/client.ts";
import { DIALECTS } from "../engines/container/dialect.ts";
import { OpsError } from "../core/errors.ts";
import type { Finding } from "./finding.ts";
import { hasSystemd, type Scene } from "./scene.ts";

const RUNNING = ["ps", "--quiet", "--no-trunc", "--filter", "status=running"];
const TESTS = "{{.Name}}\t{{with .Config.Healthcheck}}{{.Test}}{{end}}";

/** Finds containers whose health checks do not run. */
export async function examineHealthChecks(scene: Scene): Promise<Finding[]> {
  if (await hasSystemd(scene)) return [];
  const names = await checkedContainers(scene);
  if (names.length === 0) return [];
  return [{
    check: "health-checks",
    level: "warning",
    fact: "no systemd runs here, which alone runs Podman's health checks: " +
      `those of ${names.join(", ")} say nothing`,
    remedy: 'run "podman healthcheck run NAME" now and then, as from cron',
  }];
}

async function checkedContainers(scene: Scene): Promise<string[]> {
  const { host, timeoutMs } = scene;
  const client = new ContainerClient(DIALECTS.podman, host);
  try {
    const { stdout } = await client.perform(RUNNING, { timeoutMs });
    const ids = stdout.split("\n").filter(Boolean);
    if (ids.length === 0) return [];
    // A container that has just been removed fails the call, after the others.
    const inspected = await client.call(
      ["container", "inspect", "--format", TESTS, ...ids],
      { timeoutMs },
    );
    return checkedIn(inspected.stdout);
  } catch (error) {
    // The check of Podman tells of it.
    if (error instanceof OpsError) return [];
    throw error;
  }
}

/** The names of those that have a health check. */
export function checkedIn(stdout: string): string[] {
  return stdout.split("\n").flatMap((line) => {
    const [name = "", test = ""] = line.split("\t");
    return /^\[(?!NONE\]|\])/.test(test) ? [name] : [];
  });
}
