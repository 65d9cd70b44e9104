/**
 * Pure checks of what only containers have: image, mounts, ports.
 *
 * They accept what `docker create` accepts, and the mount options of Podman.
 * They refuse only what Docker takes by accident or drops in silence
 * (`80-81-82` as `80-81`, port 0 of a container), Docker's second notation for
 * ports (`target=80,…`), and a volume without a source: a stop removes the
 * container, and that volume with it.
 */
export { validateImage } from "./image.ts";
export {
  isHostPath,
  validateContainerPath,
  validateVolume,
  validateVolumes,
} from "./mounts.ts";
export { validatePort, validatePorts } from "./ports.ts";
