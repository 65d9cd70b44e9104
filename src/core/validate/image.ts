/** The check of an image reference, by the grammar of OCI registries. */
import { SessionConfigError } from "../errors.ts";

/** The longest name of an image, without tag and digest, in characters. */
export const MAX_IMAGE_NAME_LENGTH = 255;

/** The grammar of the OCI distribution project, `reference/regexp.go`. */
const HOST_LABEL = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)";
const HOST =
  `(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const NAME_FORM = `(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*`;
const NAME = new RegExp(`^${NAME_FORM}$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST =
  /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
/** The whole grammar as a pattern; the check says what is wrong with what. */
export const IMAGE_FORM = `^${NAME_FORM}(?::${bare(TAG)})?(?:@${
  bare(DIGEST)
})?$`;

/** A pattern without its ends. */
function bare({ source }: RegExp): string {
  return source.replace(/^\^|\$$/g, "");
}

/** Checks the reference of an image: `[host[:port]/]name[:tag][@digest]`. */
export function validateImage(image: string, key = "image"): void {
  const fail = (reason: string): never => {
    throw new SessionConfigError(key, reason);
  };
  if (image === "") fail("is empty");
  const at = image.indexOf("@");
  if (at >= 0 && !DIGEST.test(image.slice(at + 1))) {
    fail(
      `${JSON.stringify(image)} has no valid digest after the @: it is ` +
        "sha256: and 64 digits of lower-case hexadecimals (or sha384: and 96, or sha512: and 128)",
    );
  }
  const tagged = at < 0 ? image : image.slice(0, at);
  // The colon of a tag comes after the last slash; one before it is a port's.
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  if (name.length > MAX_IMAGE_NAME_LENGTH) {
    fail(
      `${JSON.stringify(name.slice(0, 20))}… is ${name.length} characters ` +
        "long; at most " +
        `${MAX_IMAGE_NAME_LENGTH} are possible`,
    );
  }
  if (hasCapitals(name)) {
    fail(
      `${JSON.stringify(image)} has capitals: the name of an image is in ` +
        "lower case (its tag need not be)",
    );
  }
  if (!NAME.test(name)) {
    fail(
      `${JSON.stringify(image)} is no image: it is [host[:port]/]name[:tag]` +
        "[@digest], the name of lower-case letters and digits, with single " +
        "., _ or - between them",
    );
  }
  if (colon >= 0 && !TAG.test(tagged.slice(colon + 1))) {
    fail(
      `${JSON.stringify(image)} has no valid tag after the colon: it is up ` +
        "to 128 letters, digits, _, . and -, and starts with none of the last two",
    );
  }
}

/**
 * Whether the name of an image has capitals where none may be. A host may have
 * them, and a part with a dot or a port is surely a host.
 */
function hasCapitals(name: string): boolean {
  const slash = name.indexOf("/");
  const host = slash > 0 && /[.:]/.test(name.slice(0, slash));
  const path = host ? name.slice(slash + 1) : name;
  return path !== path.toLowerCase();
}
