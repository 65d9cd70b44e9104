/** How long an engine may take before it is given up on, in milliseconds. */

/** For a question. */
export const QUESTION_MS = 5_000;
/** For an action. */
export const ACTION_MS = 30_000;
