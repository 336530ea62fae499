/**
 * The garbage collector: deletes objects whose owners are gone.
 *
 * <p>{@link io.towtank.controllers.garbagecollector.CollectionSync} decides what becomes of one
 * object, as a pure function; {@link io.towtank.controllers.garbagecollector.GarbageCollector}
 * knows which objects depend on which, and carries the decisions out.
 */
@NullMarked
package io.towtank.controllers.garbagecollector;

import org.jspecify.annotations.NullMarked;
