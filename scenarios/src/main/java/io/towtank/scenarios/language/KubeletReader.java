package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Quantity;
import io.towtank.manifest.Cursor;
import io.towtank.node.EvictionOptions;
import io.towtank.node.EvictionSignal;
import io.towtank.node.EvictionThreshold;
import io.towtank.node.EvictionThreshold.Amount;
import io.towtank.node.NodeReservation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code kubelet}: of a KubeletConfiguration what is about eviction and reservations. */
final class KubeletReader {
  /** What kubelets watch beside, of which nodes here have nothing. */
  private static final ImmutableSet<String> NOT_SIMULATED =
      ImmutableSet.of(
          "containerfs.available", "containerfs.inodesFree", "allocatableMemory.available");

  /** What can be reserved; of anything else nodes here keep no account. */
  private static final ImmutableSet<String> RESERVED =
      ImmutableSet.of("cpu", "memory", "ephemeral-storage");

  private static final String SIGNALS =
      Arrays.stream(EvictionSignal.values())
          .map(EvictionSignal::text)
          .collect(Collectors.joining(", "));

  private KubeletReader() {}

  /**
   * What nodes keep from pods of which only the capacity is said; null where they keep nothing, as
   * long as nobody says anything of it.
   */
  static @Nullable NodeReservation reservation(Cursor kubelet, EvictionOptions eviction) {
    Map<String, Quantity> reserved = new TreeMap<>();
    for (String field : ImmutableList.of("kubeReserved", "systemReserved")) {
      Cursor amounts = kubelet.field(field);
      for (String resource : RESERVED) {
        Cursor amount = amounts.field(resource);
        if (amount.isPresent()) {
          reserved.merge(
              resource,
              Values.parsed(amount, ClusterReader::quantity, Quantity.ZERO),
              Quantity::add);
        }
      }
      amounts.rejectUnknownFields();
    }
    return reserved.isEmpty() && !kubelet.field("evictionHard").isPresent()
        ? null
        : new NodeReservation(ImmutableMap.copyOf(reserved), eviction);
  }

  static EvictionOptions read(Cursor kubelet) {
    EvictionOptions base = EvictionOptions.DEFAULT;
    Cursor hardField = kubelet.field("evictionHard");
    Cursor softField = kubelet.field("evictionSoft");
    Cursor gracesField = kubelet.field("evictionSoftGracePeriod");
    Cursor reclaimsField = kubelet.field("evictionMinimumReclaim");
    Map<EvictionSignal, Amount> hard = amounts(hardField);
    Map<EvictionSignal, Amount> soft = amounts(softField);
    Map<EvictionSignal, Long> graces = bySignal(gracesField, grace -> Values.duration(grace, 0));
    Map<EvictionSignal, Amount> reclaims = amounts(reclaimsField);
    if (!hardField.isPresent()) {
      base.thresholds().forEach(threshold -> hard.put(threshold.signal(), threshold.value()));
    }
    for (EvictionSignal signal : soft.keySet()) {
      if (!gracesField.node().has(signal.text())) {
        softField
            .field(signal.text())
            .problem(
                "there is no grace period for it",
                "say in evictionSoftGracePeriod how long it may be crossed, as in "
                    + signal.text()
                    + ": 1m30s");
      }
    }
    for (EvictionSignal signal : graces.keySet()) {
      if (!soft.containsKey(signal)) {
        gracesField
            .field(signal.text())
            .problem("a grace period says nothing without a threshold in evictionSoft", null);
      }
    }
    for (EvictionSignal signal : reclaims.keySet()) {
      if (!hard.containsKey(signal) && !soft.containsKey(signal)) {
        reclaimsField
            .field(signal.text())
            .problem(
                "a minimum reclaim says nothing without a threshold in evictionHard or"
                    + " evictionSoft",
                null);
      }
    }
    List<EvictionThreshold> hardOnes = new ArrayList<>();
    List<EvictionThreshold> softOnes = new ArrayList<>();
    hard.forEach((signal, value) -> add(hardOnes, signal, value, 0, reclaims));
    soft.forEach((signal, value) -> {
      long grace = graces.getOrDefault(signal, 0L);
      // A kubelet takes one without a grace period as a hard one.
      add(grace == 0 ? hardOnes : softOnes, signal, value, grace, reclaims);
    });
    EvictionOptions read =
        new EvictionOptions(
            ImmutableList.<EvictionThreshold>builder().addAll(hardOnes).addAll(softOnes).build(),
            Values.whole(
                kubelet.field("evictionMaxPodGracePeriod"),
                0,
                Integer.MAX_VALUE,
                base.maxPodGraceSeconds()),
            Values.period(
                kubelet.field("evictionPressureTransitionPeriod"), base.pressureTransitionNanos()));
    return read;
  }

  private static void add(
      List<EvictionThreshold> thresholds,
      EvictionSignal signal,
      Amount value,
      long graceNanos,
      Map<EvictionSignal, Amount> reclaims) {
    if (!value.isOff()) {
      thresholds.add(
          new EvictionThreshold(
              signal, value, graceNanos, reclaims.getOrDefault(signal, Amount.NONE)));
    }
  }

  private static Map<EvictionSignal, Amount> amounts(Cursor field) {
    return bySignal(field, value -> Values.parsed(value, Amount::parse, Amount.NONE));
  }

  private static <T> Map<EvictionSignal, T> bySignal(Cursor field, Function<Cursor, T> reader) {
    Map<EvictionSignal, T> values = new EnumMap<>(EvictionSignal.class);
    for (EvictionSignal signal : EvictionSignal.values()) {
      Cursor value = field.field(signal.text());
      if (value.isPresent()) {
        values.put(signal, reader.apply(value));
      }
    }
    for (String name : NOT_SIMULATED) {
      if (field.node().has(name)) {
        field.field(name).problem("\"" + name + "\" is not simulated", "simulated: " + SIGNALS);
      }
    }
    field.rejectUnknownFields();
    return values;
  }
}
