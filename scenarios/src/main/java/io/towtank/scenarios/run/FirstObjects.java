package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.PriorityClass;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.admission.SystemObjects;
import io.towtank.validation.DidYouMean;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Creates the objects that there are when a run starts. What the API refuses is a mistake. */
final class FirstObjects {
  private final ApiStore store;
  private final Applying applying;
  private final Consumer<Node> nodes;
  private final Problems problems = new Problems();

  /**
   * A creator.
   *
   * @param nodes makes a node of the cluster
   */
  FirstObjects(ApiStore store, Applying applying, Consumer<Node> nodes) {
    this.store = store;
    this.applying = applying;
    this.nodes = nodes;
  }

  /**
   * Creates objects in the order of the files, but for what others need to be there: its file may
   * come later.
   *
   * @throws ManifestException with all that the API refuses
   */
  void create(ImmutableList<ManifestDocument> documents) {
    for (ManifestDocument document : documents) {
      if (isNeededByOthers(document.object())) {
        create(document);
      }
    }
    for (ManifestDocument document : documents) {
      if (!isNeededByOthers(document.object())) {
        create(document);
      }
    }
    problems.throwIfAny();
  }

  private static boolean isNeededByOthers(KubeObject object) {
    return object instanceof Namespace || object instanceof PriorityClass;
  }

  private void create(ManifestDocument document) {
    try {
      applying.create(
          document,
          object -> {
            if (object instanceof Node node) {
              nodes.accept(node);
            } else {
              applying.create(object);
            }
          });
      if (document.object() instanceof Namespace namespace) {
        // It is there before the run begins, and so is its account.
        SystemObjects.createAccountIn(store, namespace.name());
      }
    } catch (ApiException e) {
      refused(document, e);
    }
  }

  private void refused(ManifestDocument document, ApiException refusal) {
    KubeObject object = document.object();
    String namespace = object.metadata().namespace();
    Position position = document.position();
    String path = "";
    String suggestion = null;
    if (refusal.reason() == ApiException.Reason.NOT_FOUND
        && namespace != null
        && store.get(Kinds.NAMESPACE, null, namespace) == null) {
      position = document.namespacePosition();
      path = "metadata.namespace";
      suggestion = missing(namespace);
    } else if (refusal.reason() == ApiException.Reason.ALREADY_EXISTS) {
      ManifestDocument first = applying.given(object);
      if (first != null) {
        suggestion =
            "the first is at "
                + first.source()
                + ":"
                + first.position().line()
                + ":"
                + first.position().column();
      }
    }
    problems.add(
        new Problem(
            document.source(),
            position.line(),
            position.column(),
            path,
            String.valueOf(refusal.getMessage()),
            suggestion));
  }

  private @Nullable String missing(String namespace) {
    List<String> names = store.list(Kinds.NAMESPACE).stream().map(KubeObject::name).toList();
    String closest = DidYouMean.closest(namespace, names);
    return closest == null
        ? "add it to the files: {apiVersion: v1, kind: Namespace, metadata: {name: "
            + namespace
            + "}}"
        : "did you mean \"" + closest + "\"?";
  }
}
