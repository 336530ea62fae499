package io.towtank.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.Fields;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Volume;
import io.towtank.defaults.Defaulting;
import io.towtank.store.IdentityMemo;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the specs of pods and templates. A spec is filled in once, however many pods share it,
 * and equal ones share the result; of specs that are made for one pod each, as those of
 * StatefulSets are, the lists of containers and the volumes that they share are filled in once.
 */
final class PodSpecDefaulter {
  private static final int CAPACITY = 1 << 16;

  private final IdentityMemo<PodSpec, PodSpec> templates = memo(new EqualValues<>(this::template));
  private final IdentityMemo<PodSpec, PodSpec> pods = memo(new EqualValues<>(this::pod));
  private final IdentityMemo<ImmutableList<Container>, ImmutableList<Container>>
      templateContainers = memo(list -> each(list, Defaulting::templateContainer));
  private final IdentityMemo<ImmutableList<Container>, ImmutableList<Container>> podContainers =
      memo(list -> each(list, container -> Defaulting.podContainer(container, false)));
  private final IdentityMemo<ImmutableList<Container>, ImmutableList<Container>> hostContainers =
      memo(list -> each(list, container -> Defaulting.podContainer(container, true)));
  private final IdentityMemo<Volume, Volume> volumes = memo(Defaulting::volume);

  /** What a template's spec becomes; one instance for all that are equal. */
  PodSpec ofTemplate(PodSpec spec) {
    return templates.get(spec);
  }

  /** What a pod's spec becomes; one instance for all that are equal. */
  PodSpec ofPod(PodSpec spec) {
    return pods.get(spec);
  }

  private PodSpec template(PodSpec spec) {
    return isWhole(spec)
        ? Defaulting.templateSpec(spec)
        : filled(spec, templateContainers, false, Defaulting::templateSpec);
  }

  private PodSpec pod(PodSpec spec) {
    return isWhole(spec)
        ? Defaulting.podSpec(spec)
        : filled(
            spec,
            Boolean.TRUE.equals(spec.hostNetwork()) ? hostContainers : podContainers,
            true,
            Defaulting::podSpec);
  }

  /** Whether what is filled in depends on more than one part. */
  private static boolean isWhole(PodSpec spec) {
    return spec.resources() != null || spec.rest().get("ephemeralContainers") != null;
  }

  @SuppressWarnings("ReferenceEquality") // What is to be filled in comes back as another instance.
  private PodSpec filled(
      PodSpec spec,
      IdentityMemo<ImmutableList<Container>, ImmutableList<Container>> containers,
      boolean pod,
      UnaryOperator<PodSpec> rule) {
    PodSpec own = hasOwnFields(spec, pod) ? spec : withOwnFields(spec, rule);
    ImmutableList<Container> main = containers.get(spec.containers());
    ImmutableList<Container> init =
        spec.initContainers().isEmpty()
            ? spec.initContainers()
            : containers.get(spec.initContainers());
    ImmutableList<Volume> mounted = each(spec.volumes(), this::volume);
    if (main == spec.containers() && init == spec.initContainers() && mounted == spec.volumes()) {
      return own;
    }
    return PodSpecBuilder.builder(own)
        .containers(main)
        .initContainers(init)
        .volumes(mounted)
        .build();
  }

  private Volume volume(Volume volume) {
    boolean claimed = volume.persistentVolumeClaim() != null && volume.rest().isEmpty();
    return claimed ? volume : volumes.get(volume);
  }

  /** Whether the fields beside containers and volumes are filled in: what mostly holds. */
  private static boolean hasOwnFields(PodSpec spec, boolean pod) {
    Fields rest = spec.rest();
    JsonNode oldAccount = rest.get("serviceAccount");
    String account = spec.serviceAccountName();
    return !isEmpty(spec.restartPolicy())
        && spec.terminationGracePeriodSeconds() != null
        && !isEmpty(spec.schedulerName())
        && !isAbsent(rest.get("dnsPolicy"))
        && rest.get("securityContext") instanceof ObjectNode
        && (!pod || !isAbsent(rest.get("enableServiceLinks")))
        && ((account == null || account.isEmpty())
            ? oldAccount == null
            : oldAccount != null && account.equals(oldAccount.textValue()));
  }

  /** By the same rule as a whole spec, of which only these fields are given to it. */
  @SuppressWarnings("ReferenceEquality")
  private static PodSpec withOwnFields(PodSpec spec, UnaryOperator<PodSpec> rule) {
    PodSpec own =
        new PodSpec(
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            spec.restartPolicy(),
            spec.terminationGracePeriodSeconds(),
            null,
            ImmutableMap.of(),
            spec.serviceAccountName(),
            null,
            null,
            spec.schedulerName(),
            ImmutableList.of(),
            null,
            null,
            null,
            ImmutableMap.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            ImmutableList.of(),
            null,
            spec.rest());
    PodSpec filled = rule.apply(own);
    return filled == own
        ? spec
        : PodSpecBuilder.builder(spec)
            .restartPolicy(filled.restartPolicy())
            .terminationGracePeriodSeconds(filled.terminationGracePeriodSeconds())
            .serviceAccountName(filled.serviceAccountName())
            .schedulerName(filled.schedulerName())
            .rest(filled.rest())
            .build();
  }

  private static boolean isAbsent(@Nullable JsonNode value) {
    return value == null || value.isNull() || isEmpty(value.asText());
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  @SuppressWarnings("ReferenceEquality") // A list stays where none of its elements changes.
  private static <T> ImmutableList<T> each(ImmutableList<T> list, UnaryOperator<T> change) {
    ImmutableList.Builder<T> changed = null;
    for (int i = 0; i < list.size(); i++) {
      T element = list.get(i);
      T now = change.apply(element);
      if (changed == null && now != element) {
        changed = ImmutableList.<T>builder().addAll(list.subList(0, i));
      }
      if (changed != null) {
        changed.add(now);
      }
    }
    return changed == null ? list : changed.build();
  }

  private static <T> IdentityMemo<T, T> memo(UnaryOperator<T> change) {
    return new IdentityMemo<>(CAPACITY, change);
  }
}
