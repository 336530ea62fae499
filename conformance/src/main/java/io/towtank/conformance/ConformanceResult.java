package io.towtank.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;

/**
 * How all golden files came out.
 *
 * @param files one result a file, in order of their names
 */
public record ConformanceResult(ImmutableList<FileResult> files) {
  /** Whether no case of any file disagrees. */
  public boolean agrees() {
    return files.stream().noneMatch(file -> file.status() == FileResult.Status.DISAGREES);
  }

  /** The command's exit status: 0 where all agree, 1 otherwise. */
  public int exitCode() {
    return agrees() ? 0 : 1;
  }

  /**
   * The result as a document with stable names: {@code agrees}, and {@code files} with {@code
   * file}, {@code status} ({@code agrees}, {@code disagrees}, {@code not covered}), {@code agree},
   * {@code total}, {@code note} (where not covered) and {@code disagreements} with {@code line},
   * {@code name} and {@code differences} ({@code path}, {@code expected}, {@code actual}).
   *
   * @param shown how many disagreements of each file to include
   */
  public ObjectNode toJson(int shown) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("agrees", agrees());
    ArrayNode fileNodes = document.putArray("files");
    for (FileResult file : files) {
      ObjectNode fileNode = fileNodes.addObject();
      fileNode.put("file", file.file());
      fileNode.put("status", file.status().toString());
      if (file.status() == FileResult.Status.NOT_COVERED) {
        fileNode.put("note", file.note());
        continue;
      }
      fileNode.put("agree", file.agree());
      fileNode.put("total", file.total());
      ArrayNode disagreements = fileNode.putArray("disagreements");
      file.disagreements().stream()
          .limit(shown)
          .forEach(disagreement -> {
            ObjectNode node = disagreements.addObject();
            node.put("line", disagreement.line());
            node.put("name", disagreement.name());
            ArrayNode differences = node.putArray("differences");
            for (Difference difference : disagreement.differences()) {
              differences
                  .addObject()
                  .put("path", difference.path())
                  .put("expected", difference.expected())
                  .put("actual", difference.actual());
            }
          });
    }
    return document;
  }
}
