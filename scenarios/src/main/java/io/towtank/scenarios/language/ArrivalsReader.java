package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PodTemplateSpec;
import io.towtank.latency.Distribution;
import io.towtank.latency.Distributions;
import io.towtank.manifest.Cursor;
import io.towtank.scenarios.trace.Openb;
import io.towtank.scenarios.trace.OpenbPods;
import io.towtank.scenarios.trace.TraceFormat;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code arrivals}. */
final class ArrivalsReader {
  private static final int MOST_WEIGHT = 1_000_000;
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,98}[a-z0-9])?");

  private final ManifestSources sources;
  private final References references;

  ArrivalsReader(ManifestSources sources, References references) {
    this.sources = sources;
    this.references = references;
  }

  ImmutableList<Arrivals> read(Cursor arrivals) {
    ImmutableList.Builder<Arrivals> all = ImmutableList.builder();
    Set<String> names = new HashSet<>();
    for (Cursor item : arrivals.items()) {
      Arrivals read = item.field("trace").isPresent() ? trace(item) : process(item);
      item.rejectUnknownFields();
      if (read instanceof Arrivals.Stream process && !names.add(process.name())) {
        item.field("name")
            .problem("there are other arrivals of the name \"" + process.name() + "\"", null);
      }
      if (read != null) {
        all.add(read);
      }
    }
    return all.build();
  }

  private @Nullable Arrivals trace(Cursor item) {
    Cursor trace = item.field("trace");
    Values.parsed(trace.required("format"), TraceFormat::parse, TraceFormat.OPENB);
    Path file = sources.file(trace.required("pods"));
    trace.rejectUnknownFields();
    if (file == null) {
      return null;
    }
    ImmutableList<OpenbPods.Entry> entries = sources.table(() -> Openb.readPods(file).entries());
    return new Arrivals.Trace(new OpenbPods(entries));
  }

  private @Nullable Arrivals process(Cursor item) {
    String kind = Values.oneOf(item, "poisson", "uniform", "trace");
    long interval = 1;
    if (kind != null) {
      interval = Values.parsed(item.field(kind), Rate::parseInterval, 1L);
    }
    Distribution between =
        "uniform".equals(kind)
            ? new Distribution.Constant(interval)
            : new Distribution.Exponential(interval);
    Cursor nameField = item.required("name");
    String name = nameField.text("");
    if (nameField.isPresent() && !NAME.matcher(name).matches()) {
      nameField.problem(
          "\"" + name + "\" cannot begin names of pods",
          "lower case letters, digits and '-', at most 100");
    }
    long start = Values.duration(item.field("start"), 0L);
    long count = Values.whole(item.field("count"), 1, Long.MAX_VALUE, Long.MAX_VALUE);
    long duration = Values.duration(item.field("for"), Long.MAX_VALUE);
    if (!item.field("count").isPresent() && !item.field("for").isPresent()) {
      item.problem("say how many come (count), for how long (for), or both", null);
    }
    ImmutableList<Arrivals.PodShare> mix = mix(item.required("pods"));
    String namespace = item.field("namespace").text("default");
    references.namespace(item.field("namespace"), namespace);
    return new Arrivals.Stream(
        name,
        namespace,
        between,
        start,
        count,
        duration >= Long.MAX_VALUE - start ? Long.MAX_VALUE : start + duration,
        mix);
  }

  private static boolean isRestarted(PodTemplateSpec template) {
    String policy = template.spec().restartPolicy();
    return policy == null || policy.equals("Always");
  }

  private ImmutableList<Arrivals.PodShare> mix(Cursor pods) {
    ImmutableList.Builder<Arrivals.PodShare> mix = ImmutableList.builder();
    for (Cursor share : pods.items()) {
      int weight = (int) Values.whole(share.field("weight"), 1, MOST_WEIGHT, 1);
      Distribution lifetime = Values.parsed(share.field("lifetime"), Distributions::parse);
      PodTemplateSpec template = sources.podTemplate(share.required("template"));
      share.rejectUnknownFields();
      if (template != null) {
        if (lifetime != null && isRestarted(template)) {
          sources.note(
              share.field("lifetime"),
              "when its lifetime is over, this pod is started again and again, each time after a"
                  + " longer back-off, because its restartPolicy is Always; for a pod that ends"
                  + " write restartPolicy: Never into its spec");
        }
        mix.add(new Arrivals.PodShare(weight, lifetime, template));
      }
    }
    if (pods.isPresent() && pods.node().isArray() && pods.node().isEmpty()) {
      pods.problem("there is no pod in this list", null);
    }
    return mix.build();
  }
}
