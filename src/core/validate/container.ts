/**
 * Pure checks of what only containers have: image, mounts, ports.
 *
 * Accepted is what `docker create` accepts, and beside it the mount options of
 * Podman. Refused beyond that is only what Docker takes by accident or drops in
 * silence (`80-81-82` as `80-81`, port 0 of a container), its second notation
 * for ports (`target=80,…`), and a volume without a source: it would be lost
 * with the container that a stop removes.
 */
export { validateImage } from "./image.ts";
export {
  isHostPath,
  validateContainerPath,
  validateVolume,
  validateVolumes,
} from "./mounts.ts";
export { validatePorts } from "./ports.ts";
