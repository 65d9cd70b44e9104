/**
 * Pure checks of what only containers have: image, mounts, ports.
 *
 * They accept what `docker create` accepts, and the mount options of Podman.
 * They refuse only what Docker takes by accident or drops in silence
 * (`80-81-82` as `80-81`, port 0 of a container), Docker's second notation for
 * ports (`target=80,…`), and a volume without a source: a stop removes the
 * container, and that volume with it.
 */
import { SessionConfigError } from "../errors.ts";
import { ContainerRuntime } from "../status.ts";

export { validateImage } from "./image.ts";
export {
  isHostPath,
  validateContainerPath,
  validateVolume,
  validateVolumes,
} from "./mounts.ts";
export { validatePort, validatePorts } from "./ports.ts";

/**
 * Checks what only one runtime wants of the name of a new container. The rule
 * for all new names is stricter than those of both engines but for this.
 *
 * @param runtime The runtime, as far as it is known.
 */
export function validateContainerName(
  name: string,
  runtime: ContainerRuntime | undefined,
  key = "name",
): void {
  if (runtime !== ContainerRuntime.DOCKER || name.length > 1) return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(name)} cannot name a container of Docker, which wants ` +
      "two characters or more: give it a longer name",
  );
}
