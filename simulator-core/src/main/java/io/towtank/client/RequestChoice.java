package io.towtank.client;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;

/**
 * Which requests a fault is about: those that match in all that is said.
 *
 * @param clients who asks, empty for anyone: {@code kubelet}, {@code deployment-controller}. A
 *     component's events are its own, too
 * @param verbs empty for any
 * @param kinds what is asked for, empty for anything
 */
public record RequestChoice(
    ImmutableSet<String> clients, ImmutableSet<Verb> verbs, ImmutableSet<Kind<?>> kinds) {
  /** All requests. */
  public static final RequestChoice ALL =
      new RequestChoice(ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of());

  private static final String EVENTS = "events/";

  /** Whether a request is meant. */
  public boolean matches(String client, Verb verb, Kind<?> kind) {
    return (verbs.isEmpty() || verbs.contains(verb))
        && (kinds.isEmpty() || kinds.contains(kind))
        && (clients.isEmpty()
            || clients.contains(
                client.startsWith(EVENTS) ? client.substring(EVENTS.length()) : client));
  }
}
