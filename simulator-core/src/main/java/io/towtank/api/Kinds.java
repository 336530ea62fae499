package io.towtank.api;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import org.jspecify.annotations.Nullable;

/** The kinds that Towtank interprets. Every other kind is a {@link GenericObject}. */
public final class Kinds {
  public static final Kind<Pod> POD =
      new Kind<>(Pod.class, "", "v1", "Pod", "pods", true, true, ImmutableList.of("po"));
  public static final Kind<Node> NODE =
      new Kind<>(Node.class, "", "v1", "Node", "nodes", false, true, ImmutableList.of("no"));
  public static final Kind<Namespace> NAMESPACE =
      new Kind<>(
          Namespace.class,
          "",
          "v1",
          "Namespace",
          "namespaces",
          false,
          true,
          ImmutableList.of("ns"));
  public static final Kind<Service> SERVICE =
      new Kind<>(
          Service.class, "", "v1", "Service", "services", true, true, ImmutableList.of("svc"));
  public static final Kind<PersistentVolume> PERSISTENT_VOLUME =
      new Kind<>(
          PersistentVolume.class,
          "",
          "v1",
          "PersistentVolume",
          "persistentvolumes",
          false,
          true,
          ImmutableList.of("pv"));
  public static final Kind<PersistentVolumeClaim> PERSISTENT_VOLUME_CLAIM =
      new Kind<>(
          PersistentVolumeClaim.class,
          "",
          "v1",
          "PersistentVolumeClaim",
          "persistentvolumeclaims",
          true,
          true,
          ImmutableList.of("pvc"));
  public static final Kind<ResourceQuota> RESOURCE_QUOTA =
      new Kind<>(
          ResourceQuota.class,
          "",
          "v1",
          "ResourceQuota",
          "resourcequotas",
          true,
          true,
          ImmutableList.of("quota"));
  public static final Kind<LimitRange> LIMIT_RANGE =
      new Kind<>(
          LimitRange.class,
          "",
          "v1",
          "LimitRange",
          "limitranges",
          true,
          false,
          ImmutableList.of("limits"));
  public static final Kind<Event> EVENT =
      new Kind<>(Event.class, "", "v1", "Event", "events", true, false, ImmutableList.of("ev"));
  public static final Kind<ReplicaSet> REPLICA_SET =
      new Kind<>(
          ReplicaSet.class,
          "apps",
          "v1",
          "ReplicaSet",
          "replicasets",
          true,
          true,
          ImmutableList.of("rs"));
  public static final Kind<Deployment> DEPLOYMENT =
      new Kind<>(
          Deployment.class,
          "apps",
          "v1",
          "Deployment",
          "deployments",
          true,
          true,
          ImmutableList.of("deploy"));
  public static final Kind<StatefulSet> STATEFUL_SET =
      new Kind<>(
          StatefulSet.class,
          "apps",
          "v1",
          "StatefulSet",
          "statefulsets",
          true,
          true,
          ImmutableList.of("sts"));
  public static final Kind<DaemonSet> DAEMON_SET =
      new Kind<>(
          DaemonSet.class,
          "apps",
          "v1",
          "DaemonSet",
          "daemonsets",
          true,
          true,
          ImmutableList.of("ds"));
  public static final Kind<Job> JOB =
      new Kind<>(Job.class, "batch", "v1", "Job", "jobs", true, true, ImmutableList.of());
  public static final Kind<CronJob> CRON_JOB =
      new Kind<>(
          CronJob.class, "batch", "v1", "CronJob", "cronjobs", true, true, ImmutableList.of("cj"));
  public static final Kind<HorizontalPodAutoscaler> HORIZONTAL_POD_AUTOSCALER =
      new Kind<>(
          HorizontalPodAutoscaler.class,
          "autoscaling",
          "v2",
          "HorizontalPodAutoscaler",
          "horizontalpodautoscalers",
          true,
          true,
          ImmutableList.of("hpa"));
  public static final Kind<EndpointSlice> ENDPOINT_SLICE =
      new Kind<>(
          EndpointSlice.class,
          "discovery.k8s.io",
          "v1",
          "EndpointSlice",
          "endpointslices",
          true,
          false,
          ImmutableList.of());
  public static final Kind<PodDisruptionBudget> POD_DISRUPTION_BUDGET =
      new Kind<>(
          PodDisruptionBudget.class,
          "policy",
          "v1",
          "PodDisruptionBudget",
          "poddisruptionbudgets",
          true,
          true,
          ImmutableList.of("pdb"));
  public static final Kind<PriorityClass> PRIORITY_CLASS =
      new Kind<>(
          PriorityClass.class,
          "scheduling.k8s.io",
          "v1",
          "PriorityClass",
          "priorityclasses",
          false,
          false,
          ImmutableList.of("pc"));
  public static final Kind<Lease> LEASE =
      new Kind<>(
          Lease.class,
          "coordination.k8s.io",
          "v1",
          "Lease",
          "leases",
          true,
          false,
          ImmutableList.of());
  public static final Kind<StorageClass> STORAGE_CLASS =
      new Kind<>(
          StorageClass.class,
          "storage.k8s.io",
          "v1",
          "StorageClass",
          "storageclasses",
          false,
          false,
          ImmutableList.of("sc"));
  public static final Kind<CsiNode> CSI_NODE =
      new Kind<>(
          CsiNode.class,
          "storage.k8s.io",
          "v1",
          "CSINode",
          "csinodes",
          false,
          false,
          ImmutableList.of());

  /** A custom resource, as its CustomResourceDefinition has it. */
  public static final Kind<GenericObject> VERTICAL_POD_AUTOSCALER =
      new Kind<>(
          GenericObject.class,
          "autoscaling.k8s.io",
          "v1",
          "VerticalPodAutoscaler",
          "verticalpodautoscalers",
          true,
          true,
          ImmutableList.of("vpa"));

  /** A custom resource, too. */
  public static final Kind<GenericObject> VERTICAL_POD_AUTOSCALER_CHECKPOINT =
      new Kind<>(
          GenericObject.class,
          "autoscaling.k8s.io",
          "v1",
          "VerticalPodAutoscalerCheckpoint",
          "verticalpodautoscalercheckpoints",
          true,
          false,
          ImmutableList.of("vpacheckpoint"));

  /** Custom resources that are known without their definitions. */
  private static final ImmutableList<Kind<GenericObject>> CUSTOM =
      ImmutableList.of(VERTICAL_POD_AUTOSCALER, VERTICAL_POD_AUTOSCALER_CHECKPOINT);

  /** All of them, in the order in which kubectl lists them. */
  public static final ImmutableList<Kind<?>> ALL =
      ImmutableList.of(
          POD,
          NODE,
          NAMESPACE,
          SERVICE,
          PERSISTENT_VOLUME,
          PERSISTENT_VOLUME_CLAIM,
          RESOURCE_QUOTA,
          LIMIT_RANGE,
          EVENT,
          REPLICA_SET,
          DEPLOYMENT,
          STATEFUL_SET,
          DAEMON_SET,
          JOB,
          CRON_JOB,
          HORIZONTAL_POD_AUTOSCALER,
          ENDPOINT_SLICE,
          POD_DISRUPTION_BUDGET,
          PRIORITY_CLASS,
          LEASE,
          STORAGE_CLASS,
          CSI_NODE);

  private static final ImmutableMap<String, Kind<?>> BY_NAME =
      Maps.uniqueIndex(ALL, kind -> kind.group() + "/" + kind.name());

  private Kinds() {}

  /** The kind of a group that Towtank interprets, null where it does not. */
  public static @Nullable Kind<?> find(String group, String name) {
    return BY_NAME.get(group + "/" + name);
  }

  /**
   * The built-in kind under a resource's name, as kubectl takes it: plural, singular or short, with
   * or without group ({@code deployments}, {@code deploy}, {@code deployments.apps}), in any case;
   * null where there is none.
   */
  public static @Nullable Kind<?> byResource(String resource) {
    ApiResource found = Schema.builtIn().byName(resource);
    if (found == null) {
      String name = Ascii.toLowerCase(resource);
      return CUSTOM.stream().filter(kind -> isNamed(kind, name)).findFirst().orElse(null);
    }
    Kind<?> known = find(found.group(), found.kind());
    return known == null ? generic(found) : known;
  }

  private static boolean isNamed(Kind<?> kind, String resource) {
    return resource.equals(kind.plural())
        || resource.equals(kind.plural() + "." + kind.group())
        || resource.equals(Ascii.toLowerCase(kind.name()))
        || kind.shortNames().contains(resource);
  }

  /**
   * The kind that a document names. It may be in another version than the document's, where objects
   * are kept in one version only. A kind that is not built in is taken to have the plural that it
   * sounds like, to belong to a namespace, and to have no status subresource.
   */
  public static Kind<?> of(String apiVersion, String name) {
    String group = group(apiVersion);
    Kind<?> known = find(group, name);
    if (known != null) {
      return known;
    }
    for (Kind<GenericObject> custom : CUSTOM) {
      if (custom.group().equals(group) && custom.name().equals(name)) {
        return custom;
      }
    }
    ApiResource resource = Schema.builtIn().resource(apiVersion, name);
    if (resource == null) {
      resource = Schema.builtIn().preferred(group, name);
    }
    return resource == null
        ? new Kind<>(
            GenericObject.class,
            group,
            apiVersion.substring(apiVersion.indexOf('/') + 1),
            name,
            plural(Ascii.toLowerCase(name)),
            true,
            false,
            ImmutableList.of())
        : generic(resource);
  }

  /**
   * A kind that Towtank does not interpret, so that its objects are generic.
   *
   * @throws IllegalArgumentException where it does interpret it
   */
  @SuppressWarnings("unchecked") // The type of the objects is checked first.
  public static Kind<GenericObject> generic(String apiVersion, String name) {
    Kind<?> kind = of(apiVersion, name);
    if (kind.type() != GenericObject.class) {
      throw new IllegalArgumentException(apiVersion + " " + name + " is interpreted");
    }
    return (Kind<GenericObject>) kind;
  }

  /** The API group of an apiVersion, empty for the core group. */
  public static String group(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /** A kind as generic objects, whatever else may interpret it. */
  public static Kind<GenericObject> generic(ApiResource resource) {
    return new Kind<>(
        GenericObject.class,
        resource.group(),
        resource.version(),
        resource.kind(),
        resource.plural(),
        resource.namespaced(),
        resource.hasStatus(),
        resource.shortNames());
  }

  /** apimachinery: meta.UnsafeGuessKindToResource. */
  private static String plural(String singular) {
    if (singular.equals("endpoints")) {
      return singular;
    } else if (singular.endsWith("s")) {
      return singular + "es";
    } else if (singular.endsWith("y")) {
      return singular.substring(0, singular.length() - 1) + "ies";
    }
    return singular + "s";
  }
}
