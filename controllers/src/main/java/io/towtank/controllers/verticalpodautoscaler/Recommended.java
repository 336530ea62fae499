package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an autoscaler recommends for a container, beside what its pods request now.
 *
 * @param autoscaler its name and namespace
 * @param container the container's name
 * @param pods how many pods of the autoscaler have not ended
 * @param resources by resource, of those that anything is recommended of
 */
public record Recommended(
    ObjectKey autoscaler, String container, int pods, ImmutableMap<String, Amounts> resources) {
  /**
   * Of a resource, in thousandths: millicores, or thousandths of a byte.
   *
   * @param requestsMilli what all the pods request together for such containers
   * @param targetMilli what each is recommended
   * @param lowerBoundMilli what is too little for each
   * @param upperBoundMilli what is too much for each
   */
  public record Amounts(
      long requestsMilli, long targetMilli, long lowerBoundMilli, long upperBoundMilli) {}

  /** How much less all the pods would request of a resource; negative for more. */
  public long savedMilli(String resource) {
    Amounts amounts = resources.get(resource);
    return amounts == null ? 0 : amounts.requestsMilli - pods * amounts.targetMilli;
  }

  /** What all autoscalers of a cluster recommend now, in the order of their names. */
  public static ImmutableList<Recommended> in(ApiStore store) {
    ImmutableList.Builder<Recommended> all = ImmutableList.builder();
    for (GenericObject autoscaler : store.list(Kinds.VERTICAL_POD_AUTOSCALER)) {
      JsonNode status = autoscaler.content().get("status");
      JsonNode recommendations =
          status == null ? null : status.at("/recommendation/containerRecommendations");
      if (recommendations == null || recommendations.isEmpty()) {
        continue;
      }
      List<Pod> pods = pods(autoscaler, store);
      for (JsonNode recommendation : recommendations) {
        String container = recommendation.path("containerName").asText();
        ImmutableMap.Builder<String, Amounts> resources = ImmutableMap.builder();
        recommendation
            .path("target")
            .fieldNames()
            .forEachRemaining(resource ->
                resources.put(
                    resource,
                    new Amounts(
                        requestsMilli(pods, container, resource),
                        milli(recommendation, "target", resource),
                        milli(recommendation, "lowerBound", resource),
                        milli(recommendation, "upperBound", resource))));
        all.add(
            new Recommended(
                ObjectKey.of(autoscaler), container, pods.size(), resources.buildOrThrow()));
      }
    }
    return all.build();
  }

  private static List<Pod> pods(GenericObject autoscaler, ApiStore store) {
    TargetPods target = TargetPods.of(autoscaler, TargetPods.Lookup.in(store));
    List<Pod> pods = new ArrayList<>();
    for (Pod pod : store.list(Kinds.POD)) {
      if (Objects.equals(pod.metadata().namespace(), autoscaler.metadata().namespace())
          && !pod.status().phase().isTerminal()
          && target.selector().matches(pod.metadata().labels())) {
        pods.add(pod);
      }
    }
    return pods;
  }

  private static long milli(JsonNode recommendation, String what, String resource) {
    return Quantity.parse(recommendation.path(what).path(resource).asText("0")).milliValue();
  }

  private static long requestsMilli(List<Pod> pods, String name, String resource) {
    long sum = 0;
    for (Pod pod : pods) {
      for (Container container : pod.spec().containers()) {
        ResourceRequirements resources = container.resources();
        Quantity request = resources == null ? null : resources.requests().get(resource);
        if (container.name().equals(name) && request != null) {
          sum += request.milliValue();
        }
      }
    }
    return sum;
  }
}
