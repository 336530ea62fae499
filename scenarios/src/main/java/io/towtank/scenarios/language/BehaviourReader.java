package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Selector;
import io.towtank.manifest.Cursor;
import io.towtank.metrics.AnnotatedUse;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.node.BehaviourRule;
import io.towtank.scenarios.input.PodAnnotations;

/**
 * Reads {@code behaviours}, and checks the annotations of pods in manifests that say the same of
 * single ones.
 */
final class BehaviourReader {

  /** The fields of a behaviour, each with the annotation that says the same. */
  private static final ImmutableMap<String, String> FIELDS =
      ImmutableMap.<String, String>builder()
          .put("startAfter", AnnotatedBehaviour.START_AFTER)
          .put("runFor", AnnotatedBehaviour.RUN_FOR)
          .put("exitCode", AnnotatedBehaviour.EXIT_CODE)
          .put("failureRate", AnnotatedBehaviour.FAILURE_RATE)
          .put("initRunFor", AnnotatedBehaviour.INIT_RUN_FOR)
          .put("readyAfter", AnnotatedBehaviour.READY_AFTER)
          .put("hangAfter", AnnotatedBehaviour.HANG_AFTER)
          .put("preStopFor", AnnotatedBehaviour.PRE_STOP_FOR)
          .put("postStartFor", AnnotatedBehaviour.POST_START_FOR)
          .put("preStopExitCode", AnnotatedBehaviour.PRE_STOP_EXIT_CODE)
          .put("postStartExitCode", AnnotatedBehaviour.POST_START_EXIT_CODE)
          .put("preStopFailureRate", AnnotatedBehaviour.PRE_STOP_FAILURE_RATE)
          .put("postStartFailureRate", AnnotatedBehaviour.POST_START_FAILURE_RATE)
          .put("memoryUse", AnnotatedBehaviour.MEMORY_USE)
          .put("memoryGrowth", AnnotatedBehaviour.MEMORY_GROWTH)
          .put("diskUse", AnnotatedBehaviour.DISK_USE)
          .put("diskGrowth", AnnotatedBehaviour.DISK_GROWTH)
          .put("inodeUse", AnnotatedBehaviour.INODE_USE)
          .put("inodeGrowth", AnnotatedBehaviour.INODE_GROWTH)
          .put("processUse", AnnotatedBehaviour.PROCESS_USE)
          .put("processGrowth", AnnotatedBehaviour.PROCESS_GROWTH)
          .put("initExitCode", AnnotatedBehaviour.INIT_EXIT_CODE)
          .put("initFailureRate", AnnotatedBehaviour.INIT_FAILURE_RATE)
          .put("cpuUse", AnnotatedUse.CPU)
          .buildOrThrow();

  private BehaviourReader() {}

  static ImmutableList<BehaviourRule> read(Cursor behaviours) {
    ImmutableList.Builder<BehaviourRule> rules = ImmutableList.builder();
    for (Cursor item : behaviours.items()) {
      ImmutableMap.Builder<String, String> values = ImmutableMap.builder();
      FIELDS.forEach((field, annotation) -> {
        Cursor value = item.field(field);
        String text = value.node().isNumber() ? value.node().asText() : value.text();
        String problem = text == null ? null : PodAnnotations.problem(annotation, text);
        if (problem != null) {
          value.problem(problem, null);
        } else if (text != null) {
          values.put(annotation, text);
        }
      });
      rules.add(
          new BehaviourRule(
              item.field("namespace").text(),
              Values.parsed(item.field("selector"), Selector::parse),
              item.field("container").text(),
              values.buildOrThrow()));
      item.rejectUnknownFields();
    }
    return rules.build();
  }
}
