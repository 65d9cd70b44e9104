import { assertEquals } from "@std/assert";
import { validatePorts } from "../../../../src/core/validate/ports.ts";
import { messageOf } from "./fixture.ts";

// What Docker (client 28.2, engine 20.10) says of each was read off `docker
// create`; where we differ from it on purpose, it is said here.

Deno.test("validatePorts() accepts published ports", async (t) => {
  const accepted = [
    "80",
    "65535",
    "0080",
    "80/tcp",
    "80/udp",
    "80/sctp",
    "80/TCP",
    "8080:80",
    "8080:80/udp",
    "0:80", // any free one
    ":80",
    "::80",
    "80-81",
    "80-80",
    "80-81/udp",
    "80-81:90-91",
    "80-90:80", // any free one of these
    "127.0.0.1:8080:80",
    "127.0.0.1::80",
    "0.0.0.0:80:80",
    "255.255.255.255:80:80",
    "[::1]:80:80",
    "[::1]::80",
    "[::]:80-81:90-91/udp",
    "[1:2:3:4:5:6:7:8]:80:80",
    "[1:2:3:4:5:6:7::]:80:80",
    "[::ffff:1.2.3.4]:80:80",
    "[127.0.0.1]:80:80",
    "::1:80:80",
    "2001:db8::1:8080:80",
  ];
  for (const port of accepted) {
    await t.step(port, () => {
      assertEquals(messageOf(() => validatePorts(["80", port])), "");
    });
  }
});

Deno.test("validatePorts() says what is wrong with a port", async (t) => {
  const shape = "is no port: it is [address:][host:]container[/protocol], " +
    "such as 8080, 8080:80 or 127.0.0.1:8080:80/udp";
  const range = "is no port or range of ports: they go from 1 to 65535, the " +
    "lower one first";
  const protocol = "is no protocol; it is tcp, udp or sctp";
  const address = "is no address of the host: it is an IPv4 address, or an " +
    "IPv6 address in brackets, such as [::1]; not a name";
  const cases: [port: string, reason: string][] = [
    ["", `"" ${shape}`],
    [":", `":" ${shape}`],
    ["/", `"/" ${shape}`],
    ["/tcp", `"/tcp" ${shape}`],
    ["80:", `"80:" ${shape}`],
    ["80/", `"" ${protocol}`], // Docker: tcp
    ["80/xyz", `"xyz" ${protocol}`],
    ["80/tcp/x", `"tcp/x" ${protocol}`], // Docker: tcp
    ["80/tcp:80", `"80/tcp" ${range}`],
    ["0", `"0" ${range}`], // Docker takes it, to no use
    ["80:0", `"0" ${range}`],
    ["65536", `"65536" ${range}`],
    ["70000:80", `"70000" ${range}`],
    ["+80", `"+80" ${range}`],
    [" 80", `" 80" ${range}`],
    ["80 ", `"80 " ${range}`],
    ["80\n", `"80\\n" ${range}`],
    ["0x50", `"0x50" ${range}`],
    ["8e1", `"8e1" ${range}`],
    ["abc", `"abc" ${range}`],
    ["٣:80", `"٣" ${range}`],
    ["81-80", `"81-80" ${range}`],
    ["80-", `"80-" ${range}`],
    ["-80", `"-80" ${range}`],
    ["80-81-82", `"80-81-82" ${range}`], // Docker: 80-81
    ["target=80,published=8080", `"target=80,published=8080" ${range}`],
    [
      "80-82:90-91",
      '"80-82:90-91" publishes 2 ports of the container on 3 of the host; ranges must be ' +
      "equally long",
    ],
    [
      "80:90-91",
      '"80:90-91" publishes 2 ports of the container on 1 of the host; ranges must be ' +
      "equally long",
    ],
    ["localhost:80:80", `"localhost" ${address}`],
    ["80:80:80", `"80" ${address}`],
    ["127.0.0:80:80", `"127.0.0" ${address}`],
    ["127.0.0.01:80:80", `"127.0.0.01" ${address}`],
    ["256.0.0.1:80:80", `"256.0.0.1" ${address}`],
    ["1.2.3.4.:80:80", `"1.2.3.4." ${address}`],
    ["1.2.3.4.5:80:80", `"1.2.3.4.5" ${address}`],
    ["[::1]:80", `"1]" ${range}`],
    ["[::1:80:80", `"[::1" ${address}`],
    ["::1]:80:80", `"::1]" ${address}`],
    ["[]:80:80", `"[]" ${address}`],
    ["[1::2::3]:80:80", `"[1::2::3]" ${address}`],
    ["[1:2:3:4:5:6:7:8:9]:80:80", `"[1:2:3:4:5:6:7:8:9]" ${address}`],
    ["[::12345]:80:80", `"[::12345]" ${address}`],
    ["[fe80::1%eth0]:80:80", `"[fe80::1%eth0]" ${address}`],
  ];
  for (const [port, reason] of cases) {
    await t.step(JSON.stringify(port), () => {
      assertEquals(
        messageOf(() => validatePorts(["80", port])),
        `ports[1]: ${reason}`,
      );
    });
  }
});

Deno.test("validatePorts() refuses too many", () => {
  assertEquals(
    messageOf(() => validatePorts(Array(1_001).fill("80"), "--port")),
    "--port: has 1001 entries; at most 1000 are possible",
  );
});
