package io.towtank.controllers.garbagecollector;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.OwnerReference;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a kind depend on which owners, kept up to date from the kind's informer. An
 * object without owners costs nothing here, and one that changes only its status a comparison.
 */
final class KindGraph<T extends KubeObject> implements WatchListener<T> {
  /** Is told what the changes of objects mean to others. */
  interface Observer {
    /** An object has a new owner. */
    void referenced(Item dependent, OwnerReference owner);

    /** An object has one owner less, or is gone. */
    void unreferenced(Uid owner);

    /** An object came to be, or was changed but for its status. */
    void present(Item item, @Nullable ObjectMeta previous, ObjectMeta meta);

    /** An object is gone. */
    void gone(Item item);
  }

  private final Kind<T> kind;
  private final ApiClient client;
  private final Observer observer;
  // owner → dependent → its metadata, which is the same instance while only the status changes
  private final Map<Uid, Map<Uid, ObjectMeta>> byOwner = new HashMap<>();

  KindGraph(Kind<T> kind, ApiClient client, Observer observer) {
    this.kind = kind;
    this.client = client;
    this.observer = observer;
  }

  @Override
  public void added(T object) {
    ObjectMeta meta = object.metadata();
    Item item = item(meta);
    observer.present(item, null, meta);
    for (OwnerReference owner : meta.ownerReferences()) {
      reference(owner.uid(), item, meta);
      observer.referenced(item, owner);
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void modified(T previous, T object) {
    ObjectMeta before = previous.metadata();
    ObjectMeta meta = object.metadata();
    if (before == meta) {
      return;
    }
    if (!ControllerRefs.uid(previous).equals(ControllerRefs.uid(object))) {
      deleted(previous);
      added(object);
      return;
    }
    Item item = item(meta);
    observer.present(item, before, meta);
    List<OwnerReference> left = new ArrayList<>(before.ownerReferences());
    for (OwnerReference owner : meta.ownerReferences()) {
      reference(owner.uid(), item, meta);
      boolean known = left.removeIf(other -> other.uid().equals(owner.uid()));
      if (!known) {
        observer.referenced(item, owner);
      } else if (!CollectionSync.blocks(meta, owner.uid())
          && CollectionSync.blocks(before, owner.uid())) {
        observer.unreferenced(owner.uid());
      }
    }
    for (OwnerReference owner : left) {
      unreference(owner.uid(), item.uid());
    }
  }

  @Override
  public void deleted(T last) {
    ObjectMeta meta = last.metadata();
    Item item = item(meta);
    for (OwnerReference owner : meta.ownerReferences()) {
      unreference(owner.uid(), item.uid());
    }
    observer.gone(item);
  }

  private void reference(Uid owner, Item item, ObjectMeta meta) {
    byOwner.computeIfAbsent(owner, o -> new LinkedHashMap<>(2)).put(item.uid(), meta);
  }

  private void unreference(Uid owner, Uid dependent) {
    Map<Uid, ObjectMeta> dependents = byOwner.get(owner);
    if (dependents != null && dependents.remove(dependent) != null) {
      if (dependents.isEmpty()) {
        byOwner.remove(owner);
      }
      observer.unreferenced(owner);
    }
  }

  private Item item(ObjectMeta meta) {
    Uid uid = meta.uid();
    if (uid == null) {
      throw new IllegalArgumentException(kind + " " + meta.name() + " has no uid");
    }
    return new Item(kind, new ObjectKey(meta.namespace(), meta.name()), uid);
  }

  /** The objects of this kind that depend on an owner, in the order in which they came. */
  List<Item> dependents(Uid owner) {
    List<Item> items = new ArrayList<>();
    byOwner.getOrDefault(owner, Map.of()).values().forEach(meta -> items.add(item(meta)));
    return items;
  }

  /** Whether an object of this kind depends on an owner. */
  boolean hasDependents(Uid owner) {
    return byOwner.containsKey(owner);
  }

  /** Whether an object of this kind depends on an owner and waits for dependents of its own. */
  boolean hasWaiting(Uid owner) {
    for (ObjectMeta dependent : byOwner.getOrDefault(owner, Map.of()).values()) {
      if (CollectionSync.isWaiting(dependent)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an object of this kind is left that its owner must wait for. */
  boolean hasBlocking(Uid owner) {
    for (ObjectMeta dependent : byOwner.getOrDefault(owner, Map.of()).values()) {
      if (CollectionSync.blocks(dependent, owner)) {
        return true;
      }
    }
    return false;
  }

  /** Changes an object's metadata, unless another object has taken its name meanwhile. */
  void patch(
      Item item, UnaryOperator<ObjectMeta> change, Consumer<@Nullable ApiException> finished) {
    client.patch(
        kind,
        item.key(),
        current ->
            ControllerRefs.uid(current).equals(item.uid())
                ? kind.type().cast(current.withMetadata(change.apply(current.metadata())))
                : current,
        (object, error) -> finished.accept(error));
  }
}
