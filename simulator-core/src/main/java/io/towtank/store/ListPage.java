package io.towtank.store;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a kind at one revision, in order of namespace and name.
 *
 * @param revision at which they were like this; a watch from here on misses nothing
 * @param continueToken gets the next page; null where this is the last
 * @param remaining how many objects come after this page, null where that is not known
 */
public record ListPage<T extends KubeObject>(
    ImmutableList<T> items,
    long revision,
    @Nullable String continueToken,
    @Nullable Integer remaining) {}
