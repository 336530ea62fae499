package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.HostPort;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import org.jspecify.annotations.Nullable;

/**
 * All that decisions depend on of the pods of one template, worked out once: equal pods share one
 * instance.
 */
public final class PodInfo {
  private final PodSpec spec;
  private final LabelClass labelClass;
  private final AffinityTerms terms;
  private final @Nullable OwnerReference controller;
  private final @Nullable Pod only;
  private final long[] requests;
  private final long nonZeroMilliCpu;
  private final long nonZeroMemory;
  private final ImmutableList<HostPort> hostPorts;
  // Equal classes of other templates take their place when they are on rows first.
  private PodClass live;
  private PodClass terminating;

  PodInfo(
      PodSpec spec,
      LabelClass labelClass,
      AffinityTerms terms,
      @Nullable OwnerReference controller,
      @Nullable Pod only,
      long[] requests,
      long[] nonZeroRequests,
      ImmutableList<HostPort> hostPorts) {
    this.spec = spec;
    this.labelClass = labelClass;
    this.terms = terms;
    this.controller = controller;
    this.only = only;
    this.requests = requests;
    this.nonZeroMilliCpu = nonZeroRequests[Resources.CPU];
    this.nonZeroMemory = nonZeroRequests[Resources.MEMORY];
    this.hostPorts = hostPorts;
    this.live = new PodClass(labelClass, terms, false);
    this.terminating = new PodClass(labelClass, terms, true);
  }

  /** The spec. */
  public PodSpec spec() {
    return spec;
  }

  /** The namespace. */
  public String namespace() {
    return labelClass.namespace();
  }

  /** The labels. */
  public ImmutableMap<String, String> labels() {
    return labelClass.labels();
  }

  /** Namespace and labels as selectors see them. */
  public LabelClass labelClass() {
    return labelClass;
  }

  /** The controller that owns the pods, null for none. */
  public @Nullable OwnerReference controller() {
    return controller;
  }

  /**
   * The pod, where it is the only one of its kind because claims are made for it alone; null for
   * any other, which may have equals.
   */
  public @Nullable Pod only() {
    return only;
  }

  /** What the pod asks for of a resource: millicores, bytes or units. */
  public long request(int resource) {
    return resource < requests.length ? requests[resource] : 0;
  }

  /** One more than the highest number of a resource that the pod may ask for. */
  public int resources() {
    return requests.length;
  }

  /** Millicores, with 100 for each container that asks for none; what scores count. */
  public long nonZeroMilliCpu() {
    return nonZeroMilliCpu;
  }

  /** Bytes, with 200 MiB for each container that asks for none; what scores count. */
  public long nonZeroMemory() {
    return nonZeroMemory;
  }

  /** The node's ports that the pod takes. */
  public ImmutableList<HostPort> hostPorts() {
    return hostPorts;
  }

  /** The pod's (anti-)affinity terms. */
  public AffinityTerms terms() {
    return terms;
  }

  /** The priority, 0 where none is given. */
  public int priority() {
    return spec.priority() == null ? 0 : spec.priority();
  }

  PodClass podClass(boolean deleted) {
    return deleted ? terminating : live;
  }

  void setPodClass(PodClass pods) {
    if (pods.terminating()) {
      terminating = pods;
    } else {
      live = pods;
    }
  }
}
