package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableMap;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distributions;
import io.towtank.latency.LatencyProfile;
import io.towtank.latency.VolumeLatency;
import io.towtank.manifest.Cursor;

/** Reads {@code latency}: a profile by name, or a profile and what is different from it. */
final class LatencyReader {
  private static final ImmutableMap<String, LatencyProfile> PROFILES =
      ImmutableMap.of("instant", LatencyProfile.INSTANT, "typical", LatencyProfile.TYPICAL);
  private static final LatencyProfile DEFAULT = LatencyProfile.TYPICAL;

  private LatencyReader() {}

  static LatencyProfile read(Cursor latency) {
    if (!latency.isPresent()) {
      return DEFAULT;
    }
    return latency.node().isTextual() ? profile(latency) : differing(latency);
  }

  private static LatencyProfile profile(Cursor name) {
    String known = name.word(PROFILES.keySet(), DEFAULT.name());
    return PROFILES.getOrDefault(known, DEFAULT);
  }

  private static LatencyProfile differing(Cursor latency) {
    LatencyProfile base = profile(latency.field("profile"));
    Cursor clients = latency.field("clients");
    LatencyProfile profile =
        new LatencyProfile(
            base.name(),
            Values.parsed(latency.field("apiRequest"), Distributions::parse, base.apiRequest()),
            Values.duration(latency.field("watchDelay"), base.watchDelayNanos()),
            limits(clients.field("scheduler"), base.schedulerLimits()),
            limits(clients.field("controllers"), base.controllerLimits()),
            limits(clients.field("kubelet"), base.kubeletLimits()),
            Values.duration(latency.field("schedulingAttempt"), base.schedulingAttemptNanos()),
            Values.duration(latency.field("schedulingPerNode"), base.schedulingNodeNanos()),
            Values.duration(latency.field("schedulingPerPod"), base.schedulingPodNanos()),
            Values.parsed(
                latency.field("imagePullStart"), Distributions::parse, base.imagePullStart()),
            Values.parsed(
                latency.field("imageBandwidth"), Sizes::parse, base.imageBytesPerSecond()),
            Values.parsed(latency.field("sandboxStart"), Distributions::parse, base.sandboxStart()),
            Values.parsed(
                latency.field("containerStart"), Distributions::parse, base.containerStart()),
            Values.parsed(latency.field("readiness"), Distributions::parse, base.readiness()),
            Values.parsed(
                latency.field("containerStop"), Distributions::parse, base.containerStop()),
            volumes(latency.field("volumes"), base.volumes()));
    clients.rejectUnknownFields();
    latency.rejectUnknownFields();
    return profile;
  }

  private static VolumeLatency volumes(Cursor volumes, VolumeLatency base) {
    VolumeLatency read =
        new VolumeLatency(
            Values.parsed(volumes.field("provision"), Distributions::parse, base.provision()),
            Values.parsed(volumes.field("delete"), Distributions::parse, base.delete()),
            Values.parsed(volumes.field("attach"), Distributions::parse, base.attach()),
            Values.parsed(volumes.field("detach"), Distributions::parse, base.detach()),
            Values.parsed(volumes.field("mount"), Distributions::parse, base.mount()),
            Values.parsed(volumes.field("expand"), Distributions::parse, base.expand()));
    volumes.rejectUnknownFields();
    return read;
  }

  private static ClientLimits limits(Cursor limits, ClientLimits base) {
    if (!limits.isPresent()) {
      return base;
    }
    Cursor qps = limits.field("qps");
    double perSecond = qps.number(base.qps());
    if (perSecond < 0) {
      qps.problem(perSecond + " is less than 0", "0 is for no limit");
    }
    Cursor burst = limits.field("burst");
    int atOnce = (int) Values.whole(burst, 0, Integer.MAX_VALUE, base.burst());
    if (perSecond > 0 && atOnce == 0) {
      burst.problem("a burst of 0 lets no request through", "qps: 0 is for no limit");
    }
    limits.rejectUnknownFields();
    return perSecond <= 0 ? ClientLimits.NONE : new ClientLimits(perSecond, atOnce);
  }
}
