package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.Note;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.record.Recorder;
import io.towtank.scenarios.extender.HttpTransport;
import io.towtank.scheduler.Scheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.SchedulerConfigurationBuilder;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.ConfigurationNote;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PolicyFile;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads how the scheduler is configured: a KubeSchedulerConfiguration or a Policy of old, by itself
 * or in a scenario's {@code scheduler}.
 */
final class SchedulerReader {
  private static final ImmutableList<String> TIES = ImmutableList.of("first", "random");

  private final PluginCatalog catalog;
  private final Problems problems;
  private final List<Note> notes = new ArrayList<>();

  /**
   * A reader.
   *
   * @param catalog the plugins that may be named
   */
  SchedulerReader(PluginCatalog catalog, Problems problems) {
    this.catalog = catalog;
    this.problems = problems;
  }

  /** Whether a document configures the scheduler. */
  static boolean isConfiguration(YamlDocument document) {
    String apiVersion = document.content().path("apiVersion").asText();
    return apiVersion.startsWith("kubescheduler.config.k8s.io/")
        || document.content().path("kind").asText().equals(SchedulerConfiguration.KIND)
        || PolicyFile.is(document.content());
  }

  /** What authors should know. */
  List<Note> notes() {
    return notes;
  }

  /**
   * A scenario's {@code scheduler}.
   *
   * @param beside a configuration that came by itself, which goes before the scenario's
   */
  @Nullable SchedulerConfiguration read(
      Cursor scheduler, ManifestSources sources, @Nullable YamlDocument beside) {
    Cursor configuration = scheduler.field("configuration");
    Cursor ties = scheduler.field("ties");
    SchedulerConfiguration read =
        beside != null
            ? read(beside)
            : configuration.isPresent() ? read(configuration, sources) : null;
    boolean annotate = scheduler.field("annotateResults").flag(false);
    boolean compare = scheduler.field("compareSampling").flag(false);
    boolean first = ties.word(TIES, "random").equals("first");
    if (annotate || compare || first) {
      read =
          SchedulerConfigurationBuilder.builder(
                  read == null ? SchedulerConfiguration.defaults() : read)
              .ties(first ? Ties.FIRST : Ties.RANDOM)
              .compareSampling(compare)
              .annotateResults(annotate)
              .build();
    }
    scheduler.rejectUnknownFields();
    return read;
  }

  private @Nullable SchedulerConfiguration read(Cursor configuration, ManifestSources sources) {
    ImmutableList<YamlDocument> documents = sources.documentsOrInline(configuration);
    if (documents.size() != 1) {
      if (problems.isEmpty()) {
        configuration.problem(
            "there are " + documents.size() + " documents, and one is wanted", null);
      }
      return null;
    }
    return read(documents.getFirst());
  }

  /** A configuration; null, with a problem told, where something is wrong in it. */
  @Nullable SchedulerConfiguration read(YamlDocument document) {
    try {
      SchedulerConfiguration read = parse(document);
      tryOut(read);
      return read;
    } catch (ConfigurationException e) {
      e.all().forEach(fault -> tell(document, fault));
      return null;
    }
  }

  private SchedulerConfiguration parse(YamlDocument document) {
    SchedulerConfiguration read;
    if (PolicyFile.is(document.content())) {
      PolicyFile policy = PolicyFile.read(document.content());
      tell(document, policy.mappings());
      read = policy.configuration();
    } else {
      read = SchedulerConfiguration.read(document.content());
      tell(document, read.notes());
    }
    SchedulerConfigurationBuilder complete =
        SchedulerConfigurationBuilder.builder(read).catalog(catalog);
    if (!read.extenders().isEmpty()) {
      Path directory = Path.of(document.source()).toAbsolutePath().getParent();
      complete.extenderTransport(
          new HttpTransport(read.extenders(), directory == null ? Path.of("") : directory));
    }
    return complete.build();
  }

  private void tell(YamlDocument document, List<ConfigurationNote> told) {
    for (ConfigurationNote note : told) {
      Position position = document.position(note.path());
      notes.add(new Note(document.source(), position.line(), position.column(), note.message()));
    }
  }

  private void tell(YamlDocument document, ConfigurationException mistake) {
    Position position =
        mistake.concernsValue()
            ? document.valuePosition(mistake.path())
            : document.position(mistake.path());
    problems.add(
        new Problem(
            document.source(),
            position.line(),
            position.column(),
            mistake.path().toString(),
            mistake.problem(),
            mistake.suggestion()));
  }

  /** Whether plugins and their arguments are right is found out by making a scheduler of them. */
  private static void tryOut(SchedulerConfiguration configuration) {
    Simulation simulation = new Simulation(0, 0);
    ApiStore store = new ApiStore(simulation, ImmutableList.of());
    ComponentContext context =
        new ComponentContext(
            simulation,
            new ApiClient("trial", simulation, store, Distribution.ZERO, ClientLimits.NONE),
            new InformerFactory(store, 0),
            simulation.random("trial"),
            new Recorder(),
            LatencyProfile.INSTANT);
    new Scheduler(context, configuration);
  }
}
