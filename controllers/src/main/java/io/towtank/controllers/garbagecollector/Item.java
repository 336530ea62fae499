package io.towtank.controllers.garbagecollector;

import io.towtank.api.Kind;
import io.towtank.api.ObjectKey;
import io.towtank.api.Uid;

/** An object to be looked at. */
record Item(Kind<?> kind, ObjectKey key, Uid uid) {}
