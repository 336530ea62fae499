package io.towtank.scheduler.plugins.imagelocality;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes are in MiB; what counts of an image is its size times the share of nodes that have it. */
class ImageLocalityTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                            | containers                                     | images of a            | images of b            | scores
          nobody has it                     | {name: c, image: "app:1"}                      | other:1: 500           |                        | a 0, b 0
          both have it: its whole size      | {name: c, image: "app:1"}                      | app:1: 500             | app:1: 500             | a 48, b 48
          one of two: half the size         | {name: c, image: "app:1"}                      | app:1: 500             |                        | a 23, b 0
          less than 23 MiB is nothing       | {name: c, image: "app:1"}                      | app:1: 45              |                        | a 0, b 0
          more than 1000 MiB is no more     | {name: c, image: "app:1"}                      | app:1: 3000            |                        | a 100, b 0
          two containers: twice the most    | {name: c, image: "app:1"}, {name: d, image: "web:1"} | app:1: 500       | app:1: 500, web:1: 500 | a 24, b 36
          one image in two containers       | {name: c, image: "app:1"}, {name: d, image: "app:1"} | app:1: 500       |                        | a 24, b 0
          latest is the tag unsaid          | {name: c, image: app}                          | app:latest: 500        | app:latest: 500        | a 48, b 48
          a registry's port is no tag       | {name: c, image: "hub:5000/app"}               | "hub:5000/app:latest": 500 | app: 500           | a 23, b 0
          """)
  void scores(String why, String containers, String imagesOfA, String imagesOfB, String scores) {
    PluginCluster cluster =
        PluginCluster.of("ImageLocality")
            .nodes(
                "{name: a, images: {%s}}, {name: b, images: {%s}}"
                    .formatted(imagesOfA, imagesOfB == null ? "" : imagesOfB));
    String pod = "containers: [" + containers + "]";
    assertThat(cluster.scores(pod)).as(why).isEqualTo(scores);
    assertThat(cluster.normalized(pod)).as(why).isEqualTo(scores);
  }

  /** (500 / 2 - 23) / (2 * 1000 - 23) for the init container's image. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = "setup:1: 500 | a 11, b 0")
  void initContainersCount(String images, String scores) {
    PluginCluster cluster =
        PluginCluster.of("ImageLocality").nodes("{name: a, images: {" + images + "}}, {name: b}");
    assertThat(cluster.scores("initContainers: [{name: i, image: 'setup:1'}]")).isEqualTo(scores);
  }
}
