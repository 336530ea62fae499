package io.towtank.controllers.garbagecollector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.OwnerReferenceBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.garbagecollector.CollectionSync.Dependents;
import io.towtank.controllers.garbagecollector.CollectionSync.OwnerState;
import io.towtank.store.DeleteOptions.Propagation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an object: owners by their state, finalizers, dependents. */
class CollectionSyncTest {
  @ParameterizedTest(name = "owners [{0}], finalizers [{1}], deleted {2}, dependents {3}: {5}")
  @CsvSource({
    "'', '', false, NONE, false, keep",
    "SOLID, '', false, NONE, false, keep",
    "SOLID SOLID, '', false, SOME, true, keep",
    "ABSENT, '', false, NONE, false, delete BACKGROUND",
    "ABSENT ABSENT, '', false, SOME, true, delete BACKGROUND",
    "SOLID ABSENT, '', false, NONE, false, remove 1",
    "WAITING SOLID ABSENT, '', false, SOME, true, remove 0 2",
    "WAITING, '', false, NONE, false, delete BACKGROUND",
    "WAITING, '', false, SOME, true, delete FOREGROUND",
    "WAITING ABSENT, '', false, SOME, true, delete FOREGROUND",
    "WAITING, '', false, WAITING, true, delete FOREGROUND unblock",
    "ABSENT, orphan, false, SOME, true, delete ORPHAN",
    "ABSENT, foregroundDeletion, false, SOME, true, delete FOREGROUND",
    "WAITING, orphan, false, NONE, false, delete ORPHAN",
    "ABSENT, mine, false, NONE, false, delete BACKGROUND",
    "ABSENT, mine, true, NONE, false, keep",
    "ABSENT, orphan, true, SOME, true, keep",
    "'', foregroundDeletion, true, SOME, true, keep",
    "'', foregroundDeletion, true, SOME, false, remove finalizer foregroundDeletion",
    "SOLID, foregroundDeletion, true, NONE, false, remove finalizer foregroundDeletion"
  })
  void decides(
      String owners,
      String finalizers,
      boolean deleted,
      Dependents dependents,
      boolean blocked,
      String expected) {
    ImmutableList<OwnerState> states =
        Splitter.on(' ')
            .omitEmptyStrings()
            .splitToStream(owners)
            .map(OwnerState::valueOf)
            .collect(ImmutableList.toImmutableList());
    ImmutableList.Builder<OwnerReference> references = ImmutableList.builder();
    for (int i = 0; i < states.size(); i++) {
      references.add(OwnerReferenceBuilder.builder().uid(Uid.parse("" + i)).build());
    }
    ObjectMeta item =
        ObjectMetaBuilder.builder()
            .name("item")
            .deletionTimestamp(deleted ? 0 : Timestamps.NONE)
            .ownerReferences(references.build())
            .finalizers(ImmutableList.copyOf(Splitter.on(' ').omitEmptyStrings().split(finalizers)))
            .build();
    CollectionAction action =
        CollectionSync.decide(
            item,
            reference -> states.get(Integer.parseInt(reference.uid().toString())),
            dependents,
            blocked);
    assertThat(describe(action)).isEqualTo(expected);
  }

  private static String describe(CollectionAction action) {
    return switch (action) {
      case CollectionAction.Keep keep -> "keep";
      case CollectionAction.RemoveReferences(ImmutableSet<Uid> owners) ->
          "remove "
              + owners.stream().map(Uid::toString).sorted().reduce((a, b) -> a + " " + b).get();
      case CollectionAction.Delete(Propagation propagation, boolean unblock) ->
          "delete " + propagation + (unblock ? " unblock" : "");
      case CollectionAction.RemoveFinalizer(String finalizer) -> "remove finalizer " + finalizer;
    };
  }
}
