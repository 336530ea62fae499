package io.towtank.controllers.serviceaccount;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceStatus;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.store.admission.ServiceAccounts;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps an object in every namespace that is not going away; makes it anew where it is deleted. */
public final class NamespaceFurnisher implements Component {
  /** kube-controller-manager: serviceaccount-controller. */
  public static final String SERVICE_ACCOUNT = "serviceaccount-controller";

  /** kube-controller-manager: root-ca-certificate-publisher-controller. */
  public static final String ROOT_CERTIFICATES = "root-ca-certificate-publisher-controller";

  private static final Kind<GenericObject> CONFIG_MAP = Kinds.generic("v1", "ConfigMap");

  // pkg/controller/certificates/rootcacertpublisher
  private static final String BUNDLE = "kube-root-ca.crt";
  private static final int WORKERS = 1;

  private final String name;
  private final Function<String, GenericObject> wanted;
  private final ApiClient client;
  private final Informer<Namespace> namespaces;
  private final Informer<GenericObject> objects;
  private final WorkQueue<String> queue;
  private final long[] created;

  private NamespaceFurnisher(
      String name,
      ComponentContext context,
      Kind<GenericObject> kind,
      Function<String, GenericObject> wanted) {
    this.name = name;
    this.wanted = wanted;
    this.client = context.client();
    this.namespaces = context.informers().informer(Kinds.NAMESPACE);
    this.objects = context.informers().informer(kind);
    this.queue = new WorkQueue<>(context.simulation(), WORKERS, this::sync);
    this.created = context.recorder().counter(name + "/objectsCreated");
  }

  /** The controller that gives namespaces their account. */
  public static Component ofAccounts(ComponentContext context) {
    return new NamespaceFurnisher(
        SERVICE_ACCOUNT, context, ServiceAccounts.KIND, ServiceAccounts::ofNamespace);
  }

  /** The controller that gives namespaces the API server's certificates. */
  public static Component ofCertificates(ComponentContext context) {
    return new NamespaceFurnisher(
        ROOT_CERTIFICATES, context, CONFIG_MAP, NamespaceFurnisher::bundle);
  }

  private static GenericObject bundle(String namespace) {
    return new GenericObject(
        CONFIG_MAP,
        ObjectMetaBuilder.builder()
            .namespace(namespace)
            .name(BUNDLE)
            .annotations(
                ImmutableMap.of(
                    "kubernetes.io/description",
                    "Contains a CA bundle that can be used to verify the kube-apiserver when using"
                        + " internal endpoints such as the internal service IP or"
                        + " kubernetes.default.svc. No other usage is guaranteed across"
                        + " distributions of Kubernetes clusters."))
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build(),
        0,
        Fields.of(
            ImmutableMap.of(
                "data",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("ca.crt", "# A simulated API server has no certificate.\n"))));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    namespaces.addHandler(
        new WatchListener<Namespace>() {
          @Override
          public void added(Namespace namespace) {
            queue.add(namespace.name());
          }

          @Override
          public void modified(Namespace previous, Namespace namespace) {
            queue.add(namespace.name());
          }

          @Override
          public void deleted(Namespace last) {
            queue.forget(last.name());
          }
        });
    objects.addHandler(
        new WatchListener<GenericObject>() {
          @Override
          public void added(GenericObject object) {}

          @Override
          public void modified(GenericObject previous, GenericObject object) {}

          @Override
          public void deleted(GenericObject last) {
            String namespace = last.metadata().namespace();
            if (namespace != null && last.name().equals(wanted.apply(namespace).name())) {
              queue.add(namespace);
            }
          }
        });
  }

  private void sync(String namespace, WorkQueue.Done done) {
    GenericObject object = wanted.apply(namespace);
    if (!isActive(namespaces.get(new ObjectKey(null, namespace)))
        || objects.get(ObjectKey.of(object)) != null) {
      done.done(true);
      return;
    }
    client.create(
        object,
        (stored, error) -> {
          if (error == null) {
            created[0]++;
          }
          done.done(error == null || isSettled(error));
        });
  }

  private static boolean isActive(@Nullable Namespace namespace) {
    if (namespace == null || namespace.metadata().deletionTimestamp() != Timestamps.NONE) {
      return false;
    }
    NamespaceStatus status = namespace.status();
    return status == null || !"Terminating".equals(status.phase());
  }

  /** Whether it is there, or its namespace is not or goes away: nothing to come back for. */
  private static boolean isSettled(ApiException error) {
    return switch (error.reason()) {
      case ALREADY_EXISTS, NOT_FOUND, FORBIDDEN -> true;
      default -> false;
    };
  }
}
