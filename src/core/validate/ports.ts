/** The check of published ports. */
import { SessionConfigError } from "../errors.ts";
import { validateCount } from "./fields.ts";

/** The highest port there is. */
export const MAX_PORT = 65_535;

/** `[address:][host:]container[/protocol]`; the address may hold colons. */
const PUBLISHED =
  /^(?:(?:(?<address>.*):)?(?<host>[^:]*):)?(?<container>[^:/]*)(?:\/(?<protocol>.*))?$/s;
const RANGE = /^([0-9]+)(?:-([0-9]+))?$/;
const PROTOCOL = /^(?:tcp|udp|sctp)$/i;
// No leading zeros: some read them as octal, and Docker refuses them.
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Checks published ports. */
export function validatePorts(ports: readonly string[], key = "ports"): void {
  validateCount(ports.length, key);
  ports.forEach((port, i) => validatePort(port, `${key}[${i}]`));
}

/** Checks one published port. */
export function validatePort(port: string, key: string): void {
  const groups = PUBLISHED.exec(port)?.groups;
  if (!groups?.["container"]) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(port)} is no port: it is [address:][host:]container` +
        "[/protocol], such as 8080, 8080:80 or 127.0.0.1:8080:80/udp",
    );
  }
  const { address, host, container = "", protocol } = groups;
  if (protocol !== undefined && !PROTOCOL.test(protocol)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(protocol)} is no protocol; it is tcp, udp or sctp`,
    );
  }
  const inside = parseRange(container, 1, key);
  // Without a host port, or with port 0, the engine chooses a free one.
  const outside = host ? parseRange(host, 0, key) : inside;
  if (inside > 1 && outside !== inside) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(port)} publishes ${inside} ports of the container on ` +
        `${outside} of the host; ` + "ranges must be equally long",
    );
  }
  if (address) validateAddress(address, key);
}

/** Checks a port or a range of ports, and returns the number of ports. */
function parseRange(text: string, lowest: number, key: string): number {
  const match = RANGE.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!(lowest <= first && first <= last && last <= MAX_PORT)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} is no port or range of ports: they go from 1 ` +
        `to ${MAX_PORT}, the lower one first`,
    );
  }
  return last - first + 1;
}

/** Checks the address of the host on which ports are published. */
function validateAddress(address: string, key: string): void {
  const bare = /^\[(.+)\]$/s.exec(address)?.[1] ?? address;
  if (IPV4.test(bare) || isIpv6(bare)) return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(address)} is no address of the host: it is an IPv4 ` +
      "address, or an IPv6 address in brackets, such as [::1]; not a name",
  );
}

/** Whether a text is an IPv6 address; the parser of URLs has the grammar. */
function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
}
