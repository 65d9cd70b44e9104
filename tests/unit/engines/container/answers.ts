/**
 * What Podman 4.3 and Docker 20.10 said of a running container each, without
 * what is not read; say what differs.
 */

// deno-lint-ignore no-explicit-any -- as foreign as JSON is
type Json = any;

const NEVER = "0001-01-01T00:00:00Z";

/** An element of Docker's `container inspect`. */
export function dockerInspected(state: Json = {}, differs: Json = {}): Json {
  return {
    Id: "4c9809e17edb136b07d8af3272b2d26462e512736d05c86ecc4b52be344f64a4",
    Created: "2026-11-23T02:43:38.292765572Z",
    Path: "sleep",
    Args: ["1000"],
    State: {
      Status: "running",
      Running: true,
      OOMKilled: false,
      Dead: false,
      Pid: 26805,
      ExitCode: 0,
      Error: "",
      StartedAt: "2026-11-23T02:43:39.14671554Z",
      FinishedAt: NEVER,
      ...state,
    },
    Name: "/web",
    HostConfig: {
      LogConfig: { Type: "json-file", Config: {} },
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    },
    Config: { Tty: false, Image: "ops-test:latest", Labels: {} },
    NetworkSettings: { Ports: {} },
    ...differs,
  };
}

/** An element of Podman's `container inspect`. */
export function podmanInspected(state: Json = {}, differs: Json = {}): Json {
  return {
    Id: "5208ef50446548fe3d16381bcf38971628075d78803bef04cf9201053b485d19",
    Created: "2026-11-23T02:43:32.871070938Z",
    Path: "sleep",
    Args: ["1000"],
    State: {
      OciVersion: "1.0.2-dev",
      Status: "running",
      Running: true,
      OOMKilled: false,
      Pid: 25136,
      ConmonPid: 25126,
      ExitCode: 0,
      Error: "",
      StartedAt: "2026-11-23T02:43:33.277658905Z",
      FinishedAt: NEVER,
      Health: { Status: "", FailingStreak: 0, Log: null },
      ...state,
    },
    Name: "db",
    Config: {
      Tty: false,
      Image: "localhost/ops-test:latest",
      Labels: null,
      StopSignal: 15,
    },
    HostConfig: { RestartPolicy: { Name: "", MaximumRetryCount: 0 } },
    NetworkSettings: { Ports: {} },
    ...differs,
  };
}

/** An element of Podman's `ps --format json`. */
export function podmanListed(differs: Json = {}): Json {
  return {
    Command: ["sleep", "1000"],
    CreatedAt: "15 minutes ago",
    Exited: false,
    ExitedAt: -62135596800,
    ExitCode: 0,
    Id: "5208ef50446548fe3d16381bcf38971628075d78803bef04cf9201053b485d19",
    Image: "localhost/ops-test:latest",
    Labels: null,
    Names: ["db"],
    Pid: 25136,
    Ports: null,
    StartedAt: 1795401813,
    State: "running",
    Status: "Up 15 minutes ago",
    Created: 1795401812,
    ...differs,
  };
}
