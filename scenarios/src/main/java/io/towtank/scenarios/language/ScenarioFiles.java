package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.Manifest;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import io.towtank.manifest.Note;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.input.PluginFiles;
import io.towtank.scenarios.input.PodAnnotations;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.stage.Stage;
import io.towtank.validation.FeatureGates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in the files that a user names: at most one scenario, at most one configuration of the
 * scheduler, which goes before the scenario's own, and manifests whose objects are there besides.
 * Nothing but manifests makes a scenario, too.
 *
 * @param scenario what the files say together
 * @param hasScenario whether one of the files is a scenario
 * @param notes what the authors should know, as that an old API version was converted
 */
public record ScenarioFiles(Scenario scenario, boolean hasScenario, ImmutableList<Note> notes) {
  /** A name for each file that does not say what it is. */
  private static final String UNNAMED = "run";

  /**
   * Reads files, directories and patterns.
   *
   * @throws io.towtank.manifest.ManifestException with everything that is wrong in them
   * @throws InvalidInputException where one cannot be read, or there are two scenarios
   */
  public static ScenarioFiles read(List<String> names, ScenarioOverrides overrides) {
    Problems problems = new Problems();
    List<YamlDocument> manifests = new ArrayList<>();
    YamlDocument scenario = null;
    YamlDocument configuration = null;
    Path scenarioFile = null;
    for (String name : names) {
      for (Path file : InputFiles.find(Path.of(""), name, overrides.recursive())) {
        for (YamlDocument document :
            YamlReader.read(file.toString(), InputFiles.read(file), problems)) {
          if (SchedulerReader.isConfiguration(document)) {
            if (configuration != null) {
              throw new InvalidInputException(
                  file
                      + ": there is a configuration of the scheduler in "
                      + configuration.source()
                      + " already, and a run has one");
            }
            configuration = document;
            continue;
          }
          if (!isScenario(document)) {
            manifests.add(document);
            continue;
          }
          if (scenarioFile != null) {
            throw new InvalidInputException(
                file + ": there is a scenario in " + scenarioFile + " already, and a run has one");
          }
          scenario = document;
          scenarioFile = file;
        }
      }
    }
    Path directory = scenarioFile == null ? null : scenarioFile.toAbsolutePath().getParent();
    FeatureGates gates =
        scenario == null
            ? FeatureGates.DEFAULT
            : ControllerOptionsReader.featureGates(
                Cursor.of(scenario, problems).field("controllerOptions"));
    ManifestSources sources =
        new ManifestSources(directory == null ? Path.of("") : directory, gates, problems);
    manifests.forEach(document -> PodAnnotations.check(document, problems));
    Manifest manifest =
        ManifestReader.read(
            manifests.stream()
                .flatMap(document -> sources.withoutStages(document).stream())
                .toList(),
            gates,
            problems);
    SchedulerReader scheduler =
        new SchedulerReader(PluginFiles.load(overrides.pluginFiles()), problems);
    Scenario read;
    if (scenario == null) {
      SchedulerConfiguration alone = configuration == null ? null : scheduler.read(configuration);
      read = plain(names, manifest.documents(), sources.stages(), alone);
    } else {
      read =
          new ScenarioReader(sources, scheduler, problems)
              .read(Cursor.of(scenario, problems), manifest.documents(), configuration);
    }
    problems.throwIfAny();
    LiveObjects.Result whole = LiveObjects.madeWhole(overrides.applyTo(read, scenario == null));
    boolean endSaid =
        overrides.until() != null || (scenario != null && scenario.content().has("end"));
    Restless.Result bounded = Restless.bounded(whole.scenario(), endSaid);
    return new ScenarioFiles(
        bounded.scenario(),
        scenario != null,
        ImmutableList.<Note>builder()
            .addAll(manifest.notes())
            .addAll(whole.notes())
            .addAll(bounded.note() == null ? ImmutableList.of() : ImmutableList.of(bounded.note()))
            .addAll(sources.notes())
            .addAll(scheduler.notes())
            .build());
  }

  private static Scenario plain(
      List<String> names,
      ImmutableList<ManifestDocument> objects,
      ImmutableList<Stage> stages,
      @Nullable SchedulerConfiguration configuration) {
    String name = names.isEmpty() ? UNNAMED : names.get(0);
    return ScenarioBuilder.builder(
            Scenario.plain(String.valueOf(Path.of(name).getFileName()), objects))
        .stages(stages)
        .schedulerConfiguration(configuration)
        .build();
  }

  private static boolean isScenario(YamlDocument document) {
    String apiVersion = document.content().path("apiVersion").asText();
    return apiVersion.startsWith("towtank.io/")
        || (document.content().path("kind").asText().equals(ScenarioReader.KIND)
            && !apiVersion.contains("/"));
  }
}
