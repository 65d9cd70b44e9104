import { assertEquals } from "@std/assert";
import {
  parseInspected,
  parsePodmanList,
} from "../../../../src/engines/container/parse.ts";
import { dockerInspected, podmanInspected, podmanListed } from "./answers.ts";

// deno-lint-ignore no-explicit-any -- as foreign as JSON is
type Json = any;
const docker = (differs: Json) =>
  parseInspected(JSON.stringify([dockerInspected({}, differs)]), "docker")[0]!;
const podman = (differs: Json) =>
  parseInspected(JSON.stringify([podmanInspected({}, differs)]), "podman")[0]!;
const listed = (differs: Json) =>
  parsePodmanList(JSON.stringify([podmanListed(differs)]))[0]!;

Deno.test("ports: docker's addresses, IPv6 in brackets, ranges one by one", () => {
  const Ports = {
    "53/udp": null,
    "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "32768" }],
    "90/tcp": [{ HostIp: "::1", HostPort: "32769" }],
    "7000/udp": [
      { HostIp: "0.0.0.0", HostPort: "7100" },
      { HostIp: "::", HostPort: "7100" },
    ],
    "7001/udp": [{ HostIp: "0.0.0.0", HostPort: "7101" }],
  };
  assertEquals(docker({ NetworkSettings: { Ports } }).status.ports, [
    "127.0.0.1:32768:80/tcp",
    "[::1]:32769:90/tcp",
    "0.0.0.0:7100:7000/udp",
    "[::]:7100:7000/udp",
    "0.0.0.0:7101:7001/udp",
  ]);
});

Deno.test("ports: podman's list tells a range as one, its inspect each", () => {
  const expected = [
    "127.0.0.1:8099:80/tcp",
    "7100:7000/udp",
    "7101:7001/udp",
    "[::1]:38599:90/tcp",
  ];
  const port = (
    host_ip: string,
    host_port: number,
    container_port: number,
    protocol: string,
    range = 1,
  ) => ({ host_ip, host_port, container_port, protocol, range });
  const Ports = [
    port("127.0.0.1", 8099, 80, "tcp"),
    port("", 7100, 7000, "udp", 2),
    port("::1", 38599, 90, "tcp"),
  ];
  assertEquals(listed({ Ports }).status.ports, expected);
  const inspected = {
    "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8099" }],
    "7000/udp": [{ HostIp: "", HostPort: "7100" }],
    "7001/udp": [{ HostIp: "", HostPort: "7101" }],
    "90/tcp": [{ HostIp: "::1", HostPort: "38599" }],
  };
  assertEquals(
    podman({ NetworkSettings: { Ports: inspected } }).status.ports,
    expected,
  );
});

const commands: Array<[Path: string, Args: unknown, command: string]> = [
  ["sh", ["-c", "exit 7"], "sh -c exit 7"],
  ["sh", [], "sh"],
  ["sh", null, "sh"],
  ["sh", ["sh"], "sh"], // as Podman 4 tells one that has no arguments
  ["echo", ["a", "echo"], "echo a echo"],
];

for (const [Path, Args, command] of commands) {
  Deno.test(`command: ${Path} ${JSON.stringify(Args)}`, () => {
    assertEquals(podman({ Path, Args }).status.command, command);
  });
}

const signals: Array<[told: unknown, name: string]> = [
  [undefined, "SIGTERM"],
  [null, "SIGTERM"],
  ["", "SIGTERM"],
  [15, "SIGTERM"],
  [2, "SIGINT"],
  ["SIGINT", "SIGINT"],
  ["QUIT", "SIGQUIT"],
  ["10", "SIGUSR1"],
];

for (const [StopSignal, name] of signals) {
  Deno.test(`stop signal: ${JSON.stringify(StopSignal)} is ${name}`, () => {
    const Config = { Tty: true, Image: "a", StopSignal };
    assertEquals(docker({ Config }).stopSignal, name);
  });
}

Deno.test("only our label makes a container managed", () => {
  const ours = { "io.kstlib.ops.managed": "true" };
  const others = { "io.kstlib.other": "true", managed: "true" };
  const config = (Labels: unknown) => ({
    Config: { Tty: false, Image: "a", Labels },
  });
  for (const  of of[docker, podman]) {
    assertEquals(of(config(ours)).status.managed, true);
    assertEquals(of(config(others)).status.managed, false);
    assertEquals(of(config(null)).status.managed, false);
  }
  assertEquals(listed({ Labels: ours }).status.managed, true);
  assertEquals(listed({ Labels: others }).status.managed, false);
});

const policies: Array<[name: string | undefined, isRestarted: boolean]> = [
  ["always", true],
  ["on-failure", true],
  ["unless-stopped", true],
  ["no", false],
  ["", false],
  [undefined, false],
];

for (const [Name, isRestarted] of policies) {
  Deno.test(`restart policy: ${Name}`, () => {
    const HostConfig = { RestartPolicy: { Name } };
    assertEquals(docker({ HostConfig }).isRestarted, isRestarted);
    assertEquals(docker({ HostConfig: null }).isRestarted, false);
  });
}

Deno.test("a pod's own container has no name of its own", () => {
  const { id, status } = listed({ Names: [] });
  assertEquals(status.name, id);
});
