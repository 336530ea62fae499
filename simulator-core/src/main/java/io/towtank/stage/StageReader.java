package io.towtank.stage;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.patch.PatchType;
import org.jspecify.annotations.Nullable;

/**
 * Reads stages (KWOK: pkg/apis/v1alpha1/stage_types.go): the newer form with {@code steps} and the
 * older one with {@code next}.
 */
public final class StageReader {
  private static final String GROUP = "kwok.x-k8s.io/";
  private static final String API_VERSION = GROUP + "v1alpha1";
  private static final String KIND = "Stage";
  private static final ImmutableList<String> SUBRESOURCES = ImmutableList.of("status", "");
  private static final ImmutableMap<String, PatchType> PATCH_TYPES =
      ImmutableMap.of(
          "strategic", PatchType.STRATEGIC_MERGE, "merge", PatchType.MERGE, "json", PatchType.JSON);
  private static final long MILLI = 1_000_000L;

  private final YamlDocument document;
  private final Problems problems;

  private StageReader(YamlDocument document, Problems problems) {
    this.document = document;
    this.problems = problems;
  }

  /** Whether a document is a stage, in whatever version. */
  public static boolean isStage(YamlDocument document) {
    return document.content().path("kind").asText().equals(KIND)
        && document.content().path("apiVersion").asText().startsWith(GROUP);
  }

  /** A document, or its items where it is a list in which there is a stage. */
  public static ImmutableList<YamlDocument> parts(YamlDocument document, Problems problems) {
    if (document.content().path("kind").asText().equals("List")) {
      ImmutableList<YamlDocument> items =
          Cursor.of(document, problems).field("items").items().stream()
              .map(Cursor::document)
              .collect(ImmutableList.toImmutableList());
      if (items.stream().anyMatch(StageReader::isStage)) {
        return items;
      }
    }
    return ImmutableList.of(document);
  }

  /**
   * Reads a stage.
   *
   * @param problems takes what is wrong; if anything is, the stage must not be used
   */
  public static Stage read(YamlDocument document, Problems problems) {
    return new StageReader(document, problems).stage(Cursor.of(document, problems));
  }

  private Stage stage(Cursor root) {
    root.required("apiVersion").word(ImmutableList.of(API_VERSION), API_VERSION);
    root.required("kind");
    Cursor metadata = root.required("metadata");
    String name = metadata.required("name").text("");
    metadata.entries();
    root.field("status");
    Cursor spec = root.required("spec");
    Cursor delay = spec.field("delay");
    Stage stage =
        new Stage(
            name,
            kind(spec.required("resourceRef")),
            selector(spec.field("selector"), spec),
            new StageNumber(spec.field("weight").whole(0), from(spec.field("weightFrom"))),
            number(delay, "durationMilliseconds", "durationFrom"),
            number(delay, "jitterDurationMilliseconds", "jitterDurationFrom"),
            spec.field("immediateNextStage").flag(false),
            steps(spec));
    delay.rejectUnknownFields();
    spec.rejectUnknownFields();
    root.rejectUnknownFields();
    return stage;
  }

  private static Kind<?> kind(Cursor reference) {
    Cursor group = reference.field("apiGroup");
    if (!group.text("v1").equals("v1")) {
      group.problem("only stages of pods and nodes are supported, which are in v1", null);
    }
    String name = reference.required("kind").text("Pod");
    if (!name.equals("Pod") && !name.equals("Node")) {
      reference
          .field("kind")
          .problem(
              "stages of the kind \"" + name + "\" are not supported: only Pod and Node", null);
    }
    reference.rejectUnknownFields();
    return name.equals("Node") ? Kinds.NODE : Kinds.POD;
  }

  private static StageSelector selector(Cursor selector, Cursor spec) {
    if (!selector.isPresent()) {
      spec.problem(
          "a stage without a selector is for no object",
          "write \"selector: {}\" for all objects of its kind");
    }
    ImmutableList.Builder<StageSelector.Requirement> requirements = ImmutableList.builder();
    for (Cursor item : selector.field("matchExpressions").items()) {
      StageSelector.Requirement requirement = requirement(item);
      if (requirement != null) {
        requirements.add(requirement);
      }
    }
    StageSelector read =
        new StageSelector(
            texts(selector.field("matchLabels")),
            texts(selector.field("matchAnnotations")),
            requirements.build());
    selector.rejectUnknownFields();
    return read;
  }

  private static ImmutableMap<String, String> texts(Cursor entries) {
    ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
    entries.entries().forEach((name, value) -> texts.put(name, value.text("")));
    return texts.buildOrThrow();
  }

  private static StageSelector.@Nullable Requirement requirement(Cursor item) {
    refuse(item.field("cel"), "expressions in CEL are not supported", "use jq's key and operator");
    Cursor jq = item.field("jq");
    Cursor place = jq.isPresent() ? jq : item;
    if (item.field("cel").isPresent() && !jq.isPresent()) {
      item.rejectUnknownFields();
      return null;
    }
    JqQuery query = query(place.required("key"));
    String word = place.required("operator").text("");
    ImmutableList.Builder<String> values = ImmutableList.builder();
    for (Cursor value : place.field("values").items()) {
      values.add(value.text(""));
    }
    StageSelector.Operator operator = null;
    for (StageSelector.Operator known : StageSelector.Operator.values()) {
      operator = known.text.equals(word) ? known : operator;
    }
    if (operator == null) {
      place
          .field("operator")
          .problem("\"" + word + "\" is no operator", "it is In, NotIn, Exists or DoesNotExist");
    } else if (operator.hasValues() == values.build().isEmpty()) {
      place.problem(
          operator.text + (operator.hasValues() ? " needs values" : " has no values"), null);
    }
    if (jq.isPresent()) {
      jq.rejectUnknownFields();
    }
    item.rejectUnknownFields();
    return query == null || operator == null
        ? null
        : new StageSelector.Requirement(query, operator, values.build());
  }

  private static void refuse(Cursor place, String why, @Nullable String suggestion) {
    if (place.isPresent()) {
      place.problem(why, suggestion);
    }
  }

  private static @Nullable JqQuery query(Cursor place) {
    String text = place.text();
    if (text == null) {
      return null;
    }
    try {
      return JqQuery.parse(text);
    } catch (IllegalArgumentException e) {
      place.problem(String.valueOf(e.getMessage()), null);
      return null;
    }
  }

  private static @Nullable JqQuery from(Cursor from) {
    if (!from.isPresent()) {
      return null;
    }
    refuse(from.field("cel"), "expressions in CEL are not supported", "use jq");
    Cursor old = from.field("expressionFrom");
    Cursor jq = from.field("jq");
    JqQuery query = query(old.isPresent() ? old : jq.field("expression"));
    if (query == null && !from.field("cel").isPresent() && !old.isPresent()) {
      from.problem("says nothing: jq with an expression is missing", null);
    }
    jq.rejectUnknownFields();
    from.rejectUnknownFields();
    return query;
  }

  private static @Nullable StageNumber number(Cursor delay, String fixed, String from) {
    Cursor millis = delay.field(fixed);
    JqQuery query = from(delay.field(from));
    return millis.isPresent() || query != null
        ? new StageNumber(millis.isPresent() ? millis.whole(0) * MILLI : null, query)
        : null;
  }

  private ImmutableList<StageStep> steps(Cursor spec) {
    ImmutableList.Builder<StageStep> steps = ImmutableList.builder();
    Cursor next = spec.field("next");
    Cursor list = spec.field("steps");
    if (list.isPresent()) {
      refuse(next, "\"next\" says nothing beside \"steps\"", "leave one of them out");
      for (Cursor step : list.items()) {
        addEvent(step.field("event"), steps);
        addFinalizers(step.field("finalizers"), steps);
        if (step.field("delete").flag(false)) {
          steps.add(new StageStep.Delete());
        }
        addPatch(step.field("patch"), steps);
        refuse(step.field("apply"), "\"apply\" is not supported", "use patch");
        step.rejectUnknownFields();
      }
      return steps.build();
    }
    if (!next.isPresent()) {
      spec.problem("a stage has steps, or what is next", null);
    }
    addEvent(next.field("event"), steps);
    addFinalizers(next.field("finalizers"), steps);
    addNextPatches(next, steps);
    if (next.field("delete").flag(false)) {
      steps.add(new StageStep.Delete());
    }
    next.rejectUnknownFields();
    return steps.build();
  }

  /** KWOK: where there are patches, the status template says nothing. */
  private void addNextPatches(Cursor next, ImmutableList.Builder<StageStep> steps) {
    Cursor patches = next.field("patches");
    Cursor status = next.field("statusTemplate");
    boolean isStatus = subresource(next.field("statusSubresource"), "status");
    refuse(next.field("statusPatchAs"), "patching in the name of somebody is not supported", null);
    if (patches.isPresent()) {
      refuse(status, "\"statusTemplate\" says nothing beside \"patches\"", "leave one out");
    }
    for (Cursor patch : patches.items()) {
      addPatch(patch, steps);
    }
    if (!status.text("").isBlank()) {
      steps.add(
          new StageStep.Patch(isStatus, "status", PatchType.STRATEGIC_MERGE, template(status, "")));
    }
  }

  private static boolean subresource(Cursor place, String otherwise) {
    return place.isPresent()
        ? place.word(SUBRESOURCES, otherwise).equals("status")
        : otherwise.equals("status");
  }

  private void addEvent(Cursor event, ImmutableList.Builder<StageStep> steps) {
    if (event.isPresent()) {
      steps.add(
          new StageStep.Event(
              template(event.field("type"), "Normal"),
              template(event.field("reason"), ""),
              template(event.field("message"), "")));
      event.rejectUnknownFields();
    }
  }

  private static void addFinalizers(Cursor finalizers, ImmutableList.Builder<StageStep> steps) {
    if (finalizers.isPresent()) {
      steps.add(
          new StageStep.Finalizers(
              values(finalizers.field("add")),
              values(finalizers.field("remove")),
              finalizers.field("empty").flag(false)));
      finalizers.rejectUnknownFields();
    }
  }

  private static ImmutableList<String> values(Cursor items) {
    ImmutableList.Builder<String> values = ImmutableList.builder();
    for (Cursor item : items.items()) {
      values.add(item.required("value").text(""));
      item.rejectUnknownFields();
    }
    return values.build();
  }

  private void addPatch(Cursor patch, ImmutableList.Builder<StageStep> steps) {
    if (!patch.isPresent()) {
      return;
    }
    refuse(patch.field("impersonation"), "patching in the name of somebody is not supported", null);
    String type = patch.field("type").word(PATCH_TYPES.keySet(), "strategic");
    steps.add(
        new StageStep.Patch(
            subresource(patch.field("subresource"), ""),
            patch.field("root").text(""),
            PATCH_TYPES.getOrDefault(type, PatchType.STRATEGIC_MERGE),
            template(patch.required("template"), "")));
    patch.rejectUnknownFields();
  }

  private StageTemplate template(Cursor place, String otherwise) {
    String text = place.text(otherwise);
    Position position = document.valuePosition(place.path());
    // A block begins on the line after its sign.
    int lineBefore = text.contains("\n") ? position.line() : position.line() - 1;
    GoTemplate template;
    try {
      template = GoTemplate.parse(text);
    } catch (TemplateException e) {
      problems.add(
          new Problem(
              document.source(),
              lineBefore + e.line(),
              position.column(),
              place.path().toString(),
              String.valueOf(e.getMessage()),
              null));
      template = GoTemplate.parse("");
    }
    return new StageTemplate(
        template, text, document.source(), lineBefore, place.path().toString());
  }
}
