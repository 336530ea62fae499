package io.towtank.controllers.history;

import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Selector;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The revisions of workloads as they are known, and how they are written (controller/history). */
public final class RevisionHistory {
  private static final String BY_OWNER = "revision-owner";

  private final ApiClient client;
  private final Informer<GenericObject> revisions;

  /** Is told which object the API has. */
  @FunctionalInterface
  public interface Stored {
    /** Exactly one of the two is null. */
    void stored(@Nullable Revision revision, @Nullable ApiException error);
  }

  /** Sees and writes with what a component has. */
  public RevisionHistory(ComponentContext context) {
    this.client = context.client();
    this.revisions = context.informers().informer(Revision.KIND);
    revisions.addIndex(BY_OWNER, RevisionHistory::owner);
  }

  /** The uid of the owner, or for orphans the namespace, where they are looked for. */
  private static @Nullable Object owner(GenericObject revision) {
    OwnerReference owner = ControllerRefs.of(revision.metadata());
    return owner == null ? revision.metadata().namespace() : owner.uid();
  }

  /** The revisions of a workload, oldest first. */
  public ImmutableList<Revision> of(KubeObject workload) {
    return revisions.byIndex(BY_OWNER, ControllerRefs.uid(workload)).stream()
        .map(Revision::new)
        .sorted(Revision.BY_AGE)
        .collect(ImmutableList.toImmutableList());
  }

  /** The revisions without a controller that a workload may adopt. */
  public ImmutableList<GenericObject> orphans(KubeObject workload, LabelSelector selector) {
    String namespace = workload.metadata().namespace();
    ImmutableList<GenericObject> orphans =
        revisions.byIndex(BY_OWNER, namespace == null ? "" : namespace);
    if (orphans.isEmpty()) {
      return orphans;
    }
    Selector selects = Selector.of(selector);
    return orphans.stream()
        .filter(revision -> selects.matches(revision.metadata().labels()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Stores a new revision. Where its name is taken, the one that has it is told. */
  public void create(Revision revision, Stored stored) {
    client.create(
        revision.object(),
        (created, error) -> {
          if (created != null) {
            stored.stored(new Revision(created), null);
          } else if (error != null && error.reason() == ApiException.Reason.ALREADY_EXISTS) {
            client.get(
                Revision.KIND,
                ObjectKey.of(revision.object()),
                (existing, missing) ->
                    stored.stored(existing == null ? null : new Revision(existing), missing));
          } else {
            stored.stored(null, error);
          }
        });
  }

  /** Makes a revision the newest. */
  public void renumber(Revision revision, long number, Stored stored) {
    client.patch(
        Revision.KIND,
        ObjectKey.of(revision.object()),
        current -> Revision.numbered(current, number),
        (changed, error) -> stored.stored(changed == null ? null : new Revision(changed), error));
  }

  /** Deletes revisions, one after another; that one is gone already is no error. */
  public void delete(List<Revision> doomed, Batches.Finished finished) {
    Batches.oneByOne(
        doomed.size(),
        (i, answer) ->
            client.delete(
                Revision.KIND,
                ObjectKey.of(doomed.get(i).object()),
                DeleteOptions.DEFAULT,
                (deleted, error) -> answer.answeredOrGone(error)),
        finished);
  }
}
