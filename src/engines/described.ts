/** What an engine tells of how a session was made. */

/** A session as it could be defined. */
export interface Described {
  /** Its name. */
  readonly name: string;
  /** What is known of it, by the keys of the configuration. */
  readonly keys: ReadonlyMap<string, string | number | readonly string[]>;
  /** What a definition cannot hold, or the engine does not tell. */
  readonly leftOut: readonly string[];
}
