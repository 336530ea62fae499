package io.towtank.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nginx                               |
          nginx:1.27-alpine_3                 |
          team/web__app:v1                    |
          registry.example.com:5000/a/b-c.d:1 |
          localhost/app                       |
          REGISTRY.example.com/app            |
          Team/app                            |
          app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef |
          Nginx:1                             | repository name (library/Nginx) must be lowercase
          quay.io/Team/app                    | repository name (Team/app) must be lowercase
          nginx:                              | invalid reference format
          nginx:1:2                           | invalid reference format
          a b                                 | invalid reference format
          -app                                | invalid reference format
          registry.example.com/               | invalid reference format
          app@sha256:12                       | invalid reference format
          """)
  void namesAreReferences(String image, @Nullable String problem) {
    String mistake = ImageName.mistake(image);
    if (problem == null) {
      assertThat(mistake).isNull();
    } else {
      assertThat(mistake).contains("\"" + image + "\"").endsWith(problem);
    }
  }
}
