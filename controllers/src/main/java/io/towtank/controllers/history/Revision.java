package io.towtank.controllers.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A ControllerRevision: a template that a workload has or had, with a number that tells how new.
 *
 * @param object the API object, whose data is the patch that brings the template back
 */
public record Revision(GenericObject object) {
  /** The kind of the API objects. */
  public static final Kind<GenericObject> KIND = Kinds.generic("apps/v1", "ControllerRevision");

  /** The label that tells of pods which revision they are of, and of revisions their hash. */
  public static final String POD_LABEL = "controller-revision-hash";

  /** Oldest first (history.SortControllerRevisions). */
  public static final Comparator<Revision> BY_AGE =
      Comparator.comparingLong(Revision::number)
          .thenComparingLong(revision -> revision.object.metadata().creationTimestamp())
          .thenComparing(Revision::name);

  private static final int LONGEST_PREFIX = 223;

  /** What a revision keeps of a template: the patch that puts it in the place of another. */
  public static JsonNode data(PodTemplateSpec template) {
    ObjectNode written = ObjectCodec.writePart(template);
    written.put("$patch", "replace");
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.putObject("spec").set("template", written);
    return data;
  }

  /**
   * The revision of a workload's template, not stored yet.
   *
   * @param hash what makes its name
   * @param hashLabel the label that bears the hash
   * @param number one more than the newest has
   */
  public static Revision of(
      KubeObject workload,
      PodTemplateSpec template,
      JsonNode data,
      String hash,
      String hashLabel,
      long number) {
    String prefix = workload.name();
    if (prefix.length() > LONGEST_PREFIX) {
      prefix = prefix.substring(0, LONGEST_PREFIX);
    }
    ObjectMeta meta =
        ObjectMetaBuilder.builder()
            .name(prefix + "-" + hash)
            .namespace(workload.metadata().namespace())
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .labels(
                ImmutableMap.<String, String>builder()
                    .putAll(template.metadata().labels())
                    .put(hashLabel, hash)
                    .buildKeepingLast())
            .annotations(workload.metadata().annotations())
            .ownerReferences(ImmutableList.of(ControllerRefs.to(workload)))
            .build();
    return new Revision(
        new GenericObject(
            KIND,
            meta,
            0,
            Fields.of(
                ImmutableMap.of(
                    "data", data, "revision", JsonNodeFactory.instance.numberNode(number)))));
  }

  /** The name of the object. */
  public String name() {
    return object.name();
  }

  /** How new it is. */
  public long number() {
    JsonNode number = object.content().get("revision");
    return number == null ? 0 : number.longValue();
  }

  /** What a label says, empty where there is none. */
  public String label(String name) {
    return object.metadata().labels().getOrDefault(name, "");
  }

  /** An object with another number. */
  public static GenericObject numbered(GenericObject object, long number) {
    return object.with("revision", JsonNodeFactory.instance.numberNode(number));
  }

  /** Whether it brings back a template, of which this is the {@link #data(PodTemplateSpec)}. */
  public boolean isOf(JsonNode data) {
    return Objects.equals(data(), data);
  }

  private @Nullable JsonNode data() {
    return object.content().get("data");
  }

  /**
   * The template.
   *
   * @throws IllegalArgumentException where it bears none
   */
  public PodTemplateSpec template() {
    JsonNode data = data();
    JsonNode template =
        data == null ? JsonNodeFactory.instance.missingNode() : data.at("/spec/template");
    if (!(template instanceof ObjectNode written)) {
      throw new IllegalArgumentException("ControllerRevision " + name() + " bears no template");
    }
    ObjectNode plain = written.deepCopy();
    plain.remove("$patch");
    return ObjectCodec.readPart(PodTemplateSpec.class, plain);
  }
}
