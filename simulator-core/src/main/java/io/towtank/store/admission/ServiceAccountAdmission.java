package io.towtank.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Volume;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.IdentityMemo;
import io.towtank.store.NameSuffix;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says of which account pods are, and mounts the account's token into their containers
 * (plugin/pkg/admission/serviceaccount). A pod of an account that does not exist is refused; for
 * the one called {@code default} the API server looks a few times more, since a controller makes it
 * with the namespace.
 *
 * <p>Upstream draws a name for the token's volume for each pod. Here pods of one account's name
 * have one name, so that all pods of a template go on sharing one spec, and specs one volume.
 */
public final class ServiceAccountAdmission implements Admission {
  private static final int CAPACITY = 1 << 16;
  private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String VOLUME_PREFIX = "kube-api-access-";
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String AUTOMOUNT = "automountServiceAccountToken";
  private static final String PULL_SECRETS = "imagePullSecrets";
  // pkg/serviceaccount: WarnOnlyBoundTokenExpirationSeconds
  private static final int TOKEN_SECONDS = 3607;
  private static final int FILE_MODE = 420; // 0644

  /**
   * What an account means for its pods.
   *
   * @param mounts whether its token is mounted where a pod does not say
   * @param pullSecrets null for none
   */
  private record Grant(String account, boolean mounts, @Nullable JsonNode pullSecrets) {}

  // Looked up and never iterated.
  private final Map<Grant, Admitted> byGrant = new HashMap<>();
  private final IdentityHashMap<GenericObject, Admitted> byAccount = new IdentityHashMap<>();
  private long accountsRevision = -1;

  @Override
  @SuppressWarnings("ReferenceEquality") // Only a shortcut: the spec stands for itself.
  public KubeObject admit(AdmissionRequest request) {
    if (!request.create()
        || !(request.object() instanceof Pod pod)
        || pod.metadata().annotations().containsKey(MIRROR)) {
      return request.object();
    }
    String name = pod.spec().serviceAccountName();
    if (name == null || name.isEmpty()) {
      name = ServiceAccounts.DEFAULT;
    }
    ApiStore store = request.store();
    String namespace = pod.metadata().namespace();
    GenericObject account = store.get(ServiceAccounts.KIND, namespace, name);
    if (account == null) {
      ApiException refusal =
          ApiException.forbidden(
              pod,
              "error looking up service account "
                  + namespace
                  + "/"
                  + name
                  + ": serviceaccount \""
                  + name
                  + "\" not found");
      throw name.equals(ServiceAccounts.DEFAULT) ? refusal.awaited() : refusal;
    }
    PodSpec spec = admitted(account, store).specs.get(pod.spec());
    return spec == pod.spec() ? pod : pod.withSpec(spec);
  }

  private Admitted admitted(GenericObject account, ApiStore store) {
    long revision = store.revision(ServiceAccounts.KIND);
    if (revision != accountsRevision) {
      // Accounts that are no more are not kept. What specs became is: it hangs on the grant.
      accountsRevision = revision;
      byAccount.clear();
    }
    Admitted known = byAccount.get(account);
    if (known == null) {
      known =
          byGrant.computeIfAbsent(
              grant(account), grant -> new Admitted(grant, volumeName(store, grant)));
      byAccount.put(account, known);
    }
    return known;
  }

  private static String volumeName(ApiStore store, Grant grant) {
    long bits = store.simulation().random("service-account/" + grant.account).nextLong() >>> 1;
    return VOLUME_PREFIX + NameSuffix.of(bits);
  }

  private static Grant grant(GenericObject account) {
    JsonNode automount = account.content().get(AUTOMOUNT);
    JsonNode secrets = account.content().get(PULL_SECRETS);
    return new Grant(
        account.name(),
        automount == null || automount.asBoolean(true),
        secrets == null || secrets.isEmpty() ? null : secrets);
  }

  /** What specs became with one grant. What they share is made once. */
  private static final class Admitted {
    private final Grant grant;
    private final String volumeName;
    private final Volume volume;
    private final JsonNode accountName;
    private final IdentityMemo<PodSpec, PodSpec> specs =
        new IdentityMemo<>(CAPACITY, this::admitted);
    private final Map<String, IdentityMemo<ImmutableList<Container>, ImmutableList<Container>>>
        containers = new HashMap<>();
    private final IdentityMemo<ImmutableList<Volume>, ImmutableList<Volume>> volumes =
        new IdentityMemo<>(CAPACITY, this::withVolume);

    Admitted(Grant grant, String volumeName) {
      this.grant = grant;
      this.volumeName = volumeName;
      this.volume =
          new Volume(
              volumeName,
              null,
              null,
              Fields.NONE.with("projected", projection(JsonNodeFactory.instance)));
      this.accountName = JsonNodeFactory.instance.textNode(grant.account);
    }

    @SuppressWarnings("ReferenceEquality") // What is not changed stays the same instance.
    private PodSpec admitted(PodSpec spec) {
      Fields rest = spec.rest();
      if (!accountName.equals(rest.get("serviceAccount"))) {
        rest = rest.with("serviceAccount", accountName);
      }
      JsonNode own = rest.get(PULL_SECRETS);
      if (grant.pullSecrets != null && (own == null || own.isEmpty())) {
        rest = rest.with(PULL_SECRETS, grant.pullSecrets);
      }
      ImmutableList<Container> main = spec.containers();
      ImmutableList<Container> init = spec.initContainers();
      ImmutableList<Volume> mountable = spec.volumes();
      JsonNode automount = rest.get(AUTOMOUNT);
      if ((automount == null || automount.isNull()) ? grant.mounts : automount.asBoolean()) {
        String existing = tokenVolume(spec);
        IdentityMemo<ImmutableList<Container>, ImmutableList<Container>> mounted =
            containers.computeIfAbsent(
                existing == null ? volumeName : existing,
                name -> new IdentityMemo<>(CAPACITY, list -> mounted(list, name)));
        main = mounted.get(main);
        init = init.isEmpty() ? init : mounted.get(init);
        if (existing == null && (main != spec.containers() || init != spec.initContainers())) {
          mountable = volumes.get(mountable);
        }
      }
      return grant.account.equals(spec.serviceAccountName())
              && rest == spec.rest()
              && main == spec.containers()
              && init == spec.initContainers()
          ? spec
          : PodSpecBuilder.builder(spec)
              .serviceAccountName(grant.account)
              .rest(rest)
              .containers(main)
              .initContainers(init)
              .volumes(mountable)
              .build();
    }

    private static @Nullable String tokenVolume(PodSpec spec) {
      for (Volume volume : spec.volumes()) {
        if (volume.name().startsWith(VOLUME_PREFIX)) {
          return volume.name();
        }
      }
      return null;
    }

    private ImmutableList<Volume> withVolume(ImmutableList<Volume> own) {
      return ImmutableList.<Volume>builder().addAll(own).add(volume).build();
    }

    private static ImmutableList<Container> mounted(ImmutableList<Container> own, String name) {
      ObjectNode mount =
          JsonNodeFactory.instance
              .objectNode()
              .put("name", name)
              .put("readOnly", true)
              .put("mountPath", MOUNT_PATH);
      boolean changed = false;
      ImmutableList.Builder<Container> mounted = ImmutableList.builder();
      for (Container container : own) {
        JsonNode mounts = container.rest().get("volumeMounts");
        if (hasToken(mounts)) {
          mounted.add(container);
          continue;
        }
        changed = true;
        ArrayNode more = JsonNodeFactory.instance.arrayNode();
        if (mounts != null) {
          mounts.forEach(more::add);
        }
        mounted.add(
            ContainerBuilder.builder(container)
                .rest(container.rest().with("volumeMounts", more.add(mount)))
                .build());
      }
      return changed ? mounted.build() : own;
    }

    private static boolean hasToken(@Nullable JsonNode mounts) {
      if (mounts != null) {
        for (JsonNode mount : mounts) {
          if (mount.path("mountPath").asText().equals(MOUNT_PATH)) {
            return true;
          }
        }
      }
      return false;
    }

    private static ObjectNode projection(JsonNodeFactory nodes) {
      ObjectNode projected = nodes.objectNode().put("defaultMode", FILE_MODE);
      ArrayNode sources = projected.putArray("sources");
      sources
          .addObject()
          .putObject("serviceAccountToken")
          .put("expirationSeconds", TOKEN_SECONDS)
          .put("path", "token");
      ObjectNode bundle =
          sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt");
      bundle.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
      sources
          .addObject()
          .putObject("downwardAPI")
          .putArray("items")
          .addObject()
          .put("path", "namespace")
          .putObject("fieldRef")
          .put("apiVersion", "v1")
          .put("fieldPath", "metadata.namespace");
      return projected;
    }
  }
}
