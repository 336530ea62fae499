package io.towtank.node;

/**
 * What a run of a lifecycle hook is like that asks or executes something.
 *
 * @param nanos how long it takes, in virtual nanoseconds
 * @param exitCode 0 where it succeeds; of one that asks by HTTP all others mean that nobody
 *     answered
 */
public record HookRun(long nanos, int exitCode) {
  /** Takes no time, and succeeds: what a hook does of which nobody says more. */
  public static final HookRun DONE_AT_ONCE = new HookRun(0, 0);
}
