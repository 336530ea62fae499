package io.towtank.scenarios.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scenarios.explain.WaitingPods;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scenarios.report.ReportData.Happening;
import io.towtank.scenarios.report.ReportData.NodeCell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  private static JsonNode dataOf(String html) throws IOException {
    List<MatchResult> found = DATA.matcher(html).results().toList();
    assertThat(found).hasSize(1);
    return new ObjectMapper().readTree(found.getFirst().group(1));
  }

  private static ReportData empty(String title) {
    return new ReportData(
        title,
        "",
        "",
        0,
        0,
        0,
        0,
        0,
        ImmutableList.of(),
        ImmutableMap.of(),
        TimeSeries.EMPTY,
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ArrivalsOutcome.NONE,
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ImmutableList.of(),
        ReportData.Scaling.NONE,
        ReportData.Explanations.NONE);
  }

  /** Addresses in comments and licences are fine; what a browser would fetch is not. */
  @Test
  void loadsNothing() {
    String html = Report.html(SampleReport.of("Sample", 10));

    assertThat(html)
        .doesNotContainPattern("(?i)(src|href|action|data|poster)\\s*=\\s*[\"']?(https?:|//|file:)")
        .doesNotContainPattern("(?i)url\\(\\s*[\"']?(https?:|//)")
        .doesNotContainPattern("(?i)@import")
        .doesNotContainPattern("(?i)\\b(fetch|importScripts|import)\\s*\\(")
        .doesNotContainPattern("(?i)XMLHttpRequest|WebSocket|EventSource|sendBeacon|serviceWorker")
        .doesNotContainPattern("(?i)<(iframe|object|embed|img)\\b");
    assertThat(
            Pattern.compile("<(?:script|link)\\b[^>]*>")
                .matcher(html)
                .results()
                .map(MatchResult::group))
        .containsExactly(
            "<link rel=\"icon\" href=\"data:,\">",
            "<script type=\"application/json\" id=\"data\">",
            "<script>",
            "<script>");
  }

  @Test
  void bearsTheLicenceOfWhatItContains() {
    assertThat(Report.html(empty("")))
        .contains("Copyright (c) 2022 Leon Sorokin")
        .contains("The above copyright notice and this permission notice shall be included");
  }

  @Test
  void hasAllThatTheScriptReads() throws IOException {
    JsonNode data = dataOf(Report.html(SampleReport.of("Sample", 10)));

    assertThat(data.fieldNames())
        .toIterable()
        .containsExactly(
            "description",
            "digest",
            "seed",
            "start",
            "virtualSeconds",
            "wallSeconds",
            "events",
            "notes",
            "pods",
            "series",
            "startup",
            "nodes",
            "timeline",
            "faults",
            "rolloutsInAll",
            "rollouts",
            "restarts",
            "disruptions",
            "counters",
            "arrivals",
            "sampling",
            "unschedulable",
            "expectations",
            "trafficInAll",
            "traffic",
            "autoscalersInAll",
            "autoscalers",
            "scalingsInAll",
            "scalings",
            "pools",
            "recommendations",
            "explained");
    assertThat(data.at("/sampling/0").toString())
        .isEqualTo(
            "{\"profile\":\"default-scheduler\",\"sampled\":false,\"decisions\":1000,"
                + "\"notCompared\":12,\"elsewhere\":200,\"meanLoss\":1.74,\"p99Loss\":7,"
                + "\"maxLoss\":41,\"bestScore\":384.0,\"lookedAt\":500.0,\"nodes\":5000.0}");
    assertThat(data.at("/start").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(data.at("/virtualSeconds").asDouble()).isEqualTo(900);
    assertThat(data.at("/notes/0").asText())
        .isEqualTo("default-scheduler scored all nodes that fit a pod");
    assertThat(data.at("/pods/0").toString()).isEqualTo("[\"created\",600]");
    assertThat(data.at("/series/seconds")).hasSize(1500);
    assertThat(data.at("/series/pods/1/0").asText()).isEqualTo("Running");
    assertThat(data.at("/series/pods/1/1")).hasSize(1500);
    assertThat(data.at("/series/utilization/0/0").asText()).isEqualTo("cpu");
    assertThat(data.at("/series/utilization/0/2")).hasSize(1500);
    assertThat(data.at("/startup/0/buckets/0")).hasSize(3);
    assertThat(data.at("/nodes/zones").toString()).isEqualTo("[\"zone-0\",\"zone-1\",\"zone-2\"]");
    for (String column : List.of("name", "zone", "count", "notReady", "cpu", "memory", "pods")) {
      assertThat(data.at("/nodes/" + column)).as(column).hasSize(10);
    }
    assertThat(data.at("/timeline/1").toString())
        .isEqualTo("[300.0,\"set image web=web:2 on all Deployments\"]");
    assertThat(data.at("/rollouts")).hasSize(2);
    assertThat(data.at("/rollouts/0/steps/1").toString()).isEqualTo("[303.0,12,1,9]");
    assertThat(data.at("/restarts/0").toString()).isEqualTo("[\"OOMKilled\",41]");
    assertThat(data.at("/counters/0").toString())
        .isEqualTo("[\"default-scheduler\",\"attempts\",412345]");
    assertThat(data.at("/unschedulable/0").toString()).isEqualTo("[\"Insufficient cpu\",8123]");
    assertThat(data.at("/traffic/0/service").asText()).isEqualTo("default/shop");
    assertThat(data.at("/traffic/0/errors/3").toString()).isEqualTo("[\"gave up\",11000]");
    assertThat(data.at("/traffic/0/destinations/0").toString()).isEqualTo("[\"v1\",177750]");
    for (String column : List.of("rate", "failed", "p50", "p90", "p99")) {
      assertThat(data.at("/traffic/0/" + column)).as(column).hasSize(60);
    }
    assertThat(data.at("/traffic/0/p99/59").asDouble()).isEqualTo(4);
    assertThat(data.at("/autoscalers/0/target").asText()).isEqualTo("Deployment/shop");
    assertThat(data.at("/autoscalers/0/turns").asInt()).isEqualTo(1);
    assertThat(data.at("/autoscalers/0/replicas/32").asInt()).isEqualTo(16);
    assertThat(data.at("/autoscalers/0/load/32").asDouble()).isEqualTo(1.96);
    assertThat(data.at("/scalings")).hasSize(3);
    assertThat(data.at("/scalings/0/limited").asText()).isEqualTo("ScaleUpLimit");
    assertThat(data.at("/scalings/0/metrics/0/target").asInt()).isEqualTo(50);
    assertThat(data.at("/pools/use/1/cost").asDouble()).isEqualTo(0.55);
    assertThat(data.at("/pools/seconds").toString()).isEqualTo("[0.0,60.0,180.0,600.0]");
    assertThat(data.at("/pools/running").toString()).isEqualTo("[[1,1,4,4],[0,0,1,0]]");
    assertThat(data.at("/pools/paid").toString()).isEqualTo("[[1,4,4,4],[0,0,1,0]]");
    assertThat(data.at("/pools/decisions/0/options")).hasSize(2);
    assertThat(data.at("/recommendations/0/resource").asText()).isEqualTo("cpu");
    assertThat(data.at("/recommendations/0/saved").asDouble())
        .isEqualTo(24 - 12 * 0.163 + 0.4 - 4 * 0.25, within(1e-9));
    assertThat(data.at("/recommendations/1/inAll").asInt()).isEqualTo(3);
    assertThat(data.at("/recommendations/0/containers/1").toString())
        .isEqualTo(
            "{\"name\":\"default/news\",\"container\":\"small\",\"pods\":4,\"requests\":0.4,"
                + "\"target\":0.25,\"lower\":0.125,\"upper\":5.0,\"saved\":-0.6}");
    assertThat(data.at("/arrivals/waited").asInt()).isEqualTo(212);
    assertThat(data.at("/arrivals/longestWait").asDouble()).isEqualTo(345);
    assertThat(data.at("/arrivals/reasons/1").toString())
        .isEqualTo("[\"0/10 nodes are available: 10 Insufficient memory.\",9]");
    assertThat(data.at("/arrivals/devices/0").toString())
        .isEqualTo(
            "{\"resource\":\"nvidia.com/gpu\",\"at\":450.0,\"requested\":68,\"allocatable\":80,"
                + "\"nodesInUse\":9,\"freeOnThem\":6}");
    assertThat(data.at("/expectations/2").toString())
        .isEqualTo("{\"expectation\":\"pods.failed == 0\",\"met\":false,\"actual\":\"12\"}");
  }

  /** The script may only ask for what is there, and the page for elements that it has. */
  @Test
  void scriptAndPageFitTogether() throws IOException {
    String html = Report.html(SampleReport.of("Sample", 10));
    String script = html.substring(html.lastIndexOf("<script>"));
    JsonNode data = dataOf(html);

    assertThat(names(script, "\\bdata\\.(\\w+)")).isNotEmpty().allMatch(data::has);
    assertThat(names(script, "\\bnodes\\.(\\w+)")).isNotEmpty().allMatch(data.get("nodes")::has);
    assertThat(names(script, "getElementById\\(\"(\\w+)\"\\)"))
        .isNotEmpty()
        .allMatch(id -> html.contains(" id=\"" + id + "\""));
    String style = html.substring(0, html.indexOf("</head>"));
    assertThat(names(script, "\"(--[\\w-]+)\""))
        .isNotEmpty()
        .allMatch(variable -> style.contains(variable + ":"));
  }

  private static List<String> names(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(m -> m.group(1))
        .distinct()
        .toList();
  }

  private static Rollout rollout(String name) {
    return new Rollout(
        name,
        name,
        name,
        name,
        true,
        0,
        0,
        Rollout.Outcome.COMPLETE,
        false,
        1,
        1,
        1,
        ImmutableList.of());
  }

  @Test
  void whateverIsInTextsStaysText() throws IOException {
    String evil = "</script><script>alert(1)</script><!--{{data}}\u2028\"'&";
    ReportData data = empty(evil);
    ReportData full =
        ReportDataBuilder.builder(data)
            .description(evil)
            .digest(evil)
            .seed(Long.MAX_VALUE)
            .notes(ImmutableList.of(evil))
            .pods(ImmutableMap.of(evil, 1L))
            .nodes(ImmutableList.of(new NodeCell(evil, evil, 0.5, 0.5, 3, true)))
            .timeline(ImmutableList.of(new Happening(0, evil)))
            .rollouts(ImmutableList.of(rollout(evil)))
            .restarts(ImmutableList.of(new Tally(evil, 1)))
            .disruptions(ImmutableList.of(new Tally(evil, 1)))
            .counters(ImmutableList.of(new ReportData.Counter(evil, evil, 1)))
            .arrivals(SampleReport.arrivals(evil))
            .unschedulable(ImmutableList.of(new ReportData.Reason(evil, 1)))
            .expectations(ImmutableList.of(new ReportData.Outcome(evil, false, evil)))
            .traffic(ImmutableList.of(SampleReport.traffic(evil)))
            .scaling(SampleReport.scaling(evil))
            .explanations(
                new ReportData.Explanations(
                    ImmutableList.of(),
                    new WaitingPods(ImmutableList.of(), 0, 0),
                    ImmutableList.of(evil)))
            .build();
    String html = Report.html(full);

    assertThat(html).doesNotContain("<script>alert").doesNotContain("<!--{");
    assertThat(names(html, "(</script>)")).hasSize(1);
    assertThat(Pattern.compile("</script>").matcher(html).results()).hasSize(3);
    assertThat(html)
        .contains(
            "<h1>&lt;/script>&lt;script>alert(1)&lt;/script>&lt;!--{{data}}\u2028&quot;'&amp;</h1>");
    JsonNode json = dataOf(html);
    assertThat(json.at("/nodes/name/0").asText()).isEqualTo(evil);
    assertThat(json.at("/expectations/0/actual").asText()).isEqualTo(evil);
    assertThat(json.at("/explained/notes/0").asText()).isEqualTo(evil);
    assertThat(json.at("/traffic/0/service").asText()).isEqualTo(evil);
    assertThat(json.at("/pools/use/0/name").asText()).isEqualTo(evil);
    assertThat(json.at("/scalings/0/metrics/0/name").asText()).isEqualTo(evil);
    assertThat(json.at("/recommendations/1/containers/0/container").asText()).isEqualTo(evil);
    assertThat(json.at("/arrivals/devices/0/resource").asText()).isEqualTo(evil);
    assertThat(json.at("/seed").asText()).isEqualTo("9223372036854775807");
    assertThat(data.title()).isEqualTo(evil);
  }

  @Test
  void isWrittenWhole(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("out.html");
    Files.writeString(file, "an older one");

    Report.write(SampleReport.of("Sample", 10), file);

    assertThat(Files.readString(file)).isEqualTo(Report.html(SampleReport.of("Sample", 10)));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
    assertThatThrownBy(() -> Report.write(empty(""), directory.resolve("missing/out.html")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no directory");
  }

  @Test
  void ofManyNodesSeveralShareACell() throws IOException {
    String html = Report.html(SampleReport.of("Large", 100_000));

    assertThat(html.length()).isLessThan(1_000_000);
    JsonNode nodes = dataOf(html).get("nodes");
    assertThat(nodes.get("count")).hasSizeBetween(10_000, 10_002);
    List<Integer> counts = new ArrayList<>();
    nodes.get("count").forEach(count -> counts.add(count.asInt()));
    assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100_000);
    // A cell has nodes of one zone; the next one's begins with a node of its own.
    for (int i = 0, last = 0; i < nodes.get("zone").size(); i++) {
      int zone = nodes.get("zone").get(i).asInt();
      assertThat(zone).isBetween(last, last + 1);
      last = zone;
    }
    assertThat(nodes.at("/most/cpu").asInt()).isBetween(900, 1000);
    assertThat(nodes.at("/cpu/5").asInt()).isBetween(550, 800);
  }

  @Test
  void faultsAreThereFromTheirBeginningToTheirEnd() throws IOException {
    JsonNode faults = dataOf(Report.html(SampleReport.of("Sample", 9))).get("faults");

    assertThat(faults.get(0).toString())
        .isEqualTo("[600.0,780.0,\"zone outage\",\"fail 3 nodes\"]");
    assertThat(faults.get(1).get(2).asText())
        .as("without a name")
        .isEqualTo("slow disks by 5 of 3 nodes");
  }
}
