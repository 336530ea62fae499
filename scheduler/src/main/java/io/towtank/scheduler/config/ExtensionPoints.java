package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;

/** The extension points as configuration files name them. */
public final class ExtensionPoints {
  public static final String MULTI_POINT = "multiPoint";

  /** All of them, in the order in which a pod passes them. */
  public static final ImmutableList<String> NAMES =
      ImmutableList.of(
          MULTI_POINT,
          "preEnqueue",
          "queueSort",
          "preFilter",
          "filter",
          "postFilter",
          "preScore",
          "score",
          "reserve",
          "permit",
          "preBind",
          "bind",
          "postBind");

  private ExtensionPoints() {}
}
